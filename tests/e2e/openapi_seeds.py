"""What the server of the OpenAPI fuzz knows: workflows, runs in every state, tokens."""
import itertools

from processes import kill_one, shim_of, tasks_of
from waiting import wait_for

SALES = """
title: Sales
labels: {team: data}
params:
  day: {type: date, default: "2026-01-31"}
  kind: {type: enum, values: [a, b], default: a}
triggers: [{every: 1h}, {cron: "30 2 * * *"}]
tasks:
  a: {run: "echo one; echo two >&2", retry: {limit: 1, delay: 0s}}
  b: {run: "exit 3", needs: [a], timeout: 5s}
finally:
  c: {run: "true"}
"""
SLOW = "tasks: {a: {run: 'echo begun; sleep 1000'}}"
# Pairs that the server refuses together, as docs/format/api.md says.
APART = [("search", "regex"), ("tail", "from"), ("tail", "before"), ("from", "before"),
         ("follow", "before")]
NEEDED = {"ignore_case": ("search", "regex"), "stamps": ("format",)}
PEOPLE = """people:
  - {id: anna, roles: [sales], manager: chen}
  - {id: chen, mail: chen@example.org, roles: [sales, lead]}
"""
SPAN = {"from": "2026-01-01", "to": "2026-03-31"}
BACKFILLS = [{**SPAN, "trigger": ""}, {"dates": ["2026-02-01"], "trigger": "", "reverse": True},
             {**SPAN, "trigger": "", "days": "working", "calendar": "cn-workdays"},
             {**SPAN, "trigger": "", "already_run": "failed"}]
CSVS = [{"csv": "idempotency_key\nk1\nk2\n"}, {"csv": "idempotency_key\nk1\n", "key": "a"}]
BAD_CSVS = [{"csv": "day,kind\n2026-02-01,c\n"}, {"csv": "day\nnone\n", "params": {"kind": "b"}}]
UNKNOWN_WORKFLOW = "no/such"
WORKFLOWS = {
    "w": "tasks: {a: {run: 'echo one'}, b: {pass: true, needs: [a]}}",
    "etl/sales": SALES,
    "slow": SLOW,
    "held": "tasks: {a: {pass: true}}",
    "hooked": "triggers: [{id: it, webhook: {name: orders, auth: token, secret: HOOK}}]\n"
              "tasks: {a: {pass: true}}",
    "ask": "tasks:\n" + "".join(f"  a{i}: {{run: 'sleep 1000', on_interrupt: ask}}\n"
                                for i in range(12)),
}


