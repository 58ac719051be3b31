# tidy: allow file-length - made from the document
"""Made by generate.py from the OpenAPI document of the server: do not edit."""
from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

__all__ = [
    "Attempt",
    "AttemptPage",
    "AuditRecord",
    "AuditRecordPage",
    "Backfill",
    "BackfillBegun",
    "BackfillDate",
    "BackfillDatePage",
    "BackfillDates",
    "BackfillHold",
    "BackfillPage",
    "BackfillPlan",
    "BackfillPlanDate",
    "BulkResult",
    "BulkResultItem",
    "Calendar",
    "CalendarDay",
    "CalendarPage",
    "CalendarYear",
    "Cancelled",
    "Collected",
    "CsvPlan",
    "CsvPlanError",
    "CsvPlanItem",
    "CsvStarted",
    "CsvStartedItem",
    "DateCancelled",
    "DefinitionTask",
    "Delivered",
    "Diagnostic",
    "Event",
    "EventFate",
    "EventSummary",
    "EventSummaryFate",
    "EventSummaryPage",
    "FileProblem",
    "FileProblemPage",
    "Health",
    "HealthEngine",
    "HistoryRecord",
    "HistoryRecordPage",
    "LintResult",
    "LogLine",
    "LogMatch",
    "LogMatchPage",
    "Me",
    "Missed",
    "MissedPage",
    "NextFirings",
    "NextFiringsTrigger",
    "NextFiringsTriggerFiring",
    "NextFiringsTriggerSkipped",
    "Param",
    "Person",
    "PersonContact",
    "PersonPage",
    "Phase",
    "PhasePage",
    "Pool",
    "PoolPage",
    "Problem",
    "Removed",
    "Resolved",
    "Retried",
    "Run",
    "RunHold",
    "RunPage",
    "ServerHold",
    "ServerLoad",
    "ServerLoadLongest",
    "Setting",
    "SettingPage",
    "Started",
    "Task",
    "TaskPage",
    "Token",
    "TokenPage",
    "Trigger",
    "TriggerCatchup",
    "Version",
    "VersionDetails",
    "VersionDetailsFile",
    "VersionPage",
    "Why",
    "Workflow",
    "WorkflowDetails",
    "WorkflowHold",
    "WorkflowPage",
    "WrapLog",
]


class Problem(TypedDict):
    """RFC 9457"""
    # a page of this server that explains it
    type: str
    status: int
    # stable; what programs look at
    code: str
    title: str
    detail: str


class HealthEngine(TypedDict):
    healthy: bool


class Health(TypedDict):
    status: Literal["ok", "unavailable"]
    ready: bool
    version: str
    started_at: str
    now: str
    engine: HealthEngine


class Pool(TypedDict):
    # 'local' are the slots of the server
    name: str
    # as they are now
    slots: int
    # as gantry.yaml says; null: it does not
    configured: Optional[int]
    used: int
    queued: int
    # who set 'slots'; null: the configuration
    set_by: Optional[str]
    set_at: Optional[str]
    note: Optional[str]


class Run(TypedDict):
    number: int
    title: Optional[str]
    workflow: str
    version: int
    state: Literal["queued", "running", "finishing", "succeeded", "failed", "cancelled"]
    reason: Optional[str]
    outcome: Optional[str]
    rollback: Optional[str]
    cause: Literal[
        "request", "timer", "catch_up", "local", "wrap", "backfill", "event", "webhook",
        "file", "workflow"
    ]
    trigger: Optional[str]
    initiator: Optional[str]
    key: Optional[str]
    labels: Dict[str, str]
    priority: int
    # runs of the workflow with the same key share its limit
    concurrency_key: Optional[str]
    created_at: str
    scheduled_at: str
    # the day it is about
    date: str
    # the day before, or the working day before
    business_date: str
    data_interval_start: str
    data_interval_end: str
    backfill: Optional[int]
    event: Optional[int]
    started_at: Optional[str]
    ended_at: Optional[str]
    params: Dict[str, Any]
    message: Optional[str]
    cancel_requested: bool
    quarantined: bool
    paused: bool
    # 1 as it was made; each retry is one more
    phase: int
    # when retention removed the logs of its tasks
    log_removed_at: Optional[str]


