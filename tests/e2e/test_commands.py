#!/usr/bin/env python3
"""Every command has help with an example in both languages, completion, and a test that runs it."""
import ast
import glob
import os
import re
import subprocess
import unittest

from harness import GANTRY

HERE = os.path.dirname(os.path.abspath(__file__))
SHELLS = ("bash", "zsh", "fish")
# What runs the program with the words that follow.
RUNNERS = {"cli", "cli_json", "wrap", "begin", "gantry", "run", "Popen", "execv", "execvp", "bash",
           "terminal", "call_cli", "lines", "spawn"}


def gantry(*arguments, language="en_US.UTF-8"):
    done = subprocess.run([GANTRY, *arguments], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": language})
    return done.stdout


def commands():
    return re.findall(r"^  (\S+(?: \S+)*?)  +\S", gantry("help", "--all"), re.M)


def texts_of(node):
    """The leading constant texts of a call's arguments, lists in it laid flat."""
    out = []
    for argument in node:
        if isinstance(argument, (ast.List, ast.Tuple)):
            out += texts_of(argument.elts)
        elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            out.append(argument.value)
        elif not out:
            continue  # the program itself
        else:
            out.append("")
    return out


def name_of(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def commands_run():
    """The first words of every call of the program in the tests of this folder."""
    found = set()
    for path in glob.glob(os.path.join(HERE, "test_*.py")):
        if path == os.path.abspath(__file__):
            continue
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            words = texts_of(call.args)
            if name_of(call) == "wrap":
                words = ["wrap"]
            if name_of(call) in RUNNERS and words:
                found.add(words[0])
                found.add(" ".join(words[:2]))
    return found


class EveryCommandTest(unittest.TestCase):
    def test_help_with_an_example_in_both_languages(self):
        names = commands()
        self.assertGreater(len(names), 25)
        for name in names:
            with self.subTest(name):
                english = gantry(*name.split(), "--help")
                chinese = gantry(*name.split(), "--help", language="zh_CN.UTF-8")
                for page, word in ((english, "Example"), (chinese, "示例")):
                    self.assertRegex(page, rf"\n{word}\n  .*\bgantry {name}\b")
                self.assertRegex(chinese.splitlines()[0], "[\u4e00-\u9fff]")
                self.assertNotRegex(english, "[\u4e00-\u9fff]")
                for line in chinese.splitlines():  # every option is explained in Chinese
                    if re.match(r"  (-|[A-Z])", line):
                        self.assertRegex(line, "[\u4e00-\u9fff]|JSON", name)

    def test_completion(self):
        for shell in SHELLS:
            script = gantry("completion", shell)
            self.assertGreater(len(script), 100, shell)
        for name in commands():
            with self.subTest(name):
                *before, last = name.split()
                offered = gantry("__complete", "--", *before, last[:-1]).split()
                self.assertIn(last, offered)
                options = gantry("__complete", "--", *name.split(), "--").split()
                self.assertIn("--help", options)
                page = gantry(*name.split(), "--help").split("\nExample\n")[0]
                for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)", page, re.M):
                    self.assertIn(option, options)

    def test_each_is_run_by_a_test(self):
        run = commands_run()
        self.assertEqual([name for name in commands() if name not in run], [])


if __name__ == "__main__":
    unittest.main()
