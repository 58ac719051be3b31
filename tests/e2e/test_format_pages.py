#!/usr/bin/env python3
"""The pages of docs/format name all that a server really has: its routes, tables, settings and the
files of its home. What the Chinese pages name is compared with them by test_translations.py.
"""
import json
import os
import re
import sqlite3
import subprocess
import unittest

from harness import GANTRY, SOURCE, HomeTest

CODE = re.compile(r"`([^`]+)`")


def page(name):
    with open(os.path.join(SOURCE, "docs/format", name), encoding="utf-8") as file:
        return file.read()


def rows(text):
    """The cells of each row of all tables."""
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in text.splitlines() if line.startswith("|")]


def routes_of(cell):
    """The routes that the first cell of a row names: "POST `server/pause`, `server/resume`"."""
    found, method, path = [], None, ""
    for word in re.findall(r"[A-Z]{3,}(?= `)|`[^`]+`", cell):
        if not word.startswith("`"):
            method = word
            continue
        named = word.strip("`").partition("?")[0]
        if named.startswith(".../"):
            named = path.rpartition("/")[0] + named[3:]
        path = named if named.startswith("/") else "/api/v1/" + named
        found.append((method, path))
    return found


def known_routes(document):
    return {(method.upper(), path) for path, methods in document["paths"].items()
            for method in methods if method in ("get", "post", "put", "patch", "delete")}


class FormatPages(HomeTest):
    def test_every_route_is_in_its_table(self):
        self.home.start()
        document = self.home.get("openapi.json").json
        table = page("api.md").partition("\n## Routes\n")[2].partition("\n## ")[0]
        named = [route for cells in rows(table) for route in routes_of(cells[0])]
        self.assertEqual(sorted(named), sorted(known_routes(document)))

    def test_every_table_of_the_store_and_every_file_of_the_data_folder(self):
        self.home.workflow("one", "tasks: {a: {run: echo}}\n")
        self.home.start()
        self.home.wait_workflow("one")
        self.home.wait_run(self.home.trigger("one"))
        self.home.stop()
        self.check_store()
        tree = re.search(r"^  data/.*?^```", page("home.md"), re.M | re.S)[0]
        named = set(re.findall(r"^    ([\w.-]+)", tree, re.M))
        there = {name for name in os.listdir(self.home.path("data"))
                 if not re.search(r"\.db-(wal|shm)$", name)}
        self.assertEqual(there - named, set())

    def check_store(self):
        with sqlite3.connect(self.home.path("data", "gantry.db")) as store:
            tables = {name for (name,) in store.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite_%'")}
        store.close()
        self.assertGreater(len(tables), 15)
        self.assertEqual(tables - set(CODE.findall(page("store.md"))), set())

    def test_every_setting(self):
        answer = subprocess.run([GANTRY, "config", "--json", "--home", self.home.root],
                                capture_output=True, text=True, check=True)
        first = " ".join(cells[0] for cells in rows(page("home.md")))
        for row in json.loads(answer.stdout):
            with self.subTest(row["key"]):
                section, _, key = row["key"].rpartition(".")
                nested = rf"`{section}: {{[^}}]*\b{key}\b" if section else "$^"
                self.assertRegex(first, rf"`{re.escape(row['key'])}`|{nested}")

    def test_every_option_of_wrap(self):
        told = subprocess.run([GANTRY, "wrap", "--help"], capture_output=True, text=True,
                              check=True).stdout
        options = set(re.findall(r"--[a-z-]+", told)) - {"--help", "--json"}
        self.assertGreater(len(options), 4)
        words = set(re.findall(r"--[a-z-]+", page("wrap.md")))
        self.assertEqual(options - words, set())


if __name__ == "__main__":
    unittest.main()
