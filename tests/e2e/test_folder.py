#!/usr/bin/env python3
"""The workflow folder is watched: what is written there is live, what is broken is told."""
import json
import os
import subprocess
import unittest

from harness import GANTRY, HomeTest
from waiting import wait_for

GOOD = "tasks: {a: {run: 'echo one'}}\n"
BETTER = "tasks: {a: {run: 'echo two'}}\n"
BROKEN = "tasks: {a: {run: 'echo two', need: b}}\n"


class FolderTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.home.start()

    def version(self, name):
        answer = self.home.get("workflows/" + name.replace("/", "%2F"))
        return answer.json["version"] if answer.status == 200 else None

    def problems(self):
        return self.home.get("workflow-problems").json["items"]

    def becomes(self, name, version):
        wait_for(lambda: self.version(name) == version, f"{name} is at version {version}")

    def test_a_new_a_changed_and_a_broken_file(self):
        self.home.workflow("site", GOOD)
        self.becomes("site", 1)
        self.home.workflow("site", BETTER)
        self.becomes("site", 2)
        self.home.workflow("site", BROKEN)
        found = wait_for(self.problems, "the problem is listed")
        self.assertEqual([p["workflow"] for p in found], ["site"])
        errors = [(d["line"], d["code"]) for d in found[0]["diagnostics"]
                  if d["severity"] == "error"]
        self.assertEqual(errors, [(1, "unknown-key")])
        self.assertEqual(self.version("site"), 2)
        listing = subprocess.run([GANTRY, "workflows", "--home", self.home.root],
                                 capture_output=True, text=True, check=True)
        self.assertIn("has no key 'need'", listing.stderr)
        self.home.workflow("site", GOOD)
        self.becomes("site", 3)
        self.assertEqual(self.problems(), [])

    def test_a_file_that_was_never_good_is_told_too(self):
        self.home.workflow("new", BROKEN)
        wait_for(self.problems, "the problem is listed")
        self.assertIsNone(self.version("new"))
        os.unlink(self.home.path("workflows", "new.yaml"))
        wait_for(lambda: not self.problems(), "it is gone with its file")

    def test_folders_that_come_later_and_files_that_are_moved_in(self):
        os.makedirs(self.home.path("workflows", "team", "night"))
        self.home.workflow("team/night/backup", GOOD)
        self.becomes("team/night/backup", 1)
        self.home.write(self.home.path("draft"), GOOD)
        os.rename(self.home.path("draft"), self.home.path("workflows", "team", "moved.yaml"))
        self.becomes("team/moved", 1)

    def test_a_file_that_a_workflow_names(self):
        script = self.home.path("workflows", "work.sh")
        self.home.write(script, "echo one\n")
        self.home.workflow("site", "files: [work.sh]\n" + GOOD)
        self.becomes("site", 1)
        self.home.write(script, "echo two\n")
        self.becomes("site", 2)

    def test_workflows_that_would_start_each_other_for_ever(self):
        after = "triggers: [{id: t, workflow: {name: %s}}]\n" + GOOD
        self.home.workflow("a", after % "b")
        self.becomes("a", 1)
        self.home.workflow("b", after % "a")
        found = wait_for(self.problems, "the cycle is told")
        self.assertEqual([p["workflow"] for p in found], ["b"])
        diagnostic = found[0]["diagnostics"][0]
        self.assertEqual(diagnostic["code"], "trigger-cycle")
        self.assertIn("b -> a -> b", diagnostic["message"])
        self.home.workflow("a", GOOD)  # `b` has not changed, and is good now
        self.becomes("a", 2)
        self.becomes("b", 1)
        self.assertEqual(self.problems(), [])

    def test_many_files_at_once(self):
        for i in range(300):
            self.home.workflow(f"w{i}", GOOD)
        wait_for(lambda: len(json.loads(self.home.get("workflows?limit=1000").body)
                             ["items"]) == 300, "all are live")


if __name__ == "__main__":
    unittest.main()
