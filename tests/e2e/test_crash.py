#!/usr/bin/env python3
"""R1: kill -9 of the server at random moments under load, also while it recovers.

Tasks write into a witness file what they do, so that the checker sees what ran twice. Everything
accepted must end, nothing may run twice, and what outlived a kill must be adopted.
"""
import time
import unittest

from harness import HomeTest, SUCCEEDED, TERMINAL, Unreachable, size
from processes import tasks_of
from waiting import pass_time, wait_for

TASKS_PER_RUN = 50
ADOPTED_WITHIN = 5.0  # seconds after ready
FLAKY, CHAIN, SLEEPERS = 6, 6, 10


def crash_workflow(home, random):
    """50 tasks: short ones, sleepers, flaky ones with a retry, a chain, and one that joins all."""
    lines, names = ["tasks:"], []

    def add(name, seconds, code="0", extra=""):
        names.append(name)
        lines.append(f"  {name}: {{exec: {home.witness_task(seconds, code)}{extra}}}")

    for i in range(FLAKY):
        add(f"flaky{i}", 0, "flaky", ", retry: {limit: 2, delay: 100ms}")
    for i in range(CHAIN):
        add(f"chain{i}", 0, extra=f", needs: [chain{i - 1}]" if i else "")
    for i in range(SLEEPERS):
        add(f"sleep{i}", round(random.uniform(0.2, 1.0), 2))
    for i in range(TASKS_PER_RUN - len(names) - 1):
        add(f"short{i}", 0)
    lines.append(f"  all: {{exec: {home.witness_task()}, needs: [{', '.join(names)}]}}")
    return "\n".join(lines) + "\n"


class CrashTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.kills = size(40, 1000, "GANTRY_R1_KILLS")
        self.runs = size(2000, 100_000, "GANTRY_R1_TASKS") // TASKS_PER_RUN
        self.accepted = {}   # key -> number of the run
        self.survivors = 0
        self.adoptions = []  # seconds after ready
        self.second_kills = 0

    def test_killed_at_random_moments(self):
        self.home.workflow("mixed", crash_workflow(self.home, self.random))
        self.home.start().wait_workflow("mixed")
        kills = 0
        while kills < self.kills:
            self.trigger_share(kills + 1)
            pass_time(self.random.uniform(0.0, 0.4))
            live = self.live_shimmed()
            self.home.kill()
            kills += 1
            if kills < self.kills and self.random.random() < 0.4:
                kills += self.kill_in_recovery()
            self.home.start()
            self.watch_adoption(live, time.monotonic())
        self.trigger_share(self.kills)
        self.finish(kills)

    def trigger_share(self, kills):
        """Triggers so that all runs are asked for when all kills are done."""
        while len(self.accepted) < min(self.runs, self.runs * kills // self.kills):
            key = f"key-{len(self.accepted)}"
            self.accepted[key] = self.home.trigger("mixed", key=key)

    def kill_in_recovery(self):
        """A kill within milliseconds after a start, before the server is ready."""
        self.home.start(wait=False)
        pass_time(self.random.uniform(0.0, 0.12))
        self.home.kill()
        self.second_kills += 1
        return 1

    def live_shimmed(self):
        return {task.key: task.pid for task in tasks_of(self.home.root)}

    def watch_adoption(self, live, ready_at):
        """What ran over the kill is known with its end, soon after it has ended."""
        self.survivors += len(live)
        open_keys = set(live)
        if not open_keys:
            return
        runs = {run for run, _, _ in open_keys}

        def all_known():
            for run in runs:
                ended = {(run, a["task"], a["attempt"]) for a in self.home.attempts(run)
                         if a["state"] in (SUCCEEDED, "failed")}
                open_keys.difference_update(ended)
            return not open_keys
        wait_for(all_known, f"the ends of {open_keys} are known", ADOPTED_WITHIN)
        self.adoptions.append(time.monotonic() - ready_at)

    def finish(self, kills):
        def all_ended():
            states = [run["state"] for run in self.home.items("runs?limit=1000")]
            return all(state in TERMINAL for state in states)
        wait_for(all_ended, "all runs are terminal", 60 + self.runs / 10)
        runs = {run["number"]: run for run in self.home.items("runs?limit=1000")}
        self.assertEqual(sorted(runs), sorted(self.accepted.values()))
        self.assertEqual({run["state"] for run in runs.values()}, {SUCCEEDED})
        attempts = [{**a, "run": number} for number in runs for a in self.home.attempts(number)]
        states = {a["state"] for a in attempts}
        self.assertLessEqual(states, {SUCCEEDED, "failed", "not_started"})
        ended = [a for a in attempts if a["state"] != "not_started"]
        self.assert_attempts(ended, len(runs))
        self.assertEqual(self.home.stop(), 0)
        found = self.assert_invariants()
        self.assertEqual(found["witness_lines"], 2 * len(ended))
        self.assert_no_process_left()
        self.assertGreater(self.survivors, self.kills // 4)
        self.say(f"{kills} kills, {self.second_kills} of them in recovery; {len(runs)} runs of "
                 f"{TASKS_PER_RUN} tasks, {len(attempts)} attempts, "
                 f"{len(attempts) - len(ended)} of them void; {self.survivors} tasks lived over a "
                 f"kill, known after at most {max(self.adoptions):.2f} s; "
                 f"{found['witness_lines']} witness lines, 0 violations")

    def assert_attempts(self, ended, runs):
        """Two of each flaky task, one of each other."""
        per_task = {}
        for attempt in ended:
            per_task.setdefault((attempt["run"], attempt["task"]), []).append(attempt)
        wrong = {key: found for key, found in per_task.items()
                 if len(found) != (2 if key[1].startswith("flaky") else 1)}
        self.assertEqual(wrong, {})
        self.assertEqual(len(per_task), runs * TASKS_PER_RUN)

    def test_requests_during_kills_make_one_run_each(self):
        """A request that breaks off is repeated with its key: exactly one run comes of it."""
        home = self.home
        home.workflow("tiny", f"tasks: {{a: {{exec: {home.witness_task()}}}}}\n")
        home.start().wait_workflow("tiny")
        keys, broken = {}, 0
        for kill in range(size(6, 60)):
            for i in range(20):
                key = f"{kill}-{i}"
                if i == self.random.randrange(20):
                    home.server.send_signal(9)
                try:
                    keys[key] = home.trigger("tiny", key=key)
                except Unreachable:
                    broken += 1
                    home.kill()
                    home.start()
                    keys[key] = home.trigger("tiny", key=key)
        for number in keys.values():
            self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        self.assertEqual(len(set(keys.values())), len(keys))
        self.assertEqual(len(home.items("runs?limit=1000")), len(keys))
        for key, number in keys.items():
            self.assertEqual(home.trigger("tiny", key=key), number)
        self.assertGreater(broken, 0)
        home.stop()
        self.assert_invariants()
        self.say(f"{len(keys)} requests, {broken} broken off, {len(keys)} runs")

    def test_the_checker_sees_what_went_wrong(self):
        """What the other tests rely on: a witness that tells of a fault is a violation."""
        home = self.home
        home.workflow("tiny", f"tasks: {{a: {{exec: {home.witness_task()}}}}}\n")
        home.start().wait_workflow("tiny")
        number = home.trigger("tiny")
        self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        home.stop()
        self.assert_invariants()
        with open(home.witness, encoding="utf-8") as file:
            good = file.read()
        key = f"{number} a - 1"
        for extra, invariant in ((f"{key} 1 begin\n", "I2"), (f"{key} 2 begin\n", "I2"),
                                 (f"{key} 1 end 5\n", "I4")):
            home.write(home.witness, good + extra)
            self.assertIn(invariant, {v["invariant"] for v in home.check()["violations"]}, extra)


if __name__ == "__main__":
    unittest.main()
