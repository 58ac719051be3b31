#!/usr/bin/env python3
"""Tasks that wait: in a real server, by its commands, over kills."""
import json
import os
import signal
import unittest

from harness import HomeTest, SUCCEEDED, size
from test_stream import memory_bytes
from waiting import wait_for

SERVER_MB_MAX = 400

SHOP = """params: {order: {type: int}}
tasks:
  paid:
    wait: {event: {name: paid, match: event.order == params.order}, timeout: 1h}
    outputs: {amount: outputs.event.amount}
  pause: {needs: [paid], wait: {for: 1s}}
  gone: {needs: [pause], wait: {until: "2020-01-01"}}
  asked: {needs: [gone], wait: {when: "now > timestamp('2020-01-01T00:00:00Z')"}}
  ship: {needs: [asked], exec: [echo, "amount ${{ tasks.paid.outputs.amount }}"]}
"""

LATE = """tasks:
  skipped: {wait: {when: "false", every: 1s, timeout: 1s, on_timeout: skip}}
  failed: {wait: {event: {name: never}, timeout: 1s}}
"""

MANY = """tasks:
  each:
    foreach: ${{ params.items }}
    max_parallel: 10000
    wait: {event: {name: go, match: event.least <= item}}
params:
  items: {type: list, items: int}
"""


class Wait(HomeTest):
    def emit(self, name, **data):
        answer = self.home.cli("emit", name, "--data", json.dumps(data), "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def kill(self):
        os.kill(self.home.server.pid, signal.SIGKILL)
        self.home.server.wait()
        self.home.start()

    def test_an_event_is_waited_for_over_a_kill(self):
        self.home.workflow("shop", SHOP)
        self.home.start()
        self.home.wait_workflow("shop")
        run = self.home.trigger("shop", {"order": 7})
        wait_for(lambda: self.home.states(run).get("paid") == "waiting", "it waits")
        why = self.home.cli("why", str(run))
        self.assertIn("it waits for the event paid", why.stdout)
        chinese = self.home.cli("why", str(run), env={"LANG": "zh_CN.UTF-8"})
        self.assertIn("等待事件 paid", chinese.stdout)
        other = self.emit("paid", order=8, amount=1)
        self.assertEqual([f["fate"] for f in other["fates"]], ["nobody"])
        self.kill()
        self.assertEqual(self.home.states(run)["paid"], "waiting")
        mine = self.emit("paid", order=7, amount=5)
        self.assertEqual([(f["fate"], f["trigger"], f["run"]) for f in mine["fates"]],
                         [("woke", "paid", run)])
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        self.assertIn("amount 5", self.home.cli("logs", str(run), "ship").stdout)
        self.assertIn("woke", self.home.cli("events").stdout)
        self.assert_invariants(witness=False)

    def test_it_gives_up(self):
        self.home.workflow("late", LATE)
        self.home.start()
        self.home.wait_workflow("late")
        run = self.home.trigger("late")
        self.assertEqual(self.home.wait_run(run)["state"], "failed")
        self.assertEqual(self.home.states(run), {"skipped": "skipped", "failed": "failed"})
        tree = self.home.cli("tree", str(run)).stdout
        self.assertIn("did not come within 1s", tree)

    def test_a_person_ends_it(self):
        self.home.workflow("shop", SHOP)
        self.home.start()
        self.home.wait_workflow("shop")
        run = self.home.trigger("shop", {"order": 7})
        wait_for(lambda: self.home.states(run).get("paid") == "waiting", "it waits")
        done = self.home.cli("resolve", str(run), "paid", "--as", "skipped")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)

    def test_ten_thousand_wait_and_hold_nothing(self):
        count = size(500, 10_000)
        self.home.workflow("many", MANY)
        self.home.workflow("other", "tasks: {a: {exec: ['true']}}\n")
        self.home.start()
        self.home.wait_workflow("many")
        before = memory_bytes(self.home.server.pid) >> 20
        run = self.home.trigger("many", {"items": list(range(count))})
        wait_for(lambda: list(self.home.states(run).values()).count("waiting") == count,
                 "they wait")
        other = self.home.wait_run(self.home.trigger("other"))
        self.assertEqual(other["state"], SUCCEEDED)
        memory = memory_bytes(self.home.server.pid) >> 20
        self.assertEqual(len(self.emit("go", least=count - 1)["fates"]), 1)
        self.kill()
        self.assertEqual(len(self.emit("go", least=0)["fates"]), count - 1)
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        self.say(f"{count} waits: server {before} -> {memory} MiB")
        self.assertLess(memory, SERVER_MB_MAX)


if __name__ == "__main__":
    unittest.main()
