#!/usr/bin/env python3
"""R17: the disk of the data folder is full and free again, while tasks run."""
import contextlib
import errno
import os
import subprocess
import unittest

from harness import HomeTest, SUCCEEDED, Unreachable, size
from waiting import pass_time, wait_for

DISK_MB = 32
LONG_TASKS = 8


class DiskFullTest(HomeTest):
    def setUp(self):
        super().setUp()
        data = self.home.path("data")
        os.makedirs(data, mode=0o700)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700",
                                  "gantry-e2e", data], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", data], check=False)
        # Registered last, runs first: nothing holds the mount any more.
        self.addCleanup(self.home.remove)
        self.filler = os.path.join(data, "filler")
        long = "\n".join(f"  long{i}: {{exec: {self.home.witness_task(round(0.3 + 0.2 * i, 1))}}}"
                         for i in range(LONG_TASKS))
        chain = "\n".join(f"  next{i}: {{needs: [long{i}], exec: {self.home.witness_task()}}}"
                          for i in range(LONG_TASKS))
        self.home.workflow("long", f"tasks:\n{long}\n{chain}\n")
        self.home.workflow("tiny", f"tasks: {{a: {{exec: {self.home.witness_task()}}}}}\n")

    def fill(self):
        """Every byte that is left; again, for the server may have made room."""
        with open(self.filler, "ab", buffering=0) as file:
            for block in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * block):
                        pass

    def free(self):
        os.unlink(self.filler)

    def try_trigger(self, key):
        return self.home.call("POST", "workflows/tiny/runs", {}, key)

    def refused_when_full(self, prefix, accepted):
        """Fills until requests are refused; the refusal."""
        count = 0

        def refused():
            nonlocal count
            self.fill()
            count += 1
            answer = self.try_trigger(f"{prefix}-{count}")
            if answer.status in (200, 201):
                accepted.append(answer.json["number"])
                return None
            return answer
        return wait_for(refused, "a request is refused", 60)

    def test_full_and_free_again(self):
        home, rounds = self.home, size(5, 50)
        home.start().wait_workflow("long", "tiny")
        pid, accepted, refusals = home.server.pid, [], 0
        for i in range(rounds):
            long = home.trigger("long")
            accepted.append(long)
            home.wait_running(long, LONG_TASKS)
            answer = self.refused_when_full(f"round-{i}", accepted)
            self.assertEqual(answer.status, 503, answer.body)
            self.assertRegex(answer.problem().detail, r"(?i)disk|space|full")
            self.assertIn("Retry-After", answer.headers)
            refusals += 1
            wait_for(lambda: home.get("health").status == 503, "health says so")
            self.assertEqual(home.get(f"runs/{long}").status, 200)  # reading goes on
            pass_time(self.random.uniform(0.0, 2.0))  # tasks end while the disk is full
            self.free()
            wait_for(lambda key=f"free-{i}": self.try_trigger(key).status in (200, 201),
                     "requests are taken again", 15)
            accepted.append(self.try_trigger(f"free-{i}").json["number"])
            self.assertEqual(home.wait_run(long, 60)["state"], SUCCEEDED)
        self.assertEqual(home.server.poll(), None)
        self.assertEqual(home.server.pid, pid)
        for number in accepted:
            self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        for run in home.items("runs?limit=1000"):
            self.assertEqual(home.wait_run(run["number"])["state"], SUCCEEDED)
        runs = len(home.items("runs?limit=1000"))
        home.stop()
        self.assert_invariants()
        self.assert_no_process_left()
        self.say(f"{rounds} rounds, {refusals} refused with 503, {runs} runs all succeeded, the "
                 "same server all the time")

    def test_killed_on_a_full_disk(self):
        """A start on a full disk works or says clearly why not; after that all is there."""
        home, accepted = self.home, []
        home.start().wait_workflow("long", "tiny")
        long = home.trigger("long")
        home.wait_running(long, LONG_TASKS)
        self.refused_when_full("full", accepted)
        home.kill()
        self.fill()
        home.start(wait=False)

        def decided():
            if home.server.poll() is not None:
                return "refused"
            with contextlib.suppress(Unreachable):
                return home.url and home.get("health").status in (200, 503) and "started"
            return None
        outcome = wait_for(lambda: self.look_for_address() and decided(), "it starts or refuses")
        if outcome == "refused":
            self.assertEqual(home.server.returncode, 1)
            self.assertRegex(home.log_tail(), os.strerror(errno.ENOSPC) + "|full")
        self.free()
        if outcome == "refused":
            home.start()
        home.wait_ready()
        for number in [long, *accepted]:
            self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        home.stop()
        self.assert_invariants()
        self.say(f"on a full disk the server {outcome}")

    def look_for_address(self):
        """True if there is an address, or the server has ended."""
        with contextlib.suppress(OSError):
            with open(self.home.path("data", "address"), encoding="utf-8") as file:
                self.home.url = file.read().strip()
        return bool(self.home.url) or self.home.server.poll() is not None


if __name__ == "__main__":
    unittest.main()
