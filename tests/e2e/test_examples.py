#!/usr/bin/env python3
"""The examples: both languages say the same, lint finds nothing, and what they make is right."""
import collections
import csv
import glob
import json
import os
import re
import unittest

from examples import EXAMPLES, TONGUES, ExampleTest, load, names, text_of
from harness import SOURCE

CHINESE = re.compile("[\u4e00-\u9fff]")
SENTENCE = re.compile(r"\b[A-Za-z]{2,} [a-z]+ [a-z]{2,}\b")
FOR_PEOPLE = ("title", "description", "help")


def bare(value):
    """The workflow without what is for people only."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if isinstance(value, dict):
        return {key: without_comments(item) if key == "run" else bare(item)
                for key, item in value.items()
                if key not in (*FOR_PEOPLE, "EXAMPLE_LANGUAGE") or isinstance(item, dict)}
    return value


def without_comments(script):
    return [line for line in script.splitlines() if not line.lstrip().startswith("#")]


def texts(value):
    """All titles, descriptions and helps."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in FOR_PEOPLE and isinstance(item, str):
                yield item
            else:
                yield from texts(item)


def comments(text):
    """The comments, but commands and plans, which stand further right."""
    found = re.findall(r"(?:^|\s)# ?([^\n]*)", text)
    return [comment for comment in found if comment and not comment.startswith(" ")]


class VariantsTest(unittest.TestCase):
    def test_each_example_has_a_chinese_variant(self):
        self.assertEqual(names("zh"), names())
        self.assertIn("data/sales-report", names())

    def test_both_variants_do_the_same(self):
        for name in names():
            with self.subTest(name):
                english, chinese = load(name), load(name, "zh")
                self.assertEqual(bare(chinese), bare(english))
                for variant, language in ((english, "en"), (chinese, "zh")):
                    said = variant.get("env", {}).get("EXAMPLE_LANGUAGE", "en")
                    if "EXAMPLE_LANGUAGE" in {**english.get("env", {}), **chinese.get("env", {})}:
                        self.assertEqual(said, language)

    def test_each_variant_speaks_its_language(self):
        for name in names():
            with self.subTest(name):
                self.assertNotRegex(text_of(name), CHINESE)
                for text in texts(load(name, "zh")):
                    self.assertRegex(text, CHINESE)
                for text in [*texts(load(name, "zh")), *comments(text_of(name, "zh"))]:
                    self.assertNotRegex(text, SENTENCE)
                self.assertEqual(len(list(texts(load(name, "zh")))), len(list(texts(load(name)))))

    def test_each_example_is_listed_and_run(self):
        runs = "".join(self.read(file) for file in
                       glob.glob(os.path.join(SOURCE, "tests", "e2e", "test_example*.py")))
        for name in names():
            for file in ("README.md", "README.zh-CN.md"):
                self.assertIn(f"`{name}`", self.read(os.path.join(EXAMPLES, file)), file)
            self.assertIn(f'"{name}"', runs, "no test runs it")

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return file.read()


class InstalledTest(ExampleTest):
    def lint_all(self, lang):
        home = self.install(lang)
        for name in names():
            file = home.path("workflows", name + ".yaml")
            self.assertEqual(self.read(file), text_of(name, {"en": "workflows", "zh": "zh"}[lang]))
            done = home.cli("lint", "--json", file, env=TONGUES[lang])
            self.assertEqual((done.returncode, json.loads(done.stdout)), (0, []), file)
        home.wait_workflow(*names())

    def test_english_examples_lint_clean(self):
        self.lint_all("en")

    def test_chinese_examples_lint_clean(self):
        self.lint_all("zh")


class StartTest(ExampleTest):
    def test_parallel(self):
        self.install()
        run = self.trigger("start/parallel")
        tasks = {task["task"]: task for task in self.home.tasks(run["number"])}
        self.assertEqual({task["state"] for task in tasks.values()}, {"succeeded"})
        # Side by side: each began before the other had ended.
        self.assertLess(tasks["long"]["started_at"], tasks["short"]["ended_at"])
        self.assertLess(tasks["short"]["started_at"], tasks["long"]["ended_at"])
        self.assertRegex(self.log(run, "monitor"), r"\d\d:\d\d:\d\d")


class SalesReportTest(ExampleTest):
    ROWS = 3000

    def sales_report(self, lang, faults, sentence):
        """The report against sums made here, from what was kept and refused."""
        self.install(lang)
        run = self.trigger("data/sales-report",
                           {"rows": self.ROWS, "seed": 7, "date": "2026-10-31"})
        kept = self.rows(run, "clean.csv")
        refused = self.rows(run, "refused.csv")
        self.assertEqual(len(kept) + len(refused), self.ROWS)
        self.assertEqual({row["fault"] for row in refused}, faults)
        self.assertFalse(os.path.exists(self.workspace(run, "raw.csv")))
        report = self.read(self.workspace(run, "report.md"))
        self.assertIn(sentence, report)
        lines = [line.strip("| ").split(" | ") for line in report.splitlines()
                 if line.startswith("|") and "---" not in line]
        shown = {name: (count, amount) for name, count, amount in lines}
        for column in ("region", "product"):
            for name, cents in self.amounts(kept, column).items():
                self.assertEqual(shown[name], (f"{len(cents):,}",
                                               f"{sum(cents) // 100:,}.{sum(cents) % 100:02d}"))
        self.assertIn(str(len(refused)), report.split("|")[-1])
        return report

    def rows(self, run, name):
        with open(self.workspace(run, name), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    @staticmethod
    def amounts(rows, column):
        found = collections.defaultdict(list)
        for row in rows:
            found[row[column]].append(int(row["cents"]))
        return found

    def test_report_in_english(self):
        self.sales_report("en", {"no region", "quantity is no number", "unknown product",
                                 "amount is not positive"}, "# Sales of 2026-10-31\n")

    def test_report_in_chinese(self):
        report = self.sales_report("zh", {"缺少地区", "数量不是数字", "未知商品", "金额不是正数"},
                                   "# 2026-10-31 的销售\n")
        self.assertNotRegex(report, r"[a-z]+ [a-z]+ [a-z]+")


if __name__ == "__main__":
    unittest.main()
