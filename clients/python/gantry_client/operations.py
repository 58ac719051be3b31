# tidy: allow file-length - made from the document
"""Made by generate.py from the OpenAPI document of the server: do not edit."""
from __future__ import annotations

from typing import Any, Dict, Iterator, Literal, Mapping, Optional, Sequence, Union

from .caller import Caller, Time, segment
from .shapes import (
    Attempt,
    AttemptPage,
    AuditRecord,
    AuditRecordPage,
    Backfill,
    BackfillBegun,
    BackfillDate,
    BackfillDatePage,
    BackfillHold,
    BackfillPage,
    BackfillPlan,
    BulkResult,
    CalendarPage,
    CalendarYear,
    Cancelled,
    Collected,
    CsvPlan,
    CsvStarted,
    DateCancelled,
    Event,
    EventSummary,
    EventSummaryPage,
    FileProblem,
    FileProblemPage,
    Health,
    HistoryRecord,
    HistoryRecordPage,
    LintResult,
    LogMatch,
    LogMatchPage,
    Me,
    MissedPage,
    NextFirings,
    Person,
    PersonPage,
    PhasePage,
    Pool,
    PoolPage,
    Resolved,
    Retried,
    Run,
    RunHold,
    RunPage,
    ServerHold,
    ServerLoad,
    SettingPage,
    Started,
    Task,
    TaskPage,
    Token,
    TokenPage,
    Version,
    VersionDetails,
    VersionPage,
    Why,
    Workflow,
    WorkflowDetails,
    WorkflowHold,
    WorkflowPage,
    WrapLog,
)
from .transport import OpenAnswer