class Seeds:
    """Values that the server knows, by operation and name."""

    def __init__(self, home):
        self.home = home
        home.write(home.path("gantry.yaml"), "pools: {db: 2}\n")
        home.write(home.path("people.yaml"), PEOPLE)
        self.hook_secret = "what-a-hook-shows"
        home.secret("HOOK", self.hook_secret)
        for name, text in WORKFLOWS.items():
            home.workflow(name, text)
        home.start().wait_workflow(*WORKFLOWS)
        self.counter = itertools.count()
        self.ended = [self.run_to_its_end(name) for name in ("w", "etl/sales", "etl/sales", "w")]
        home.api.retry_run(self.ended[1])
        home.api.wait(self.ended[1])
        self.running = home.trigger("slow")
        home.wait_running(self.running, 1)
        self.asking = home.trigger("ask")
        self.interrupt(self.asking)
        home.api.pause_workflow("held")
        self.queued = [home.trigger("held") for _ in range(12)]
        for number in range(3):
            home.call("POST", "events", {"name": "orders", "data": {"n": number}})
        for _ in range(12):
            home.call("POST", "workflows/held/backfills", {**SPAN, "already_run": "all"})
        for number in range(60):
            home.api.create_token(name=f"victim{number}")
        self.secrets = {"admin": home.token()}
        for role in ("viewer", "operator"):
            self.secrets[role] = home.api.create_token(name="the-" + role, role=role)["token"]
        self.cursors = {}

    def run_to_its_end(self, workflow):
        number = self.home.trigger(workflow)
        self.home.wait_run(number)
        return number

    def interrupt(self, run):
        """Until nobody knows how any of its tasks ended."""
        def all_wait():
            for task in tasks_of(self.home.root):
                if task.run == run:
                    kill_one(shim_of(task.pid))
            return all(task["state"] == "waiting" for task in self.home.tasks(run))
        wait_for(all_wait, "every task asks for a decision")

    def learn_cursors(self, document):
        """A cursor of each list that has a second page."""
        for operation in document.operations:
            if not any(p["name"] == "cursor" for p in operation.parameters):
                continue
            path = operation.path.replace("{name}", "w").replace("{run}", str(self.ended[1]))
            path = path.replace("{backfill}", "1")
            page = self.home.get(path[len("/api/v1/"):] + "?limit=1").json
            if page["next_cursor"]:
                self.cursors[operation.id] = page["next_cursor"]

    def value(self, operation, name, chance):
        """None: nothing is known, the schema says what is right."""
        choices = {
            "run": [*self.ended, *self.ended, "etl/sales", 99999, UNKNOWN_WORKFLOW],
            "task": ["a", "b", "c", "none"], "token": [f"victim{number}" for number in range(60)],
            "topics": ["runs", f"run:{self.ended[0]}", "workflows,pools,server", "workflow:w"],
            "regex": ["o.e$", "^b"], "label": ["team=data", "team"], "timeout": ["0s", "5ms"],
            "expires": ["1h", "30d"], "format": ["text"], "params": [{}, {"day": "2026-02-01"}],
            "numbers": [[self.ended[0]], self.ended[:2]], "tail": [1, 3], "from": [1, 2],
            "before": [1, 5], "cursor": [self.cursors.get(operation.id)],
            "id": ["ab" * 16, "cd" * 16], "offset": [0], "data": ["aGVsbG8K", "b25lCg=="],
            "end": [{"state": "failed", "exit_code": 3}, {"state": "succeeded"}],
            "calendar": ["cn-workdays", "none"], "year": [2026, 1999],
            "version": [1], "pool": ["db", "local", "none"], "person": ["anna", "chen", "none"],
            "backfill": [1, 2, 99] if operation.path.endswith("/cancel") else [3, 4, 5, 6, 99],
            "date": ["2026-02-01", "2026-03-31", "2025-01-01"],
            "event": [1, 2, 99], "hook": ["orders", "none"],
            "language": ["en", "zh"], "folder": ["lint"],
            "page": ["unknown-key"] if "{folder}" in operation.path else ["errors", "tutorial"],
        }
        if operation.path.endswith("/people"):
            choices["role"] = ["sales"]
        if name == "start":
            return {"id": f"{next(self.counter):032x}", "name": "backup", "command": ["true"],
                    "started_at": "2026-11-22T10:00:00Z"}
        if operation.path.endswith("/cancel") and name == "run":
            return chance.choice([*self.queued, *self.queued, *self.ended])
        if operation.path.endswith(("/pause", "/resume")) and name == "run":
            return chance.choice([self.running, *self.ended])
        if operation.path.endswith("/resolve") and chance.random() < 0.7:
            choices.update(run=[self.asking], task=[f"a{i}" for i in range(12)])
        if name == "name" and operation.method == "POST" and operation.path.endswith("/tokens"):
            return f"made{next(self.counter)}"
        if name == "name" and "{name}" in operation.path:
            return chance.choice(["w", "etl/sales", "etl/sales", UNKNOWN_WORKFLOW])
        if name in ("from", "before") and operation.id in ("get_audit", "get_events"):
            return None
        return chance.choice(choices[name]) if name in choices else None

    def body(self, operation, chance):
        """A whole body, where its members depend on each other."""
        options = {
            "post_events": [{"name": "orders.received", "data": {"amount": 5}}, {"name": "下单"}],
            "post_runs_bulk": [{"action": "cancel", "numbers": self.ended},
                               {"action": "retry", "numbers": self.ended},
                               {"action": "retry", "workflow": "w", "limit": 2, "newest": True},
                               {"action": "retry", "state": ["failed"], "limit": 1}],
            "post_workflows_name_backfills": BACKFILLS,
            "post_workflows_name_backfill-plan": BACKFILLS,
            "post_workflows_name_csv-plan": CSVS + BAD_CSVS,
            "post_workflows_name_csv-runs": CSVS,
            "post_workflows_name_runs": [{}, {"params": {}}],
            "post_runs_run_retry": [{}, {"from": "b"}, {"newest": True, "force": True}],
            "post_login": [{"token": self.secrets["admin"]}, {"token": self.secrets["viewer"]}],
            "post_lint": [SALES, "tasks: 3\n", "a: [", "", "\0"],
        }.get(operation.id)
        return chance.choice(options) if options else None

    def together(self, operation, chosen, chance):
        """Without what does not go together."""
        names = {p["name"] for p in chosen}
        if "cursor" in names:  # it belongs to its list
            names = (names & {"limit", "cursor"} if operation.id in self.cursors
                     else names - {"cursor"})
        for pair in APART:
            if names.issuperset(pair):
                names.discard(chance.choice(pair))
        for name, needs in NEEDED.items():
            if not names.intersection(needs):
                names.discard(name)
        return [p for p in chosen if p["name"] in names]

    def takes_key(self, operation, case):
        """A key of a bulk action needs the numbers of the runs, that of a record is its id."""
        if operation.id == "post_wraps":
            return False
        return operation.id != "post_runs_bulk" or b'"retry", "numbers"' in case.body

    def restore(self, operation):
        """What a paused server would keep from the next operations."""
        if operation.path.endswith("/pause") or operation.path.endswith("/disable"):
            self.home.api.resume_server()
            for name in ("w", "etl/sales"):  # "held" stays so
                self.home.api.resume_workflow(name)
                self.home.api.enable_workflow(name)
