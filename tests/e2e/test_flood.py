#!/usr/bin/env python3
"""R16: a flood of requests while tasks write as fast as they can and readers are slow.

No run that was accepted is lost, what is put off is told when to come again, and the server's
memory stays bounded. GANTRY_FLOOD_POSTS sets another size. (Slow readers of the stream have a test
of their own: test_stream.py.)
"""
import socket
import time
import unittest
import urllib.parse

from flood import post_request, send_all
from harness import HomeTest, TERMINAL, size
from test_stream import memory_bytes
from waiting import wait_for

MEMORY_GROWTH_MAX = 300 << 20
WRITERS = 4


class Flood(HomeTest):
    def setUp(self):
        super().setUp()
        self.megabytes = size(50, 500)
        self.home.workflow("quick", "tasks: {a: {pass: true}}\n")
        script = f"yes a line of forty bytes and no more now | head -c {self.megabytes}M"
        self.home.workflow("writer", f"tasks: {{a: {{exec: [sh, -c, {script!r}]}}}}\n")
        self.home.start()
        self.home.wait_workflow("quick", "writer")

    def follower(self, run):
        """Follows a log and never reads what it is sent."""
        where = urllib.parse.urlsplit(self.home.url)
        follower = socket.socket()
        follower.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        follower.connect((where.hostname, where.port))
        follower.sendall((f"GET /api/v1/runs/{run}/tasks/a/log?follow=true HTTP/1.1\r\n"
                          f"Host: {where.netloc}\r\n"
                          f"Authorization: Bearer {self.home.token()}\r\n\r\n").encode())
        self.addCleanup(follower.close)

    def test_no_accepted_run_is_lost_and_memory_is_bounded(self):
        count = size(20_000, 200_000, "GANTRY_FLOOD_POSTS")
        before = memory_bytes(self.home.server.pid)
        peak = [before]

        def look():
            peak[0] = max(peak[0], memory_bytes(self.home.server.pid))

        began = time.monotonic()
        writers = [self.home.trigger("writer") for _ in range(WRITERS)]
        for run in writers:
            for _ in range(5):
                self.follower(run)
        path = "/api/v1/workflows/quick/runs"
        requests = {post_request(self.home, path, f"key-{i}"): f"key-{i}" for i in range(count)}
        answers = send_all(self.home, list(requests), look)
        seconds = time.monotonic() - began
        by_status = {}
        for answer in answers:
            by_status.setdefault(answer.status, []).append(answer)
        self.assertEqual(sum(map(len, by_status.values())), count)
        self.assertLessEqual(set(by_status), {201, 429, 503})
        for status in (429, 503):
            for answer in by_status.get(status, []):
                self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        accepted = {requests[a.request]: a.json()["number"] for a in by_status[201]}
        for run in writers:
            self.assertEqual(self.home.wait_run(run, 300)["state"], "succeeded")

        def all_ended():
            look()
            return not any(self.home.items(f"runs?workflow=quick&state={state}&limit=1")
                           for state in ("queued", "running"))

        wait_for(all_ended, "all accepted runs have ended", 300)
        runs = {run["key"]: run for run in self.home.items("runs?workflow=quick&limit=1000")}
        self.assertEqual({key: run["number"] for key, run in runs.items()}, accepted)
        self.assertTrue(all(run["state"] in TERMINAL for run in runs.values()))
        self.say(f"{count} requests in {seconds:.1f} s: "
                 f"{ {status: len(found) for status, found in by_status.items()} }, "
                 f"{WRITERS} tasks wrote {self.megabytes} MB each to {5 * WRITERS} readers that do "
                 f"not read; memory {before >> 20} MiB before, {peak[0] >> 20} MiB at most")
        self.assertLess(peak[0] - before, MEMORY_GROWTH_MAX)
        self.assert_invariants(witness=False)


if __name__ == "__main__":
    unittest.main()
