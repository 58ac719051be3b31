#!/usr/bin/env python3
"""Backfills: a run for each of a list of dates, behind live work, whenever the server is killed."""
import collections
import json
import re
import time
import unittest

from harness import HomeTest, size
from waiting import pass_time, wait_for

DAILY = """
timezone: Asia/Shanghai
params: {size: {type: int, default: 1}}
triggers: [{id: nightly, cron: "30 2 * * 1-5", params: {size: 7}}]
tasks:
  a:
    env: {DAY: "${{ run.date }}", SIZE: "${{ params.size }}"}
    run: 'test "$DAY" != 2026-11-04 && echo "$DAY $SIZE"'
"""
# A live schedule, and dates of the same workflow beside it.
BESIDE = """
concurrency: {{limit: 1, conflict: {conflict}}}
triggers: [{{id: live, every: 1s}}]
tasks: {{a: {{run: "sleep 0.2"}}}}
"""


class BackfillTest(HomeTest):
    def begin(self, workflow, **body):
        answer = self.home.call("POST", f"workflows/{workflow}/backfills", body)
        self.assertEqual(answer.status, 201, answer.json)
        return answer.json["backfill"]

    def wait_ended(self, number, seconds=60):
        def ended():
            now = self.home.get(f"backfills/{number}").json
            return now if now["ended_at"] else None
        return wait_for(ended, f"backfill {number} has ended", seconds)

    def dates(self, number):
        return self.home.items(f"backfills/{number}/dates?limit=1000")

    def test_each_date_has_its_run_and_a_failure_stops_none(self):
        self.home.workflow("daily", DAILY)
        self.home.start().wait_workflow("daily")
        number = self.begin("daily", **{"from": "2026-11-02", "to": "2026-11-08", "parallel": 2})
        self.assertEqual(self.wait_ended(number)["dates"]["failed"], 1)
        dates = self.dates(number)
        self.assertEqual([d["date"] for d in dates], [f"2026-11-0{n}" for n in range(2, 7)])
        self.assertEqual([d["fate"] for d in dates],
                         ["succeeded", "succeeded", "failed", "succeeded", "succeeded"])
        run = self.home.run(dates[0]["run"])
        self.assertEqual((run["cause"], run["backfill"], run["trigger"], run["date"]),
                         ("backfill", number, "nightly", "2026-11-02"))
        self.assertTrue(run["scheduled_at"].startswith("2026-11-01T18:30:00"), run)
        self.assertTrue(run["data_interval_start"].startswith("2026-10-29T18:30:00"), run)
        self.assertEqual(self.home.cli("logs", str(run["number"]), "a", "--text").stdout,
                         "2026-11-02 7\n")

    def test_the_commands(self):
        self.home.workflow("daily", DAILY)
        self.home.start().wait_workflow("daily")
        span = ("--from", "2026-11-02", "--to", "2026-11-06")
        plan = self.home.cli("backfill", "daily", *span, "--dry-run", "--json").stdout
        self.assertEqual({d["fate"] for d in json.loads(plan)["dates"]}, {"pending"})
        self.assertEqual(self.home.items("backfills"), [])
        done = self.home.cli("backfill", "daily", *span, "--wait", "-p", "size=9")
        self.assertEqual(done.returncode, 1)
        self.assertIn("4 succeeded, 1 failed", done.stdout)
        again = self.home.cli("backfill", "daily", *span, "--already-run", "failed", "--wait")
        self.assertIn("1 failed, 4 skipped", again.stdout)
        self.assertIn("run 1 is succeeded", self.home.cli("backfills", "2").stdout)
        self.assertEqual(self.home.cli("backfill", "daily", "--dates", "2026-11-02,2026-11-03",
                                       "--already-run", "all", "--wait").returncode, 0)
        chinese = self.home.cli("backfills", env={"LANG": "zh_CN.UTF-8"}).stdout
        self.assertIn("已结束", chinese)
        self.assertIn("4 成功, 1 失败", chinese)

    def test_steering(self):
        self.home.workflow("slow", "tasks: {a: {run: 'sleep 1000'}}")
        self.home.start().wait_workflow("slow")
        key = ("--key", "k")
        line = ("backfill", "slow", "--from", "2026-10-01", "--to", "2026-10-31", *key)
        self.assertIn("31 dates", self.home.cli(*line).stdout)
        self.assertEqual(json.loads(self.home.cli(*line, "--json").stdout)["backfill"], 1)
        other = self.home.cli("backfill", "slow", "--dates", "2026-10-02", *key)
        self.assertEqual(other.returncode, 1)
        self.assertIn("take a new key", other.stderr)
        self.home.wait_running(1, 1)
        self.assertIn("busy hours", self.home.cli("backfills", "1", "--pause", "--note",
                                                  "busy hours").stdout)
        self.assertIn("running", self.home.cli("backfills", "1", "--resume").stdout)
        self.home.cli("backfills", "1", "--cancel-date", "2026-10-31")
        self.home.cli("backfills", "1", "--cancel-date", "2026-10-01")  # it runs
        self.home.wait_run(1)
        fates = {d["date"]: d["fate"] for d in self.dates(1)}
        self.assertEqual((fates["2026-10-01"], fates["2026-10-31"]), ("cancelled", "cancelled"))
        self.assertEqual(fates["2026-10-03"], "pending")
        self.home.cli("backfills", "1", "--cancel", "--running")
        self.assertEqual(self.wait_ended(1)["state"], "cancelled")
        late = self.home.cli("backfills", "1", "--resume")
        self.assertEqual(late.returncode, 1)
        self.assertIn("backfill 1 has ended already", late.stderr)

    def test_what_is_wrong_is_told(self):
        self.home.workflow("daily", DAILY)
        self.home.workflow("two", "triggers: [{id: x, every: 1h}, {id: y, every: 2h}]\n"
                                  "tasks: {a: {pass: true}}")
        self.home.start().wait_workflow("daily", "two")
        for arguments, words in (
                (("daily",), "which dates?"),
                (("daily", "--from", "2026-11-02"), "'from' and 'to'"),
                (("daily", "--from", "2026-11-32", "--to", "2026-11-06"), "'from'"),
                (("daily", "--from", "2026-11-06", "--to", "2026-11-02"), "after 'to'"),
                (("daily", "--dates", "2026-11-02,2026-11-02"), "listed twice"),
                (("daily", "--dates", "2999-01-01"), "future"),
                (("daily", "--from", "2026-11-07", "--to", "2026-11-08"), "fires on none"),
                (("daily", "--dates", "2026-11-02", "--trigger", "nighty"), "no timer 'nighty'"),
                (("daily", "--dates", "2026-11-02", "--days", "working"), "needs 'calendar'"),
                (("daily", "--dates", "2026-11-02", "-p", "size=many"), "size"),
                (("daily", "--dates", "2026-11-02", "-p", "sise=1"), "sise"),
                (("two", "--dates", "2026-11-02"), "several timers (x, y)"),
                (("none", "--dates", "2026-11-02"), "no workflow 'none'")):
            with self.subTest(arguments):
                answer = self.home.cli("backfill", *arguments)
                self.assertEqual(answer.returncode, 2, answer)
                self.assertIn(words, answer.stderr)
        self.assertIn("no backfill 99", self.home.cli("backfills", "99").stderr)
        self.assertEqual(self.home.items("runs"), [])

    def test_no_date_is_run_twice_or_lost_when_the_server_is_killed(self):
        self.home.workflow("plain", "tasks: {a: {run: 'sleep 0.02'}}")
        self.home.start().wait_workflow("plain")
        count = size(90, 1000)
        first = time.gmtime(time.time() - count * 86400)
        number = self.begin("plain", **{"from": time.strftime("%Y-%m-%d", first),
                                        "to": time.strftime("%Y-%m-%d", time.gmtime()),
                                        "parallel": 8})
        for _ in range(3):
            pass_time(self.random.uniform(0.1, 0.5))
            self.home.kill()
            self.home.start()
        self.wait_ended(number, 300)
        dates = self.dates(number)
        runs = self.all_runs("cause=backfill")
        by_date = collections.Counter(run["date"] for run in runs)
        self.assertEqual([date for date, times in by_date.items() if times > 1], [])
        self.assertEqual(set(by_date), {d["date"] for d in dates})
        self.assertEqual({d["fate"] for d in dates}, {"succeeded"})
        self.assert_invariants(witness=False)

    def all_runs(self, query):
        runs, cursor = [], ""
        while cursor is not None:
            page = self.home.get(f"runs?{query}&limit=1000" +
                                 (f"&cursor={cursor}" if cursor else "")).json
            runs += page["items"]
            cursor = page["next_cursor"]
        return runs

    def test_live_schedules_go_on_beside_it(self):
        """Whatever the workflows say of conflicts; the lag is told, not judged."""
        names = {f"live{i}": conflict for i, conflict in
                 enumerate(["queue", "skip", "cancel_running"] * size(1, 4))}
        for name, conflict in names.items():
            self.home.workflow(name, BESIDE.format(conflict=conflict))
        self.home.start().wait_workflow(*names)
        numbers = [self.begin(name, **{"from": "2026-01-01", "to": "2026-04-10", "trigger": "",
                                       "parallel": 10}) for name in names]
        for number in numbers:
            self.assertEqual(self.wait_ended(number, 300)["dates"]["succeeded"], 100)
        live = [run for run in self.all_runs("cause=timer") if run["started_at"]]
        self.assertGreater(len(live), len(names))
        for name in names:
            self.home.call("POST", f"workflows/{name}/disable")
        timers = {run["number"] for run in live}
        for run in live:
            ended = self.home.wait_run(run["number"])
            if ended["state"] == "cancelled":  # by a live run that came while it was slow
                self.assertIn(int(re.search(r"run (\d+) takes", ended["message"])[1]), timers)
            else:
                self.assertEqual(ended["state"], "succeeded")
        self.say(f"{len(names) * 100} dates beside {len(live)} live runs")


if __name__ == "__main__":
    unittest.main()