class Operations(Caller):
    """One method per operation; times are texts (RFC 3339) or datetimes."""

    def get_health(self) -> Health:
        """Whether the server works."""
        answer: Health = self.ask("GET", "health")
        return answer

    def get_openapi(self) -> Dict[str, Any]:
        """This interface as an OpenAPI 3.1 document."""
        answer: Dict[str, Any] = self.ask("GET", "openapi.json")
        return answer

    def list_settings(self) -> SettingPage:
        """Every setting, its value and where it comes from."""
        answer: SettingPage = self.ask("GET", "settings")
        return answer

    def get_server_load(self) -> ServerLoad:
        """How busy the server is."""
        answer: ServerLoad = self.ask("GET", "server/load")
        return answer

    def lint(self, text: str, *, name: Optional[str] = None) -> LintResult:
        """Check the text of a workflow."""
        answer: LintResult = self.ask(
            "POST",
            "lint",
            query={"name": name},
            text=text,
            content_type="application/yaml",
        )
        return answer

    def list_pools(self) -> PoolPage:
        """Slots of the server and of its pools."""
        answer: PoolPage = self.ask("GET", "pools")
        return answer

    def put_pool(self, pool: str, *, slots: int, note: Optional[str] = None) -> Pool:
        """Set the slots of a pool, over restarts too; what runs goes on."""
        answer: Pool = self.ask(
            "PUT",
            f"pools/{segment(pool)}",
            body={"slots": slots, "note": note},
        )
        return answer

    def reset_pool(self, pool: str) -> Pool:
        """Take the slots of a pool back to the configuration."""
        answer: Pool = self.ask("DELETE", f"pools/{segment(pool)}")
        return answer

    def list_calendars(self) -> CalendarPage:
        """The calendars of working days, with what is wrong with their files."""
        answer: CalendarPage = self.ask("GET", "calendars")
        return answer

    def get_calendar(self, calendar: str, *, year: Optional[int] = None) -> CalendarYear:
        """A calendar with the days of a year."""
        answer: CalendarYear = self.ask(
            "GET",
            f"calendars/{segment(calendar)}",
            query={"year": year},
        )
        return answer

    def open_stream(self, *, topics: str, after: Optional[int] = None) -> OpenAnswer:
        """What changes, as it changes."""
        return self.open("GET", "stream", query={"topics": topics, "after": after})

    def pause_server(self, *, note: Optional[str] = None) -> ServerHold:
        """Pause the server: nothing starts, no timer fires."""
        answer: ServerHold = self.ask("POST", "server/pause", body={"note": note})
        return answer

    def resume_server(self, *, note: Optional[str] = None) -> ServerHold:
        """Let the server go on; timers catch up."""
        answer: ServerHold = self.ask("POST", "server/resume", body={"note": note})
        return answer

    def pause_workflow(self, name: str, *, note: Optional[str] = None) -> WorkflowHold:
        """Pause a workflow: its timers and new starts wait."""
        answer: WorkflowHold = self.ask(
            "POST",
            f"workflows/{segment(name)}/pause",
            body={"note": note},
        )
        return answer

    def create_backup(self, *, logs: Optional[bool] = None) -> OpenAnswer:
        """A backup of the server, without its secrets (docs/format/backup.md)."""
        return self.open("POST", "backups", body={"logs": logs})

    def gc(self, *, dry_run: Optional[bool] = None) -> Collected:
        """Take away now what retention would take by and by."""
        answer: Collected = self.ask("POST", "gc", body={"dry_run": dry_run})
        return answer

    def list_workflows(
        self,
        *,
        prefix: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> WorkflowPage:
        """Workflows by name."""
        answer: WorkflowPage = self.ask(
            "GET",
            "workflows",
            query={"prefix": prefix, "limit": limit, "cursor": cursor},
        )
        return answer

    def iter_workflows(
        self,
        *,
        prefix: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Workflow]:
        """Workflows by name: all of them, page by page."""
        return self.pages("workflows", {"prefix": prefix, "limit": limit})

    def get_workflow(self, name: str) -> WorkflowDetails:
        """A workflow and its newest version."""
        answer: WorkflowDetails = self.ask("GET", f"workflows/{segment(name)}")
        return answer

    def list_workflow_versions(
        self,
        name: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> VersionPage:
        """Versions of a workflow, newest first."""
        answer: VersionPage = self.ask(
            "GET",
            f"workflows/{segment(name)}/versions",
            query={"limit": limit, "cursor": cursor},
        )
        return answer

    def iter_workflow_versions(
        self,
        name: str,
        *,
        limit: Optional[int] = None,
    ) -> Iterator[Version]:
        """Versions of a workflow, newest first: all of them, page by page."""
        return self.pages(f"workflows/{segment(name)}/versions", {"limit": limit})

    def get_workflow_version(self, name: str, version: str) -> VersionDetails:
        """One version: the text of its file, and its other files."""
        answer: VersionDetails = self.ask(
            "GET",
            f"workflows/{segment(name)}/versions/{segment(version)}",
        )
        return answer

    def list_workflow_missed(self, name: str, *, limit: Optional[int] = None) -> MissedPage:
        """What its timers missed, newest first: one record per gap."""
        answer: MissedPage = self.ask(
            "GET",
            f"workflows/{segment(name)}/missed",
            query={"limit": limit},
        )
        return answer

    def csv_plan_workflow(
        self,
        name: str,
        *,
        csv: str,
        params: Optional[Mapping[str, Any]] = None,
        key: Optional[str] = None,
    ) -> CsvPlan:
        """Which runs a CSV text would start, and what is wrong with it."""
        answer: CsvPlan = self.ask(
            "POST",
            f"workflows/{segment(name)}/csv-plan",
            body={"csv": csv, "params": params, "key": key},
        )
        return answer

    def create_workflow_csv_run(
        self,
        name: str,
        *,
        csv: str,
        params: Optional[Mapping[str, Any]] = None,
        key: Optional[str] = None,
    ) -> CsvStarted:
        """Start a run per row of a CSV text, or none if a row is wrong."""
        answer: CsvStarted = self.ask(
            "POST",
            f"workflows/{segment(name)}/csv-runs",
            body={"csv": csv, "params": params, "key": key},
        )
        return answer

    def get_workflow_next(
        self,
        name: str,
        *,
        count: Optional[int] = None,
        after: Optional[Time] = None,
    ) -> NextFirings:
        """When the triggers of a workflow fire next."""
        answer: NextFirings = self.ask(
            "GET",
            f"workflows/{segment(name)}/next",
            query={"count": count, "after": after},
        )
        return answer

    def list_workflow_problems(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> FileProblemPage:
        """Workflow files with errors; what runs is their last good version."""
        answer: FileProblemPage = self.ask(
            "GET",
            "workflow-problems",
            query={"limit": limit, "cursor": cursor},
        )
        return answer

    def iter_workflow_problems(self, *, limit: Optional[int] = None) -> Iterator[FileProblem]:
        """Workflow files with errors; what runs is their last good version: all of them, page by
        page."""
        return self.pages("workflow-problems", {"limit": limit})

    def start_run(
        self,
        name: str,
        *,
        params: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Started:
        """Start a run."""
        answer: Started = self.ask(
            "POST",
            f"workflows/{segment(name)}/runs",
            body={"params": params},
            key=self.key(idempotency_key),
        )
        return answer

    def resume_workflow(self, name: str, *, note: Optional[str] = None) -> WorkflowHold:
        """Let a workflow go on; its timers catch up."""
        answer: WorkflowHold = self.ask(
            "POST",
            f"workflows/{segment(name)}/resume",
            body={"note": note},
        )
        return answer

    def disable_workflow(self, name: str, *, note: Optional[str] = None) -> WorkflowHold:
        """Disable a workflow: no timers, no requests."""
        answer: WorkflowHold = self.ask(
            "POST",
            f"workflows/{segment(name)}/disable",
            body={"note": note},
        )
        return answer

    def enable_workflow(self, name: str, *, note: Optional[str] = None) -> WorkflowHold:
        """Enable a workflow that a person disabled."""
        answer: WorkflowHold = self.ask(
            "POST",
            f"workflows/{segment(name)}/enable",
            body={"note": note},
        )
        return answer

    def list_runs(
        self,
        *,
        workflow: Optional[str] = None,
        state: Optional[
            Sequence[Literal["queued", "running", "finishing", "succeeded", "failed", "cancelled"]]
        ] = None,
        cause: Optional[
            Literal["request", "timer", "catch_up", "local", "wrap", "backfill", "event", "webhook",
            "file", "workflow"]
        ] = None,
        key: Optional[str] = None,
        created_from: Optional[Time] = None,
        created_before: Optional[Time] = None,
        label: Optional[Sequence[str]] = None,
        sort: Optional[Literal["newest", "oldest"]] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> RunPage:
        """Runs, newest or oldest first."""
        answer: RunPage = self.ask(
            "GET",
            "runs",
            query={
                "workflow": workflow, "state": state, "cause": cause, "key": key, "created_from":
                created_from, "created_before": created_before, "label": label, "sort": sort,
                "limit": limit, "cursor": cursor
            },
        )
        return answer

    def iter_runs(
        self,
        *,
        workflow: Optional[str] = None,
        state: Optional[
            Sequence[Literal["queued", "running", "finishing", "succeeded", "failed", "cancelled"]]
        ] = None,
        cause: Optional[
            Literal["request", "timer", "catch_up", "local", "wrap", "backfill", "event", "webhook",
            "file", "workflow"]
        ] = None,
        key: Optional[str] = None,
        created_from: Optional[Time] = None,
        created_before: Optional[Time] = None,
        label: Optional[Sequence[str]] = None,
        sort: Optional[Literal["newest", "oldest"]] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Run]:
        """Runs, newest or oldest first: all of them, page by page."""
        return self.pages(
            "runs",
            {
                "workflow": workflow, "state": state, "cause": cause, "key": key, "created_from":
                created_from, "created_before": created_before, "label": label, "sort": sort,
                "limit": limit
            },
        )

    def get_run(self, run: Union[int, str]) -> Run:
        """A run."""
        answer: Run = self.ask("GET", f"runs/{segment(run)}")
        return answer

    def wait_run(self, run: Union[int, str], *, timeout: Optional[str] = None) -> Run:
        """A run, as soon as it has ended or the time is over."""
        answer: Run = self.ask("GET", f"runs/{segment(run)}/wait", query={"timeout": timeout})
        return answer

    def cancel_run(self, run: Union[int, str]) -> Cancelled:
        """Cancel a run; a second time without grace."""
        answer: Cancelled = self.ask("POST", f"runs/{segment(run)}/cancel")
        return answer

    def list_run_history(
        self,
        run: Union[int, str],
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> HistoryRecordPage:
        """What happened in a run, oldest first."""
        answer: HistoryRecordPage = self.ask(
            "GET",
            f"runs/{segment(run)}/history",
            query={"limit": limit, "cursor": cursor},
        )
        return answer

    def iter_run_history(
        self,
        run: Union[int, str],
        *,
        limit: Optional[int] = None,
    ) -> Iterator[HistoryRecord]:
        """What happened in a run, oldest first: all of them, page by page."""
        return self.pages(f"runs/{segment(run)}/history", {"limit": limit})

    def why(self, run: Union[int, str], *, task: Optional[str] = None) -> Why:
        """What a run or a task waits for, or why it ended so."""
        answer: Why = self.ask("GET", f"runs/{segment(run)}/why", query={"task": task})
        return answer

    def retry_run(
        self,
        run: Union[int, str],
        *,
        from_: Optional[str] = None,
        newest: Optional[bool] = None,
        force: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Retried:
        """Run again what failed in a run that has ended, and what follows from it."""
        answer: Retried = self.ask(
            "POST",
            f"runs/{segment(run)}/retry",
            body={"from": from_, "newest": newest, "force": force},
            key=self.key(idempotency_key),
        )
        return answer

    def list_run_phases(self, run: Union[int, str]) -> PhasePage:
        """The phases of a run: the first and its retries."""
        answer: PhasePage = self.ask("GET", f"runs/{segment(run)}/phases")
        return answer

    def bulk_runs(
        self,
        *,
        action: Literal["cancel", "retry"],
        numbers: Optional[Sequence[int]] = None,
        workflow: Optional[str] = None,
        state: Optional[
            Sequence[Literal["queued", "running", "finishing", "succeeded", "failed", "cancelled"]]
        ] = None,
        created_from: Optional[Time] = None,
        created_before: Optional[Time] = None,
        newest: Optional[bool] = None,
        limit: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> BulkResult:
        """Cancel or retry many runs; each has its answer."""
        answer: BulkResult = self.ask(
            "POST",
            "runs/bulk",
            body={
                "action": action, "numbers": numbers, "workflow": workflow, "state": state,
                "created_from": created_from, "created_before": created_before, "newest": newest,
                "limit": limit
            },
            key=idempotency_key,
        )
        return answer

    def pause_run(self, run: Union[int, str], *, note: Optional[str] = None) -> RunHold:
        """Pause a run: what runs goes on, nothing new starts."""
        answer: RunHold = self.ask("POST", f"runs/{segment(run)}/pause", body={"note": note})
        return answer

    def resume_run(self, run: Union[int, str], *, note: Optional[str] = None) -> RunHold:
        """Let a paused run go on."""
        answer: RunHold = self.ask("POST", f"runs/{segment(run)}/resume", body={"note": note})
        return answer

    def list_run_tasks(
        self,
        run: Union[int, str],
        *,
        state: Optional[
            Sequence[Literal["pending", "queued", "running", "waiting", "succeeded", "skipped",
            "failed", "cancelled", "upstream_failed", "interrupted"]]
        ] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> TaskPage:
        """The tasks of a run in the order of the file."""
        answer: TaskPage = self.ask(
            "GET",
            f"runs/{segment(run)}/tasks",
            query={"state": state, "limit": limit, "cursor": cursor},
        )
        return answer

    def iter_run_tasks(
        self,
        run: Union[int, str],
        *,
        state: Optional[
            Sequence[Literal["pending", "queued", "running", "waiting", "succeeded", "skipped",
            "failed", "cancelled", "upstream_failed", "interrupted"]]
        ] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Task]:
        """The tasks of a run in the order of the file: all of them, page by page."""
        return self.pages(f"runs/{segment(run)}/tasks", {"state": state, "limit": limit})

    def list_run_attempts(
        self,
        run: Union[int, str],
        *,
        task: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> AttemptPage:
        """The attempts of a run's tasks."""
        answer: AttemptPage = self.ask(
            "GET",
            f"runs/{segment(run)}/attempts",
            query={"task": task, "limit": limit, "cursor": cursor},
        )
        return answer

    def iter_run_attempts(
        self,
        run: Union[int, str],
        *,
        task: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Attempt]:
        """The attempts of a run's tasks: all of them, page by page."""
        return self.pages(f"runs/{segment(run)}/attempts", {"task": task, "limit": limit})

    def resolve_task(
        self,
        run: Union[int, str],
        task: str,
        *,
        as_: Literal["succeeded", "failed", "skipped"],
    ) -> Resolved:
        """Decide a task whose end nobody knows."""
        answer: Resolved = self.ask(
            "POST",
            f"runs/{segment(run)}/tasks/{segment(task)}/resolve",
            body={"as": as_},
        )
        return answer

    def open_log(
        self,
        run: Union[int, str],
        task: str,
        *,
        attempt: Optional[int] = None,
        generation: Optional[int] = None,
        from_: Optional[int] = None,
        before: Optional[int] = None,
        tail: Optional[int] = None,
        limit: Optional[int] = None,
        since: Optional[Time] = None,
        stream: Optional[Literal["stdout", "stderr", "system"]] = None,
        search: Optional[str] = None,
        regex: Optional[str] = None,
        ignore_case: Optional[bool] = None,
        follow: Optional[bool] = None,
        format: Optional[Literal["json", "text"]] = None,
        stamps: Optional[bool] = None,
    ) -> OpenAnswer:
        """The log of an attempt, by default the last."""
        return self.open(
            "GET",
            f"runs/{segment(run)}/tasks/{segment(task)}/log",
            query={
                "attempt": attempt, "generation": generation, "from": from_, "before": before,
                "tail": tail, "limit": limit, "since": since, "stream": stream, "search": search,
                "regex": regex, "ignore_case": ignore_case, "follow": follow, "format": format,
                "stamps": stamps
            },
        )

    def list_run_logs(
        self,
        run: Union[int, str],
        *,
        since: Optional[Time] = None,
        stream: Optional[Literal["stdout", "stderr", "system"]] = None,
        search: Optional[str] = None,
        regex: Optional[str] = None,
        ignore_case: Optional[bool] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> LogMatchPage:
        """Lines of the logs of all tasks of a run, attempt after attempt."""
        answer: LogMatchPage = self.ask(
            "GET",
            f"runs/{segment(run)}/logs",
            query={
                "since": since, "stream": stream, "search": search, "regex": regex, "ignore_case":
                ignore_case, "limit": limit, "cursor": cursor
            },
        )
        return answer

    def iter_run_logs(
        self,
        run: Union[int, str],
        *,
        since: Optional[Time] = None,
        stream: Optional[Literal["stdout", "stderr", "system"]] = None,
        search: Optional[str] = None,
        regex: Optional[str] = None,
        ignore_case: Optional[bool] = None,
        limit: Optional[int] = None,
    ) -> Iterator[LogMatch]:
        """Lines of the logs of all tasks of a run, attempt after attempt: all of them, page by
        page."""
        return self.pages(
            f"runs/{segment(run)}/logs",
            {
                "since": since, "stream": stream, "search": search, "regex": regex, "ignore_case":
                ignore_case, "limit": limit
            },
        )

    def get_me(self) -> Me:
        """Who asks, and what they may do."""
        answer: Me = self.ask("GET", "me")
        return answer

    def list_tokens(self) -> TokenPage:
        """Valid tokens by name."""
        answer: TokenPage = self.ask("GET", "tokens")
        return answer

    def create_token(
        self,
        *,
        name: str,
        role: Optional[Literal["viewer", "operator", "admin"]] = None,
        expires: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Token:
        """Make a token; its secret is told once."""
        answer: Token = self.ask(
            "POST",
            "tokens",
            body={"name": name, "role": role, "expires": expires},
            key=self.key(idempotency_key),
        )
        return answer

    def revoke_token(self, token: str) -> Token:
        """Revoke a token and its sessions."""
        answer: Token = self.ask("DELETE", f"tokens/{segment(token)}")
        return answer

    def list_audit(
        self,
        *,
        actor: Optional[str] = None,
        action: Optional[str] = None,
        from_: Optional[Time] = None,
        before: Optional[Time] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> AuditRecordPage:
        """Who did what, newest first."""
        answer: AuditRecordPage = self.ask(
            "GET",
            "audit",
            query={
                "actor": actor, "action": action, "from": from_, "before": before, "limit": limit,
                "cursor": cursor
            },
        )
        return answer

    def iter_audit(
        self,
        *,
        actor: Optional[str] = None,
        action: Optional[str] = None,
        from_: Optional[Time] = None,
        before: Optional[Time] = None,
        limit: Optional[int] = None,
    ) -> Iterator[AuditRecord]:
        """Who did what, newest first: all of them, page by page."""
        return self.pages(
            "audit",
            {"actor": actor, "action": action, "from": from_, "before": before, "limit": limit},
        )

    def list_events(
        self,
        *,
        name: Optional[str] = None,
        source: Optional[Literal["emit", "webhook", "file", "workflow"]] = None,
        fate: Optional[
            Literal["run", "filtered", "skipped", "refused", "waiting", "nobody"]
        ] = None,
        from_: Optional[Time] = None,
        before: Optional[Time] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> EventSummaryPage:
        """Events, newest first, with what became of each."""
        answer: EventSummaryPage = self.ask(
            "GET",
            "events",
            query={
                "name": name, "source": source, "fate": fate, "from": from_, "before": before,
                "limit": limit, "cursor": cursor
            },
        )
        return answer

    def iter_events(
        self,
        *,
        name: Optional[str] = None,
        source: Optional[Literal["emit", "webhook", "file", "workflow"]] = None,
        fate: Optional[
            Literal["run", "filtered", "skipped", "refused", "waiting", "nobody"]
        ] = None,
        from_: Optional[Time] = None,
        before: Optional[Time] = None,
        limit: Optional[int] = None,
    ) -> Iterator[EventSummary]:
        """Events, newest first, with what became of each: all of them, page by page."""
        return self.pages(
            "events",
            {
                "name": name, "source": source, "fate": fate, "from": from_, "before": before,
                "limit": limit
            },
        )

    def create_event(
        self,
        *,
        name: str,
        data: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Event:
        """Emit an event: answered when it and its runs are durable."""
        answer: Event = self.ask(
            "POST",
            "events",
            body={"name": name, "data": data},
            key=self.key(idempotency_key),
        )
        return answer

    def get_event(self, event: str) -> Event:
        """An event with what came with it."""
        answer: Event = self.ask("GET", f"events/{segment(event)}")
        return answer

    def list_backfills(
        self,
        *,
        workflow: Optional[str] = None,
        state: Optional[Literal["running", "paused", "finished", "cancelled"]] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> BackfillPage:
        """Backfills, newest first."""
        answer: BackfillPage = self.ask(
            "GET",
            "backfills",
            query={"workflow": workflow, "state": state, "limit": limit, "cursor": cursor},
        )
        return answer

    def iter_backfills(
        self,
        *,
        workflow: Optional[str] = None,
        state: Optional[Literal["running", "paused", "finished", "cancelled"]] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Backfill]:
        """Backfills, newest first: all of them, page by page."""
        return self.pages("backfills", {"workflow": workflow, "state": state, "limit": limit})

    def get_backfill(self, backfill: str) -> Backfill:
        """A backfill, and how far it is."""
        answer: Backfill = self.ask("GET", f"backfills/{segment(backfill)}")
        return answer

    def list_backfill_dates(
        self,
        backfill: str,
        *,
        fate: Optional[
            Literal["pending", "running", "succeeded", "failed", "cancelled", "skipped", "refused"]
        ] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> BackfillDatePage:
        """Its dates in the order in which they are run, with what became of each."""
        answer: BackfillDatePage = self.ask(
            "GET",
            f"backfills/{segment(backfill)}/dates",
            query={"fate": fate, "limit": limit, "cursor": cursor},
        )
        return answer

    def iter_backfill_dates(
        self,
        backfill: str,
        *,
        fate: Optional[
            Literal["pending", "running", "succeeded", "failed", "cancelled", "skipped", "refused"]
        ] = None,
        limit: Optional[int] = None,
    ) -> Iterator[BackfillDate]:
        """Its dates in the order in which they are run, with what became of each: all of them, page
        by page."""
        return self.pages(f"backfills/{segment(backfill)}/dates", {"fate": fate, "limit": limit})

    def backfill_plan_workflow(
        self,
        name: str,
        *,
        from_: Optional[str] = None,
        to: Optional[str] = None,
        dates: Optional[Sequence[str]] = None,
        days: Optional[Literal["scheduled", "working", "all"]] = None,
        calendar: Optional[str] = None,
        already_run: Optional[Literal["skip", "failed", "all"]] = None,
        reverse: Optional[bool] = None,
        trigger: Optional[str] = None,
        params: Optional[Mapping[str, Any]] = None,
    ) -> BackfillPlan:
        """Which dates a backfill would run; nothing is made."""
        answer: BackfillPlan = self.ask(
            "POST",
            f"workflows/{segment(name)}/backfill-plan",
            body={
                "from": from_, "to": to, "dates": dates, "days": days, "calendar": calendar,
                "already_run": already_run, "reverse": reverse, "trigger": trigger, "params": params
            },
        )
        return answer

    def create_workflow_backfill(
        self,
        name: str,
        *,
        from_: Optional[str] = None,
        to: Optional[str] = None,
        dates: Optional[Sequence[str]] = None,
        days: Optional[Literal["scheduled", "working", "all"]] = None,
        calendar: Optional[str] = None,
        already_run: Optional[Literal["skip", "failed", "all"]] = None,
        reverse: Optional[bool] = None,
        trigger: Optional[str] = None,
        params: Optional[Mapping[str, Any]] = None,
        parallel: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> BackfillBegun:
        """Run a workflow for a list of dates, behind all live work."""
        answer: BackfillBegun = self.ask(
            "POST",
            f"workflows/{segment(name)}/backfills",
            body={
                "from": from_, "to": to, "dates": dates, "days": days, "calendar": calendar,
                "already_run": already_run, "reverse": reverse, "trigger": trigger, "params":
                params, "parallel": parallel
            },
            key=self.key(idempotency_key),
        )
        return answer

    def pause_backfill(self, backfill: str, *, note: Optional[str] = None) -> BackfillHold:
        """Make no more runs for now."""
        answer: BackfillHold = self.ask(
            "POST",
            f"backfills/{segment(backfill)}/pause",
            body={"note": note},
        )
        return answer

    def resume_backfill(self, backfill: str, *, note: Optional[str] = None) -> BackfillHold:
        """Let a paused backfill go on."""
        answer: BackfillHold = self.ask(
            "POST",
            f"backfills/{segment(backfill)}/resume",
            body={"note": note},
        )
        return answer

    def cancel_backfill(
        self,
        backfill: str,
        *,
        note: Optional[str] = None,
        running: Optional[bool] = None,
    ) -> BackfillHold:
        """Cancel the dates that have not begun."""
        answer: BackfillHold = self.ask(
            "POST",
            f"backfills/{segment(backfill)}/cancel",
            body={"note": note, "running": running},
        )
        return answer

    def cancel_date_backfill(self, backfill: str, *, date: str) -> DateCancelled:
        """Cancel one date: its run, or that it is made."""
        answer: DateCancelled = self.ask(
            "POST",
            f"backfills/{segment(backfill)}/cancel-date",
            body={"date": date},
        )
        return answer

    def create_wrap(
        self,
        *,
        start: Mapping[str, Any],
        end: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Started:
        """Hand in the record of a command under gantry wrap."""
        answer: Started = self.ask(
            "POST",
            "wraps",
            body={"start": start, "end": end},
            key=self.key(idempotency_key),
        )
        return answer

    def log_wrap(self, id: str, *, offset: int, data: str) -> WrapLog:
        """Hand in a part of the log of such a command, before its record."""
        answer: WrapLog = self.ask(
            "POST",
            f"wraps/{segment(id)}/log",
            body={"offset": offset, "data": data},
        )
        return answer

    def list_people(
        self,
        *,
        role: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> PersonPage:
        """The people of people.yaml by id; how to reach them only for admins."""
        answer: PersonPage = self.ask(
            "GET",
            "people",
            query={"role": role, "limit": limit, "cursor": cursor},
        )
        return answer

    def iter_people(
        self,
        *,
        role: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Person]:
        """The people of people.yaml by id; how to reach them only for admins: all of them, page by
        page."""
        return self.pages("people", {"role": role, "limit": limit})

    def get_person(self, person: str) -> Person:
        """One person."""
        answer: Person = self.ask("GET", f"people/{segment(person)}")
        return answer
