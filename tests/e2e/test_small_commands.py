#!/usr/bin/env python3
"""Commands that no other test runs by themselves: version, history, doctor, completion, resolve."""
import json
import unittest

from harness import HomeTest, SUCCEEDED
from processes import kill_one, shim_of
from waiting import wait_for


class SmallCommandsTest(HomeTest):
    def test_version_and_completion_need_no_server(self):
        version = self.home.cli("version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^gantry \d+\.\d+")
        facts = json.loads(self.home.cli("version", "--json").stdout)
        self.assertRegex(facts["commit"], r"^([0-9a-f]{12}(-modified)?|unknown)$")
        for name in ("commit", "date", "build", "compiler"):
            self.assertIn(facts[name], version.stdout)
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("gantry __complete", self.home.cli("completion", shell).stdout)
        self.assertEqual(self.home.cli("completion", "tcsh").returncode, 2)

    def test_history_and_doctor(self):
        self.home.workflow("w", "tasks: {a: {run: 'true'}}\n")
        self.home.start().wait_workflow("w")
        self.home.wait_run(self.home.trigger("w"))
        records = json.loads(self.home.cli("history", "1", "--json").stdout)
        self.assertEqual((records[0]["what"], records[-1]["what"]), ("run_created", "run_closed"))
        self.assertEqual(len(self.home.cli("history", "w").stdout.splitlines()), len(records))
        self.assertEqual(self.home.cli("history", "2").returncode, 2)
        self.assertEqual(self.home.cli("doctor").returncode, 0)
        found = json.loads(self.home.cli("doctor", "--check", "--json").stdout)
        self.assertEqual((found["violations"], found["runs"]), ([], 1))

    def test_resolve(self):
        self.home.workflow("ask", "tasks: {a: {run: 'sleep 1000', on_interrupt: ask}}\n")
        self.home.start().wait_workflow("ask")
        run = self.home.trigger("ask")
        [task] = self.home.wait_running(run, 1)
        kill_one(shim_of(task.pid))
        wait_for(lambda: self.home.task(run, "a")["state"] == "waiting", "it asks")
        self.assertEqual(self.home.cli("resolve", "ask", "a", "--as", "maybe").returncode, 2)
        done = self.home.cli("resolve", "ask", "a", "--as", "succeeded")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        self.assertEqual(self.home.cli("resolve", "ask", "a", "--as", "failed").returncode, 2)


if __name__ == "__main__":
    unittest.main()