Task = TypedDict("Task", {
    "run": int,
    "task": str,
    "item": Optional[str],
    "title": Optional[str],
    "state": Literal[
        "pending", "queued", "running", "waiting", "succeeded", "skipped", "failed",
        "cancelled", "upstream_failed", "interrupted"
    ],
    "reason": Optional[str],
    "generation": int,
    "attempts": int,
    "exit_code": Optional[int],
    "started_at": Optional[str],
    "ended_at": Optional[str],
    "outputs": Optional[Dict[str, Any]],
    "message": Optional[str],
    "needs": List[str],
    "join": Optional[str],
    "pool": Optional[str],
    "retry_limit": int,
    "allow_failure": bool,
    "background": bool,
    "finally": bool,
})


class Attempt(TypedDict):
    id: str
    run: int
    task: str
    item: Optional[str]
    generation: int
    attempt: int
    worker: int
    state: Literal[
        "running", "succeeded", "failed", "timed_out", "killed", "oom", "interrupted",
        "not_started"
    ]
    reason: Optional[str]
    stop_requested: bool
    exit_code: Optional[int]
    signal: Optional[int]
    begun_at: str
    started_at: Optional[str]
    ended_at: Optional[str]
    cpu_us: int
    memory_bytes_max: int
    log_bytes: int
    log_dropped_bytes: int
    unkillable: bool
    error: Optional[str]


class HistoryRecord(TypedDict):
    position: int
    at: str
    actor: str
    run: Optional[int]
    what: str
    task: Optional[str]
    item: Optional[str]
    details: Dict[str, Any]


class TriggerCatchup(TypedDict):
    """of timers"""
    policy: Literal["none", "latest", "all"]
    window: str
    max: int


class Trigger(TypedDict):
    id: str
    kind: Literal["cron", "every", "at", "file", "webhook", "event", "workflow"]
    cron: Optional[str]
    every: Optional[str]
    timezone: str
    enabled: bool
    at: Optional[str]
    # the first instant it fires for
    start: Optional[str]
    # it fires for no later one
    end: Optional[str]
    jitter: Optional[str]
    # of timers
    catchup: Optional[TriggerCatchup]
    handled_until: Optional[str]
    # after_previous: succeeded waits for it
    failed_run: Optional[int]


class Workflow(TypedDict):
    name: str
    version: int
    hash: str
    # as its file says
    enabled: bool
    paused: bool
    # by a person
    disabled: bool
    # who paused or disabled it, and why
    hold_note: Optional[str]
    concurrency_limit: Optional[int]
    priority: int
    triggers: List[Trigger]


class Param(TypedDict):
    name: str
    type: Literal[
        "string", "int", "bool", "date", "enum", "list", "decimal", "datetime", "duration",
        "object", "person"
    ]
    title: Optional[str]
    help: Optional[str]
    required: bool
    default: Any
    values: List[str]
    min: Optional[Union[int, str]]
    max: Optional[Union[int, str]]
    pattern: Optional[str]
    items: Optional[str]


DefinitionTask = TypedDict("DefinitionTask", {
    "task": str,
    "title": Optional[str],
    "description": Optional[str],
    "owner": Optional[str],
    "action": str,
    "needs": List[str],
    "join": str,
    "pool": Optional[str],
    "slots": int,
    "priority": int,
    "retry_limit": int,
    "timeout": Optional[str],
    "allow_failure": bool,
    "background": bool,
    "finally": bool,
})


class WorkflowDetails(Workflow):
    title: Optional[str]
    description: Optional[str]
    owner: Optional[str]
    labels: Dict[str, str]
    timezone: str
    timeout: Optional[str]
    params: List[Param]
    tasks: List[DefinitionTask]


class Version(TypedDict):
    workflow: str
    version: int
    hash: str
    created_at: str
    actor: str


class VersionDetailsFile(TypedDict):
    path: str
    hash: str
    executable: bool
    bytes: int


