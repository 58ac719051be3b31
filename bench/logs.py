"""Reading a large log through the API: LOGS of docs/benchmarks.md."""

import http.client
import json
import os
import time

COUNT = 1_000_000
# A million lines of about 60 bytes, then one that is searched for.
WRITER = f"""
import sys
sys.stdout.writelines("line %07d of a log\\n" % n for n in range(1, {COUNT}))
print("the needle at the end")
"""
# A line with its time each 20 ms.
PACED = """
import sys, time
for n in range(int(sys.argv[1])):
    time.sleep(0.02)
    print(time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
"""


def workflow(folder, name, script, *arguments):
    path = os.path.join(folder, name + ".py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(script)
    command = ["/usr/bin/python3", path, *map(str, arguments)]
    return f"tasks: {{a: {{exec: {json.dumps(command)}}}}}\n"


class LogReader:
    """One connection to the server, kept."""

    def __init__(self, server):
        with open(os.path.join(server.home, "data", "admin-token"), encoding="utf-8") as file:
            self.headers = {"authorization": "Bearer " + file.read().strip()}
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, run, query):
        self.connection.request("GET", f"/api/v1/runs/{run}/tasks/a/log?{query}",
                                headers=self.headers)
        answer = self.connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{query}: {answer.status} {answer.read()}")
        return answer

    def milliseconds(self, run, query, expected):
        """Of all requests until the end of the log is reached; how many there were."""
        began, start, requests = time.perf_counter(), "", 0
        while True:
            answer = self.ask(run, query + start)
            body = answer.read()
            requests += 1
            if expected in body:
                return (time.perf_counter() - began) * 1e3, requests
            if answer.headers["Gantry-At-End"] == "true":
                raise RuntimeError(f"{query}: {expected} was not found")
            start = f"&from={answer.headers['Gantry-Next']}"

    def follow(self, run):
        """Seconds from before the task wrote a line until it was here."""
        delays, answer = [], self.ask(run, "follow=true")
        for line in answer:
            now = time.clock_gettime(time.CLOCK_MONOTONIC)
            delays.append(now - float(json.loads(line)["text"]))
        return delays


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


QUERIES = [  # what, query, what the answer holds
    ("first page, 1000 lines", "limit=1000", b"line 0001000 "),
    ("last page, 1000 lines", "tail=1000", b"the needle"),
    ("1000 lines from line 500,000", "from=500000&limit=1000", b"line 0500000 "),
    ("1000 lines before line 500,000", "before=500000&limit=1000", b"line 0499999 "),
    ("search, hit in the last line", "search=needle", b"the needle"),
    ("search, any case", "search=NEEDLE&ignore_case=true", b"the needle"),
    ("regex, hit in the last line", "regex=%5Ethe%20n.*end%24", b"the needle"),
]
