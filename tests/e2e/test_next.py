#!/usr/bin/env python3
"""gantry next: of an expression, an interval, a file and a workflow of the server."""
import json
import unittest

from harness import HomeTest

TWO = """timezone: Asia/Shanghai
triggers:
  - {id: nightly, cron: "0 2 * * *"}
  - {id: often, every: 1h, enabled: false}
tasks: {a: {pass: true}}
"""
FROM = "2026-03-28T00:00:00Z"


class NextTest(HomeTest):
    def lines(self, *arguments, code=0):
        done = self.home.cli("next", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.splitlines()

    def test_of_an_expression(self):
        berlin = ("--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--from", FROM)
        self.assertEqual(self.lines(*berlin, "-n", "3"),
                         ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
        self.assertEqual(self.lines(*berlin, "-n", "1", "--local"),
                         ["2026-03-28T01:30:00Z  2026-03-28 02:30:00 +01:00"])
        self.assertEqual(json.loads("".join(self.lines(*berlin, "-n", "1", "--json"))),
                         [{"at": "2026-03-28T01:30:00.000000Z",
                           "scheduled_at": "2026-03-28T01:30:00.000000Z"}])
        self.assertEqual(len(self.lines("--cron", "@daily")), 5)

    def test_of_an_interval(self):
        self.assertEqual(self.lines("--every", "90m", "--from", FROM, "-n", "2"),
                         ["2026-03-28T01:30:00Z", "2026-03-28T03:00:00Z"])
        self.assertEqual(self.lines("--every", "90m", "--from", FROM, "-n", "1", "--from-anchor",
                                    "2026-03-28T00:10:00Z"), ["2026-03-28T00:10:00Z"])

    def test_of_a_file(self):
        path = self.home.path("two.yaml")
        self.home.write(path, TWO)
        self.assertEqual(self.lines(path, "--from", FROM, "-n", "1"),
                         ["nightly  2026-03-28T18:00:00Z", "often  -  the trigger is disabled"])
        self.home.write(path, "tasks: {a: {pass: tru}}\n")
        self.assertEqual(self.lines(path, code=2), [])

    def test_of_a_workflow_of_the_server(self):
        self.home.workflow("two", TWO)
        self.home.start().wait_workflow("two")
        told = json.loads("".join(self.lines("--workflow", "two", "--from", FROM, "-n", "2",
                                             "--json")))
        self.assertEqual([(one["trigger"], one["idle"], len(one["firings"])) for one in told],
                         [("nightly", None, 2), ("often", "trigger_disabled", 0)])
        self.assertEqual(told[0]["firings"][0]["at"], "2026-03-28T18:00:00.000000Z")
        self.home.cli("pause", "two")
        self.assertIn("nightly  -  the workflow is paused", self.lines("--workflow", "two"))
        self.home.cli("resume", "two")
        self.home.cli("pause", "--all")
        self.assertIn("nightly  -  the server is paused", self.lines("--workflow", "two"))
        self.lines("--workflow", "three", code=2)

    def test_what_is_refused(self):
        for arguments in ((), ("--cron", "* * * * *", "--every", "1h"), ("--cron", "61 * * * *"),
                          ("--every", "1h", "--from", "noon"), ("--every", "0s"),
                          ("--cron", "* * * * *", "--timezone", "Mars/Base"),
                          ("--cron", "* * * * *", "--from-anchor", FROM)):
            self.lines(*arguments, code=2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
