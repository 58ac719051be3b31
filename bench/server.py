"""A gantry server of its own for a measurement: temporary home, free port, ended by process id."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import time


def free_port():
    """Below the kernel's range for outgoing connections; ecFlow takes no port above 49151."""
    for port in random.sample(range(15000, 32000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("found no free port between 15000 and 32000")


class Server:
    """Starts on enter and waits until health answers; `ready_seconds` says how long that took."""

    def __init__(self, gantry, home, wait_for_files=True):
        self.gantry, self.home, self.wait_for_files = gantry, home, wait_for_files
        self.port = free_port()

    def __enter__(self):
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [self.gantry, "serve", "--home", self.home, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            self._wait_for_health()
            self.ready_seconds = time.perf_counter() - began
            if self.wait_for_files:
                self.process.stdout.readline()  # the greeting follows the scan of the files
                self.files_seconds = time.perf_counter() - began
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _wait_for_health(self):
        deadline = time.perf_counter() + 120
        while time.perf_counter() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"gantry serve ended with {self.process.returncode}")
            try:
                if self.call("GET", "/health", authorized=False)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.002)
        raise RuntimeError("gantry serve did not become ready within 120 s")

    def call(self, method, path, body=None, authorized=True, timeout=320):
        headers = {"content-type": "application/json"}
        if authorized:
            with open(os.path.join(self.home, "data", "admin-token"), encoding="utf-8") as file:
                headers["authorization"] = "Bearer " + file.read().strip()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, "/api/v1" + path,
                               None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or "null")
        finally:
            connection.close()

    def run(self, workflow):
        """Runs a workflow to its end: the run as the API shows it, and the seconds from request to
        answer."""
        began = time.perf_counter()
        status, created = self.call("POST", f"/workflows/{workflow}/runs", {})
        if status not in (200, 201):
            raise RuntimeError(f"starting {workflow}: {status} {created}")
        while True:
            status, run = self.call("GET", f"/runs/{created['number']}/wait?timeout=300s")
            if status != 200:
                raise RuntimeError(f"waiting for {workflow}: {status} {run}")
            if run["ended_at"]:
                break
        if run["state"] != "succeeded":
            raise RuntimeError(f"{workflow} ended as {run['state']}: {run['message']}")
        return run, time.perf_counter() - began

    def processes(self):
        """The server and all its descendants."""
        children = {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="utf-8") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
