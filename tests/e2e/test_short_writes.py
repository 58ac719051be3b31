#!/usr/bin/env python3
"""R3: writes that really are short. With a limit of the file size (RLIMIT_FSIZE) the kernel takes
the bytes up to the limit and refuses the rest, at any byte: in the store, attempt files, logs."""
import contextlib
import os
import re
import resource
import shutil
import unittest

from harness import HomeTest, SUCCEEDED, TERMINAL, size
from processes import command_name, holders_of, tasks_of
from waiting import wait_for

LINE = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (stdout|system) F .*\Z")
SHORT = re.compile(r"(?:pwrite64|write)\(\d+, .*?, (\d+)(?:, \d+)?\)\s+= (\d+)$", re.MULTILINE)
LINES, BURST = 400, 40
# Bursts apart, so that the log is written in several parts.
TALK = (f"for i in $(seq {LINES}); do printf 'line %04d {'.' * 90}\\n' $i; "
        f"(( i % {BURST} )) || sleep 0.06; done")


def limit_files(pid, most=resource.RLIM_INFINITY):
    with contextlib.suppress(ProcessLookupError):
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))


class ShortWriteTest(HomeTest):
    def start(self, **options):
        self.home.write(self.home.path("gantry.yaml"), "slots: 1000\n")
        self.home.start(**options)

    # ---- the store -------------------------------------------------------------------------

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_store(self):
        """A request whose commit was cut is refused; what was acknowledged is there. (The server
        may make room by itself: a store opened anew begins its journal at the front.)"""
        home, rounds = self.home, size(8, 100)
        home.workflow("tiny", f"tasks: {{a: {{exec: {home.witness_task()}}}}}\n")
        accepted, refused, trace = {}, 0, home.path("strace.out")
        for i in range(rounds):
            # Followed, only to see that writes are short.
            self.start(wrap=["strace", "-f", "-D", "-qq", "-I", "2", "-b", "execve", "-s", "0",
                             "-A", "-o", trace, "-e", "trace=pwrite64,write", "-e", "signal=none"])
            home.wait_workflow("tiny")
            refused += self.cut_a_commit(i, accepted)
            home.kill()
            self.start()
            for key, number in accepted.items():
                self.assertEqual(self.try_trigger(key).json["number"], number)
            for number in accepted.values():
                self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
            home.stop()
            self.assert_invariants()
        with open(trace, encoding="utf-8", errors="replace") as file:
            short = [1 for asked, taken in SHORT.findall(file.read()) if int(taken) < int(asked)]
        self.assertGreaterEqual(len(short), rounds // 2)
        self.say(f"{rounds} rounds, {len(short)} short writes, {refused} requests refused, "
                 f"{len(accepted)} accepted and all there")

    def try_trigger(self, key):
        return self.home.call("POST", "workflows/tiny/runs", {}, key)

    def cut_a_commit(self, number, accepted):
        home, refused = self.home, 0
        wal = max(os.path.getsize(os.path.join(folder, name))
                  for folder, _, names in os.walk(home.path("data")) for name in names
                  if name.endswith("-wal"))
        limit_files(home.server.pid, wal + self.random.randint(1, 150000))
        for i in range(1000):
            answer = self.try_trigger(f"{number}-{i}")
            if answer.status == 201:
                accepted[f"{number}-{i}"] = answer.json["number"]
                continue
            self.assertEqual(answer.status, 503, answer.body)
            self.assertRegex(answer.problem().detail, r"(?i)disk|store|full|space|I/O")
            self.assertIn("Retry-After", answer.headers)
            refused += 1
            if refused == 3:
                break
        self.assertEqual(refused, 3, "the limit was met")
        limit_files(home.server.pid)
        wait_for(lambda: self.try_trigger(f"{number}-after").status in (200, 201), "it goes on")
        accepted[f"{number}-after"] = self.try_trigger(f"{number}-after").json["number"]
        return refused

    # ---- attempt files ---------------------------------------------------------------------

    def attempt_files(self, run):
        folder = self.home.path("data", "attempts", str(run))
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return [os.path.join(folder, name) for name in names if name.isdigit()]

    def shims(self):
        return [pid for pid in holders_of(self.home.root) if command_name(pid) == "gantry-shim"]

    def test_attempt_files(self):
        """A claim that can not be written is none; a record that can not be written is waited for:
        no run ends on half a file, and all end well when there is room."""
        home = self.home
        home.workflow("tiny", "tasks: {a: {exec: [echo, hello]}}\n")
        self.start()
        home.wait_workflow("tiny")
        header, whole = self.sizes(home.trigger("tiny"))
        self.assertLess(header + 60, whole)
        zygote = wait_for(home.zygote, "there is a zygote")
        step = size(16, 1)
        runs = {}
        for most in [*range(0, header, step), header - 1, *range(header, whole - 4, step)]:
            limit_files(zygote, most)
            runs[most] = home.trigger("tiny")
            wait_for(lambda run=runs[most]: self.attempt_files(run), "a shim has tried")
        claimed = [run for most, run in runs.items() if most > header + 8]
        wait_for(lambda: not tasks_of(home.root) and all(
            any(os.path.getsize(path) >= header - 8 for path in self.attempt_files(run))
            for run in claimed), "the tasks have run, their records do not fit")
        for run in runs.values():
            self.assertNotIn(home.run(run)["state"], TERMINAL)
        limit_files(zygote)
        states = wait_for(lambda: self.end_all(runs.values()), "all end with room", 60)
        self.assertEqual(states, {SUCCEEDED})
        not_started = self.check_attempts(runs, header)
        home.stop()
        self.assert_invariants(witness=False)
        self.say(f"{len(runs)} limits from 0 to {whole - 5} bytes: {not_started} claims taken "
                 "back, all runs succeeded")

    def sizes(self, run):
        """Of the header, and of the file of an attempt that has ended."""
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        with open(self.attempt_files(run)[0], "rb") as file:
            content = file.read()
        return 8 + int.from_bytes(content[:4], "little"), len(content)

    def end_all(self, runs):
        """Lifts the limit of every shim, for those that start meanwhile too; the states."""
        for pid in self.shims():
            limit_files(pid)
        states = {self.home.run(run)["state"] for run in runs}
        return states if states <= set(TERMINAL) else None

    def check_attempts(self, runs, header):
        """Each run was executed once; the number of attempts that were not."""
        not_started = 0
        for most, run in runs.items():
            states = [a["state"] for a in self.home.attempts(run)]
            self.assertEqual(states.count(SUCCEEDED), 1, states)
            self.assertLessEqual(set(states), {SUCCEEDED, "not_started"})
            if most < header - 8:
                self.assertIn("not_started", states, most)
            not_started += len(states) - 1
        return not_started

    # ---- logs ------------------------------------------------------------------------------

    def test_logs(self):
        """What does not fit is dropped and counted; every line that is there is whole."""
        home, dropped, kept_all = self.home, 0, 0
        home.workflow("talks", f"tasks:\n  a:\n    run: |\n      {TALK}\n")
        self.start()
        home.wait_workflow("talks")
        zygote = wait_for(home.zygote, "there is a zygote")
        limits = [self.random.randint(2000, LINES * 130) for _ in range(size(10, 200))]
        for most in limits:
            limit_files(zygote, most)
            run = home.trigger("talks")
            self.assertEqual(home.wait_run(run)["state"], SUCCEEDED)
            attempt = home.attempts(run)[0]
            kept = self.log_of(run)
            self.assertLessEqual(len(kept), most)
            lines = kept.split(b"\n")
            self.assertEqual(lines.pop(), b"", "the last line is whole")
            for line in lines:
                self.assertRegex(line, LINE)
            self.assertEqual(attempt["log_bytes"], len(kept))
            self.assertGreater(attempt["log_dropped_bytes"], 0)
            dropped += attempt["log_dropped_bytes"]
            kept_all += len(kept)
        self.assertGreater(kept_all, 0)
        self.say(f"{len(limits)} limits: {kept_all} bytes kept, {dropped} dropped and told, no "
                 "line is torn")

    def log_of(self, run):
        folder = self.home.path("data", "logs", str(run))
        content = b""
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                content += file.read()
        return content


if __name__ == "__main__":
    unittest.main()
