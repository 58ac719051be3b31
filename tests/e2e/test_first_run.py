#!/usr/bin/env python3
"""The first minutes: up, serve, trigger, look, and what scripts rely on."""
import json
import os
import re
import shutil
import signal
import subprocess
import unittest

from harness import GANTRY, HomeTest
from waiting import wait_for

RUN_FIELDS = {"number", "title", "workflow", "version", "state", "reason", "cause", "initiator",
              "created_at", "started_at", "ended_at", "params"}
TASK_FIELDS = {"task", "state", "attempts", "exit_code", "started_at", "ended_at"}
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
SHAPES = """
params:
  name: {type: string, default: world, max: 20}
  count: {type: int, default: 1, min: 1, max: 5}
tasks:
  first: {exec: [echo, "hello ${{ params.name }}"]}
  second: {needs: [first], run: 'echo out; echo err >&2'}
"""


class FirstRunTest(HomeTest):
    def up_once(self):
        return self.home.cli("up", "--once", "--listen", "127.0.0.1:0")

    def test_up_once_in_an_empty_home(self):
        os.rmdir(self.home.path("workflows"))
        first = self.up_once()
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        self.assertNotIn("\x1b", first.stdout + first.stderr)
        paths = re.findall(r"^  (report|log) +(\S+)$", first.stdout, re.M)
        self.assertEqual([name for name, _ in paths], ["report", "log"], first.stdout)
        for _, path in paths:
            self.assertTrue(os.path.exists(path), path)
        self.assertGreater(os.path.getsize(paths[0][1]), 100)
        self.assertTrue(os.listdir(paths[1][1]))
        self.assertRegex(first.stdout, r"  API +http://127\.0\.0\.1:\d+/api/v1/runs/1\n")
        token = self.home.token()
        self.assertEqual(os.stat(self.home.path("data", "admin-token")).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.home.path("data")).st_mode & 0o777, 0o700)
        mine = self.home.path("workflows", "mine.yaml")
        self.home.write(mine, "tasks: {a: {pass: true}}\n")
        again = self.up_once()
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertRegex(again.stdout, r"/api/v1/runs/2\n")
        self.assertEqual(self.home.token(), token)
        self.assertTrue(os.path.exists(mine))
        self.assert_invariants(witness=False)
        self.assert_no_process_left()

    def test_examples_come_whole(self):
        """What a copy left that was cut short is not taken; the folder may be elsewhere."""
        os.mkdir(self.home.path(".examples"))
        self.home.write(self.home.path(".examples", "half.yaml"), "tasks: {")
        for linked in (False, True):
            workflows = self.home.path("workflows")
            if linked:
                shutil.rmtree(workflows)
                os.mkdir(self.home.path("elsewhere"))
                os.symlink("elsewhere", workflows)
            up = self.up_once()
            self.assertEqual(up.returncode, 0, up.stdout + up.stderr)
            self.assertTrue(os.path.exists(os.path.join(workflows, "data", "sales-report.yaml")))
            self.assertEqual(os.path.islink(workflows), linked)
            self.assertFalse(os.path.exists(os.path.join(workflows, "half.yaml")))
            self.assertFalse(os.path.exists(self.home.path(".examples")))

    def test_exit_codes_of_trigger(self):
        home = self.home
        home.workflow("good", "tasks: {a: {run: 'true'}}")
        home.workflow("bad", "tasks: {a: {run: exit 7}}")
        home.workflow("long", "tasks: {a: {run: sleep 300}}")
        home.workflow("shapes", SHAPES)
        home.start().wait_workflow("good", "bad", "long", "shapes")
        self.assertEqual(home.cli("trigger", "good", "--wait").returncode, 0)
        self.assertEqual(home.cli("trigger", "bad").returncode, 0)
        failed = home.cli("trigger", "bad", "--wait")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("exit status 7", failed.stdout)
        waiting = subprocess.Popen([GANTRY, "trigger", "long", "--wait", "--home", home.root],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: home.cli("cancel", "long").returncode == 0, "the run can be cancelled")
        self.assertEqual(waiting.wait(30), 3)
        for arguments, word in ((("missing",), "missing"), (("shapes", "-p", "count=9"), "count"),
                                (("shapes", "-p", "nmae=x"), "name"), (("shapes", "-p", "x"), "x"),
                                (("shapes", "-p", "count=two"), "count")):
            refused = home.cli("trigger", *arguments, "--wait")
            self.assertEqual(refused.returncode, 2, (arguments, refused.stderr))
            self.assertIn(word, refused.stderr)
        self.assertEqual(home.cli("frobnicate").returncode, 2)
        self.assertEqual(home.cli("show", "77").returncode, 2)
        self.assertEqual(home.stop(), 0)
        for command in (("trigger", "good"), ("runs",), ("show", "1"), ("cancel", "1")):
            away = home.cli(*command)
            self.assertEqual(away.returncode, 6, (command, away.stderr))
            self.assertIn("gantry serve", away.stderr)
        home.start()
        home.kill()  # the address is still there
        self.assertEqual(home.cli("runs").returncode, 6)
        self.assert_invariants(witness=False)

    def test_json_of_every_command(self):
        home = self.home
        home.workflow("shapes", SHAPES)
        home.start().wait_workflow("shapes")
        done = home.cli("trigger", "shapes", "-p", "name=Anna", "--wait", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["state"], "succeeded")

        def parsed(*arguments):
            out = home.cli(*arguments, "--json")
            self.assertEqual(out.returncode, 0, (arguments, out.stderr))
            return json.loads(out.stdout)

        runs = parsed("runs")
        self.assertEqual(len(runs), 1)
        self.assertLessEqual(RUN_FIELDS, set(runs[0]))
        self.assertEqual(runs[0]["params"], {"name": "Anna", "count": 1})
        for name in ("created_at", "started_at", "ended_at"):
            self.assertRegex(runs[0][name], TIME)
        shown = parsed("show", "shapes")
        self.assertLessEqual(RUN_FIELDS, set(shown))
        self.assertEqual([t["task"] for t in shown["tasks"]], ["first", "second"])
        tree = parsed("tree", "1")
        self.assertLessEqual(TASK_FIELDS, set(tree[0]))
        self.assertEqual(tree[0]["exit_code"], 0)
        history = parsed("history", "1")
        self.assertLessEqual({"position", "at", "actor", "what", "details"}, set(history[0]))
        self.assertEqual(history[0]["what"], "run_created")
        self.assertEqual([w["name"] for w in parsed("workflows")], ["shapes"])
        self.assertTrue(parsed("why", "1"))
        self.assertIn("version", parsed("version"))
        self.assertTrue(all(f["good"] for f in parsed("doctor")))
        log = home.cli("logs", "1", "second", "--json")
        lines = [json.loads(line) for line in log.stdout.splitlines()]
        self.assertEqual(sorted((x["stream"], x["text"]) for x in lines
                                if x["stream"] != "system"),
                         [("stderr", "err"), ("stdout", "out")])
        bad = home.path("broken.yaml")
        home.write(bad, "tasks: {a: {rnu: x}}\n")
        lint = home.cli("lint", "--json", bad)
        self.assertEqual(lint.returncode, 2)
        self.assertLessEqual({"file", "line", "column", "severity", "code", "message"},
                             set(json.loads(lint.stdout)[0]))

    def test_run_file_prints_history(self):
        file = self.home.path("one.yaml")
        self.home.write(file, SHAPES)
        done = self.home.cli("run", file, "--param", "name=x", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([r["position"] for r in records], list(range(1, len(records) + 1)))
        for record in records:
            self.assertLessEqual({"at", "actor", "what", "details"}, set(record))
            self.assertRegex(record["at"], TIME)
        whats = [r["what"] for r in records]
        self.assertIn("run_created", whats)
        self.assertEqual(self.home.cli("run", file, "--param", "count=9").returncode, 2)
        self.home.write(file, "tasks: {a: {run: exit 4}}\n")
        failed = self.home.cli("run", file)
        self.assertEqual(failed.returncode, 1)
        self.home.write(file, "tasks: {a: {rnu: exit 4}}\n")
        self.assertEqual(self.home.cli("run", file).returncode, 2)

    def test_pipes_get_plain_lines(self):
        file = self.home.path("one.yaml")
        self.home.write(file, "tasks:\n  good: {run: echo x}\n"
                              "  bad: {needs: [good], run: 'echo the last words; exit 5'}\n")
        done = self.home.cli("run", file)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("\x1b", done.stdout + done.stderr)
        self.assertNotIn("\r", done.stdout)
        lines = done.stdout.splitlines()
        self.assertTrue(any(line.startswith("good succeeded") for line in lines), lines)
        self.assertTrue(any(re.match(r"bad failed.*exit status 5", line) for line in lines), lines)
        self.assertIn("  the last words", done.stderr)

    def test_interrupt_of_run_file_cancels(self):
        file = self.home.path("one.yaml")
        self.home.write(file, "tasks: {a: {run: 'echo started > up; sleep 300'}}\n")
        run = subprocess.Popen([GANTRY, "run", file, "--home", self.home.root],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        def started():
            return any("up" in names for _, _, names in os.walk(self.home.path("data")))
        wait_for(started, "the task runs")
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=30)
        self.assertEqual(run.returncode, 3)
        self.assert_no_process_left()


if __name__ == "__main__":
    unittest.main()
