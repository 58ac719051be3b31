#!/usr/bin/env python3
"""R16, slow readers: many readers of the live stream, some of them stalled, while runs go through.

Each reader keeps what it would show: the events put rows, a resync at a position loads everything
up to it. At the end every reader must know the end of every run, and the server's memory must have
stayed bounded. GANTRY_STREAM_READERS, GANTRY_STREAM_RUNS set other sizes.
"""
import json
import os
import selectors
import socket
import threading
import time
import unittest
import urllib.parse

from harness import HomeTest, TERMINAL, size

STALLED_SHARE = 10  # one of so many readers stalls
MEMORY_GROWTH_MAX = 128 << 20


class Reader:
    """One connection, and what its client would know."""

    def __init__(self, home, after=None):
        self.home = home
        self.position = 0
        self.resyncs = 0
        self.ended = set()
        self.stalled = False
        self.reconnects = -1
        self.connect(after)

    def connect(self, after):
        """Also again, as a browser does when its stream has ended."""
        self.reconnects += 1
        self.buffer = b""
        self.head = True
        where = urllib.parse.urlsplit(self.home.url)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((where.hostname, where.port))
        query = "topics=runs" + (f"&after={after}" if after is not None else "")
        self.socket.sendall((f"GET /api/v1/stream?{query} HTTP/1.1\r\nHost: {where.netloc}\r\n"
                             f"Authorization: Bearer {self.home.token()}\r\n\r\n").encode())
        self.socket.setblocking(False)

    def connect_again(self):
        self.socket.close()
        self.connect(self.position)

    def take(self):
        """Reads what is there; False at the end."""
        try:
            data = self.socket.recv(1 << 16)
        except BlockingIOError:
            return True
        self.buffer += data
        if self.head and b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            assert b" 200 " in head, head
            self.head = False
        return bool(data)

    def settle(self):
        if self.head:
            return
        text, rest = unchunk(self.buffer)
        *events, tail = text.split(b"\n\n")
        self.buffer = rechunk(tail) + rest
        for event in events:
            self.put(dict(line.split(b": ", 1) for line in event.split(b"\n") if b": " in line))

    def put(self, event):
        position = int(event.get(b"id", 0))
        assert position >= self.position, (position, self.position)
        self.position = position or self.position
        if event.get(b"event") == b"resync":
            self.resyncs += 1
            self.ended = {run["number"] for run in self.home.items("runs?limit=1000")
                          if run["state"] in TERMINAL}
        if event.get(b"event") == b"run":
            run = json.loads(event[b"data"])
            if run["state"] in TERMINAL:
                self.ended.add(run["number"])


def unchunk(data):
    """The text of the whole chunks, and what is left."""
    out = []
    while b"\r\n" in data:
        length, rest = data.split(b"\r\n", 1)
        count = int(length, 16)
        if len(rest) < count + 2:
            break
        out.append(rest[:count])
        data = rest[count + 2:]
    return b"".join(out), data


def rechunk(text):
    return b"%x\r\n%s\r\n" % (len(text), text) if text else b""


def memory_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class StreamReaders(HomeTest):
    def setUp(self):
        super().setUp()
        tasks = "".join(f"  t{i}: {{pass: true}}\n" for i in range(10))
        self.home.workflow("pass", "tasks:\n" + tasks)
        self.home.start()
        self.home.wait_workflow("pass")

    def read_all(self, readers, done, may_end=False):
        with selectors.DefaultSelector() as selector:
            for reader in readers:
                selector.register(reader.socket, selectors.EVENT_READ, reader)
            while not done():
                for key, _ in selector.select(0.1):
                    self.read(selector, key.data, may_end)

    def read(self, selector, reader, may_end):
        goes_on = reader.take()
        reader.settle()
        if goes_on:
            return
        self.assertTrue(may_end, "the server ended the stream")
        selector.unregister(reader.socket)
        reader.connect_again()
        selector.register(reader.socket, selectors.EVENT_READ, reader)

    def test_slow_readers_cost_no_memory_and_nobody_misses_an_end(self):
        count = size(40, 200, "GANTRY_STREAM_READERS")
        runs = size(300, 5000, "GANTRY_STREAM_RUNS")
        readers = [Reader(self.home) for _ in range(count)]
        self.read_all(readers, lambda: all(r.position for r in readers))
        for reader in readers[::STALLED_SHARE]:
            reader.stalled = True
        quick = [r for r in readers if not r.stalled]
        before = memory_bytes(self.home.server.pid)
        began = time.monotonic()
        first = readers[0].position
        load = [threading.Thread(target=self.start_runs, args=(runs // 4,)) for _ in range(4)]
        for thread in load:
            thread.start()
        numbers = set(range(1, runs // 4 * 4 + 1))
        peak = [before]

        def told():
            peak[0] = max(peak[0], memory_bytes(self.home.server.pid))
            return all(r.ended == numbers for r in quick) and not any(
                t.is_alive() for t in load)

        self.read_all(quick, told)
        seconds = time.monotonic() - began
        last = max(r.position for r in quick)
        print(f"{count} readers, {len(readers) - len(quick)} stalled, {len(numbers)} runs, "
              f"{(last - first) / seconds:.0f} changes/s for {seconds:.1f} s; memory "
              f"{before >> 20} MiB before, {peak[0] >> 20} MiB at most; "
              f"{sum(r.resyncs for r in quick)} resyncs of quick readers")
        self.assertLess(peak[0] - before, MEMORY_GROWTH_MAX)
        stalled = [r for r in readers if r.stalled]
        for reader in stalled:
            reader.stalled = False
        self.read_all(stalled, lambda: all(r.ended == numbers for r in stalled), may_end=True)
        print(f"the stalled readers then knew every end, too: "
              f"{sum(r.reconnects > 0 for r in stalled)} of {len(stalled)} had been ended for "
              f"taking nothing, {sum(r.resyncs > 0 for r in stalled)} were told to load anew")
        for reader in readers:
            reader.socket.close()

    def start_runs(self, count):
        for _ in range(count):
            self.home.trigger("pass")

    def test_a_reader_goes_on_after_a_restart_of_the_server(self):
        reader = Reader(self.home)
        self.read_all([reader], lambda: reader.position)
        self.start_runs(1)
        self.read_all([reader], lambda: reader.ended == {1})
        self.home.kill()
        self.home.start()
        again = Reader(self.home, after=reader.position)
        self.start_runs(1)
        self.read_all([again], lambda: {2} <= again.ended <= {1, 2})
        reader.socket.close()
        again.socket.close()


if __name__ == "__main__":
    unittest.main()
