#!/usr/bin/env python3
"""gantry eval: an expression by hand, and the conformance cases of the language line by line."""
import glob
import json
import os
import re
import subprocess
import unittest

from harness import GANTRY, SOURCE, HomeTest

CASES = os.path.join(SOURCE, "..", "shared", "conformance", "cel")
# Times keep microseconds, the cases use nanoseconds.
KNOWN = "ns')"
KNOWN_SHARE_MAX = 0.02


def comparable(value):
    """Maps have no order, and some wanted texts kept the escapes they were converted from."""
    (kind, body), = value.items()
    if kind == "list":
        return kind, [comparable(item) for item in body]
    if kind == "map":
        return kind, sorted(([comparable(key), comparable(item)] for key, item in body), key=repr)
    if kind == "double":
        return kind, repr(float(body))
    return kind, body


def unescaped(value):
    (kind, body), = value.items()
    if kind == "bytes":
        return {kind: bytes.fromhex(body).replace(rb"\?", b"?").hex()}
    if kind != "string" or "\\" not in body:
        return value
    return {kind: re.sub(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})",
                         lambda m: chr(int(m[1] or m[2], 16)), body)}


class EvalTest(HomeTest):
    def eval(self, *arguments, code=0, stdin=None):
        done = subprocess.run([GANTRY, "eval", *arguments], capture_output=True, text=True,
                              input=stdin, check=False, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def test_by_hand(self):
        self.assertEqual(self.eval("1 + 2"), "3\n")
        self.assertEqual(self.eval("'a' + 'b'"), "ab\n")
        self.assertEqual(self.eval("'a'", "--json"), '"a"\n')
        self.assertEqual(self.eval("[1, 2].map(x, x * 2)"), "[2,4]\n")
        self.assertEqual(self.eval("params.n + '!'", "-p", "n=5"), "5!\n")
        self.assertEqual(
            self.eval("timestamp('2026-07-01T00:00:00Z').getHours('Europe/Berlin')"), "2\n")
        data = self.home.path("values.json")
        with open(data, "w", encoding="utf-8") as file:
            json.dump({"params": {"rows": [1, 5, 9]}, "run": {"date": "2026-11-23"}}, file)
        self.assertEqual(self.eval("params.rows.filter(r, r > 2).size()", "--data", data), "2\n")
        self.assertEqual(self.eval("run.date", "--data", data), "2026-11-23\n")

    def test_what_can_not_be(self):
        self.assertIn("column 5", self.eval("1 + ", code=2))
        self.assertIn("params", self.eval("params.n", code=2))
        self.assertIn("--jsonl", self.eval(code=2))
        self.assertIn("--jsonl", self.eval("1", "--jsonl", code=2))
        self.assertIn("none.json", self.eval("1", "--data", "none.json", code=2))

    def test_a_line_for_a_line(self):
        lines = ['{"expr": "x + 1", "bindings": {"x": {"int": "4"}}}', '{"expr": "1 / 0"}',
                 "no JSON", '{"expr": 5}', '{"expr": "x", "bindings": {"x": {"int": "y"}}}',
                 '{"expr": "y", "container": "a.b", "bindings": {"a.y": {"uint": "7"}}}']
        out = [json.loads(line) for line in
               self.eval("--jsonl", stdin="\n".join(lines) + "\n").splitlines()]
        self.assertEqual(out[0], {"value": {"int": "5"}})
        self.assertEqual(out[5], {"value": {"uint": "7"}})
        for broken in out[1:5]:
            self.assertEqual(list(broken), ["error"])

    def test_the_cases_of_the_language(self):
        cases = []
        for path in sorted(glob.glob(os.path.join(CASES, "*.jsonl"))):
            with open(path, encoding="utf-8") as file:
                cases += [line for line in file if line.strip()]
        if not cases:
            self.skipTest("the conformance cases are not beside the project")
        answers = self.eval("--jsonl", stdin="".join(cases)).splitlines()
        self.assertEqual(len(answers), len(cases))
        wrong, known = [], 0
        for line, text in zip(cases, answers):
            case, answer = json.loads(line), json.loads(text)
            if self.is_right(case, answer):
                continue
            if KNOWN in case["expr"]:
                known += 1
            else:
                wrong.append((case["file"], case["name"], case["expr"], text))
        right = len(cases) - known - len(wrong)
        print(f"{len(cases)} cases, {right} right, {known} known", end=" ")
        self.assertEqual(wrong, [])
        self.assertLessEqual(known, KNOWN_SHARE_MAX * len(cases))

    @staticmethod
    def is_right(case, answer):
        if "value" not in case:
            return "error" in answer
        wanted = (comparable(case["value"]), comparable(unescaped(case["value"])))
        return "value" in answer and comparable(answer["value"]) in wanted


if __name__ == "__main__":
    unittest.main()
