#!/usr/bin/env python3
"""A herd of timers: many schedules due in the same second, in which the server is killed twice.

Each fires exactly once: none twice, none lost.
"""
import collections
import datetime
import time
import unittest

from harness import HomeTest, size
from waiting import pass_time, wait_for

PER_WORKFLOW = 10
LEAD = 4.0  # seconds between the files and the moment they are due


def instant(epoch):
    return datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).isoformat()


class HerdTest(HomeTest):
    def test_each_fires_once_though_the_server_is_killed(self):
        workflows = size(200, 1000, "GANTRY_HERD_TIMERS") // PER_WORKFLOW
        self.names = [f"herd{i}" for i in range(workflows)]
        self.home.start()
        due = self.define_all()
        pass_time(due - time.time() + self.random.uniform(0.0, 0.3))
        for _ in range(2):
            self.home.kill()
            self.home.start(wait=False)
            pass_time(self.random.uniform(0.05, 0.4))
        self.home.kill()
        self.home.start()
        self.expect_all_once(workflows * PER_WORKFLOW, due)
        self.assert_invariants(witness=False)

    def define_all(self):
        """Writes the files and returns when they are due, once the server knows all in time."""
        for lead in (LEAD, 3 * LEAD, 9 * LEAD):
            due = float(int(time.time() + lead) + 1)
            for name in self.names:
                self.home.workflow(name, self.text(due))
            wait_for(lambda d=due: self.known(d) or time.time() > d, "the timers are known", 120)
            if self.known(due) and time.time() < due - 0.2:
                return due
        self.fail("the server takes too long to read the files")

    def text(self, due):
        timers = "".join(f'  - {{id: t{i}, at: "{instant(due)}", catchup: none}}\n'
                         for i in range(PER_WORKFLOW))
        return f"triggers:\n{timers}tasks:\n  a: {{pass: true}}\n"

    def known(self, due):
        wanted = instant(due).split("+")[0]
        found = [workflow for workflow in self.home.items("workflows?limit=1000")
                 if all(t["at"].startswith(wanted) for t in workflow["triggers"])]
        return len(found) == len(self.names)

    def expect_all_once(self, count, due):
        def made():
            runs = self.home.items("runs?limit=1000")
            return runs if len(runs) >= count else None
        runs = wait_for(made, f"{count} timers have fired", 60)
        seen = collections.Counter((run["workflow"], run["trigger"]) for run in runs)
        self.assertEqual([key for key, times in seen.items() if times > 1], [])
        self.assertEqual(len(seen), count)
        self.assertEqual({run["scheduled_at"][:19] for run in runs}, {instant(due)[:19]})
        self.assertEqual({run["cause"] for run in runs}, {"timer"})
        for name in self.names:
            self.assertEqual(self.home.get(f"workflows/{name}/missed").json["items"], [])


if __name__ == "__main__":
    unittest.main()
