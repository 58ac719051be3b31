#!/usr/bin/env python3
"""Help of every command in both languages, and completion in real shells."""
import os
import pty
import re
import select
import shutil
import subprocess
import unittest

from harness import GANTRY, HomeTest
from waiting import wait_for


def gantry(*arguments, language="en_US.UTF-8"):
    return subprocess.run([GANTRY, *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": language})


def commands():
    """The names of all commands, as `gantry help --all` lists them."""
    page = gantry("help", "--all").stdout
    return re.findall(r"^  (\S+(?: \S+)*?)  +\S", page, re.M)


class HelpTest(unittest.TestCase):
    def test_every_command_explains_itself_in_both_languages(self):
        self.assertGreater(len(commands()), 10)
        for name in commands():
            with self.subTest(name):
                english = gantry(*name.split(), "--help")
                chinese = gantry(*name.split(), "--help", language="zh_CN.UTF-8")
                self.assertEqual((english.returncode, chinese.returncode), (0, 0))
                self.assertIn("\nExample\n  ", english.stdout)
                self.assertIn("gantry " + name, english.stdout)
                self.assertIn("示例", chinese.stdout)
                self.assertNotEqual(english.stdout.split("\n")[0], chinese.stdout.split("\n")[0])

    def test_two_tiers(self):
        everyday, every = gantry("--help").stdout, gantry("help", "--all").stdout
        self.assertIn("help --all", everyday)
        self.assertNotIn("completion", everyday)
        self.assertIn("completion", every)
        self.assertEqual(gantry().stdout, everyday)

    def test_what_is_wrong_is_said_in_the_readers_language(self):
        for language, words in (("en_US.UTF-8", "unknown argument"), ("zh_CN.UTF-8", "未知参数")):
            done = gantry("runs", "a", "b", language=language)
            self.assertEqual(done.returncode, 2)
            self.assertIn(words, done.stderr)
        slip = gantry("trigge")
        self.assertEqual(slip.returncode, 2)
        self.assertIn("is it trigger?", slip.stderr)


class CompletionTest(HomeTest):
    def setUp(self):
        super().setUp()
        folder = self.home.path("bin")
        os.makedirs(folder)
        os.symlink(GANTRY, os.path.join(folder, "gantry"))
        self.env = {**os.environ, "PATH": folder + ":" + os.environ["PATH"],
                    "GANTRY_HOME": self.home.root, "HOME": self.home.root, "LC_ALL": "C.UTF-8"}
        self.home.workflow("nightly-report", "tasks: {a: {run: 'true'}}\n")
        self.home.start().wait_workflow("nightly-report")

    def bash(self, *words):
        script = ('source <(gantry completion bash); COMP_WORDS=(gantry "$@"); '
                  'COMP_CWORD=$#; _gantry; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", *words], env=self.env, text=True,
                              capture_output=True, check=True, cwd=self.home.root)
        return done.stdout.split()

    def test_bash(self):
        self.assertEqual(self.bash("trig"), ["trigger"])
        self.assertEqual(self.bash("trigger", "night"), ["nightly-report"])
        self.assertIn("--limit", self.bash("runs", "--l"))
        self.assertIn("workflows", self.bash("lint", "workf"))

    def test_fish(self):
        self.assertIsNotNone(shutil.which("fish"), "fish is in tools/packages.txt")

        def fish(line):
            done = subprocess.run(
                ["fish", "-N", "-c", "gantry completion fish | source; complete -C $argv", line],
                env=self.env, capture_output=True, text=True, check=True)
            return done.stdout.split()
        self.assertEqual(fish("gantry trig"), ["trigger"])
        self.assertEqual(fish("gantry trigger night"), ["nightly-report"])

    def test_zsh(self):
        """A real line editor: the word appears when Tab is pressed."""
        self.assertIsNotNone(shutil.which("zsh"), "zsh is in tools/packages.txt")
        child, terminal = pty.fork()
        if child == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**self.env, "TERM": "dumb", "PS1": "> "})
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.close, terminal)
        seen = []

        def appears(text):
            def look():
                if select.select([terminal], [], [], 0)[0]:
                    seen.append(os.read(terminal, 4096).decode(errors="replace"))
                return text in "".join(seen)
            wait_for(look, f"zsh shows {text!r}")
            seen.clear()

        def types(text):
            os.write(terminal, text.encode())

        types("autoload -U compinit && compinit -u && eval \"$(gantry completion zsh)\" "
              "&& echo rea''dy\n")
        appears("ready\r")
        types("gantry trigger nigh\t")
        appears("gantry trigger nightly-report")
        types("\x15exit\n")


if __name__ == "__main__":
    unittest.main()
