#!/usr/bin/env python3
"""Operating runs and workflows: retry, phases, pause, resume, disable, enable."""
import json
import unittest

from harness import HomeTest
from waiting import wait_for

# `load` fails until the file `ready` is there; `version.txt` belongs to the version.
WORK = """
files: [./version.txt]
tasks:
  fetch: {run: 'echo n=1 >> "$GANTRY_OUTPUT"'}
  load:
    needs: [fetch]
    run: 'cat version.txt; test -e READY'
    env: {N: "${{ tasks.fetch.outputs.n }}"}
  publish: {needs: [load], run: 'echo published'}
finally:
  tidy: {run: 'echo tidy'}
"""


class OperateTest(HomeTest):
    def make_work(self):
        home = self.home
        home.write(home.path("workflows", "version.txt"), "one\n")
        home.workflow("work", WORK.replace("READY", home.path("ready")))
        home.start().wait_workflow("work")
        self.assertEqual(home.cli("trigger", "work", "--wait").returncode, 1)

    def cli_json(self, *arguments):
        done = self.home.cli(*arguments, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def states(self, run):
        return {task["task"]: (task["state"], task["generation"]) for task in self.home.tasks(run)}

    def test_retry_of_what_failed_and_from_a_task(self):
        self.make_work()
        home = self.home
        refused = home.cli("retry", "1", "--from", "laod")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("did you mean 'load'?", refused.stderr)
        again = home.cli("retry", "1", "--wait")
        self.assertEqual(again.returncode, 1, again.stderr)
        home.write(home.path("ready"), "")
        self.assertEqual(home.cli("retry", "work", "--wait").returncode, 0)
        self.assertEqual(self.states(1), {"fetch": ("succeeded", 1), "load": ("succeeded", 3),
                                          "publish": ("succeeded", 3), "tidy": ("succeeded", 3)})
        self.assertIn("name the task", home.cli("retry", "1").stderr)
        self.assertEqual(self.cli_json("retry", "1", "--from", "fetch", "--wait")["phase"], 4)
        phases = self.cli_json("phases", "1")
        self.assertEqual([p["state"] for p in phases],
                         ["failed", "failed", "succeeded", "succeeded"])
        self.assertEqual([p["kind"] for p in phases], ["forward"] + 3 * ["retry"])
        self.assertEqual(phases[3]["from"], "fetch")
        logs = home.cli("logs", "1", "load")
        self.assertEqual(logs.stdout, "one\n")
        self.assertEqual(len(home.items("runs/1/attempts?task=load")), 4)
        self.assert_invariants(witness=False)

    def test_retry_over_a_restart_with_the_newest_version(self):
        self.make_work()
        home = self.home
        home.stop()  # the engine packs in idle time; what is closed comes back all the same
        home.write(home.path("workflows", "version.txt"), "two\n")
        home.workflow("work", WORK.replace("READY", home.path("ready"))
                      .replace("fetch:", "before: {run: 'true'}\n  fetch:"))
        home.write(home.path("ready"), "")
        home.start().wait_workflow("work")
        wait_for(lambda: home.get("workflows/work").json["version"] == 2, "version 2 is there")
        self.assertEqual(home.cli("retry", "1", "--wait").returncode, 0)
        self.assertEqual(home.cli("logs", "1", "load").stdout, "one\n")
        newest = home.cli("retry", "1", "--newest", "--from", "load", "--wait")
        self.assertEqual(newest.returncode, 0)
        self.assertEqual(home.cli("logs", "1", "load").stdout, "two\n")
        self.assertEqual(home.run(1)["version"], 2)
        self.assertEqual(self.states(1)["before"], ("succeeded", 3))
        self.assertEqual(self.states(1)["fetch"], ("succeeded", 1))
        names = {(a["task"], a["generation"]) for a in home.items("runs/1/attempts")}
        self.assertIn(("fetch", 1), names)
        self.assertIn(("load", 2), names)
        self.assert_invariants(witness=False)

    def test_a_key_retries_once(self):
        self.make_work()
        home = self.home
        first = home.call("POST", "runs/1/retry", {}, key="k")
        self.assertEqual((first.status, first.json["phase"]), (202, 2))
        home.wait_run(1)
        again = home.call("POST", "runs/1/retry", {}, key="k")
        self.assertEqual((again.status, again.json["phase"]), (200, 2))
        other = home.call("POST", "runs/1/retry", {"from": "load"}, key="k")
        self.assertEqual(other.status, 409)
        self.assertEqual(home.call("POST", "runs/77/retry", {}).status, 404)

    def test_many_at_once(self):
        home = self.home
        home.workflow("bad", "tasks: {a: {run: exit 3}}")
        home.workflow("long", "tasks: {a: {run: sleep 300}}")
        home.start().wait_workflow("bad", "long")
        for _ in range(3):
            home.cli("trigger", "bad", "--wait")
            home.trigger("long")
        done = home.cli("bulk", "retry", "1", "2", "77", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([(r["number"], r["ok"], r["code"]) for r in json.loads(done.stdout)],
                         [(1, True, None), (2, False, "failed_precondition"),
                          (77, False, "not_found")])
        home.wait_run(1)
        self.assertEqual(home.cli("bulk", "retry", "--workflow", "bad").returncode, 0)
        for run in (1, 3, 5):
            home.wait_run(run)
        self.assertEqual([home.run(n)["phase"] for n in (1, 3, 5)], [3, 2, 2])
        limited = home.cli("bulk", "cancel", "--workflow", "long", "--limit", "2")
        self.assertIn("there are more", limited.stderr)
        for run in (4, 6):  # one that ends while it is asked for is no success
            home.wait_run(run)
        self.assertEqual(home.cli("bulk", "cancel", "--workflow", "long").returncode, 0)
        for run in (2, 4, 6):
            self.assertEqual(home.wait_run(run)["state"], "cancelled")
        self.assertEqual(home.cli("bulk", "cancel").returncode, 2)
        self.assertEqual(self.cli_json("pools")[0]["name"], "local")

    def test_pause_and_resume(self):
        home = self.home
        home.workflow("two", "tasks: {a: {run: 'while [ ! -e %s ]; do sleep 0.05; done'},"
                      " b: {needs: [a], run: 'true'}}" % home.path("go"))
        home.start().wait_workflow("two")
        home.trigger("two")
        home.wait_running(1, 1)
        self.assertTrue(self.cli_json("pause", "1")["paused"])
        home.write(home.path("go"), "")
        wait_for(lambda: home.task(1, "b")["state"] == "queued", "b waits")
        self.assertIn("gantry resume 1", home.cli("why", "1", "b").stdout)
        self.assertEqual(home.cli("pause", "--all", "--note", "a backup").returncode, 0)
        home.stop()
        home.start()
        self.assertEqual(home.cli("resume", "1").returncode, 0)
        self.assertEqual(home.task(1, "b")["state"], "queued")
        self.assertIn("a backup", home.cli("why", "1").stdout)
        self.assertEqual(home.cli("resume", "--all").returncode, 0)
        self.assertEqual(home.wait_run(1)["state"], "succeeded")
        self.assertEqual(home.cli("pause", "1").returncode, 1)
        self.assertEqual(home.cli("pause").returncode, 2)

    def test_disable_and_enable(self):
        home = self.home
        home.workflow("w", "tasks: {a: {run: 'true'}}")
        home.start().wait_workflow("w")
        self.assertTrue(self.cli_json("disable", "w", "--note", "no source")["disabled"])
        refused = home.cli("trigger", "w")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no source", refused.stderr)
        self.assertTrue(home.get("workflows/w").json["disabled"])
        self.assertEqual(home.cli("pause", "w").returncode, 0)
        home.stop()
        home.start()
        self.assertEqual(home.cli("trigger", "w").returncode, 1)
        self.assertEqual(home.cli("enable", "w").returncode, 0)
        home.trigger("w")
        self.assertEqual(home.run(1)["state"], "queued")
        self.assertIn("workflow w is paused", home.cli("why", "1").stdout)
        self.assertEqual(home.cli("resume", "w").returncode, 0)
        self.assertEqual(home.wait_run(1)["state"], "succeeded")
        self.assertEqual(home.cli("disable", "nothing").returncode, 2)


if __name__ == "__main__":
    unittest.main()
