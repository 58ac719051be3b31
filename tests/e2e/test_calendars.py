#!/usr/bin/env python3
"""Calendars of a running server: the folder is watched, a timer waits for its calendar, and what
is wrong is told."""
import os
import subprocess
import unittest

from harness import GANTRY, HomeTest
from waiting import wait_for

EVERY_DAY = "week: [mon, tue, wed, thu, fri, sat, sun]\n"
NEVER = "week: []\nworkdays: [1999-12-31]\n"
TICK = "triggers: [{every: 1s, calendar: office}]\ntasks: {a: {pass: true}}\n"
BEAT = "triggers: [{every: 1s}]\ntasks: {a: {pass: true}}\n"

TEAM = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20261224\r
SUMMARY:Christmas\r
  Eve\r
END:VEVENT\r
END:VCALENDAR\r
"""


class CalendarTest(HomeTest):
    def setUp(self):
        super().setUp()
        os.makedirs(self.home.path("calendars"))

    def calendar(self, name, text):
        with open(self.home.path("calendars", name + ".yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def newest_of(self, count):
        items = self.home.get(f"runs?limit={count}").json["items"]
        return {run["workflow"] for run in items} if len(items) == count else set()

    def problems(self):
        items = self.home.get("workflow-problems").json["items"]
        return [d["code"] for item in items for d in item["diagnostics"]]

    def gantry(self, *words, code=0):
        done = subprocess.run([GANTRY, *words, "--home", self.home.root], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_a_changed_file_counts_at_once_and_an_absent_one_holds_the_timer(self):
        self.calendar("office", EVERY_DAY)
        self.home.workflow("tick", TICK)
        self.home.workflow("beat", BEAT)
        self.home.start()
        self.goes_on()
        self.calendar("office", NEVER)
        self.stops()
        self.calendar("office", EVERY_DAY)
        self.goes_on()
        os.unlink(self.home.path("calendars", "office.yaml"))
        wait_for(lambda: self.problems() == ["unknown-calendar"], "the missing calendar is told")
        self.stops()
        self.calendar("office", EVERY_DAY)
        self.goes_on()
        self.assertEqual(self.problems(), [])
        self.calendar("office", "week: [someday]\n")
        self.assertIn("someday", wait_for(self.listing_if_broken, "it is listed"))
        self.goes_on()  # by the last good version

    def listing_if_broken(self):
        done = subprocess.run([GANTRY, "calendars", "--home", self.home.root], capture_output=True,
                              text=True, check=False)
        return done.stderr if done.returncode else None

    def stops(self):
        """The other timer goes on alone."""
        wait_for(lambda: self.newest_of(4) == {"beat"}, "the timer has stopped")

    def goes_on(self):
        wait_for(lambda: "tick" in self.newest_of(3), "the timer fires again")

    def test_a_home_is_linted_by_place(self):
        self.calendar("office", "include: [cn-workdays]\nyears: [2026]\n")
        self.home.workflow("w", "tasks: {a: {pass: true}}\n")
        self.home.write(self.home.path("people.yaml"), "people: []\n")
        self.home.write(self.home.path("gantry.yaml"), "slots: 4\n")
        self.gantry("lint", self.home.root)
        self.gantry("lint", self.home.path("calendars", "office.yaml"))
        self.calendar("loop", "include: [loop]\n")
        said = self.gantry("lint", self.home.root, code=2)
        self.assertIn("loop -> loop", said)
        self.assertIn("loop -> loop",
                      self.gantry("lint", self.home.path("calendars", "loop.yaml"), code=2))
        # No command writes what the server logs.
        for words in (("calendar", "check", "2026-10-01"), ("calendar", "show", "office"),
                      ("lint", self.home.path("workflows"))):
            self.assertNotIn("loop.yaml", self.gantry(*words))
        self.assertIn("loop -> loop", self.gantry("calendar", "show", "loop", code=2))

    def test_a_file_without_an_extension(self):
        path = self.home.path("cal")
        self.home.write(path, "holidays: {2026-10-01: Day}\n")
        self.assertIn("2026-10-01", self.gantry("calendar", "show", path, "--year", "2026"))

    def test_the_built_in_one_is_replaced_by_force_only(self):
        ics = self.home.path("team.ics")
        self.home.write(ics, TEAM)
        words = ("calendar", "import", ics, "--name", "cn-workdays")
        self.assertIn("built in", self.gantry(*words, code=2))
        self.assertIn("1 day off, 0 make-up days, 0 remarks", self.gantry(*words, "--force"))

    def test_what_the_commands_say(self):
        self.calendar("office", "include: [cn-workdays]\nyears: [2020]\n")
        self.assertIn("office", self.gantry("calendars"))
        said = self.gantry("calendar", "check", "2026-10-01")
        self.assertIn("2026-10-01 is a holiday in cn-workdays (国庆节); the next working day is "
                      "2026-10-08", said)
        self.assertIn("make-up day", self.gantry("calendar", "check", "2026-10-10", "cn-workdays"))
        self.assertIn("did you mean 'office'",
                      self.gantry("calendar", "show", "ofice", code=2))
        ics = self.home.path("team.ics")
        self.home.write(ics, TEAM)
        self.gantry("calendar", "import", ics, "--name", "team")
        self.assertIn("(Christmas Eve)", self.gantry("calendar", "check", "2026-12-24", "team"))
        self.home.workflow("w", TICK)
        self.assertIn("calendar-ends", self.gantry("lint", self.home.path("workflows", "w.yaml")))


if __name__ == "__main__":
    unittest.main()
