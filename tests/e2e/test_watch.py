#!/usr/bin/env python3
"""Looking at what goes on: watch, top, logs -f of all tasks, GANTRY_RUN_URL."""
import json
import os
import pty
import select
import subprocess
import unittest

from harness import GANTRY, HomeTest
from waiting import wait_for

# Three tasks at once: each writes as often as the others let it.
TURN = "for i in 1 2 3; do echo turn $i; while ! test -e DIR/go-$i; do sleep 0.02; done; done"
TURNS = f"""
tasks:
  a: {{run: '{TURN}'}}
  b: {{run: '{TURN}'}}
  last: {{needs: [a, b], run: 'echo end'}}
"""


class WatchTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.home.workflow("turns", TURNS.replace("DIR", self.home.root))
        self.home.workflow("bad", "tasks: {a: {run: 'exit 3'}}\n")
        self.home.start().wait_workflow("turns", "bad")

    def begin(self, *arguments):
        """A command that goes on, and the lines it has printed."""
        process = subprocess.Popen([GANTRY, *arguments, "--home", self.home.root], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        os.set_blocking(process.stdout.fileno(), False)
        lines = []

        def has(*texts):
            while True:
                line = process.stdout.readline()
                if not line:
                    break
                lines.append(line.rstrip("\n"))
            return all(any(text in line for line in lines) for text in texts)
        return process, lines, has

    def go(self, *turns):
        for turn in turns:
            self.home.write(self.home.path(f"go-{turn}"), "")

    def test_logs_of_all_tasks_come_as_they_are_written(self):
        run = self.home.trigger("turns")
        process, lines, has = self.begin("logs", "-f", str(run))
        wait_for(lambda: has("a | turn 1", "b | turn 1"), "both begin")
        self.go(1)
        wait_for(lambda: has("a | turn 2", "b | turn 2"), "both go on before any has ended")
        self.go(2, 3)
        self.assertEqual(process.wait(60), 0)
        has()
        self.assertEqual(sorted(lines), sorted([f"{task} | turn {i}" for task in "ab"
                                                for i in (1, 2, 3)] + ["last | end"]))
        self.assertEqual(lines[-1], "last | end")
        again = self.home.cli("logs", "-f", str(run)).stdout.splitlines()
        self.assertEqual(sorted(again), sorted(lines))

    def test_watch_in_a_pipe_is_a_line_per_change(self):
        process, lines, has = self.begin("watch")
        other, events, has_event = self.begin("watch", "--json")
        wait_for(lambda: has_event('"ready"'), "it listens")
        run = self.home.trigger("turns")
        bad = self.home.trigger("bad")
        wait_for(lambda: has(f"#{run} turns running", f"#{bad} bad failed"), "both are told")
        # The server goes and comes back: nothing is left out.
        self.home.stop()
        self.home.start()
        self.go(1, 2, 3)
        wait_for(lambda: has(f"#{run} turns succeeded"), "its end is told", 60)
        self.assertEqual(len([line for line in lines if f"#{run} turns running" in line]), 1)
        wait_for(lambda: any(event["event"] == "run" and event["data"]["state"] == "succeeded"
                             for event in map(json.loads, events)) or has_event("-"), "in JSON too")
        self.assertIsNone(process.poll())
        self.assertIsNone(other.poll())

    def test_watch_of_a_run_ends_with_it(self):
        run = self.home.trigger("turns")
        process, _, has = self.begin("watch", str(run))
        wait_for(lambda: has(f"#{run} a running"), "its tasks are told")
        self.go(1, 2, 3)
        self.assertEqual(process.wait(60), 0)
        self.assertTrue(has(f"#{run} last succeeded", f"#{run} turns succeeded"))
        bad = self.home.cli("watch", str(self.home.trigger("bad")))
        self.assertEqual(bad.returncode, 1)
        self.assertIn("failed", bad.stdout)
        self.assertEqual(self.home.cli("watch", "9999").returncode, 2)

    def test_watch_on_a_terminal_draws_a_table(self):
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(TERM="xterm", LC_ALL="C.UTF-8")
            os.execv(GANTRY, [GANTRY, "watch", "--home", self.home.root])
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.kill, child, 15)
        seen = []

        def shows(*texts):
            if select.select([terminal], [], [], 0)[0]:
                seen.append(os.read(terminal, 65536).decode(errors="replace"))
            return all(text in "".join(seen) for text in texts)
        wait_for(lambda: shows("0 open runs"), "an empty table")
        run = self.home.trigger("turns")
        wait_for(lambda: shows(f"#{run}", "turns", "1 open runs"), "the run is in it")
        seen.clear()
        self.go(1, 2, 3)
        wait_for(lambda: shows("succeeded", "0 open runs"), "it leaves the table")

    def test_top(self):
        run = self.home.trigger("turns")
        self.home.wait_running(run, 2)
        load = json.loads(self.home.cli("top", "--json").stdout)
        self.assertEqual((load["runs_running"], load["attempts_running"]), (1, 2))
        self.assertEqual([(a["run"], a["workflow"]) for a in load["longest"]],
                         [(run, "turns"), (run, "turns")])
        self.assertGreater(load["memory_bytes"], 1 << 20)
        self.assertGreater(load["threads"], 3)
        page = self.home.cli("top", "--once")
        self.assertEqual(page.returncode, 0)
        for text in ("1 running", "per second", "pool local", "running for longest",
                     f"#{run} turns a", "memory"):
            self.assertIn(text, page.stdout)
        chinese = self.home.cli("top", "--once", env={"LC_ALL": "zh_CN.UTF-8"})
        self.assertIn("每秒", chinese.stdout)
        self.go(1, 2, 3)
        self.home.wait_run(run)


class AddressTest(HomeTest):
    def test_tasks_know_where_their_run_is_shown(self):
        self.home.write(self.home.path("gantry.yaml"), "public_url: https://gantry.example.org\n")
        self.home.workflow("link", "tasks: {a: {run: 'echo \"$GANTRY_RUN_URL\"'}}\n")
        self.home.start().wait_workflow("link")
        run = self.home.trigger("link")
        self.home.wait_run(run)
        self.assertEqual(self.home.cli("logs", str(run)).stdout,
                         f"https://gantry.example.org/runs/{run}\n")


if __name__ == "__main__":
    unittest.main()
