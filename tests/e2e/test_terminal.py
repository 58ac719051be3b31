#!/usr/bin/env python3
"""The live tree of `gantry run` in a real terminal (tmux), wide and narrow."""
import os
import re
import shlex
import shutil
import subprocess
import unicodedata
import unittest

from harness import GANTRY, HomeTest
from waiting import wait_for

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def cells(text):
    """Columns that a line takes: wide characters take two."""
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class TerminalTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.socket = self.home.path("tmux.sock")
        self.file = self.home.path("demo.yaml")
        self.addCleanup(self.tmux, "kill-server", check=False)

    def tmux(self, *arguments, check=True):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, "-f", "/dev/null", *arguments],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"})
        if check and done.returncode != 0:
            raise AssertionError(f"tmux {arguments}: {done.stderr}")
        return done.stdout

    def show(self, width, height, *, language="en"):
        """Runs the file in a terminal of this size; the exit code comes into a file."""
        self.code = self.home.path("code")
        command = (f"trap : INT; GANTRY_LANG={language} {shlex.quote(GANTRY)} run "
                   f"{shlex.quote(self.file)} --home {shlex.quote(self.home.root)}; "
                   f"echo $? > {self.code}.new; mv {self.code}.new {self.code}; exec cat")
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), "sh", "-c", command)
        self.tmux("set-option", "-g", "status", "off")
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self, escapes=False, scrollback=False):
        flags = ["-e"] * escapes + ["-S", "-"] * scrollback
        return self.tmux("capture-pane", "-p", *flags).rstrip("\n").split("\n")

    def wait_screen(self, *patterns):
        """The screen once it shows all patterns."""
        def shown():
            lines = self.screen()
            text = "\n".join(lines)
            return lines if all(re.search(p, text) for p in patterns) else None
        try:
            return wait_for(shown, f"the screen shows {patterns}")
        except AssertionError as missing:
            raise AssertionError(f"{missing}\n" + "\n".join(self.screen())) from missing

    def exit_code(self):
        def ended():
            return os.path.exists(self.code)
        wait_for(ended, "the run has ended", 60)
        with open(self.code, encoding="utf-8") as file:
            return int(file.read())

    def go_file(self):
        return self.home.path("go")

    def until_go(self):
        return f"while [ ! -e {self.go_file()} ]; do sleep 0.05; done"

    def let_go(self):
        self.home.write(self.go_file(), "")

    def assert_fits(self, lines, width):
        self.assertLessEqual(max(cells(line) for line in lines), width)

    def write_demo(self):
        words = "\n".join(f"      echo line {i} of the end" for i in range(15))
        self.home.write(self.file, "title: A demonstration with a title that is rather long for a "
                        "narrow terminal, so that it must be cut somewhere\ntasks:\n"
                        "  extract: {run: 'true'}\n"
                        f"  load: {{needs: [extract], run: '{self.until_go()}'}}\n"
                        "  a_task_with_a_name_that_is_much_longer_than_others_and_will_not_fit: "
                        "{needs: [extract], run: 'true'}\n"
                        f"  breaks:\n    needs: [load]\n    run: |\n{words}\n      exit 3\n"
                        "  after: {needs: [breaks], pass: true}\n"
                        f"  中文任务: {{needs: [extract], run: '{self.until_go()}'}}\n"
                        "  clock: {background: true, every: 200ms, run: 'true'}\n")

    def check_live_tree(self, width, height):
        self.write_demo()
        self.show(width, height)
        live = self.wait_screen(r"✓ +extract", r"▶ +load", r"▶ +中文任务", r"· +breaks")
        self.assert_fits(live, width)
        self.assertTrue(live[0].startswith("demo #1"), live)
        self.assertEqual(sum(line.startswith("demo #1") for line in live), 1, live)
        first = self.elapsed()
        wait_for(lambda: self.elapsed() != first, "the time goes on")
        self.let_go()
        self.assertEqual(self.exit_code(), 1)
        lines = self.wait_screen(r"✗ +breaks", r"line 14 of the end")
        text = "\n".join(lines)
        self.assert_fits(lines, width)
        self.assertRegex(text, r"(?m)^↯ +after")
        self.assertRegex(text, r"(?m)^✗ +breaks .*failed")
        self.assertIn("breaks failed; the end of its log", " ".join(text.split()))
        for number in range(5, 15):
            self.assertIn(f"  line {number} of the end", lines)
        self.assertNotIn("  line 4 of the end", lines)
        whole = self.screen(scrollback=True)  # redrawn in place, not scrolled away
        self.assertEqual(sum(line.startswith("demo #1") for line in whole), 1, whole)
        self.assertEqual(self.summary(lines), {"succeeded": 5, "failed": 1, "upstream_failed": 1})

    def elapsed(self):
        return [line for line in self.screen() if "load" in line]

    def test_wide(self):
        self.check_live_tree(120, 40)

    def test_narrow(self):
        self.check_live_tree(50, 40)

    def test_three_hundred_tasks(self):
        bad = "  t150: {run: 'echo it broke; exit 9'}\n"
        tasks = "".join(f"  t{i}: {{run: '{self.until_go()}'}}\n" for i in range(12))
        tasks += "".join(f"  t{i}: {{pass: true, needs: [t{i % 12}]}}\n" for i in range(12, 300)
                         if i != 150)
        self.home.write(self.file, "tasks:\n" + tasks + bad)
        self.show(120, 30)
        live = self.wait_screen(r"✗ +t150 .*exit status 9", r"▶ +t11\b", r"287 pending")
        self.assertLessEqual(len(live), 30)
        self.assert_fits(live, 120)
        self.assertTrue(live[0].startswith("demo #1"), live[0])
        summary = self.summary(live)
        self.assertEqual(sum(summary.values()), 300)
        self.assertEqual((summary["failed"], summary["running"]), (1, 12))
        self.let_go()
        self.assertEqual(self.exit_code(), 1)
        lines = self.wait_screen(r"  it broke")
        self.assertEqual(self.summary(lines), {"succeeded": 299, "failed": 1})
        self.assertLessEqual(len(self.screen(scrollback=True)), 34)

    def summary(self, lines):
        found = [line for line in lines if re.match(r"\d+ \w+(, \d+ \w+)*$", line)]
        self.assertEqual(len(found), 1, lines)
        return {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", found[0])}

    def test_resized_while_it_runs(self):
        self.write_demo()
        self.show(120, 40)
        self.wait_screen(r"▶ +load")
        self.tmux("resize-window", "-x", "60", "-y", "30")
        wait_for(lambda: max(map(cells, self.screen())) <= 60
                 and any("▶" in line and "load" in line for line in self.screen()),
                 "the tree fits the smaller window")
        self.let_go()
        self.assertEqual(self.exit_code(), 1)
        self.assert_fits(self.screen(), 60)

    def test_colours_and_interrupt(self):
        self.home.write(self.file, "tasks: {a: {run: sleep 300}}\n")
        self.show(80, 24)
        self.wait_screen(r"▶ +a ")
        self.assertTrue(any(ANSI.search(line) for line in self.screen(escapes=True)))
        self.tmux("send-keys", "C-c")
        self.assertEqual(self.exit_code(), 3)
        self.wait_screen(r"⊘ +a .*cancelled")
        self.assert_no_process_left()

    def test_in_chinese(self):
        self.home.write(self.file, f"title: 演示\ntasks: {{任务: {{run: '{self.until_go()}'}}}}\n")
        self.show(50, 20, language="zh")
        lines = self.wait_screen(r"▶ +任务", r"1 运行中")
        self.assert_fits(lines, 50)
        self.let_go()
        self.assertEqual(self.exit_code(), 0)
        self.wait_screen(r"✓ +任务", r"1 成功")


if __name__ == "__main__":
    unittest.main()
