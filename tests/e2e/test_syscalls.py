#!/usr/bin/env python3
"""R2 and R3 with strace: the server dies inside chosen system calls, or its disk fails.

strace follows the server's threads only (`-b execve` lets the zygote go). A point is a system call
and how many of it a thread makes before it dies at the next.
"""
import collections
import os
import re
import shutil
import signal
import unittest

from harness import Ended, HomeTest, SUCCEEDED, Unreachable, size
from processes import kill_one, status_field
from waiting import wait_for

# How many of each a thread makes during a start and a handful of runs.
CALLS = {"write": 6, "fdatasync": 60, "pwrite64": 300, "rename": 3, "sendto": 40, "mkdir": 12,
         "openat": 60, "clone3": 8, "pread64": 100, "unlink": 10, "ftruncate": 4, "fsync": 6,
         "epoll_wait": 80, "accept4": 20, "futex": 60, "close": 60}
POINTS_PER_HOME = 10
RUNS_PER_POINT = 5


def chain(home):
    return (f"tasks:\n"
            f"  a: {{exec: {home.witness_task()}}}\n"
            f"  slow: {{exec: {home.witness_task(0.2)}}}\n"
            f"  b: {{needs: [a], exec: {home.witness_task(0, 'flaky')}, "
            f"retry: {{limit: 2, delay: 50ms}}}}\n"
            f"  c: {{needs: [b], exec: {home.witness_task()}}}\n")


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class SyscallTest(HomeTest):
    def injected(self, *injections, trace="none"):
        """The command line of strace that goes before the server's."""
        self.trace = self.home.path("strace.out")
        wrap = ["strace", "-f", "-D", "-qq", "-I", "2", "-b", "execve", "-o", self.trace]
        calls = ",".join({injection.partition(":")[0] for injection in injections})
        wrap += ["-e", "trace=" + (calls or trace), "-e", "signal=none"]
        for injection in injections:
            wrap += ["-e", "inject=" + injection]
        return wrap

    def lift(self):
        """Ends the injection: strace lets go and the server goes on."""
        pid = self.home.server.pid
        tracer = int(status_field(pid, "TracerPid") or 0)
        self.assertGreater(tracer, 0, "strace follows the server")
        kill_one(tracer, signal.SIGTERM)
        wait_for(lambda: status_field(pid, "TracerPid") == "0", "strace has let go")

    def ended(self):
        return self.home.server.poll() is not None

    def start_or_die(self, wrap):
        """False if the server died on its way up."""
        self.home.start(wrap=wrap, wait=False)
        try:
            self.home.wait_ready()
        except Ended:
            return False
        return not self.ended()

    # ---- R2 -------------------------------------------------------------------------------

    def test_killed_inside_system_calls(self):
        points = size(60, 600)
        hits = collections.Counter()
        runs = 0
        plan = [(call, self.random.randint(1, most))
                for call, most in sorted(CALLS.items())
                for _ in range(-(-points // len(CALLS)))]
        self.random.shuffle(plan)
        plan = plan[:points]
        for first in range(0, points, POINTS_PER_HOME):
            self.home = self.make_home()
            self.home.workflow("chain", chain(self.home))
            accepted = {}
            for point, (call, when) in enumerate(plan[first:first + POINTS_PER_HOME]):
                with self.subTest(call=call, when=when):
                    hits[call] += self.die_at(call, when, point, accepted)
            self.assert_no_process_left()
            runs += len(accepted)
            self.home.stop()
        self.assertGreater(sum(hits.values()), points // 2, hits)
        self.say(f"{points} points, the server died inside the call at {sum(hits.values())} "
                 f"({', '.join(f'{c} {n}' for c, n in sorted(hits.items()) if n)}) and was killed "
                 f"from outside at the rest; {runs} runs, 0 violations")

    def die_at(self, call, when, point, accepted):
        """One point: load until the server dies there; then a good start, and all must end."""
        home = self.home
        keys = [f"{point}-{i}" for i in range(RUNS_PER_POINT)]
        known = set(accepted)
        if self.start_or_die(self.injected(f"{call}:signal=KILL:when={when}")):
            self.load(keys, accepted)
        hit = self.ended()
        if not hit:
            home.kill()
        home.server.wait()
        home.start().wait_workflow("chain")
        for key in keys:
            number = home.trigger("chain", key=key)
            self.assertEqual(accepted.setdefault(key, number), number, "an accepted run is lost")
        for key in set(accepted) - known:
            self.assertEqual(home.wait_run(accepted[key])["state"], SUCCEEDED)
        self.assert_invariants()
        home.kill()  # also a recovery from this
        return hit

    def load(self, keys, accepted):
        try:
            self.home.wait_workflow("chain")
            for key in keys:
                accepted[key] = self.home.trigger("chain", key=key)
            for key in keys:
                self.home.wait_run(accepted[key])
        except Unreachable:
            wait_for(self.ended, "the server is dead")

    # ---- R3 -------------------------------------------------------------------------------

    def try_trigger(self, key):
        return self.home.call("POST", "workflows/chain/runs", {}, key)

    def test_a_disk_that_goes_on_failing(self):
        """From the K-th call on all fail: nothing is acknowledged any more; then all is well."""
        figures = []
        for call, error in (("fdatasync", "EIO"), ("pwrite64", "ENOSPC"), ("pwrite64", "EIO")):
            for _ in range(size(2, 20)):
                when = self.random.randint(20, 60) * (1 if call == "fdatasync" else 5)
                with self.subTest(call=call, error=error, when=when):
                    figures.append(f"{call} {error} at {when}: " + self.fail_on(call, error, when))
        self.say("; ".join(figures))

    def fail_on(self, call, error, when):
        self.home = home = self.make_home()
        home.workflow("chain", chain(home))
        if not self.start_or_die(self.injected(f"{call}:error={error}:when={when}+")):
            self.skipTest("the call came during the start")
        home.wait_workflow("chain")
        accepted, refused = self.trigger_until_refused()
        for answer in refused:
            self.assertEqual(answer.status, 503, answer.body)
            self.assertRegex(answer.problem().detail,
                             r"(?i)disk|store|written|commit|I/O|full|space")
            self.assertIn("Retry-After", answer.headers)
        for i in range(5):  # it stays so
            self.assertEqual(self.try_trigger(f"more-{i}").status, 503)
        self.assertEqual(home.get("health").status, 503)
        self.lift()
        wait_for(lambda: self.try_trigger("after").status in (200, 201),
                 "the server goes on by itself", 30)
        for key, number in accepted.items():
            self.assertEqual(self.try_trigger(key).json["number"], number)
        self.end_all(list(accepted.values()))
        return f"{len(accepted)} accepted, {len(refused)} refused"

    def trigger_until_refused(self):
        accepted, refused = {}, []
        for i in range(500):
            answer = self.try_trigger(f"key-{i}")
            if answer.status == 201:
                accepted[f"key-{i}"] = answer.json["number"]
                self.assertEqual(refused, [], "acknowledged after a failure")
            else:
                refused.append(answer)
            if len(refused) == 5:
                return accepted, refused
        self.fail("no request was refused")

    def end_all(self, numbers):
        """Kills, starts anew without faults: what was acknowledged is there and ends well."""
        home = self.home
        home.kill()
        home.start()
        for number in numbers:
            self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        for run in home.items("runs?limit=1000"):
            self.assertEqual(home.wait_run(run["number"])["state"], SUCCEEDED)
        home.stop()
        self.assert_invariants()

    def test_single_failures(self):
        """One call fails: the request is refused or its run is in the store, and it goes on."""
        rounds, injected = size(12, 200), 0
        refusals = accepted_runs = 0
        for _ in range(rounds):
            call, error = self.random.choice(
                [("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC")])
            when = self.random.randint(20, 60) * (1 if call == "fdatasync" else 4)
            with self.subTest(call=call, error=error, when=when):
                self.home = home = self.make_home()
                home.workflow("chain", chain(home))
                if not self.start_or_die(self.injected(f"{call}:error={error}:when={when}")):
                    self.assertRegex(home.log_tail(), r"(?i)error|disk|I/O")
                    home.start()
                home.wait_workflow("chain")
                accepted, refused = self.trigger_some(30)
                for answer in refused:
                    self.assertEqual(answer.status, 503, answer.body)
                with open(self.trace, encoding="utf-8", errors="replace") as file:
                    injected += len(re.findall(r"\(INJECTED\)", file.read()))
                refusals += len(refused)
                accepted_runs += len(accepted)
                self.end_all(accepted)
        self.assertGreater(injected, rounds // 2)
        self.say(f"{rounds} rounds, {injected} failed calls, {refusals} requests refused, "
                 f"{accepted_runs} accepted and all there")

    def trigger_some(self, count):
        accepted, refused = [], []
        for i in range(count):
            answer = self.try_trigger(f"key-{i}")
            if answer.status == 201:
                accepted.append(answer.json["number"])
            else:
                refused.append(answer)
        wait_for(lambda: self.try_trigger("last").status in (200, 201), "it goes on")
        return accepted, refused


if __name__ == "__main__":
    unittest.main()
