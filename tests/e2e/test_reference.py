#!/usr/bin/env python3
"""The reference is what the program says of itself: the pages below docs/{en,zh}/reference are
those that gantry-reference prints, and the manual page is one that readers of manuals accept.
"""
import os
import re
import subprocess
import tempfile
import unittest

from harness import GANTRY, SOURCE

REFERENCE = os.path.join(os.path.dirname(GANTRY), "gantry-reference")
LANGUAGES = ("en", "zh")
MEND = "./dev docs writes the reference anew"


def made(page, language):
    return subprocess.run([REFERENCE, page, language], capture_output=True, text=True, check=True,
                          env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}).stdout


def files_below(folder):
    return {os.path.relpath(os.path.join(place, name), folder)
            for place, _, names in os.walk(folder) for name in names}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class Pages(unittest.TestCase):
    maxDiff = None

    def test_the_committed_pages_are_those_of_this_program(self):
        with tempfile.TemporaryDirectory(prefix="gantry-reference-") as folder:
            subprocess.run([REFERENCE, "all", folder], check=True)
            for language in LANGUAGES:
                self.compare(os.path.join(folder, language, "reference"),
                             os.path.join(SOURCE, "docs", language, "reference"))

    def compare(self, fresh, committed):
        self.assertEqual(files_below(fresh), files_below(committed), MEND)
        for name in sorted(files_below(fresh)):
            with self.subTest(page=os.path.join(committed, name)):
                self.assertMultiLineEqual(read(committed, name), read(fresh, name), MEND)

    def test_a_source_line_of_a_page_has_100_columns(self):
        for name in files_below(os.path.join(SOURCE, "docs/en/reference")):
            for number, line in enumerate(read(SOURCE, "docs/en/reference", name).splitlines(), 1):
                self.assertLessEqual(len(line), 100, f"{name}:{number}")

    def test_what_is_no_page_is_refused(self):
        answer = subprocess.run([REFERENCE, "novels", "en"], capture_output=True, text=True)
        self.assertEqual(answer.returncode, 2)
        self.assertIn("usage:", answer.stderr)


class Environment(unittest.TestCase):
    def test_a_task_has_the_variables_of_the_page(self):
        page = read(SOURCE, "docs/en/reference/keys.md").partition("## Environment of a task")[2]
        named = set(re.findall(r"^- `(\w+)`:", page.partition("\n## ")[0], re.M))
        with tempfile.TemporaryDirectory(prefix="gantry-reference-") as folder:
            found = os.path.join(folder, "found")
            with open(os.path.join(folder, "it.yaml"), "w", encoding="utf-8") as file:
                file.write(f"tasks: {{it: {{exec: [cp, /proc/self/environ, {found}]}}}}\n")
            subprocess.run(
                [GANTRY, "run", "it.yaml"], cwd=folder, capture_output=True, check=True,
                env={"PATH": os.environ["PATH"], "HOME": folder, "TZ": "UTC", "OTHER": "no"})
            there = {entry.partition("=")[0] for entry in read(found).split("\0")} - {""}
        self.assertEqual(there, named - {"GANTRY_RUN_URL", "GANTRY_EVENT"})


class Manual(unittest.TestCase):
    def test_it_has_no_faults(self):
        for language in LANGUAGES:
            with self.subTest(language=language):
                answer = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], capture_output=True,
                                        input=made("man", language), text=True)
                self.assertEqual(answer.stdout + answer.stderr, "")

    def test_it_reads_well(self):
        page = subprocess.run(["mandoc", "-Tascii"], capture_output=True, input=made("man", "en"),
                              text=True, check=True).stdout
        page = "".join(page[i] for i in range(len(page)) if page[i + 1:i + 2] != "\b"
                       and page[i] != "\b")
        for text in ("gantry - a workflow engine", "GANTRY_HOME", "-p, --param PARAM",
                     "source <(gantry completion bash)", "2026-01-01"):
            self.assertIn(text, page)


if __name__ == "__main__":
    unittest.main()
