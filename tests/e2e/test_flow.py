#!/usr/bin/env python3
"""Decisions, groups and loops with real processes, over kills of the server."""
import os
import signal
import unittest

from harness import HomeTest, SUCCEEDED, size
from test_stream import memory_bytes
from waiting import wait_for

SERVER_MB_MAX = 400

DEMO = """tasks:
  list:
    run: |
      echo '{"files": ["a", "b", "c d"], "bad": 0}' >> "$GANTRY_OUTPUT"
  load:
    needs: [list]
    foreach: ${{ tasks.list.outputs.files }}
    max_parallel: 2
    run: |
      echo "loading $ITEM as $GANTRY_ITEM_INDEX"
      echo "{\\"n\\": $GANTRY_ITEM_INDEX}" >> "$GANTRY_OUTPUT"
  prepare:
    needs: [list]
    tasks:
      fetch: {run: "echo path=/x >> $GANTRY_OUTPUT"}
      unpack: {needs: [fetch], exec: [echo, "from ${{ tasks.fetch.outputs.path }}"]}
  decide:
    needs: [load]
    switch:
      - {when: tasks.list.outputs.bad > 0, then: [ask]}
      - {otherwise: [publish]}
  ask: {needs: [decide], run: "echo ask"}
  publish:
    needs: [decide, ask, prepare]
    join: any
    exec: [echo, "${{ tasks.load.items.map(i, i.outputs.n) }}"]
"""

# Each item leaves a line and takes a moment, so that a kill meets some of them.
COUNTING = """tasks:
  each:
    foreach: ${{ params.items }}
    exec: [sh, -c, 'echo "$ITEM" >> "$0"; sleep 0.1', "%s"]
    retry: {limit: 3, delay: 0s}
  after: {needs: [each], run: "true"}
params:
  items: {type: list, items: int}
"""

MANY = """tasks:
  list:
    run: |
      import json, os
      with open(os.environ["GANTRY_OUTPUT"], "a") as out:
          out.write(json.dumps({"n": list(range(%d))}) + chr(10))
    shell: python3
  each:
    needs: [list]
    foreach: ${{ tasks.list.outputs.n }}
    exec: ["true"]
"""


class Flow(HomeTest):
    def log_of(self, run, task):
        done = self.home.cli("logs", str(run), task)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_flow_takes_its_way(self):
        self.home.workflow("demo", DEMO)
        self.home.start()
        self.home.wait_workflow("demo")
        run = self.home.trigger("demo")
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        self.assertEqual(self.home.states(run), {
            "list": "succeeded", "load": "succeeded", "load[0]": "succeeded",
            "load[1]": "succeeded", "load[2]": "succeeded", "prepare": "succeeded",
            "prepare.fetch": "succeeded", "prepare.unpack": "succeeded", "decide": "succeeded",
            "ask": "skipped", "publish": "succeeded"})
        self.assertIn("loading c d as 2", self.log_of(run, "load[2]"))
        self.assertIn("from /x", self.log_of(run, "prepare.unpack"))
        self.assertIn("[0,1,2]", self.log_of(run, "publish"))
        shown = self.home.cli("show", str(run)).stdout
        for name in ("load[1]", "prepare.fetch", "decide"):
            self.assertIn(name, shown)
        unknown = self.home.cli("logs", str(run), "load[7]")
        self.assertNotEqual(unknown.returncode, 0)
        self.assert_invariants(witness=False)

    def test_items_run_once_over_kills(self):
        count = size(30, 300)
        lines = self.home.path("lines")
        self.home.workflow("w", COUNTING % lines)
        self.home.start()
        self.home.wait_workflow("w")
        run = self.home.trigger("w", {"items": list(range(count))})
        for part in (3, 2):
            def some(part=part):
                return os.path.exists(lines) and len(self.read(lines)) >= count // part
            wait_for(some, "some items have run")
            os.kill(self.home.server.pid, signal.SIGKILL)
            self.home.server.wait()
            self.home.start()
        self.assertEqual(self.home.wait_run(run, 120)["state"], SUCCEEDED)
        self.assertEqual(sorted(int(line) for line in self.read(lines)), list(range(count)))
        self.assert_invariants(witness=False)

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return file.read().split()

    def test_many_items_take_little_memory(self):
        count = size(300, 10_000)
        self.home.workflow("many", MANY % count)
        self.home.start()
        self.home.wait_workflow("many")
        run = self.home.wait_run(self.home.trigger("many"), 900)
        memory = memory_bytes(self.home.server.pid) >> 20
        self.assertEqual(run["state"], SUCCEEDED)
        self.assertEqual(len(self.home.states(run["number"])), count + 2)
        self.say(f"{count} items from {run['started_at']} to {run['ended_at']}, "
                 f"server {memory} MiB")
        self.assertLess(memory, SERVER_MB_MAX)
        self.assert_invariants(witness=False)


if __name__ == "__main__":
    unittest.main()
