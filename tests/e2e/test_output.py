#!/usr/bin/env python3
"""What tasks print: much, endless lines, secrets. Memory stays bounded, nothing leaks."""
import base64
import json
import os
import subprocess
import unittest
import urllib.parse

from harness import HomeTest, SUCCEEDED, quote, size
from processes import peak_memory_mb, shim_of
from waiting import wait_for

MB = 1 << 20
SHIM_MB_MAX = 64
SERVER_MB_MAX = 256
HEAD_MB, TAIL_MB = 64, 1
STAMPS = 1.2  # share that the stamps of lines may add to a log

FAST = """
import os, sys, time
seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])  # for each second; 0 seconds: at once
number = 0
for second in range(max(1, int(seconds))):
    started = time.monotonic()
    for _ in range(megabytes):
        lines = b"".join(b"line %09d " % (number + i) + b"." * 1008 + b"\\n" for i in range(1024))
        number += 1024
        while lines:
            lines = lines[os.write(1, lines):]
    # tidy: allow sleep - the task paces its output
    time.sleep(max(0, 1 - (time.monotonic() - started)) if seconds else 0)
os.write(1, b"the last line of %d\\n" % number)
"""
LONG_LINE = """
import os, sys
left, block = int(sys.argv[1]), b"x" * 65536
os.write(1, b"begin of the line ")
while left > 0:
    left -= os.write(1, block)
os.write(1, b" end of the line")
"""
SECRETS = """
import base64, json, os, sys, time, urllib.parse
token, key = os.environ["TOKEN"], os.environ["PRIVATE_KEY"]
def say(data, fd=1):
    data = data if isinstance(data, bytes) else data.encode()
    while data:
        data = data[os.write(fd, data):]
for cut in range(1, len(token)):  # split at every place
    say("cut %d: " % cut + token[:cut])
    time.sleep(0.005)  # tidy: allow sleep - the task splits what it writes
    say(token[cut:] + " after\\n")
for byte in token:
    say(byte)
    time.sleep(0.002)  # tidy: allow sleep - the task splits what it writes
say("\\n")
say("x" * (16384 - 10) + token + "\\n")       # over the end of a stored part
say("x" * (65536 - 7) + token + "\\n")        # over the end of a read
say(token * 50 + "\\n" + key + "\\n")
for line in key.splitlines():
    say("one line of it: " + line + "\\n", 2)
for before in (b"", b"u", b"us", b"usr:"):
    say(base64.b64encode(before + token.encode() + b":x"))
    say("\\n")
say(urllib.parse.quote(token, safe="") + " " + urllib.parse.quote(token) + "\\n")
say(json.dumps(token) + " " + json.dumps(token, ensure_ascii=False) + "\\n")
for i in range(0, len(token), 3):             # both streams in turn, each whole in itself
    say(token[i:i + 3], 1)
    say(token[i:i + 3], 2)
say("\\n"); say("\\n", 2)
say(token[:9] + " is only the begin\\n")
with open(os.environ["GANTRY_OUTPUT"], "a") as file:
    file.write("plain=7\\nleaked=%s\\n" % token)
sys.exit("the password " + token + " was refused" if len(sys.argv) > 1 else 0)
"""


