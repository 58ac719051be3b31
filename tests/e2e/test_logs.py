#!/usr/bin/python3
"""Large logs of real tasks: every line is found by its number, from the end and by its content."""
import json
import os
import subprocess
import unittest

from harness import GANTRY, HomeTest, SUCCEEDED
from waiting import wait_for

# COUNT: numbered lines, each thousandth of the first half on the other stream: which of two streams
# is read first is open, but not over half a log.
LINES = """
import os, sys
count, out = int(sys.argv[1]), []
for n in range(1, count + 1):
    if n % 1000 == 500 and n < count / 2:
        os.write(1, "".join(out).encode())
        out = []
        os.write(2, b"checked %d\\n" % n)
    else:
        out.append(f"line {n}\\n")
os.write(1, "".join(out).encode())
print("the last line")
"""
# A line as soon as FILE has another byte.
PACED = """
import sys, time
seen = 0
while seen < int(sys.argv[2]):
    with open(sys.argv[1], "rb") as file:
        here = len(file.read())
    for n in range(seen, here):
        print("step", n + 1, flush=True)
    seen = here
    time.sleep(0.002)  # tidy: allow sleep - the task waits for the test
"""


class LogsTest(HomeTest):
    def define(self, name, script, *arguments):
        path = self.home.path(name + ".py")
        self.home.write(path, script)
        command = ["/usr/bin/python3", path, *map(str, arguments)]
        self.home.workflow(name, f"tasks: {{a: {{exec: {json.dumps(command)}}}}}\n")

    def page(self, run, query):
        answer = self.home.get(f"runs/{run}/tasks/a/log?{query}")
        self.assertEqual(answer.status, 200, answer.body)
        return [json.loads(line) for line in answer.body.splitlines()], answer.headers

    def texts(self, run, query):
        return [line["text"] for line in self.page(run, query)[0]]

    def search(self, run, query):
        """All lines of a search, however many requests it takes."""
        found, start = [], 1
        while True:
            lines, headers = self.page(run, f"{query}&from={start}")
            found += lines
            if headers["Gantry-At-End"] == "true":
                return found
            self.assertGreater(int(headers["Gantry-Next"]), start)
            start = int(headers["Gantry-Next"])

    def cli(self, *words):
        done = self.home.cli("logs", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def test_a_log_of_many_lines(self):
        count = 1_000_000
        self.define("many", LINES, count)
        self.home.start()
        self.home.wait_workflow("many")
        run = self.home.trigger("many")
        self.assertEqual(self.home.wait_run(run, 300)["state"], SUCCEEDED)
        self.check_pages(run, count)
        self.check_selection(run, count)
        self.check_command(str(run), count)
        kept = os.listdir(self.home.path("data", "logs", str(run)))
        self.assertEqual(sorted(kept), ["a.1.1.log", "a.1.1.log.index"])
        self.damage_the_index(run)
        self.check_pages(run, count)

    def check_pages(self, run, count):
        self.assertEqual(self.texts(run, "tail=1"), ["the last line"])
        first = self.page(run, "limit=3")[0]
        self.assertEqual([line["line"] for line in first], [1, 2, 3])
        middle, headers = self.page(run, f"from={count // 2}&limit=2")
        self.assertEqual([line["line"] for line in middle], [count // 2, count // 2 + 1])
        self.assertEqual(headers["Gantry-Previous"], str(count // 2))
        back, headers = self.page(run, f"before={count // 2}&limit=1000")
        self.assertEqual([line["line"] for line in back],
                         list(range(count // 2 - 1000, count // 2)))
        self.assertEqual(headers["Gantry-Next"], str(count // 2))
        last, headers = self.page(run, "tail=5")
        self.assertEqual([line["line"] for line in last], list(range(count - 3, count + 2)))
        self.assertEqual(headers["Gantry-Complete"], "true")

    def check_selection(self, run, count):
        found = self.search(run, f"search={count - 1}")
        self.assertEqual([line["text"] for line in found], [f"line {count - 1}"])
        found = self.search(run, "search=LAST%20LINE&ignore_case")
        self.assertEqual([line["line"] for line in found], [count + 1])
        found = self.search(run, "regex=%5Eline%20%5B0-9%5D*77777%24&limit=1000")
        self.assertEqual(len(found), count // 100_000)
        errors = self.search(run, "stream=stderr&limit=1000")
        self.assertEqual([line["text"] for line in errors],
                         [f"checked {n}" for n in range(500, count // 2, 1000)])
        since = errors[-1]["at"]
        self.assertTrue(all(line["at"] >= since
                            for line in self.page(run, f"since={since}&limit=1000")[0]))

    def check_command(self, run, count):
        self.assertEqual(self.cli(run, "a", "--tail", "1"), ["the last line"])
        self.assertEqual(len(self.cli(run, "a", "--tail", "2500")), 2500)
        self.assertEqual(self.cli(run, "a", "--search", str(count - 1)), [f"line {count - 1}"])
        self.assertEqual(self.cli(run, "a", "--regex", "LAST .ine$", "-i"), ["the last line"])
        self.assertEqual(self.cli(run, "--search", "the last"),
                         [f"a {count + 1} | the last line"])
        self.assertEqual(self.cli(run, "a", "--stream", "stderr", "-n", "1"),
                         [f"checked {count // 2 - 500}"])
        whole = self.cli(run, "a", "--text")
        self.assertEqual((len(whole), whole[0], whole[-1]),
                         (count + 1, "line 1", "the last line"))
        stamped = self.cli(run, "a", "--text", "--stamps", "--tail", "1")
        self.assertTrue(stamped[0].endswith(" stdout F the last line"), stamped)
        wrong = self.home.cli("logs", run, "a", "--regex", "(")
        self.assertEqual(wrong.returncode, 2, wrong.stderr)
        self.assertIn("regular expression", wrong.stderr)
        self.assertEqual(self.home.cli("logs", run, "a", "--since", "soon").returncode, 2)

    def damage_the_index(self, run):
        """A new server finds an index that is not right."""
        self.assertEqual(self.home.stop(), 0)
        path = self.home.path("data", "logs", str(run), "a.1.1.log.index")
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            file.write(b"\xff" * 16)
        self.home.start()

    def test_following_from_the_tail(self):
        steps = self.home.path("steps")
        self.home.write(steps, "..")
        self.define("paced", PACED, steps, 5)
        self.home.start()
        self.home.wait_workflow("paced")
        run = self.home.trigger("paced")
        wait_for(lambda: self.home.attempts(run) and len(self.texts(run, "limit=9")) == 2,
                 "two lines are there")
        command = [GANTRY, "logs", "-f", "--tail", "1", "--home", self.home.root, str(run), "a"]
        follower = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            self.assertEqual(follower.stdout.readline(), "step 2\n")
            for step in (3, 4, 5):  # each is seen before the next is made
                with open(steps, "a", encoding="utf-8") as file:
                    file.write(".")
                self.assertEqual(follower.stdout.readline(), f"step {step}\n")
            self.assertEqual(follower.stdout.read(), "")
            self.assertEqual(follower.wait(30), 0)
        finally:
            follower.kill()
            follower.wait()
            follower.stdout.close()


if __name__ == "__main__":
    unittest.main()
