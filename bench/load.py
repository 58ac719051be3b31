"""A steady load on a server: so many requests a second of each kind, whatever the answers take.

Times are measured from when a request was due, so a server that stands still is seen in every
request that had to wait for it.
"""

import http.client
import json
import threading
import time


class Stream:
    """Requests of one kind, `rate` a second, spread over some connections."""

    def __init__(self, server, rate, make, connections=4):
        self.rate, self.make = rate, make
        self.times, self.failures, self.answers = [], [], []
        self.lock, self.due_count = threading.Lock(), 0
        self.ended = threading.Event()
        with open(f"{server.home}/data/admin-token", encoding="utf-8") as file:
            self.headers = {"content-type": "application/json",
                            "authorization": "Bearer " + file.read().strip()}
        self.port = server.port
        self.threads = [threading.Thread(target=self.work) for _ in range(connections)]

    def start(self):
        self.began = time.perf_counter()
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def next_due(self):
        with self.lock:
            self.due_count += 1
            return self.began + (self.due_count - 1) / self.rate

    def work(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.ended.is_set():
            due = self.next_due()
            time.sleep(max(0.0, due - time.perf_counter()))
            method, path, body = self.make()
            connection.request(method, "/api/v1" + path,
                               None if body is None else json.dumps(body), self.headers)
            answer = connection.getresponse()
            value = json.loads(answer.read())
            took = time.perf_counter() - due
            with self.lock:
                self.times.append(took)
                (self.answers if answer.status < 300 else self.failures).append(value)
        connection.close()

    def milliseconds(self, share):
        times = sorted(self.times)
        return 1e3 * times[int(share * (len(times) - 1))]


class Load:
    """100 runs a second, lists and single runs 20 times a second each."""

    def __init__(self, server, workflow, runs_per_second=100):
        self.starts = Stream(server, runs_per_second,
                             lambda: ("POST", f"/workflows/{workflow}/runs", {}))
        self.lists = Stream(server, 20, lambda: ("GET", "/runs?limit=50", None), 1)
        self.shows = Stream(server, 20, lambda: ("GET", f"/runs/{self.last()}", None), 1)
        self.streams = {"start a run": self.starts, "list runs": self.lists,
                        "show a run": self.shows}

    def last(self):
        return self.starts.answers[-1]["number"]

    def __enter__(self):
        self.starts.start()
        while not self.starts.answers:
            time.sleep(0.001)
        self.lists.start()
        self.shows.start()
        return self

    def __exit__(self, *_):
        for stream in self.streams.values():
            stream.stop()
        for what, stream in self.streams.items():
            if stream.failures:
                raise RuntimeError(f"{what}: {len(stream.failures)} refused: {stream.failures[0]}")
