#!/usr/bin/env python3
"""`gantry config`, and the same setting as key, variable and flag."""
import json
import os
import subprocess
import unittest

from harness import GANTRY, HomeTest


class ConfigTest(HomeTest):
    def config(self, *arguments, env=None):
        return subprocess.run([GANTRY, "config", "--home", self.home.root, *arguments],
                              env={**os.environ, **(env or {})}, capture_output=True, text=True,
                              check=False)

    def test_values_and_where_they_come_from(self):
        self.home.write(self.home.path("gantry.yaml"), "slots: 3\npools: {db: 2, web: 4}\n")
        done = self.config("--json", env={"GANTRY_LISTEN": "127.0.0.1:7777"})
        rows = {row["key"]: row for row in json.loads(done.stdout)}
        self.assertEqual((rows["slots"]["value"], rows["slots"]["source"]), ("3", "gantry.yaml:1"))
        self.assertEqual(rows["pools"]["value"], "db=2,web=4")
        self.assertEqual((rows["listen"]["value"], rows["listen"]["source"]),
                         ("127.0.0.1:7777", "GANTRY_LISTEN"))
        self.assertEqual(rows["reader_threads"]["source"], "default")
        self.assertEqual(self.config("slots").stdout, "3\n")

    def test_what_is_wrong_names_its_place(self):
        self.home.write(self.home.path("gantry.yaml"), "listen: 127.0.0.1:1\nslotz: 3\n")
        done = self.config()
        self.assertEqual(done.returncode, 2)
        self.assertIn("gantry.yaml:2:1: unknown setting 'slotz'; is it slots?", done.stderr)
        self.assertEqual(self.config("nothing").returncode, 2)

    def test_serve_refuses_what_it_can_not_read(self):
        self.home.write(self.home.path("gantry.yaml"), "slots: many\n")
        done = subprocess.run([GANTRY, "serve", "--home", self.home.root],
                              capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("gantry.yaml:1:8: slots: 'many' is not a number", done.stderr)


if __name__ == "__main__":
    unittest.main()