class OutputTest(HomeTest):
    def script(self, name, text):
        path = self.home.path(name)
        self.home.write(path, text)
        return path

    def define(self, name, *command):
        self.home.workflow(name, f"tasks: {{a: {{exec: {json.dumps(command)}}}}}\n")

    def run_watched(self, workflow, seconds):
        """Runs it; the run and the highest memory of its shim and of the server in MB."""
        self.home.start()
        self.home.wait_workflow(workflow)
        number = self.home.trigger(workflow)
        shim = shim_of(self.home.wait_running(number, 1)[0].pid)
        peaks = [0.0, 0.0]

        def ended():
            peaks[0] = max(peaks[0], peak_memory_mb(shim))
            peaks[1] = max(peaks[1], peak_memory_mb(self.home.server.pid))
            run = self.home.run(number)
            return run if run["state"] in (SUCCEEDED, "failed") else None
        run = wait_for(ended, f"run {number} has ended", seconds)
        self.assertEqual(run["state"], SUCCEEDED)
        self.assertGreater(peaks[0], 0)
        self.assertLess(peaks[0], SHIM_MB_MAX)
        return number, peaks

    def log_bytes(self, number):
        folder = self.home.path("data", "logs", str(number))
        return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)
                   if name.endswith(".log"))

    def log_page(self, number, start, limit=1000):
        answer = self.home.get(f"runs/{number}/tasks/a/log?from={start}&limit={limit}")
        self.assertEqual(answer.status, 200, answer.body)
        lines = [json.loads(line) for line in answer.body.splitlines()]
        return lines, int(answer.headers["Gantry-Next"])

    def check_head_and_tail(self, number, first, last):
        lines, _ = self.log_page(number, 1, 3)
        self.assertTrue(lines[0]["text"].startswith(first), lines[0])
        tail = self.home.cli("logs", str(number), "a", "--tail", "2")
        self.assertEqual(tail.returncode, 0, tail.stderr)
        self.assertIn(last, tail.stdout[-3000:])

    def server_peak(self):
        peak = peak_memory_mb(self.home.server.pid)
        self.assertLess(peak, SERVER_MB_MAX)
        return peak

    def test_ten_megabytes_a_second(self):
        seconds = size(5, 60)
        self.define("steady", "python3", self.script("fast.py", FAST), str(seconds), "10")
        number, peaks = self.run_watched("steady", seconds * 5 + 60)
        count = seconds * 10 * 1024
        self.check_head_and_tail(number, "line 000000000 ", f"the last line of {count}")
        self.assertLess(self.log_bytes(number), (HEAD_MB + TAIL_MB) * MB * STAMPS)
        attempt = self.home.attempts(number)[0]
        if seconds * 10 < HEAD_MB:
            self.assertEqual(attempt["log_dropped_bytes"], 0)
        self.say(f"{seconds} s of 10 MB/s: shim {peaks[0]:.1f} MB, server {self.server_peak():.0f} "
                 f"MB, log {self.log_bytes(number) / MB:.1f} MB")

    def test_more_than_a_log_holds(self):
        self.define("flood", "python3", self.script("fast.py", FAST), "0", "150")
        number, peaks = self.run_watched("flood", 120)
        self.check_head_and_tail(number, "line 000000000 ", f"the last line of {150 * 1024}")
        kept = self.log_bytes(number)
        self.assertGreater(kept, HEAD_MB * MB * 0.9)
        self.assertLess(kept, (HEAD_MB + TAIL_MB) * MB * STAMPS)
        attempt = self.home.attempts(number)[0]
        self.assertGreater(attempt["log_dropped_bytes"], 70 * MB)
        systems = self.find_gap(number)
        self.say(f"150 MB at once: shim {peaks[0]:.1f} MB, server {self.server_peak():.0f} MB, log "
                 f"{kept / MB:.1f} MB, dropped {attempt['log_dropped_bytes'] / MB:.1f} MB; in "
                 f"between: {systems[0]!r}")

    def find_gap(self, number):
        """What Gantry itself says in the log: the marker between head and tail."""
        at, found = 1, []
        while True:
            lines, following = self.log_page(number, at)
            found += [line["text"] for line in lines if line["stream"] == "system"]
            if following <= at or not lines:
                break
            at = following
        self.assertTrue(found, "there is a marker between head and tail")
        return found

    def test_one_endless_line(self):
        total = size(200 * MB, 1024 * MB, "GANTRY_E2E_LINE_BYTES")
        self.define("endless", "python3", self.script("long.py", LONG_LINE), str(total))
        number, peaks = self.run_watched("endless", 300)
        self.check_head_and_tail(number, "begin of the line ", " end of the line")
        lines, _ = self.log_page(number, 1, 5)
        self.assertTrue(all(line["part"] for line in lines))
        self.assertTrue(all(len(line["text"]) <= 16 << 10 for line in lines))
        self.assertLess(self.log_bytes(number), (HEAD_MB + TAIL_MB) * MB * STAMPS)
        self.say(f"a line of {total / MB:.0f} MB: shim {peaks[0]:.1f} MB, server "
                 f"{self.server_peak():.0f} MB, log {self.log_bytes(number) / MB:.1f} MB")

    # ---- secrets ---------------------------------------------------------------------------

    def forms(self, secret):
        """What must be found nowhere: raw, JSON, URL, and the inner part of base64."""
        raw = secret.encode()
        found = {raw, json.dumps(secret)[1:-1].encode(),
                 json.dumps(secret, ensure_ascii=False)[1:-1].encode(), quote(secret).encode(),
                 urllib.parse.quote(secret).encode()}
        for before in (b"", b"u", b"us"):
            encoded = base64.b64encode(before + raw)
            found.add(encoded[4:-4])
        return found

    def test_secrets_leak_nowhere(self):
        token = "tK/" + "%016x" % self.random.getrandbits(64) + "\"+&é-" + "%08x" % (
            self.random.getrandbits(32))
        key = "\n".join(["-----BEGIN KEY-----", *[base64.b64encode(
            self.random.randbytes(33)).decode() for _ in range(4)], "-----END KEY-----"])
        self.home.secret("TOKEN", token)
        self.home.secret("PRIVATE_KEY", key)
        script = self.script("secrets.py", SECRETS)
        good, bad = json.dumps(["python3", script]), json.dumps(["python3", script, "fail"])
        self.home.workflow("secretive", f"secrets: [TOKEN, PRIVATE_KEY]\ntasks:\n"
                           f"  good: {{exec: {good}}}\n  bad: {{exec: {bad}, "
                           f"retry: {{limit: 1, delay: 10ms}}}}\n"
                           f"  uses: {{needs: [good], run: 'echo \"got [$OUT] $PLAIN\"', env: "
                           "{OUT: '${{ tasks.good.outputs.leaked }}', "
                           "PLAIN: '${{ tasks.good.outputs.plain }}'}}\n")
        forms = self.forms(token) | {line.encode() for line in key.splitlines() if len(line) > 30}
        self.check_that_it_would_leak(script, token, key, forms)
        self.home.start()
        self.home.wait_workflow("secretive")
        number = self.home.trigger("secretive")
        self.assertEqual(self.home.wait_run(number)["state"], "failed")
        self.assertEqual(self.home.task(number, "uses")["state"], SUCCEEDED)
        places = self.everything(number)
        leaks = [(place, form) for place, text in places.items() for form in forms if form in text]
        self.assertEqual(leaks, [])
        log = places[f"logs {number} good"].decode()
        for text in ("cut 1: ", "cut 30: ", " after", "only the begin", "one line of it: "):
            self.assertIn(text, log)  # the rest of the log is there
        self.assertIn(b"got [", places[f"logs {number} uses"])
        self.assertIn(b"] 7", places[f"logs {number} uses"])
        self.home.stop()
        for path in self.data_files():
            self.assert_clean(path, forms)
        self.assert_invariants(witness=False)
        self.say(f"{len(forms)} forms of 2 secrets are in none of {len(places)} places")

    def check_that_it_would_leak(self, script, token, key, forms):
        """Without Gantry every form is in what the script prints."""
        done = subprocess.run(["python3", script], capture_output=True, check=True, env={
            **os.environ, "TOKEN": token, "PRIVATE_KEY": key,
            "GANTRY_OUTPUT": self.home.path("not-masked")})
        printed = done.stdout + done.stderr
        self.assertEqual([form for form in forms if form not in printed], [])

    def data_files(self):
        paths = [os.path.join(folder, name)
                 for folder, _, names in os.walk(self.home.path("data")) for name in names]
        return [path for path in paths if os.path.isfile(path)]

    def assert_clean(self, path, forms):
        with open(path, "rb") as file:
            text = file.read()
        self.assertEqual([form for form in forms if form in text], [], path)

    def everything(self, number):
        """Name -> bytes: all that can be read about the run, from the API, the CLI and the disk."""
        places = {}
        for path in ("", "/tasks", "/attempts", "/history", "/why"):
            places[path] = self.home.get(f"runs/{number}{path}").body
        for task in ("good", "bad", "uses"):
            places[f"log {task}"] = self.home.get(f"runs/{number}/tasks/{task}/log?limit=1000").body
            done = self.home.cli("logs", str(number), task)
            places[f"logs {number} {task}"] = done.stdout.encode()
        for command in ("show", "tree", "history", "why"):
            for flags in ((), ("--json",)):
                done = self.home.cli(command, str(number), *flags)
                places[" ".join((command, *flags))] = (done.stdout + done.stderr).encode()
        for path in self.data_files():
            with open(path, "rb") as file:
                places[path] = file.read()
        with open(self.home.server_log, "rb") as file:
            places["the server's log"] = file.read()
        return places


if __name__ == "__main__":
    unittest.main()
