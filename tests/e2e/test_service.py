#!/usr/bin/env python3
"""The server under a service manager: notices, the unit, and an upgrade while tasks run."""
import os
import shutil
import signal
import socket
import subprocess
import unittest

from harness import HomeTest, SOURCE, SUCCEEDED
from processes import kill_one
from waiting import wait_for

UNIT = os.path.join(SOURCE, "packaging", "systemd", "gantry.service")


class NoticeTest(HomeTest):
    """Plays the part of the manager: a datagram socket."""

    def setUp(self):
        super().setUp()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.addCleanup(self.manager.close)
        self.heard = []

    def hears(self, text):
        while True:
            try:
                self.heard += self.manager.recv(4096).decode().split("\n")
            except BlockingIOError:
                return text in self.heard

    def test_ready_reloading_watchdog_stopping(self):
        path = self.home.path("notify")
        self.manager.bind(path)
        self.home.start(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"})
        wait_for(lambda: self.hears("READY=1"), "it says that it is ready")
        wait_for(lambda: self.hears("WATCHDOG=1"), "it says that it lives")
        self.heard.clear()
        kill_one(self.home.server.pid, signal.SIGHUP)
        wait_for(lambda: self.hears("RELOADING=1") and self.hears("READY=1"), "it reloads")
        self.assertLess(self.heard.index("RELOADING=1"), self.heard.index("READY=1"))
        self.assertEqual(self.home.stop(), 0)
        self.assertTrue(self.hears("STOPPING=1"))

    def test_an_abstract_socket(self):
        name = f"gantry-e2e-{os.getpid()}-{self.home.root}"
        self.manager.bind("\0" + name)
        self.home.start(env={"NOTIFY_SOCKET": "@" + name})
        wait_for(lambda: self.hears("READY=1"), "it says that it is ready")
        self.assertNotIn("WATCHDOG=1", self.heard)


class UnitTest(unittest.TestCase):
    def test_the_unit_is_good(self):
        self.assertIsNotNone(shutil.which("systemd-analyze"), "systemd is in tools/packages.txt")
        with open(UNIT, encoding="utf-8") as file:
            text = file.read()
        for line in ("Type=notify", "KillMode=process", "ExecReload=/bin/kill -HUP $MAINPID"):
            self.assertIn(line + "\n", text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", UNIT], check=False,
                              capture_output=True, text=True)
        said = [line for line in done.stderr.splitlines() if "gantry.service" in line and
                "is not executable" not in line]  # the program is not installed here
        self.assertEqual(said, [])


class UpgradeTest(HomeTest):
    def test_a_new_server_takes_over_what_runs(self):
        home = self.home
        home.workflow("work", f"tasks:\n  a: {{exec: {home.witness_task(3)}}}\n"
                              f"  b: {{needs: [a], exec: {home.witness_task()}}}\n")
        home.start().wait_workflow("work")
        runs = [home.trigger("work") for _ in range(3)]
        before = {task.pid for run in runs for task in home.wait_running(run, 1)}
        self.assertEqual(home.stop(), 0)
        for pid in before:
            self.assertTrue(os.path.exists(f"/proc/{pid}"), "a task ended with the server")
        home.start()
        for run in runs:
            self.assertEqual(home.wait_run(run)["state"], SUCCEEDED)
            self.assertEqual({a["attempt"] for a in home.attempts(run)}, {1})
        self.assert_invariants()

    def test_drain(self):
        """Pause, wait until nothing runs, stop: what was asked meanwhile begins afterwards."""
        home = self.home
        home.workflow("work", f"tasks:\n  a: {{exec: {home.witness_task(0.5)}}}\n"
                              f"  b: {{needs: [a], exec: {home.witness_task()}}}\n")
        home.start().wait_workflow("work")
        run = home.trigger("work")
        home.wait_running(run, 1)
        self.assertEqual(home.cli("pause", "--all", "--note", "upgrade").returncode, 0)
        later = home.trigger("work")
        wait_for(lambda: home.get("server/load").json["attempts_running"] == 0, "it is drained")
        self.assertEqual((home.task(run, "a")["state"], home.run(later)["state"]),
                         (SUCCEEDED, "queued"))
        self.assertEqual(home.stop(), 0)
        home.start()
        self.assertEqual(home.cli("resume", "--all").returncode, 0)
        for number in (run, later):
            self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        self.assert_invariants()


if __name__ == "__main__":
    unittest.main()