class VersionDetails(TypedDict):
    workflow: str
    version: int
    hash: str
    created_at: str
    actor: str
    # the workflow file as it was
    text: str
    files: List[VersionDetailsFile]


class Setting(TypedDict):
    # as in gantry.yaml
    key: str
    value: str
    # default, a file and line, a variable or a flag
    source: str
    default: str
    form: str
    flag: str
    variable: str
    about: str


class Started(TypedDict):
    number: int
    workflow: str
    version: int


class WrapLog(TypedDict):
    size_bytes: int


class ServerLoadLongest(TypedDict):
    run: int
    workflow: str
    task: str
    attempt: int
    begun_at: str


class ServerLoad(TypedDict):
    status: Literal["ok", "unavailable"]
    paused: bool
    version: str
    started_at: str
    now: str
    # of the server, all its threads, since its start
    cpu_us: int
    # resident
    memory_bytes: int
    threads: int
    # position of the history: its growth is the rate
    changes: int
    runs_running: int
    runs_queued: int
    attempts_running: int
    # ever
    runs_made: int
    # ever
    attempts_made: int
    pools: List[Pool]
    # the oldest of what runs now
    longest: List[ServerLoadLongest]


class Cancelled(TypedDict):
    number: int


Resolved = TypedDict("Resolved", {
    "number": int,
    "task": str,
    "as": Literal["succeeded", "failed", "skipped"],
})


class Retried(TypedDict):
    number: int
    version: int
    phase: int


class BulkResultItem(TypedDict):
    number: int
    ok: bool
    code: Optional[str]
    detail: Optional[str]


class BulkResult(TypedDict):
    items: List[BulkResultItem]
    # the filter finds more than the limit
    more: bool


Phase = TypedDict("Phase", {
    "run": int,
    "phase": int,
    "kind": Literal["forward", "retry"],
    "version": int,
    "initiator": Optional[str],
    "key": Optional[str],
    "from": Optional[str],
    "newest": bool,
    "created_at": str,
    "state": Literal["queued", "running", "finishing", "succeeded", "failed", "cancelled"],
    "reason": Optional[str],
    "started_at": Optional[str],
    "ended_at": Optional[str],
})


class RunHold(TypedDict):
    number: int
    paused: bool


class _WorkflowHold(TypedDict):
    name: str


class WorkflowHold(_WorkflowHold, total=False):
    paused: bool
    disabled: bool


class ServerHold(TypedDict):
    paused: bool


class Removed(TypedDict):
    count: int
    bytes: int


class Collected(TypedDict):
    dry_run: bool
    runs: int
    # runs that stay, without their logs
    logs: int
    # of history; 0 in a dry run
    records: int
    audit: int
    log_folders: Removed
    workspaces: Removed
    attempts: Removed
    versions: Removed
    # that the store gave back to the disk
    store_bytes: int


class Why(TypedDict):
    run: int
    task: Optional[str]
    reasons: List[str]


class LogLine(TypedDict):
    line: int
    at: str
    stream: Literal["stdout", "stderr", "system"]
    # the line goes on in the next one of its stream
    part: bool
    text: str


class LogMatch(TypedDict):
    task: str
    item: Optional[str]
    generation: int
    attempt: int
    line: int
    at: str
    stream: Literal["stdout", "stderr", "system"]
    part: bool
    text: str


class Diagnostic(TypedDict):
    file: str
    line: int
    column: int
    severity: Literal["error", "warning", "hint"]
    code: str
    message: str
    suggestion: Optional[str]


class FileProblem(TypedDict):
    # null: another file of the home, as the diagnostics say
    workflow: Optional[str]
    diagnostics: List[Diagnostic]


class LintResult(TypedDict):
    valid: bool
    diagnostics: List[Diagnostic]


class Me(TypedDict):
    name: str
    role: Literal["viewer", "operator", "admin"]
    via: Literal["admin_token", "token", "session"]
    expires_at: Optional[str]


