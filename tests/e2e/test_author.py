#!/usr/bin/env python3
"""gantry diff, init and simulate."""
import json
import os
import unittest

from harness import HomeTest
from waiting import wait_for

FLOW = """
params: {rows: {type: int, default: 1}}
triggers: [{id: nightly, cron: "0 2 * * *", params: {rows: 2}}]
tasks:
  a: {run: echo a, timeout: 1m, retry: {limit: 1, delay: 10s}}
  b: {run: echo b, timeout: 1m, needs: [a]}
  c: {run: echo c, timeout: 1m, needs: [b, a], allow_failure: true}
"""
# The same: other order, defaults said, other notations.
SAME = """
# a comment
tasks:
  c: {allow_failure: true, needs: [a, b], run: "echo c", timeout: 60s, priority: 0}
  b: {needs: [a], run: echo b, timeout: 1m, join: all_success}
  a:
    run: echo a
    timeout: 1m
    grace: 10s
    retry: {delay: 10s, limit: 1, backoff: 1}
triggers:
  - {cron: "0 2 * * *", id: nightly, params: {rows: 2}, enabled: true}
params: {rows: {default: 1, type: int, required: false}}
"""
OTHER = """
params: {rows: {type: int, default: 3}}
tasks:
  a: {run: echo a, timeout: 2m}
  c: {run: echo c, timeout: 1m, needs: [a]}
  d: {pass: true}
"""


class AuthorTest(HomeTest):
    def file(self, text, name="flow.yaml"):
        path = self.home.path(name)
        self.home.write(path, text)
        return path

    def gantry(self, *arguments, code=0):
        done = self.home.cli(*arguments)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout if code != 2 else done.stderr


class DiffTest(AuthorTest):
    def test_what_means_the_same_is_equal(self):
        out = self.gantry("diff", self.file(FLOW), self.file(SAME, "same.yaml"))
        self.assertEqual(out, "they mean the same\n")

    def test_each_difference_is_a_line(self):
        out = self.gantry("diff", self.file(FLOW), self.file(OTHER, "other.yaml"), code=1)
        self.assertEqual(out.splitlines(), [
            "~ params.rows.default: 1 -> 3",
            "~ tasks.a.retry.delay: 10s -> -",
            "~ tasks.a.retry.limit: 1 -> -",
            "~ tasks.a.timeout: 1m -> 2m",
            "- tasks.b",
            "~ tasks.c.allow_failure: true -> -",
            "~ tasks.c.needs: [a, b] -> [a]",
            "+ tasks.d",
            "- triggers.nightly"])

    def test_for_programs(self):
        out = json.loads(self.gantry("diff", self.file(FLOW), self.file(OTHER, "other.yaml"),
                                     "--json", code=1))
        self.assertFalse(out["equal"])
        self.assertIn({"kind": "changed", "section": "tasks", "name": "a", "key": "timeout",
                       "before": "1m", "after": "2m"}, out["differences"])
        self.assertIn({"kind": "added", "section": "tasks", "name": "d", "key": "",
                       "before": None, "after": None}, out["differences"])

    def test_what_can_not_be_read(self):
        path = self.file(FLOW)
        self.gantry("diff", path, "none.yaml", code=2)
        self.gantry("diff", path, self.file("tasks: 5\n", "bad.yaml"), code=2)

    def test_with_the_server(self):
        self.home.workflow("flow", FLOW)
        self.home.start().wait_workflow("flow")
        path = self.home.path("workflows", "flow.yaml")
        self.gantry("diff", path)
        self.gantry("diff", self.file(SAME), "flow")
        self.assertIn("+ tasks.d", self.gantry("diff", self.file(OTHER), code=1))
        self.home.workflow("flow", OTHER)
        wait_for(lambda: self.home.get("workflows/flow").json["version"] == 2,
                 "the second version is there")
        self.assertIn("- tasks.b", self.gantry("diff", "flow@1", "flow@2", code=1))
        self.assertIn("+ tasks.d", self.gantry("diff", "flow@1", code=1))
        self.assertIn("nothing", self.gantry("diff", "nothing", "flow", code=2))


