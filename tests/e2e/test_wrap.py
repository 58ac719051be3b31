#!/usr/bin/env python3
"""gantry wrap: the command runs as if nothing stood before it, and each record is taken in once."""
import collections
import glob
import json
import os
import signal
import subprocess
import unittest

from harness import GANTRY, Ended, HomeTest, size
from processes import kill_one
from waiting import wait_for


class WrapTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.user = self.home.path("user")  # the home directory of who wraps
        os.makedirs(self.user)

    def environment(self, **more):
        env = {**os.environ, "HOME": self.user, "GANTRY_HOME": self.home.root,
               "XDG_STATE_HOME": "", "LC_ALL": "C.UTF-8", **more}
        return {name: value for name, value in env.items() if value is not None}

    def wrap(self, *arguments, before=(), stdin=None, env=None, **options):
        return subprocess.run([*before, GANTRY, "wrap", *arguments], capture_output=True, text=True,
                              input=stdin or "", check=False, timeout=120,
                              env=self.environment(**(env or {})), **options)

    def spool(self):
        return self.home.path("data", "wrap")

    def waiting(self, spool=None):
        return sorted(glob.glob(os.path.join(spool or self.spool(), "*.record")))

    def wait_taken(self, spool=None):
        wait_for(lambda: not self.waiting(spool), "all records are taken in")

    def runs(self):
        return self.home.items("runs?workflow=wrap%2F&sort=oldest&limit=1000")

    def assert_once(self, ids):
        """Every one of these records, and nothing else, is one run."""
        taken = collections.Counter(run["key"] for run in self.runs())
        self.assertEqual([key for key, count in taken.items() if count != 1], [])
        self.assertEqual(set(taken), set(ids))