class _Token(TypedDict):
    id: str
    name: str
    role: Literal["viewer", "operator", "admin"]
    created_at: str
    created_by: str
    expires_at: Optional[str]
    # to the minute
    last_used_at: Optional[str]
    revoked_at: Optional[str]


class Token(_Token, total=False):
    # only in the answer that makes it
    token: str


class AuditRecord(TypedDict):
    position: int
    at: str
    actor: str
    address: str
    action: str
    target: str
    # ok, or the code of the problem
    outcome: str
    details: Dict[str, Any]


class PersonContact(TypedDict):
    """null: the caller is no admin"""
    mail: Optional[str]
    mobile: Optional[str]
    im: Dict[str, str]


class Person(TypedDict):
    id: str
    name: str
    roles: List[str]
    manager: Optional[str]
    # null: the caller is no admin
    contact: Optional[PersonContact]


class Missed(TypedDict):
    trigger: str
    first: str
    last: str
    count: int
    reason: Literal["late", "refused", "skipped"]


class Calendar(TypedDict):
    name: str
    description: str
    built_in: bool
    # false: no text of it was good so far
    live: bool
    # it is complete for these; null: for all
    years: Optional[List[int]]
    diagnostics: List[Diagnostic]


class CalendarDay(TypedDict):
    date: str
    kind: Literal["workday", "day_off", "holiday", "make_up"]
    working: bool
    name: str
    # the calendar that lists it
    source: str


class CalendarYear(TypedDict):
    name: str
    description: str
    built_in: bool
    live: bool
    years: Optional[List[int]]
    diagnostics: List[Diagnostic]
    year: int
    # false: its week counts in this year
    known: bool
    days: List[CalendarDay]


class EventSummaryFate(TypedDict):
    workflow: Optional[str]
    trigger: Optional[str]
    fate: Literal["run", "filtered", "skipped", "refused", "waiting", "nobody"]
    run: Optional[int]
    reason: Optional[str]


class EventSummary(TypedDict):
    event: int
    source: Literal["emit", "webhook", "file", "workflow"]
    name: str
    # what makes it one of a kind: delivery ids
    keys: List[str]
    at: str
    actor: Optional[str]
    # one per trigger that listens
    fates: List[EventSummaryFate]


class EventFate(TypedDict):
    workflow: Optional[str]
    trigger: Optional[str]
    fate: Literal["run", "filtered", "skipped", "refused", "waiting", "nobody"]
    run: Optional[int]
    reason: Optional[str]


class Event(TypedDict):
    event: int
    source: Literal["emit", "webhook", "file", "workflow"]
    name: str
    # what makes it one of a kind: delivery ids
    keys: List[str]
    at: str
    actor: Optional[str]
    # one per trigger that listens
    fates: List[EventFate]
    # 'event' in expressions
    data: Any


class Delivered(TypedDict):
    event: int
    # it was delivered before, as this event
    duplicate: bool


class NextFiringsTriggerFiring(TypedDict):
    # when it fires
    at: str
    # the instant that the schedule names
    scheduled_at: str


class NextFiringsTriggerSkipped(TypedDict):
    date: str
    # false: the week has it off
    holiday: bool
    name: str
    # the one that says so
    calendar: str


class NextFiringsTrigger(TypedDict):
    calendar: Optional[str]
    # of the firings; the calendar has no holidays of them
    unknown_years: List[int]
    trigger: str
    timezone: str
    # why there are no firings
    idle: Literal[
        "trigger_disabled", "workflow_disabled", "workflow_paused", "server_paused",
        "calendar_missing", "ended", None
    ]
    firings: List[NextFiringsTriggerFiring]
    # days that the calendar has off before the last of these
    skipped: List[NextFiringsTriggerSkipped]


class NextFirings(TypedDict):
    workflow: str
    triggers: List[NextFiringsTrigger]


class BackfillDates(TypedDict):
    """how many, by what became of them"""
    total: int
    pending: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    skipped: int
    refused: int


