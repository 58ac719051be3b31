#!/usr/bin/env python3
"""Workflows as flowcharts and tables: gantry convert, and such files wherever YAML is taken."""
import os
import unittest
import xml.etree.ElementTree

from harness import HomeTest
from waiting import wait_for

YAML = """# nightly
title: Sales
tasks:
  extract: {run: echo one, timeout: 5m}
  部门: {run: echo two, needs: [extract], timeout: 5m}
  done: {pass: true, needs: [部门]}
"""
CHART = """---
tasks:
  a: {run: echo from-chart, timeout: 5m}
---
flowchart LR
  a[First] --> b([Done])
"""
TABLE = "任务,命令,超时\n提取,echo 来自表格,5m\n装载,echo two,5m\n"


class ConvertTest(HomeTest):
    def write(self, name, text, encoding="utf-8"):
        path = self.home.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding=encoding) as file:
            file.write(text)
        return path

    def checked(self, done, code):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def run_gantry(self, *arguments, code=0):
        return self.checked(self.home.cli(*arguments), code)

    def convert(self, *arguments, code=0):
        return self.checked(self.home.cli("convert", *arguments), code)

    def names(self):
        return sorted(item["name"] for item in self.home.items("workflows"))

    def test_there_and_back(self):
        source = self.write("one.yaml", YAML)
        canonical = self.convert(source, "--to", "yaml").stdout
        for form, extension in (("mermaid", ".flow.mmd"), ("csv", ".flow.csv")):
            path = self.home.path("one" + extension)
            done = self.convert(source, "--to", form, "-o", path)
            self.assertIn("one.yaml:1", done.stderr)  # where a comment is lost
            again = self.convert(path, "--to", "yaml")
            self.assertEqual(again.stderr, "")
            self.assertEqual(again.stdout, canonical)
            self.run_gantry("lint", path)
            refused = self.convert(source, "--to", form, "-o", path, code=2)
            self.assertIn("--force", refused.stderr)
            self.convert(source, "--to", form, "-o", path, "--force")

    def test_drawings(self):
        path = self.write("one.flow.mmd", CHART)
        self.assertIn("n0 -> n1", self.convert(path, "--to", "dot").stdout)
        xml.etree.ElementTree.fromstring(self.convert(path, "--to", "svg").stdout)
        self.assertIn("[a]", self.run_gantry("graph", path).stdout)

    def test_what_can_not_be_converted(self):
        path = self.write("bad.yaml", "tasks: {a: {needs: [b]}, b: {needs: [a]}}\n")
        done = self.convert(path, "--to", "mermaid", code=2)
        self.assertEqual(done.stdout, "")
        self.assertIn("bad.yaml:1:1", done.stderr)
        self.assertIn("--to", self.convert(path, code=2).stderr)

    def test_run_and_lint_of_files(self):
        chart = self.write("one.flow.mmd", CHART)
        self.assertIn("one #1 succeeded", self.run_gantry("run", chart).stdout)
        table = self.write("two.flow.csv", TABLE, "gb18030")
        self.assertIn("提取 succeeded", self.run_gantry("run", table).stdout)
        wrong = self.write("three.flow.csv", "task,run,needs\na,echo,\nb,echo,c\n")
        self.assertIn("three.flow.csv:3:8", self.run_gantry("lint", wrong, code=2).stdout)

    def test_files_of_the_server(self):
        self.home.start()
        self.write("workflows/chart.flow.mmd", CHART)
        self.write("workflows/folder/table.flow.csv", TABLE, "gb18030")
        wait_for(lambda: self.names() == ["chart", "folder/table"], "both are live")
        for name in ("chart", "folder/table"):
            self.home.wait_run(self.home.trigger(name))
        drawn = self.run_gantry("graph", "--workflow", "chart").stdout
        self.assertIn("(b)", drawn)
        self.home.stop()
        self.home.start()
        self.home.wait_run(self.home.trigger("folder/table"))

    def test_two_files_of_one_name(self):
        self.write("workflows/twin.yaml", YAML)
        self.write("workflows/twin.flow.mmd", CHART)
        told = self.run_gantry("lint", self.home.path("workflows"), code=2).stdout
        self.assertIn("twin.yaml", told)
        self.assertIn("twin.flow.mmd", told)
        self.home.start()
        self.assertEqual(self.names(), [])
        os.remove(self.home.path("workflows", "twin.yaml"))
        wait_for(lambda: self.names() == ["twin"], "the one that is left is live")


if __name__ == "__main__":
    unittest.main()