class CommandTest(WrapTest):
    def test_it_runs_as_without(self):
        done = self.wrap("job", "--", "sh", "-c", 'cat; echo "$0" "$1" >&2; exit 3', "a b",
                         "--json", stdin="in\n")
        self.assertEqual((done.returncode, done.stdout), (3, "in\n"))
        self.assertTrue(done.stderr.startswith("a b --json\n"), done.stderr)
        self.assertEqual(self.wrap("job", "--", "sh", "-c", "kill -9 $$").returncode, 137)
        self.assertEqual(self.wrap("job", "--", "no-such-program").returncode, 127)
        self.assertEqual(self.wrap("job", "--", "/dev/null").returncode, 126)
        quiet = self.wrap("job", "-q", "--", "sh", "-c", "echo out; echo err >&2; exit 4")
        self.assertEqual((quiet.returncode, quiet.stdout, quiet.stderr), (4, "", ""))

    def test_a_line_that_can_not_be_read_runs_nothing(self):
        mark = self.home.path("mark")
        for arguments in ((), ("job",), ("bad name", "--", "touch", mark), ("job", "touch", mark),
                          ("job", "--timeout", "soon", "--", "touch", mark)):
            done = self.wrap(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr.startswith("gantry: "))
        self.assertFalse(os.path.exists(mark))

    def test_signals_reach_the_command(self):
        script = 'trap "echo asked; exit 5" TERM; echo ready; while :; do sleep 0.05; done'
        with subprocess.Popen([GANTRY, "wrap", "job", "--", "sh", "-c", script], text=True,
                              env=self.environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as wrap:
            self.assertEqual(wrap.stdout.readline(), "ready\n")
            kill_one(wrap.pid, signal.SIGTERM)
            self.assertEqual(wrap.stdout.readline(), "asked\n")
            self.assertEqual(wrap.wait(30), 5)

    def test_a_reader_that_goes_is_gone_for_the_command(self):
        done = subprocess.run(["sh", "-c", f"{GANTRY} wrap -q pipe -- true; "
                               f"{GANTRY} wrap pipe -- yes | head -n 2"],
                              env=self.environment(), capture_output=True, text=True, timeout=60,
                              check=True)
        self.assertEqual(done.stdout, "y\ny\n")

    def test_what_it_leaves_behind_is_not_waited_for_and_not_killed(self):
        late = self.home.path("late")
        script = (f'(while ! test -e {late}.go; do sleep 0.05; done; echo late; touch {late}) & '
                  'echo now')
        with subprocess.Popen([GANTRY, "wrap", "job", "--", "sh", "-c", script], text=True,
                              env=self.environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as wrap:
            self.assertEqual(wrap.stdout.readline(), "now\n")
            self.assertEqual(wrap.wait(30), 0)
            self.home.write(late + ".go", "")
            self.assertEqual(wrap.stdout.readline(), "late\n")
            wait_for(lambda: os.path.exists(late), "the rest has ended")

    def test_timeout_ends_the_whole_tree(self):
        script = 'trap "" TERM; sleep 1000 & echo $!; wait; sleep 1000'
        done = self.wrap("job", "--timeout", "200ms", "--grace", "200ms", "--", "sh", "-c", script)
        self.assertEqual(done.returncode, 137)
        wait_for(lambda: not os.path.exists(f"/proc/{done.stdout.strip()}"), "its child is gone")
        self.home.start()
        self.wait_taken()
        [attempt] = self.home.attempts("wrap/job")
        self.assertEqual((attempt["state"], attempt["reason"]), ("timed_out", "timeout"))

    def test_it_runs_with_nowhere_to_write(self):
        nowhere = {"GANTRY_HOME": "/proc/none", "HOME": "/proc/none"}
        done = self.wrap("job", "--", "sh", "-c", "echo ran; exit 7", env=nowhere)
        self.assertEqual((done.returncode, done.stdout), (7, "ran\n"))
        self.assertIn("no record of this run can be written", done.stderr)
        # A home that can not be written to: the record is kept with the user and moved later.
        away = self.wrap("job", "--", "true", env={"GANTRY_HOME": "/proc/none"})
        self.assertEqual(away.returncode, 0)
        self.assertIn("--hand-in", away.stderr)
        own = os.path.join(self.user, ".local/state/gantry/wrap")
        self.assertEqual(len(self.waiting(own)), 1)
        self.assertEqual(self.wrap("job", "--", "true").returncode, 0)
        self.assertEqual((len(self.waiting(own)), len(self.waiting())), (0, 2))

    def test_a_full_disk(self):
        """No byte can be written: a file size limit of 0 is a full disk to the program."""
        done = self.wrap("job", "--", "sh", "-c", "echo ran; exit 7",
                         before=("prlimit", "--fsize=0", "--"))
        self.assertEqual((done.returncode, done.stdout), (7, "ran\n"))
        self.assertIn("no record", done.stderr)
        # Room for the record, not for the log: what is dropped is counted, the command goes on.
        done = self.wrap("job", "-q", "--", "sh", "-c", "seq 100000; exit 7",
                         before=("prlimit", "--fsize=8192", "--"))
        self.assertEqual(done.returncode, 7)
        self.home.start()
        self.wait_taken()
        [attempt] = self.home.attempts("wrap/job")
        self.assertEqual(attempt["exit_code"], 7)
        self.assertGreater(attempt["log_dropped_bytes"], 100_000)


class RecordTest(WrapTest):
    def test_what_the_server_shows(self):
        self.home.secret("db", "s3cret-pass")
        self.home.start()
        self.wrap("team/backup", "--title", "nightly s3cret-pass", "--label", "team=ops", "--",
                  "sh", "-c", "echo begin s3cret-pass; echo bad >&2; exit 3")
        self.wait_taken()
        [run] = self.runs()
        self.assertEqual((run["workflow"], run["state"], run["cause"], run["title"]),
                         ("wrap/team/backup", "failed", "wrap", "nightly ***"))
        self.assertEqual(run["labels"], {"team": "ops"})
        self.assertIn("echo begin ***", json.dumps(run["params"]))
        home = self.home
        self.assertEqual(home.cli("logs", "wrap/team/backup").stdout, "begin ***\nbad\n")
        self.assertIn("exit status 3", home.cli("tree", "1").stdout)
        self.assertIn("failed", home.cli("why", "1").stdout)
        self.assertEqual(home.cli("trigger", "wrap/team/backup").returncode, 1)
        self.assertIn("under gantry wrap", home.cli("retry", "1").stderr)
        self.assertEqual(home.items("runs?label=team%3Dops")[0]["number"], 1)
        self.assertEqual(len(home.items("workflows/wrap%2Fteam%2Fbackup/versions")), 1)
        self.assert_invariants(witness=False)

    def test_a_file_can_not_take_the_place_of_a_job(self):
        os.makedirs(self.home.path("workflows", "wrap"))
        self.home.workflow("wrap/job", "tasks: {a: {run: 'true'}}\n")
        self.home.start()
        wait_for(lambda: self.home.get("workflows/wrap%2Fjob").status == 404, "it is not taken")
        problems = wait_for(lambda: self.home.items("workflow-problems"), "it is told")
        self.assertIn("gantry wrap", json.dumps(problems))

    def test_records_wait_for_the_server(self):
        for i in range(3):
            self.assertEqual(self.wrap("job", "-q", "--", "sh", "-c", f"exit {i}").returncode, i)
        self.assertIn("no server runs", self.wrap("job", "--", "true").stderr)
        self.assertEqual(len(self.waiting()), 4)
        self.home.start()
        self.wait_taken()
        self.assertEqual([self.home.attempts(run["number"])[0]["exit_code"] for run in self.runs()],
                         [0, 1, 2, 0])
        self.assert_invariants(witness=False)

    def test_a_record_that_nobody_can_read_is_kept_aside(self):
        os.makedirs(self.spool(), mode=0o700)
        name = "0" * 32 + ".record"
        self.home.write(os.path.join(self.spool(), name), "no json\n")
        self.wrap("job", "-q", "--", "true")
        self.home.start()
        self.wait_taken()
        self.assertTrue(os.path.exists(os.path.join(self.spool(), "refused", name)))
        self.assertEqual(len(self.runs()), 1)

    def test_over_the_api(self):
        self.home.start()
        token = json.loads(self.home.cli("token", "create", "cron", "--json").stdout)["token"]
        afar = {"GANTRY_URL": self.home.url, "GANTRY_TOKEN": token, "GANTRY_HOME": None}
        own = os.path.join(self.user, ".local/state/gantry/wrap")
        done = self.wrap("far", "--", "sh", "-c", "seq 400000; exit 6", env=afar)
        self.assertEqual((done.returncode, done.stderr), (6, ""))
        self.assertEqual(len(done.stdout.splitlines()), 400_000)
        [run] = self.runs()
        self.assertEqual((run["state"], self.waiting(own)), ("failed", []))
        logs = self.home.cli("logs", "wrap/far", "--text").stdout
        self.assertEqual(logs, done.stdout)
        # The server is away: the record waits with the user and goes with the next one.
        self.home.stop()
        away = self.wrap("far", "--", "sh", "-c", "echo away; exit 8", env=afar)
        self.assertEqual(away.returncode, 8)
        self.assertIn("waits in", away.stderr)
        self.assertEqual(len(self.waiting(own)), 1)
        self.home.start()
        afar["GANTRY_URL"] = self.home.url
        handed = self.wrap("--hand-in", env=afar)
        self.assertEqual((handed.returncode, handed.stdout), (0, "1 records handed in\n"))
        self.assertEqual(self.home.cli("logs", "wrap/far").stdout, "away\n")
        self.assertEqual(len(self.runs()), 2)
        refused = self.wrap("far", "--", "true", env={**afar, "GANTRY_TOKEN": "wrong"})
        self.assertEqual(refused.returncode, 0)
        self.assertIn("waits in", refused.stderr)

    def test_the_same_record_over_the_api_is_one_run(self):
        self.home.start()
        start = {"id": "ab" * 16, "name": "far", "command": ["true"],
                 "started_at": "2026-11-22T10:00:00Z"}
        body = {"start": start, "end": {"state": "succeeded", "exit_code": 0}}
        first = self.home.call("POST", "wraps", body, key=start["id"])
        again = self.home.call("POST", "wraps", body, key=start["id"])
        self.assertEqual((first.status, again.status), (201, 200))
        self.assertEqual(first.json, again.json)
        for wrong in ({**start, "id": "../../etc"}, {**start, "name": "../x"},
                      {**start, "name": ""}, {**start, "command": "true"},
                      {**start, "started_at": "soon"}, {}):
            self.assertEqual(self.home.call("POST", "wraps", {"start": wrong}).status, 400, wrong)
        self.assertEqual(self.home.call("POST", "wraps", body, key="other").status, 400)
        log = "wraps/" + "cd" * 16 + "/log"
        self.assertEqual(self.home.call("POST", log, {"offset": 5, "data": "aGk="}).status, 409)
        self.assertEqual(self.home.call("POST", log, {"offset": 0, "data": "aGk="}).status, 200)
        self.assertEqual(self.home.call("POST", "wraps/..%2fx/log",
                                        {"offset": 0, "data": "aGk="}).status, 400)
        self.assertEqual(len(self.runs()), 1)


class KillTest(WrapTest):
    def injected(self, call, when):
        return ["strace", "-qq", "-D", "-o", self.home.path("strace.out"), "-e", "trace=" + call,
                "-e", "signal=none", "-e", f"inject={call}:signal=KILL:when={when}"]

    def test_kill_9_of_wrap_is_never_a_success(self):
        """It dies inside of every system call that writes; the command runs at most once."""
        ids, runs = [], 0
        for call in ("openat", "write", "fdatasync", "fsync", "rename", "flock", "clone", "poll",
                     "read", "pipe2", "wait4", "close", "mkdir"):
            for when in range(1, size(7, 60)):
                mark = self.home.path(f"mark-{call}-{when}")
                before = set(self.waiting())
                done = self.wrap("job", "-q", "--", "sh", "-c", f"echo x >> {mark}; exit 9",
                                 before=self.injected(call, when))
                self.assertIn(done.returncode, (9, -signal.SIGKILL, 128 + signal.SIGKILL))
                wait_for(lambda m=mark: not self.who_marks(m), "the command has ended")
                if os.path.exists(mark):
                    with open(mark, encoding="utf-8") as file:
                        self.assertEqual(file.read(), "x\n")
                ids += [os.path.basename(path)[:32] for path in set(self.waiting()) - before]
                runs += 1
                if done.returncode == 9 and when > 3:
                    break
        self.home.start()
        self.wait_taken()
        self.assert_once(ids)
        states = collections.Counter(
            self.home.attempts(run["number"])[0]["state"] for run in self.runs())
        self.assertEqual(set(states), {"failed", "interrupted"}, states)
        self.assert_invariants(witness=False)
        self.say(f"{runs} times, {len(ids)} records: {dict(states)}")

    @staticmethod
    def who_marks(mark):
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if words[0] == b"sh" and mark.encode() in b" ".join(words):
                found.append(path)
        return found

    def test_a_running_command_is_left_alone(self):
        self.home.start()
        go = self.home.path("go")
        script = f"while ! test -e {go}; do sleep 0.05; done; exit 2"
        with subprocess.Popen([GANTRY, "wrap", "-q", "long", "--", "sh", "-c", script],
                              env=self.environment()) as wrap:
            wait_for(self.waiting, "its record lies there")
            self.wrap("short", "--", "true")
            wait_for(lambda: len(self.runs()) == 1, "the other one is taken in")
            self.home.kill()
            self.home.start()
            wait_for(lambda: len(self.runs()) == 1, "the server looks again")
            self.home.write(go, "")
            self.assertEqual(wrap.wait(30), 2)
        self.wait_taken()
        self.assertEqual([run["workflow"] for run in self.runs()], ["wrap/short", "wrap/long"])

    def test_the_server_dies_while_it_takes_records_in(self):
        ids, hits = set(), collections.Counter()
        points = size(24, 200)
        for point in range(points):
            call = ("rename", "unlink", "fdatasync", "mkdir", "flock", "openat")[point % 6]
            most = {"fdatasync": 40, "openat": 120, "flock": 12}.get(call, 8)
            for i in range(4):
                self.wrap(f"job{i}", "-q", "--", "sh", "-c", f"echo {point} {i}; exit {i}")
            ids |= {os.path.basename(path)[:32] for path in self.waiting()}
            hits[call] += self.die_at(call, self.random.randint(1, most))
        self.home.start()
        self.wait_taken()
        self.assert_once(ids)
        for run in self.runs():
            number = run["number"]
            code = self.home.attempts(number)[0]["exit_code"]
            self.assertEqual(run["workflow"], f"wrap/job{code}")
            self.assertTrue(self.home.cli("logs", str(number)).stdout.endswith(f" {code}\n"))
        self.assert_invariants(witness=False)
        self.say(f"{points} points, died inside the call at {dict(hits)}; {len(ids)} records, each "
                 "taken in once with its log")

    def die_at(self, call, when):
        """The server starts and dies there, or at the latest when it has taken all in."""
        trace = ["strace", "-f", "-D", "-qq", "-I", "2", "-b", "execve", "-o",
                 self.home.path("strace.out"), "-e", "trace=" + call, "-e", "signal=none", "-e",
                 f"inject={call}:signal=KILL:when={when}"]
        self.home.start(wrap=trace, wait=False)
        try:
            self.home.wait_ready()
            wait_for(lambda: self.home.server.poll() is not None or not self.waiting(),
                     "it dies, or takes all in")
        except Ended:
            return True
        if self.home.server.poll() is not None:
            return True
        self.home.kill()
        return False


if __name__ == "__main__":
    unittest.main()
