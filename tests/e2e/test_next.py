#!/usr/bin/env python3
"""gantry next: of an expression, an interval, a file and a workflow of the server."""
import json
import unittest

from harness import HomeTest
from waiting import wait_for

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

    def test_at_the_end_of_time(self):
        late = ("--from", "9998-12-30T12:00:00Z")
        self.assertEqual(self.lines("--cron", "0 0 1 1 *", *late), ["it fires no more"])
        self.assertEqual(self.lines("--every", "1d", *late),
                         ["9998-12-31T00:00:00Z", "it fires no more"])
        self.assertEqual(self.lines("--cron", "0 0 1 1 *", *late, "--json"), ["[]"])
        for outside in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
            for rule in (("--cron", "@daily"), ("--every", "1d"), ("--workflow", "x")):
                done = self.home.cli("next", *rule, "--from", outside)
                self.assertEqual(done.returncode, 2)
                self.assertIn("1900 to 9998", done.stderr)

    def test_an_empty_rule_is_named(self):
        self.assertIn("--cron", self.home.cli("next", "--cron", "").stderr)
        self.assertIn("is empty", self.home.cli("next", "--every", "").stderr)

    def test_of_a_file(self):
        path = self.home.path("two.yaml")
        self.home.write(path, TWO)
        self.assertEqual(self.lines(path, "--from", FROM, "-n", "1"),
                         ["nightly  2026-03-28T18:00:00Z", "often  -  the trigger is disabled"])
        self.home.write(path, "tasks: {a: {pass: tru}}\n")
        self.assertEqual(self.lines(path, code=2), [])

    def test_holidays_that_are_skipped_are_told(self):
        path = self.home.path("nightly.yaml")
        self.home.write(path, "timezone: Asia/Shanghai\ntriggers:\n"
                        '  - {id: nightly, cron: "0 2 * * *", calendar: cn-workdays}\n'
                        "tasks: {a: {pass: true}}\n")
        week = ("--from", "2026-09-30T00:00:00Z", "-n", "1")
        told = self.lines(path, *week)
        self.assertEqual(told[0], "nightly  -  skipped: 2026-10-01 is a holiday in cn-workdays"
                                  " (国庆节)")
        self.assertEqual(len(told), 8)
        self.assertEqual(told[-1], "nightly  2026-10-07T18:00:00Z")
        done = self.home.cli("next", path, *week, env={"LC_ALL": "zh_CN.UTF-8"})
        self.assertIn("nightly  -  已跳过：2026-10-01 是 cn-workdays 的节假日（国庆节）\n",
                      done.stdout)

    def test_of_a_rule_with_a_calendar(self):
        rule = ("--cron", "0 9 1 * *", "--timezone", "Asia/Shanghai", "--calendar", "cn-workdays",
                "--from", "2026-09-15T00:00:00Z", "-n", "1")
        self.assertEqual(self.lines(*rule, "--on-holiday", "before"),
                         ["2026-09-30T01:00:00Z  (2026-10-01T01:00:00Z)"])
        self.assertEqual(self.lines(*rule, "--on-holiday", "after"),
                         ["2026-10-08T01:00:00Z  (2026-10-01T01:00:00Z)"])
        file = self.home.path("office.yaml")
        self.home.write(file, "holidays: [2026-10-01, 2026-11-01]\nweek: [sun, mon, thu]\n")
        self.assertIn("-  skipped: 2026-10-01 is a holiday in office",
                      self.lines(*rule[:5], file, *rule[6:]))
        self.assertEqual(self.lines("--calendar", "cn-workdays", "--workflow", "two", code=2), [])
        self.assertEqual(self.lines(*rule[:5], "cn-workday", *rule[6:], code=2), [])

    def test_what_was_missed(self):
        self.home.workflow("two", TWO)
        self.home.workflow("busy", "triggers: [{id: tick, every: 1s}]\n"
                           "concurrency: {limit: 1, conflict: skip}\n"
                           "tasks: {a: {run: sleep 600}}\n")
        self.home.start().wait_workflow("busy")
        self.assertNotIn("nightly", self.home.cli("missed", "two").stdout)
        told = wait_for(lambda: "tick" in (out := self.home.cli("missed", "busy").stdout) and out,
                        "a firing beside the run is on record")
        self.assertIn("another run was open", told)
        self.assertEqual(self.home.cli("missed", "nobody").returncode, 2)

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
