#!/usr/bin/env python3
"""gantry graph: drawings of files and of workflows of the server, in every form."""
import glob
import os
import unittest
import xml.etree.ElementTree

from harness import SOURCE, HomeTest
from waiting import wait_for

DIAMOND = """tasks:
  extract: {run: "true"}
  北区: {run: "true", needs: [extract], title: 北区 <数据>}
  south: {run: "true", needs: [extract]}
  report: {pass: true, needs: [北区, south]}
  watch: {run: "true", background: true}
finally:
  tidy: {run: "true"}
"""
SVG = "{http://www.w3.org/2000/svg}"


def many(count):
    lines = ["tasks:"]
    for i in range(count):
        needs = f", needs: [t{i // 3}]" if i else ""
        lines.append(f"  t{i}: {{pass: true{needs}}}")
    return "\n".join(lines) + "\n"


class GraphTest(HomeTest):
    def graph(self, *arguments, code=0):
        done = self.home.cli("graph", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def file(self, text, name="flow.yaml"):
        path = self.home.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_in_the_terminal(self):
        path = self.file(DIAMOND)
        drawn = self.graph(path)
        for name in ("[extract]", "[北区]", "[south]", "(report)", "{watch}", "<finally>", "[tidy]"):
            self.assertEqual(drawn.count(name), 1, drawn)
        self.assertEqual(drawn.count("▼"), 6, drawn)  # an arrow for each edge
        plain = self.graph(path, "--to", "ascii")
        self.assertEqual(plain.count("v\n") + plain.count("v "), 6, plain)
        self.assertTrue(plain.replace("北区", "").isascii())

    def test_for_other_programs(self):
        path = self.file(DIAMOND)
        svg = xml.etree.ElementTree.fromstring(self.graph(path, "--to", "svg"))
        self.assertEqual(len(svg.findall(f"{SVG}g")), 7)
        self.assertEqual(len(svg.findall(f"{SVG}path")), 6)
        texts = [text.text for text in svg.iter(f"{SVG}text")]
        self.assertIn("北区 <数据>", texts)
        mermaid = self.graph(path, "--to", "mermaid")
        self.assertEqual(mermaid.count(" --> "), 6)
        self.assertIn('n1["北区 <数据>"]', mermaid)
        self.assertEqual(self.graph(path, "--to", "dot").count(" -> "), 6)

    def test_every_example(self):
        files = glob.glob(os.path.join(SOURCE, "examples", "**", "*.yaml"), recursive=True)
        drawn = 0
        for path in files:
            if "workflows" in path and self.home.cli("lint", path).returncode == 0:
                for form in ("text", "svg", "mermaid", "dot"):
                    self.assertTrue(self.graph(path, "--to", form))
                drawn += 1
        self.assertGreater(drawn, 5, files)

    def test_ten_thousand_tasks(self):
        path = self.file(many(10_000))
        svg = xml.etree.ElementTree.fromstring(self.graph(path, "--to", "svg"))
        self.assertEqual(len(svg.findall(f"{SVG}g")), 10_000)
        self.assertIn("svg", self.graph(path, code=1).lower())

    def test_of_the_server_and_what_can_not_be(self):
        self.home.start()
        self.home.workflow("diamond", DIAMOND)
        wait_for(lambda: any(w["name"] == "diamond" for w in self.home.items("workflows")),
                 "the workflow is live")
        self.assertEqual(self.graph("--workflow", "diamond"), self.graph(self.file(DIAMOND)))
        self.assertIn("none", self.graph("--workflow", "none", code=2))
        self.assertIn("FILE", self.graph(code=2))
        self.assertIn("does-nothing", self.graph(self.file("tasks: {a: {}}"), code=2))


if __name__ == "__main__":
    unittest.main()