class Backfill(TypedDict):
    backfill: int
    workflow: str
    # whose params and times of day count
    trigger: Optional[str]
    params: Dict[str, Any]
    # runs at once
    parallel: int
    state: Literal["running", "paused", "finished", "cancelled"]
    # who paused or cancelled it, or why it stopped
    note: Optional[str]
    key: Optional[str]
    created_by: str
    created_at: str
    # null: a date is open, or will be
    ended_at: Optional[str]
    # how many, by what became of them
    dates: BackfillDates


class BackfillDate(TypedDict):
    date: str
    fate: Literal["pending", "running", "succeeded", "failed", "cancelled", "skipped", "refused"]
    # of a skipped date the run of before
    run: Optional[int]
    # why it is skipped or refused
    message: Optional[str]


class BackfillPlanDate(TypedDict):
    date: str
    fate: Literal["pending", "skipped"]
    run: Optional[int]
    message: Optional[str]


class BackfillPlan(TypedDict):
    workflow: str
    trigger: Optional[str]
    # what may not be expected
    warnings: List[str]
    # in the order in which they would be run
    dates: List[BackfillPlanDate]


class BackfillBegun(TypedDict):
    backfill: int
    workflow: str
    # what may not be expected
    warnings: List[str]
    # all of them
    dates: int
    skipped: int


class CsvPlanError(TypedDict):
    line: int
    # of characters
    column: int
    detail: str


class CsvPlanItem(TypedDict):
    line: int
    key: str
    # as given, by their types
    params: Dict[str, Any]
    # that has been started with the key
    run: Optional[int]


class CsvPlan(TypedDict):
    workflow: str
    valid: bool
    # the first 100
    errors: List[CsvPlanError]
    errors_count: int
    # the rows without errors
    items: List[CsvPlanItem]


class CsvStartedItem(TypedDict):
    line: int
    key: str
    outcome: Literal["started", "existing", "refused"]
    run: Optional[int]
    code: Optional[str]
    detail: Optional[str]


class CsvStarted(TypedDict):
    workflow: str
    started: int
    # rows that had been started before
    existing: int
    refused: int
    items: List[CsvStartedItem]


class BackfillHold(TypedDict):
    backfill: int
    state: Literal["running", "paused", "cancelled"]


class DateCancelled(TypedDict):
    backfill: int
    date: str


class SettingPage(TypedDict):
    items: List[Setting]
    next_cursor: Optional[str]


class PoolPage(TypedDict):
    items: List[Pool]
    next_cursor: Optional[str]


class CalendarPage(TypedDict):
    items: List[Calendar]
    next_cursor: Optional[str]


class WorkflowPage(TypedDict):
    items: List[Workflow]
    next_cursor: Optional[str]


class VersionPage(TypedDict):
    items: List[Version]
    next_cursor: Optional[str]


class MissedPage(TypedDict):
    items: List[Missed]
    next_cursor: Optional[str]


class FileProblemPage(TypedDict):
    items: List[FileProblem]
    next_cursor: Optional[str]


class RunPage(TypedDict):
    items: List[Run]
    next_cursor: Optional[str]


class HistoryRecordPage(TypedDict):
    items: List[HistoryRecord]
    next_cursor: Optional[str]


class PhasePage(TypedDict):
    items: List[Phase]
    next_cursor: Optional[str]


class TaskPage(TypedDict):
    items: List[Task]
    next_cursor: Optional[str]


class AttemptPage(TypedDict):
    items: List[Attempt]
    next_cursor: Optional[str]


class LogMatchPage(TypedDict):
    items: List[LogMatch]
    next_cursor: Optional[str]


class TokenPage(TypedDict):
    items: List[Token]
    next_cursor: Optional[str]


class AuditRecordPage(TypedDict):
    items: List[AuditRecord]
    next_cursor: Optional[str]


class EventSummaryPage(TypedDict):
    items: List[EventSummary]
    next_cursor: Optional[str]


class BackfillPage(TypedDict):
    items: List[Backfill]
    next_cursor: Optional[str]


class BackfillDatePage(TypedDict):
    items: List[BackfillDate]
    next_cursor: Optional[str]


class PersonPage(TypedDict):
    items: List[Person]
    next_cursor: Optional[str]
