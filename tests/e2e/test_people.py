#!/usr/bin/env python3
"""people.yaml: live when it changes, the last good people stay, contact only for admins."""
import json
import os
import unittest

from harness import HomeTest
from waiting import wait_for

TWO = """people:
  - {id: anna, name: Anna Berg, mail: anna@example.org, mobile: "+49 170 0000000",
     im: {slack: U1}, roles: [sales], manager: chen}
  - {id: chen, name: 陈静, roles: [boss]}
"""


class PeopleTest(HomeTest):
    def setUp(self):
        super().setUp()
        self.file = self.home.path("people.yaml")

    def write(self, text):
        self.home.write(self.file, text)

    def ids(self):
        return [person["id"] for person in self.home.items("people")]

    def becomes(self, *ids):
        wait_for(lambda: self.ids() == list(ids), f"the people are {ids}")

    def problems(self):
        return [p for p in self.home.items("workflow-problems") if p["workflow"] is None]

    def test_changes_are_live_and_errors_keep_the_last_good_people(self):
        self.write(TWO)
        self.home.start()
        self.assertEqual(self.ids(), ["anna", "chen"])
        self.write("people: [{id: wu}]\n")
        self.becomes("wu")
        self.write("people: [{id: wu, manager: nobody, mial: x}]\n")
        found = wait_for(self.problems, "the problem is listed")
        self.assertEqual([d["code"] for d in found[0]["diagnostics"]],
                         ["unknown-person", "unknown-key"])
        self.assertEqual(found[0]["diagnostics"][1]["suggestion"], "mail")
        self.assertEqual(self.ids(), ["wu"])
        for command in ("people", "workflows"):
            self.assertIn("people.yaml:1:28: error: there is no person 'nobody'",
                          self.home.cli(command).stderr)
        os.rename(self.file, self.home.path("aside.yaml"))
        self.becomes()
        self.assertEqual(self.problems(), [])
        self.write(TWO)
        self.becomes("anna", "chen")

    def test_who_sees_what(self):
        self.write(TWO)
        home = self.home.start()
        mine = home.cli("people").stdout
        for text in ("Anna Berg", "anna@example.org", "+49 170 0000000", "slack=U1", "陈静"):
            self.assertIn(text, mine)
        self.assertEqual([p["id"] for p in json.loads(
            home.cli("people", "--role", "boss", "--json").stdout)], ["chen"])
        one = json.loads(home.cli("people", "anna", "--json").stdout)
        self.assertEqual((one["manager"], one["contact"]["im"]), ("chen", {"slack": "U1"}))
        secret = home.api.create_token(name="looker", role="viewer")["token"]
        with open(home.path("data", "address"), encoding="utf-8") as file:
            env = {"GANTRY_URL": file.read().strip(), "GANTRY_TOKEN": secret}
        seen = home.cli("people", env=env).stdout
        self.assertIn("Anna Berg", seen)
        self.assertNotIn("example.org", seen)
        self.assertIsNone(json.loads(home.cli("people", "anna", "--json", env=env).stdout)
                          ["contact"])
        missing = home.cli("people", "ana")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("did you mean 'anna'?", missing.stderr)
        self.assertEqual(home.cli("people", "anna", "--role", "boss").returncode, 2)

    def test_a_bad_file_at_the_start_is_told_and_the_server_serves(self):
        self.write("people:\n  - {id: a, mail: no}\n")
        self.home.start()
        self.assertEqual(self.ids(), [])
        self.assertEqual([d["code"] for d in self.problems()[0]["diagnostics"]], ["bad-mail"])
        self.assertIn("不是邮件地址", self.home.cli("people", env={"LANG": "zh_CN.UTF-8"}).stderr)


if __name__ == "__main__":
    unittest.main()
