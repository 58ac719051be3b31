#!/usr/bin/env python3
"""Slots of pools that a person sets while the server runs."""
import json
import unittest

from harness import HomeTest
from waiting import wait_for

WAITS = "while [ ! -e %s ]; do sleep 0.05; done"


class PoolsTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.home.write(self.home.path("gantry.yaml"), "pools: {db: 2}\n")
        task = "{pool: db, run: '" + WAITS % self.home.path("go") + "'}"
        self.home.workflow("w", f"tasks: {{a: {task}, b: {task}, c: {task}}}")
        self.home.start().wait_workflow("w")

    def pool(self):
        return next(p for p in self.home.items("pools") if p["name"] == "db")

    def test_set_over_a_restart_and_take_back(self):
        home = self.home
        home.trigger("w")
        home.wait_running(1, 2)
        done = home.cli("pools", "db", "--slots", "1", "--note", "a busy night")
        self.assertEqual((done.returncode, done.stdout), (0, "pool db: 2 of 1 slots used\n"))
        self.assertEqual(len(home.tasks(1, "running")), 2, "lowering ends nothing")
        why = home.cli("why", "1").stdout
        self.assertIn("pool db is full (2 of 1 slots: runs 1)", why)
        self.assertIn("gantry pools db --reset", why)
        home.kill()
        home.start()
        pool = self.pool()
        self.assertEqual((pool["slots"], pool["configured"], pool["set_by"], pool["note"]),
                         (1, 2, "admin", "a busy night"))
        shown = home.cli("pools", "db").stdout
        self.assertIn("a busy night", shown)
        self.assertNotIn("local", shown)
        done = home.cli("pools", "db", "--slots", "3", "--json")
        self.assertEqual(json.loads(done.stdout)["slots"], 3)
        home.wait_running(1, 3)
        self.assertEqual(home.cli("pools", "db", "--reset").returncode, 0)
        self.assertEqual((self.pool()["slots"], self.pool()["set_by"]), (2, None))
        home.write(home.path("go"), "")
        self.assertEqual(home.wait_run(1)["state"], "succeeded")
        home.stop()
        self.assert_invariants(witness=False)

    def test_zero_starts_nothing(self):
        home = self.home
        self.assertEqual(home.cli("pools", "db", "--slots", "0").returncode, 0)
        home.write(home.path("go"), "")
        home.trigger("w")
        wait_for(lambda: len(home.tasks(1, "queued")) == 3, "all wait")
        self.assertIn("资源池 db 的槽位为 0", home.cli("why", "1", env={"LANG": "zh_CN.UTF-8"}).stdout)
        home.cli("pools", "db", "--reset")
        self.assertEqual(home.wait_run(1)["state"], "succeeded")

    def test_what_is_wrong_is_told(self):
        home = self.home
        for arguments, code, text in (
                (["nothing", "--slots", "1"], 2, "there is no pool 'nothing'"),
                (["local", "--slots", "1"], 1, "the setting 'slots'"),
                (["--slots", "1"], 2, "name the pool"),
                (["db", "--slots", "1", "--reset"], 2, "not both"),
                (["db", "--note", "x"], 2, "--note goes with --slots"),
                (["dbx"], 2, "there is no pool 'dbx'")):
            done = home.cli("pools", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)
        audit = [r for r in home.items("audit") if r["action"] == "pool.limit"]
        self.assertEqual([(r["target"], r["outcome"]) for r in audit],
                         [("pools/local", "failed_precondition"), ("pools/nothing", "not_found")])


if __name__ == "__main__":
    unittest.main()
