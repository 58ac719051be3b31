#!/usr/bin/env python3
"""What the server refuses is said in the reader's language."""
import re
import unittest

from harness import HomeTest

CHINESE = re.compile("[\u4e00-\u9fff]")
SPEC = """
params: {n: {type: int, default: 1}, day: {type: date}}
tasks: {a: {run: "true"}}
"""
# Commands and what they are told in English.
REFUSED = [
    (("trigger", "none"), "there is no workflow"),
    (("trigger", "held"), "is disabled"),
    (("trigger", "off"), "in its file"),
    (("trigger", "work", "-p", "x=1"), "has no param"),
    (("trigger", "work", "-p", "n=ten"), "param 'n'"),
    (("trigger", "work", "--key", "k", "-p", "n=2"), "other params"),
    (("cancel", "1"), "has ended already"),
    (("pause", "1"), "has ended already"),
    (("retry", "1"), "--from"),
    (("retry", "1", "--from", "b"), "has no task"),
    (("resolve", "1", "a", "--as", "failed"), "no such open run"),
    (("logs", "1", "b"), "has no task"),
    (("logs", "1", "a", "--attempt", "7"), "no such attempt"),
    (("logs", "1", "a", "-i"), "ignore_case"),
    (("why", "1", "b"), "has no task"),
    (("bulk", "cancel"), "say which runs"),
]
# What the command line itself refuses.
MISUSED = [
    (("events", "--limit", "0"), "--limit: 0 is not in 1 to"),
    (("events", "--limit", "many"), "'many' is no whole number"),
    (("events", "--limit"), "--limit"),
    (("next", "--cron", ""), "--cron: it is empty"),
    (("calendar", "import", "x.ics"), "--name is required"),
    (("calendar", "import", "x.ics", "--name", "x", "--as", "y"), "'y' is none of holidays, work"),
    (("calendar",), "subcommand"),
    (("why", "1", "b", "c"), "c"),
    (("emit", "x", "--data", "{"), "--data is no JSON"),
]
ENGLISH = re.compile(r"\b(is|are|not|Value|required|missing|range|expected|The|at|end|value)\b")


class LanguageTest(HomeTest):
    def test_the_command_line(self):
        for words, english in MISUSED:
            with self.subTest(" ".join(words)):
                plain = self.home.cli(*words, env={"LC_ALL": "en_US.UTF-8"})
                chinese = self.home.cli(*words, env={"LC_ALL": "zh_CN.UTF-8"})
                self.assertEqual((plain.returncode, chinese.returncode), (2, 2))
                self.assertIn(english, plain.stderr)
                self.assertNotRegex(plain.stderr, CHINESE)
                self.assertRegex(chinese.stderr, CHINESE)
                self.assertNotRegex(chinese.stderr, ENGLISH)

    def test_details_of_problems(self):
        home = self.home
        home.workflow("work", SPEC)
        home.workflow("held", SPEC)
        home.workflow("off", "enabled: false\n" + SPEC)
        home.start().wait_workflow("work", "held", "off")
        home.cli("disable", "held")
        home.wait_run(home.trigger("work", key="k"))
        for words, english in REFUSED:
            with self.subTest(" ".join(words)):
                plain = home.cli(*words, env={"LC_ALL": "en_US.UTF-8"})
                chinese = home.cli(*words, env={"LC_ALL": "zh_CN.UTF-8"})
                self.assertNotEqual(plain.returncode, 0)
                self.assertEqual(plain.returncode, chinese.returncode)
                self.assertIn(english, plain.stderr)
                self.assertNotRegex(plain.stderr, CHINESE)
                self.assertRegex(chinese.stderr, CHINESE)


if __name__ == "__main__":
    unittest.main()
