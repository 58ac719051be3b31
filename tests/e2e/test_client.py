#!/usr/bin/env python3
"""The Python client (clients/python) and a real server that goes away under it."""
import contextlib
import itertools
import json
import os
import re
import subprocess
import sys
import threading
import unittest

from harness import Client, HomeTest, Retries, SOURCE, SUCCEEDED

CLIENT = os.path.join(SOURCE, "clients", "python")
sys.path.insert(0, CLIENT)

# pylint: disable=wrong-import-position
import generate
from gantry_client import NoServer, ProblemError, TimedOut

SALES = """
title: Sales of ${{ params.day }}
params: {day: {type: date}}
tasks:
  extract: {run: 'echo n=7 >> "$GANTRY_OUTPUT"'}
  load: {needs: [extract], run: 'echo "loaded $N rows"', env: {N: "${{ tasks.extract.outputs.n }}"}}
"""
# A line for each line of FILE, until one says "end".
ECHO = """
import sys, time
seen = 0
while True:
    with open(sys.argv[1]) as file:
        lines = file.read().split("\\n")[:-1]
    for line in lines[seen:]:
        print(line, flush=True)
    seen = len(lines)
    if "end" in lines:
        sys.exit()
    time.sleep(0.01)  # tidy: allow sleep - the task waits for the test
"""
PATIENT = Retries(count=1000, first_pause=0.02, longest_pause=0.1)


class ClientTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.home.workflow("w", "tasks: {a: {pass: true}, b: {run: 'exit 3', needs: [a]}}")
        self.home.start().wait_workflow("w")
        self.gantry = Client(home=self.home.root, retries=PATIENT)
        self.addCleanup(self.gantry.close)

    def restart(self):
        self.home.kill()
        self.home.start()

    def test_the_package_is_what_the_document_says(self):
        texts = generate.generate(self.gantry.get_openapi())
        self.assertEqual(generate.stale(texts), [], "run clients/python/generate.py")

    def test_the_example_of_the_readme(self):
        self.home.workflow("etl/sales", SALES)
        self.home.wait_workflow("etl/sales")
        with open(os.path.join(CLIENT, "README.md"), encoding="utf-8") as file:
            example = re.search(r"```python\n(.*?)```", file.read(), re.DOTALL).group(1)
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("GANTRY_")}
        done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True,
                              check=False, env={**environment, "PYTHONPATH": CLIENT,
                                                "GANTRY_HOME": self.home.root})
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.splitlines(),
                         ["Sales of 2026-11-22 succeeded", "extract succeeded", "load succeeded",
                          "stdout loaded 7 rows", "404 not_found"])

    def test_lists_and_shapes(self):
        for _ in range(5):
            self.gantry.start_run("w")
        numbers = [run["number"] for run in self.gantry.iter_runs(workflow="w", limit=2)]
        self.assertEqual(numbers, [5, 4, 3, 2, 1])
        page = self.gantry.list_runs(limit=2, sort="oldest")
        self.assertEqual([run["number"] for run in page["items"]], [1, 2])
        self.assertEqual(self.gantry.wait(5, 60)["state"], "failed")
        failed = self.gantry.iter_run_tasks(5, state=["failed", "skipped"])
        self.assertEqual([(task["task"], task["exit_code"]) for task in failed], [("b", 3)])
        self.assertEqual(self.gantry.lint("tasks: 3\n")["valid"], False)
        workflow = self.gantry.get_workflow("w")
        self.assertEqual([task["task"] for task in workflow["tasks"]], ["a", "b"])
        self.assertEqual(self.gantry.retry_run(5, from_="b", newest=True)["phase"], 2)
        self.assertEqual([phase["from"] for phase in self.gantry.list_run_phases(5)["items"]],
                         [None, "b"])
        self.assertTrue(self.gantry.pause_workflow("w", note="for now")["paused"])
        created = next(self.gantry.iter_runs())["created_at"]
        self.assertEqual(list(self.gantry.iter_runs(created_before=created, sort="oldest"))[0]
                         ["number"], 1)

    def test_problems_and_tokens(self):
        with self.assertRaises(ProblemError) as refused:
            self.gantry.get_run(77)
        self.assertEqual((refused.exception.status, refused.exception.code,
                          refused.exception.title, refused.exception.lang),
                         (404, "not_found", "Not found", "en"))
        secret = self.gantry.create_token(name="looker", role="viewer", expires="1h")["token"]
        with Client(self.home.url, secret, lang="zh") as viewer:
            self.assertEqual(viewer.get_me()["role"], "viewer")
            with self.assertRaises(ProblemError) as refused:
                viewer.start_run("w")
            self.assertEqual((refused.exception.code, refused.exception.lang),
                             ("permission_denied", "zh"))
            self.gantry.revoke_token("looker")
            with self.assertRaises(ProblemError) as refused:
                viewer.get_me()
            self.assertEqual(refused.exception.status, 401)
        with self.assertRaises(NoServer):
            Client(home=self.home.path("none"), retries=Retries(count=0)).get_me()

    def test_a_start_while_the_server_is_away_starts_once(self):
        for number in range(1, 6):
            killer = threading.Thread(target=self.restart)
            killer.start()
            self.assertEqual(self.gantry.start_run("w")["number"], number)
            killer.join()
        self.assertEqual(len(list(self.gantry.iter_runs())), 5)

    def test_wait(self):
        self.home.workflow("long", "tasks: {a: {run: 'until test -e go; do sleep 0.05; done'}}"
                           .replace("go", self.home.path("go")))
        self.home.wait_workflow("long")
        run = self.gantry.start_run("long")["number"]
        with self.assertRaises(TimedOut):
            self.gantry.wait(run, timeout=0.3)
        self.home.kill()
        ended = []
        waiter = threading.Thread(target=lambda: ended.append(self.gantry.wait("long", 60)))
        waiter.start()
        self.home.start()
        self.home.write(self.home.path("go"), "")
        waiter.join()
        self.assertEqual([(run["number"], run["state"]) for run in ended], [(1, SUCCEEDED)])

    def test_a_log_is_followed_over_a_restart(self):
        source, script = self.home.path("lines"), self.home.path("echo.py")
        self.home.write(script, ECHO)
        self.home.write(source, "one\ntwo\n")
        command = json.dumps(["/usr/bin/python3", script, source])
        self.home.workflow("echo", f"tasks: {{a: {{exec: {command}}}}}")
        self.home.wait_workflow("echo")
        run = self.gantry.start_run("echo")["number"]
        self.home.wait_running(run, 1)
        lines = self.gantry.follow_log(run, "a")
        self.assertEqual([line["text"] for line in itertools.islice(lines, 2)], ["one", "two"])
        self.restart()
        self.home.write(source, "one\ntwo\nthree\nend\n")
        self.assertEqual([(line["line"], line["text"]) for line in lines],
                         [(3, "three"), (4, "end")])
        self.assertEqual(self.gantry.log_text(run, "a"), b"one\ntwo\nthree\nend\n")
        self.assertEqual([line["text"] for line in self.gantry.iter_log(run, "a", limit=1)],
                         ["one", "two", "three", "end"])

    def test_the_stream_goes_on_after_a_restart(self):
        with contextlib.closing(self.gantry.events(["runs", "server"])) as events:
            self.assertEqual(next(events).name, "ready")
            first = self.gantry.start_run("w")["number"]
            self.assertTrue(self.sees_the_end_of(first, events))
            self.restart()
            second = self.gantry.start_run("w")["number"]
            self.assertTrue(self.sees_the_end_of(second, events))

    def sees_the_end_of(self, number, events):
        """Told by the stream, or by what is loaded after a resync."""
        for event in events:
            if event.name == "resync":
                runs = list(self.gantry.iter_runs())
            else:
                runs = [event.data] if event.name == "run" else []
            if any(run["number"] == number and run["state"] == "failed" for run in runs):
                return True
        return False


if __name__ == "__main__":
    unittest.main()
