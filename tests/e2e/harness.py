"""What the end-to-end tests share: a home, its server as a real process, the API, the commands.

The program is GANTRY_BIN (set by ctest), else build/release/bin/gantry of this tree. Tests wait for
conditions through wait_for(), never for a time. GANTRY_TEST_TIER=full asks for the full sizes.
"""
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from processes import all_pids, command_name, holders_of, kill_one, parent, tasks_of
from waiting import wait_for

SOURCE = os.environ.get("GANTRY_SOURCE_DIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "clients", "python"))
from gantry_client import Client, Retries, Unreachable  # noqa: E402

GANTRY = os.environ.get("GANTRY_BIN") or os.path.join(SOURCE, "build/release/bin/gantry")
FULL = os.environ.get("GANTRY_TEST_TIER") == "full"
SUCCEEDED = "succeeded"
TERMINAL = ("succeeded", "failed", "cancelled")

# WITNESS SECONDS EXIT_CODE: writes what it does into the witness file, one write per line.
# EXIT_CODE may be "flaky": 3 the first time, 0 afterwards.
WITNESS_TASK = r"""
key="$GANTRY_RUN $GANTRY_TASK - 1 $GANTRY_ATTEMPT"
echo "$key begin" >> "$1"
[ "$2" = 0 ] || sleep "$2"
code=$3
if [ "$3" = flaky ]; then  # by a file, for a lost start takes a number but runs nothing
  [ -e "failed-$GANTRY_TASK" ] && code=0 || code=3
  : > "failed-$GANTRY_TASK"
fi
echo "$key end $code" >> "$1"
exit $code
"""


def size(ci, full, variable=None):
    """The number of this tier, or of the environment variable."""
    given = os.environ.get(variable) if variable else None
    return int(given) if given else (full if FULL else ci)


# ---- one home ------------------------------------------------------------------------------

class Ended(AssertionError):
    """The server's process has ended."""


class Home:
    """A home in a folder of its own, its server, and calls to it."""

    def __init__(self, folder=None):
        self.root = os.path.realpath(folder or tempfile.mkdtemp(prefix="gantry-e2e-"))
        self.witness = os.path.join(self.root, "witness")
        self.server_log = os.path.join(self.root, "server.log")
        self.task_script = os.path.join(self.root, "task.sh")
        self.server = None
        self.url = None
        # Sends nothing again: what a server in trouble says is what the tests are about.
        self.api = Client(home=self.root, retries=Retries(count=0))
        for name in ("workflows", "secrets"):
            os.makedirs(os.path.join(self.root, name), mode=0o700, exist_ok=True)
        self.write(self.task_script, WITNESS_TASK)
        self.write(self.witness, "")

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def workflow(self, name, text):
        path = self.path("workflows", name + ".yaml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.write(path, text)

    def witness_task(self, seconds=0, code=0):
        """The value of a task's `exec` that leaves its lines in the witness file."""
        return json.dumps(["/bin/sh", self.task_script, self.witness, str(seconds), str(code)])

    def secret(self, name, value):
        path = self.path("secrets", name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(value)

    # -- the server --

    def start(self, wrap=(), wait=True, seconds=30.0, env=None, command="serve"):
        """Starts the server; `wrap` is a command line to put before it (strace); with the command
        `up` the examples come into a home without workflows, and the main one runs."""
        address = self.path("data", "address")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(address)
        self.url = None
        with open(self.server_log, "ab") as log:
            self.server = subprocess.Popen(
                [*wrap, GANTRY, command, "--home", self.root, "--listen", "127.0.0.1:0"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **(env or {})})
        if wait:
            self.wait_ready(seconds)
        return self

    def is_ready(self):
        """True once the server answers that it is well; Ended if it has ended."""
        if self.server.poll() is not None:
            raise Ended(f"the server ended with {self.server.returncode}:\n" + self.log_tail())
        try:
            with open(self.path("data", "address"), encoding="utf-8") as file:
                self.url = file.read().strip()
        except OSError:
            return False
        try:
            return bool(self.url) and self.get("health").status == 200
        except Unreachable:
            return False

    def wait_ready(self, seconds=30.0):
        wait_for(self.is_ready, "the server is ready", seconds)

    def wait_workflow(self, *names):
        for name in names:
            wait_for(lambda n=name: self.get("workflows/" + quote(n)).status == 200,
                     f"workflow {name} is known")

    def kill(self):
        """kill -9 of the server alone."""
        kill_one(self.server.pid)
        self.server.wait()

    def stop(self, seconds=30.0):
        """SIGTERM; the exit code."""
        kill_one(self.server.pid, signal.SIGTERM)
        return self.server.wait(seconds)

    def zygote(self):
        for pid in all_pids():
            if command_name(pid) == "gantry-zygote" and parent(pid) == self.server.pid:
                return pid
        return 0

    def log_tail(self, lines=20):
        with open(self.server_log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])

    def remove(self):
        """Ends everything that belongs to this home, by process id, and deletes it."""
        self.api.close()
        if self.server and self.server.poll() is None:
            self.kill()
        wait_for(self.nothing_left, f"nothing of {self.root} is left")
        if os.environ.get("GANTRY_E2E_KEEP"):
            print(f"kept {self.root}")
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def nothing_left(self):
        left = {task.pid for task in tasks_of(self.root)}
        left |= set(holders_of(self.root)) - {os.getpid()}
        for pid in left:
            kill_one(pid)
        return not left

    # -- the API --

    def token(self):
        with open(self.path("data", "admin-token"), encoding="utf-8") as file:
            return file.read().strip()

    def call(self, method, path, body=None, key=None, timeout=30.0):
        """The answer, whatever its status; Unreachable if there is none."""
        return self.api.request(method, path, body=body, key=key, timeout=timeout)

    def get(self, path):
        return self.call("GET", path)

    def items(self, path):
        """All items of a list, page by page."""
        path, _, query = path.partition("?")
        return list(self.api.pages(path, urllib.parse.parse_qs(query)))

    def trigger(self, workflow, params=None, key=None):
        """The number of the new run. Without a key, for the client would make one."""
        return self.api.ask("POST", f"workflows/{quote(workflow)}/runs", body={"params": params},
                            key=key)["number"]

    def cancel(self, run):
        return self.call("POST", f"runs/{run}/cancel", {})

    def run(self, number):
        return self.api.get_run(number)

    def wait_run(self, number, seconds=60.0):
        """The run once it is terminal. Unreachable if the server goes away meanwhile."""
        def ended():
            run = self.run(number)
            return run if run["state"] in TERMINAL else None
        return wait_for(ended, f"run {number} has ended", seconds)

    def tasks(self, number, state=None):
        return list(self.api.iter_run_tasks(number, state=state and [state], limit=1000))

    def states(self, number):
        """Of every task and item ("load", "load[3]") its state."""
        return {task["task"] + (f"[{task['item']}]" if task["item"] else ""): task["state"]
                for task in self.tasks(number)}

    def task(self, number, name):
        return next(task for task in self.tasks(number) if task["task"] == name)

    def attempts(self, number):
        return list(self.api.iter_run_attempts(number, limit=1000))

    def wait_running(self, number, count, seconds=60.0):
        """The tasks' processes once `count` tasks of the run are executed."""
        def running():
            names = {}
            for task in tasks_of(self.root):  # the first process is the task, its children follow
                if task.run == number:
                    names.setdefault(task.task, task)
            return list(names.values()) if len(names) >= count else None
        return wait_for(running, f"{count} tasks of run {number} run", seconds)

    # -- the command line --

    def cli(self, *arguments, env=None, timeout=120, **options):
        command = [GANTRY, *arguments, "--home", self.root]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                              env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                              check=False, **options)

    def check(self, witness=True):
        """The checker over a quiet store: its figures, with the violations."""
        arguments = ["doctor", "--check", "--json"]
        if witness:
            arguments += ["--witness", self.witness]
        done = self.cli(*arguments, timeout=600)
        if done.returncode not in (0, 1) or not done.stdout.startswith("{"):
            raise AssertionError(f"doctor --check: {done.returncode} {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def quote(text):
    return urllib.parse.quote(text, safe="")


class HomeTest(unittest.TestCase):
    """A test with a home of its own that is gone afterwards, with all its processes."""
    maxDiff = None
    seed = int(os.environ.get("GANTRY_E2E_SEED", "20261122"))

    def setUp(self):
        self.random = random.Random(f"{self.seed} {self.id()}")
        self.home = self.make_home()

    def make_home(self):
        home = Home()
        self.addCleanup(self.finish_home, home)
        return home

    def finish_home(self, home):
        outcome = getattr(self, "_outcome", None)
        failed = any(error for _, error in getattr(outcome, "errors", []) if error)
        if failed and os.path.exists(home.server_log):
            print(f"seed {self.seed}; the end of the server's log:\n{home.log_tail(30)}")
        home.remove()

    def say(self, text):
        """A figure of this run of the test."""
        print(f"{self.id().rpartition('.')[2]}: {text}", flush=True)

    def assert_invariants(self, home=None, witness=True):
        """No violation; returns the checker's figures."""
        found = (home or self.home).check(witness)
        self.assertEqual(found["violations"], [])
        return found

    def assert_no_process_left(self, home=None, seconds=10.0):
        root = (home or self.home).root
        wait_for(lambda: not tasks_of(root), f"no process of a task of {root} is left", seconds)