class InitTest(AuthorTest):
    def test_it_lints_clean_and_runs(self):
        for lang in ("en_US.UTF-8", "zh_CN.UTF-8"):
            folder = self.home.path("new-" + lang[:2])
            done = self.home.cli("init", "first", "--folder", folder, env={"LC_ALL": lang})
            self.assertEqual(done.returncode, 0, done.stderr)
            path = os.path.join(folder, "first.yaml")
            self.assertIn(path, done.stdout)
            linted = self.home.cli("lint", path, "--json")
            self.assertEqual(json.loads(linted.stdout), [], lang)
            ran = self.home.cli("run", path)
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_nothing_is_overwritten(self):
        folder = self.home.path("new")
        self.gantry("init", "--folder", folder)
        path = os.path.join(folder, "hello.yaml")
        self.home.write(path, "mine\n")
        self.assertIn("is there already", self.gantry("init", "hello", "--folder", folder, code=2))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine\n")

    def test_a_name_that_is_none(self):
        self.gantry("init", "../up", "--folder", self.home.path("new"), code=2)
        self.gantry("init", "a b", "--folder", self.home.path("new"), code=2)


class SimulateTest(AuthorTest):
    def states(self, out, task):
        return [one["state"] for one in out["timeline"] if one["task"] == task]

    def simulate(self, *arguments, code=0):
        return json.loads(self.gantry("simulate", *arguments, "--from", "2026-01-31", "--json",
                                      code=code))

    def test_the_timeline_in_virtual_time(self):
        out = self.simulate(self.file(FLOW), "--takes", "a=5m", "--takes", "b=30s",
                            code=1)
        # `a` has a minute: it is tried again, ten seconds later.
        self.assertEqual(self.states(out, "a"), ["running", "waiting", "running", "failed"])
        self.assertEqual(self.states(out, "b"), ["upstream_failed"])
        self.assertEqual(out["runs"][0]["state"], "failed")

    def test_a_run_that_goes_well(self):
        out = self.simulate(self.file(FLOW), "--takes", "a=40s", "-p", "rows=5")
        self.assertEqual(out["ended_at"], "2026-01-31T00:00:42.000000Z")
        self.assertEqual(out["runs"][0]["params"], {"rows": 5})
        self.assertEqual([self.states(out, task)[-1] for task in "abc"], ["succeeded"] * 3)

    def test_scripted_outcomes(self):
        path = self.file("tasks:\n  a: {run: x, timeout: 1m, retry: {limit: 2, delay: 1s}, "
                         "outputs: {n: int(stdout)}}\n  b: {pass: true, needs: [a], "
                         "when: tasks.a.outputs.n > 3}\n")
        script = self.file("a: [{exit: 1, takes: 10s}, {stdout: '4'}]\n", "script.yaml")
        out = self.simulate(path, "--script", script)
        self.assertEqual(self.states(out, "a"), ["running", "waiting", "running", "succeeded"])
        self.assertEqual(self.states(out, "b"), ["succeeded"])
        self.simulate(path, "--fail", "a", code=1)

    def test_what_never_ends_says_why(self):
        path = self.file("tasks:\n  a: {run: x, timeout: 1m, pool: nowhere}\n")
        out = self.simulate(path, code=1)
        self.assertTrue(out["stuck"])
        self.assertIn("nowhere", " ".join(out["why"]))
        shown = self.gantry("simulate", path, code=1)
        self.assertIn("Nothing can go on any more", shown)
        self.assertIn("nowhere", shown)

    def test_the_runs_of_timers(self):
        out = self.simulate(self.file(FLOW), "--runs", "3")
        self.assertEqual([run["scheduled_at"] for run in out["runs"]],
                         [f"2026-0{day}T02:00:00.000000Z" for day in ("1-31", "2-01", "2-02")])
        self.assertEqual({run["params"]["rows"] for run in out["runs"]}, {2})
        self.assertEqual(len(self.simulate(self.file(FLOW), "--runs", "99", "--for", "5d")["runs"]),
                         5)

    def test_the_same_each_time(self):
        path = self.file(FLOW)
        self.assertEqual(self.simulate(path, "--fail", "c"), self.simulate(path, "--fail", "c"))

    def test_what_is_wrong_is_told(self):
        path = self.file(FLOW)
        self.assertIn("did you mean", self.gantry("simulate", path, "--fail", "A", code=2))
        self.assertIn("--takes", self.gantry("simulate", path, "--takes", "a", code=2))
        self.assertIn("rows", self.gantry("simulate", path, "-p", "rows=x", code=2))
        script = self.file("a: {exits: 1}\n", "script.yaml")
        self.assertIn("exits", self.gantry("simulate", path, "--script", script, code=2))


if __name__ == "__main__":
    unittest.main()
