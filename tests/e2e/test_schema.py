#!/usr/bin/env python3
"""`gantry schema`: a JSON Schema that takes what `gantry lint` takes, and refuses of what lint
refuses what a schema can see.
"""
import glob
import json
import os
import re
import subprocess
import unittest

import jsonschema
import yaml

from harness import GANTRY, SOURCE

# Lint codes of which a schema sees every case.
SEEN = {b"unknown-key", b"wrong-type", b"bad-duration", b"not-available", b"no-tasks",
        b"two-actions", b"missing-key"}


class Loader(yaml.SafeLoader):
    """YAML 1.2 with the core schema, as the program reads it."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789.")):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"),
                                 list(first))


def schema(language):
    answer = subprocess.run([GANTRY, "schema"], capture_output=True, text=True, check=True,
                            env={**os.environ, "GANTRY_LANG": language})
    return json.loads(answer.stdout)


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return file.read()


def without_lint_errors(paths):
    """Those of which `gantry lint` has nothing worse than a warning to say."""
    answer = subprocess.run([GANTRY, "lint", "--json", *paths], capture_output=True, text=True)
    wrong = {found["file"] for found in json.loads(answer.stdout)
             if found["severity"] == "error"}
    return [path for path in paths if path not in wrong]


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = schema("en")
        cls.check = jsonschema.Draft202012Validator(cls.schema)

    def faults(self, text):
        return [fault.message for fault in self.check.iter_errors(yaml.load(text, Loader))]

    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_it_takes_what_lint_takes(self):
        good = glob.glob(f"{SOURCE}/tests/spec/good/*.yaml")
        shown = glob.glob(f"{SOURCE}/examples/**/*.yaml", recursive=True)
        taken = good + without_lint_errors(shown)
        self.assertGreaterEqual(len(taken), 5)
        for path in taken:
            with self.subTest(file=path):
                self.assertEqual(self.faults(read(path)), [])

    def test_it_takes_the_examples_of_the_reference(self):
        for text in re.findall(r"```yaml\n(.*?)```", read(f"{SOURCE}/docs/format/workflow.md"),
                               re.S):
            self.assertEqual(self.faults(text), [])

    def test_it_refuses_what_it_can_see(self):
        refused = 0
        for path in glob.glob(f"{SOURCE}/tests/spec/bad/*.yaml"):
            with open(path, "rb") as file:
                expected = set(re.findall(rb"# expect: ([\w-]+)", file.read()))
            if not expected or not expected <= SEEN:
                continue
            with self.subTest(file=path):
                self.assertNotEqual(self.faults(read(path)), [])
                refused += 1
        self.assertGreater(refused, 7)

    def test_it_refuses_each_of_these(self):
        for text in ("tasks: {a: {}}", "tasks: {a: {run: x, exec: [x]}}", "tasks: {}", "{}",
                     "tasks: {a: {run: x, timeout: 10}}", "tasks: {a: {run: x, grace: soon}}",
                     "tasks: {a: {run: x, join: most}}", "tasks: {a: {pass: false}}",
                     "{tasks: {a: {pass: true}}, priority: 1001}",
                     "{tasks: {a: {pass: true}}, triggers: [{id: x}]}",
                     "{tasks: {a: {pass: true}}, concurrency: {key: x}}"):
            with self.subTest(text=text):
                self.assertNotEqual(self.faults(text), [])

    def test_descriptions_are_in_the_language_of_the_reader(self):
        def words(language):
            return schema(language)["$defs"]["task"]["properties"]["grace"]["description"]

        self.assertIn("SIGKILL when", words("en"))
        self.assertIn("的时间", words("zh"))


if __name__ == "__main__":
    unittest.main()
