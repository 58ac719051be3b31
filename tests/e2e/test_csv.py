#!/usr/bin/env python3
"""A run per row of a CSV file, by the command: typed, all or none, once each over kills.

GANTRY_TEST_TIER=full hands in 10,000 rows.
"""
import json
import subprocess
import unittest

from harness import GANTRY, HomeTest, Unreachable, size
from waiting import wait_for

ORDERS = """
params:
  id: {type: string, required: true}
  amount: {type: int, default: 1}
tasks:
  a: {run: 'test "$PARAM_AMOUNT" -lt 100; echo "$PARAM_ID"'}
"""
COUNTED = """
params: {id: {type: int, required: true}}
tasks: {a: {pass: true}}
"""


class CsvTest(HomeTest):
    def begin(self, **workflows):
        for name, text in workflows.items():
            self.home.workflow(name, text)
        self.home.start().wait_workflow(*workflows)

    def file(self, text):
        path = self.home.path("orders.csv")
        with open(path, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        return path

    def runs(self):
        return self.home.items("runs?limit=1000")

    def test_the_rows_of_a_spreadsheet_are_runs(self):
        self.begin(orders=ORDERS)
        path = self.file('\ufeffid,amount\r\n"Müller, 张",5\r\n"say ""hi""\r\nnow",\r\n')
        planned = self.home.cli("trigger", "orders", "--csv", path, "--dry-run")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertIn("2 runs would be started; 0 rows have been started before", planned.stdout)
        self.assertEqual(self.runs(), [])
        done = self.home.cli("trigger", "orders", "--csv", path, "--wait")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertIn("2 started, 0 started before, 0 refused\n2 of 2 runs succeeded", done.stdout)
        given = {json.dumps(self.home.run(run["number"])["params"], sort_keys=True)
                 for run in self.runs()}
        self.assertEqual(given, {json.dumps(params, sort_keys=True) for params in (
            {"id": "Müller, 张", "amount": 5}, {"id": 'say "hi"\r\nnow', "amount": 1})})
        again = self.home.cli("trigger", "orders", "--csv", path, "--json")
        answer = json.loads(again.stdout)
        self.assertEqual((answer["started"], answer["existing"]), (0, 2))

    def test_one_wrong_cell_and_nothing_is_started(self):
        self.begin(orders=ORDERS)
        path = self.file("id,amount\na,1\nb,two\n,3\n")
        for options in ([], ["--dry-run"]):
            done = self.home.cli("trigger", "orders", "--csv", path, *options)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr.splitlines(), [
                f"{path}:3:3: param 'amount': 'two' is not a whole number",
                f"{path}:4:1: param 'id': it is required and was not given",
                "gantry: 2 errors; nothing was started"])
        chinese = self.home.cli("trigger", "orders", "--csv", path, env={"LC_ALL": "zh_CN.UTF-8"})
        self.assertIn("“two”不是整数", chinese.stderr)
        latin = self.home.cli("trigger", "orders", "--csv", self.file(b"id\nM\xfcller\n"))
        self.assertIn("2:2: the text is not UTF-8", latin.stderr)
        missing = self.home.cli("trigger", "orders", "--csv", self.home.path("none.csv"))
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("none.csv", missing.stderr)
        alone = self.home.cli("trigger", "orders", "--dry-run")
        self.assertIn("--dry-run goes with --csv", alone.stderr)
        self.assertEqual(self.runs(), [])

    def test_a_run_that_fails_is_told_by_the_exit_code(self):
        self.begin(orders=ORDERS)
        path = self.file("id,amount\na,1\nb,100\n")
        done = self.home.cli("trigger", "orders", "--csv", path, "--wait")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("1 of 2 runs succeeded", done.stdout)

    def test_each_row_is_one_run_when_the_server_is_killed_meanwhile(self):
        self.begin(counted=COUNTED)
        rows = size(1000, 10000)
        path = self.file("id\n" + "".join(f"{n}\n" for n in range(rows)))
        before = []
        for key in ("one", "two", "three"):
            command = ["trigger", "counted", "--csv", path, "--key", key]
            with subprocess.Popen([GANTRY, *command, "--home", self.home.root],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
                wait_for(lambda k=key: self.is_begun(k), "some rows are started")
                self.home.kill()
                first.communicate()
            self.home.start()
            before.append(len(self.keys(key)))
            again = self.home.cli(*command, "--json")
            self.assertEqual(again.returncode, 0, again.stderr)
            answer = json.loads(again.stdout)
            self.assertEqual((answer["existing"], answer["refused"]), (before[-1], 0))
            self.assertEqual(len(self.keys(key)), rows)
        self.say(f"{rows} rows, of which {before} were runs after the kills")

    def keys(self, prefix):
        """Of the runs that have one; each has its own."""
        keys = [run["key"] for run in self.runs() if run["key"].startswith(prefix)]
        self.assertEqual(len(keys), len(set(keys)))
        return keys

    def is_begun(self, prefix):
        try:
            newest = self.home.get("runs?limit=1").json["items"]
        except Unreachable:
            return False
        return bool(newest) and newest[0]["key"].startswith(prefix)


if __name__ == "__main__":
    unittest.main()
