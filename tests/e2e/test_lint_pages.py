#!/usr/bin/env python3
"""The examples of the pages docs/en/lint: what is called wrong gets the code of its page, what is
called right nothing. (The Chinese pages have the same examples: test_translations.py.)
"""
import json
import os
import re
import subprocess
import tempfile
import textwrap
import unittest

from harness import GANTRY, SOURCE

PAGES = os.path.join(SOURCE, "docs/en/lint")
EXAMPLE = re.compile(r"^(Wrong|Right):\n\n```yaml\n(.*?)^```", re.M | re.S)
FILE = re.compile(r"\./[\w./*-]+")
TASKS = ("a", "b", "c", "extract", "load")  # that examples need
CALENDARS = {"office": "holidays: [2026-12-24]\n", "factory": "years: [2020]\n"}  # likewise
SHOWN = ("error", "warning")


def has(text, *keys):
    return any(re.search(rf"^{key}:", text, re.M) for key in keys)


def contexts(example):
    """An example is a part of a file: the files it may be a part of."""
    def below(key, text, indent="  "):
        return f"{key}:\n{textwrap.indent(text, indent)}"

    one = "tasks: {it: {pass: true}}\n"
    others = "".join(f"{name}: {{pass: true}}\n" for name in TASKS if not has(example, name))
    task = example
    task += "" if has(task, "run", "exec", "pass") else "run: echo\n"
    task += "" if has(task, "needs") else "needs: [extract]\n"
    trigger = example + ("" if has(example, "cron", "every") else "every: 1h\n")
    return [example, example + one, below("tasks", example + others),
            below("tasks", below("it", task) + "\n" + others), below("params", example) + one,
            below("triggers", "-" + textwrap.indent(trigger, "  ")[1:]) + one]


def examples_of(page):
    with open(os.path.join(PAGES, page), encoding="utf-8") as file:
        return dict(EXAMPLE.findall(file.read()))


def write(path, text=""):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def path_of(code, kind, number, example):
    """Where an example lies: that of another file of a home bears its name."""
    name = "/people.yaml" if has(example, "people") else ".yaml"
    return f"{code}/{kind}-{number}{name}"


def codes(found):
    return {code for code, _ in found}


def severities(found):
    return {severity for _, severity in found}


class LintPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Every example in each of its contexts, and what `gantry lint` says of all of them."""
        with tempfile.TemporaryDirectory(prefix="gantry-lint-") as folder:
            cls.pages = {page.removesuffix(".md"): examples_of(page)
                         for page in os.listdir(PAGES) if page != "README.md"}
            for code, examples in cls.pages.items():
                cls.write_examples(folder, code, examples)
            with tempfile.TemporaryDirectory(prefix="gantry-home-") as home:
                for name, text in CALENDARS.items():
                    write(os.path.join(home, "calendars", name + ".yaml"), text)
                answer = subprocess.run([GANTRY, "lint", "--home", home, "--json", "."],
                                        capture_output=True, text=True, check=False, cwd=folder)
        cls.found = {}
        for diagnostic in json.loads(answer.stdout):
            path = os.path.normpath(diagnostic["file"])
            cls.found.setdefault(path, []).append((diagnostic["code"], diagnostic["severity"]))

    @staticmethod
    def write_examples(folder, code, examples):
        for named in FILE.findall(examples.get("Right", "")):
            write(os.path.join(folder, code, named.replace("*", "some")))
        for kind, example in examples.items():
            for number, text in enumerate(contexts(example)):
                write(os.path.join(folder, path_of(code, kind, number, example)), text)

    def of(self, code, kind):
        """What was found in each context: codes with their severities."""
        if kind not in self.pages[code]:
            return [[]]
        example = self.pages[code][kind]
        return [self.found.get(path_of(code, kind, number, example), [])
                for number in range(len(contexts("")))]

    def test_what_is_wrong_has_the_code_of_its_page(self):
        for code, examples in self.pages.items():
            if "Wrong" in examples:
                with self.subTest(code):
                    self.assertTrue(any(code in codes(found) for found in self.of(code, "Wrong")),
                                    examples["Wrong"])

    def test_what_is_right_has_no_fault(self):
        for code, examples in self.pages.items():
            with self.subTest(code):
                clean = [found for found in self.of(code, "Right")
                         if code not in codes(found) and not severities(found) & {*SHOWN}]
                self.assertTrue(clean, f"{examples.get('Right')}{self.of(code, 'Right')}")

    def test_the_list_of_the_pages_is_whole(self):
        with open(os.path.join(PAGES, "README.md"), encoding="utf-8") as file:
            listed = re.findall(r"^\| \[(.+)\]\(\1\.md\) \| \S", file.read(), re.M)
        self.assertEqual(sorted(listed), sorted(self.pages))

    def test_most_pages_show_both(self):
        both = [code for code, examples in self.pages.items() if len(examples) == 2]
        self.assertGreater(len(both), 40)


if __name__ == "__main__":
    unittest.main()
