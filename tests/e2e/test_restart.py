#!/usr/bin/env python3
"""R7: a restart with very many open runs of three tasks, a thousand of them with a live process.

After kill -9 the new server holds every run as it was and knows the processes that lived on; its
memory is bounded. The time until it is ready is printed. GANTRY_OPEN_RUNS and GANTRY_LIVE_TASKS set
other sizes.
"""
import time
import unittest

from flood import start_all
from harness import HomeTest, size
from processes import tasks_of
from test_stream import memory_bytes
from waiting import wait_for

MEMORY_MAX = 400 << 20
FLOW = """tasks:
  a: {exec: [sleep, "3600"]}
  b: {run: "true", needs: [a]}
  c: {run: "true", needs: [b]}
"""


class Restart(HomeTest):
    def setUp(self):
        super().setUp()
        self.runs = size(20_000, 100_000, "GANTRY_OPEN_RUNS")
        self.live = size(200, 1_000, "GANTRY_LIVE_TASKS")
        self.home.write(self.home.path("gantry.yaml"), f"slots: {self.live}\n")
        self.home.workflow("w", FLOW)
        self.home.start()
        self.home.wait_workflow("w")

    def processes(self):
        return {task.pid for task in tasks_of(self.home.root)}

    def pool(self):
        """(used, queued) of the server's slots."""
        row = self.home.get("pools").json["items"][0]
        return row["used"], row["queued"]

    def test_a_server_with_many_open_runs_comes_back(self):
        numbers = start_all(self.home, "w", [f"key-{i}" for i in range(self.runs)])
        wait_for(lambda: len(self.processes()) >= self.live, "the slots are full", 300)
        full = (self.live, self.runs - self.live)
        self.assertEqual(self.pool(), full)
        before = self.processes()
        for _ in range(size(1, 10)):
            self.home.kill()
            began = time.monotonic()
            self.home.start(seconds=120)
            seconds = time.monotonic() - began
            memory = memory_bytes(self.home.server.pid)
            self.say(f"{self.runs} open runs of 3 tasks, {self.live} processes: ready after "
                     f"{seconds:.2f} s with {memory >> 20} MiB")
            self.assertLess(memory, MEMORY_MAX)
            self.assertEqual(self.pool(), full)
            self.assertEqual(self.processes(), before)
            self.assertEqual(len(self.home.items("runs?state=running,queued&limit=1000")),
                             len(set(numbers.values())))
        victim = numbers["key-0"]
        self.home.cancel(victim)
        self.assertEqual(self.home.wait_run(victim)["state"], "cancelled")
        wait_for(lambda: self.pool() == (full[0], full[1] - 1), "the next run has the slot", 60)


if __name__ == "__main__":
    unittest.main()
