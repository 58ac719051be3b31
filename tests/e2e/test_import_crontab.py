#!/usr/bin/env python3
"""gantry import crontab: 300 lines of every form are imported, clean for lint, and fire when cron's
rules say, also over a night in which the clock is set; nothing is dropped without a word."""
import datetime
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest
import zoneinfo

import cron_rules
from harness import GANTRY, size

UTC = datetime.timezone.utc
COUNT = 300
# A zone with the days on which its clock is set forth and back.
CHANGES = {"Europe/Berlin": ("2026-03-29", "2026-10-25"),
           "America/New_York": ("2026-03-08", "2026-11-01"),
           "Australia/Lord_Howe": ("2026-10-04", "2026-04-05"),
           "Asia/Shanghai": ("2026-03-29", "2026-10-25"),
           "America/Santiago": ("2026-09-06", "2026-04-05")}


def star(rng, high, steps=True):
    return f"*/{rng.randint(2, high)}" if steps and rng.random() < 0.5 else "*"


def plain(rng, low, high):
    """A list of numbers, ranges and ranges with steps."""
    items = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        first = rng.randint(low, high)
        last = rng.randint(first, high)
        items.append(rng.choice((f"{first}", f"{first}-{last}",
                                 f"{first}-{last}/{rng.randint(1, max(1, high - low))}")))
    return ",".join(items)


def times(rng):
    if rng.random() < 0.1:
        return rng.choice(sorted(cron_rules.MACROS))
    minute = star(rng, 59) if rng.random() < 0.25 else plain(rng, 0, 59)
    hour = star(rng, 12) if rng.random() < 0.3 else plain(rng, 0, rng.choice((4, 23)))
    day = star(rng, 15) if rng.random() < 0.75 else plain(rng, 1, 28)
    month = rng.choice(("*", "*", "*", "*/2", "mar,APR,sep-nov", "1-12", "3,4,9,10,11"))
    weekday = rng.choice(("*", "*", "*", "mon-fri", "0", "7", "sun,Wed", "1-5/2", "5-7", "*/2"))
    return f"{minute} {hour} {day} {month} {weekday}"


COMMANDS = ("./nightly.sh && cd ..",
            "/opt/erp/backup.sh --full", "cd /srv/app && ./report > out 2>&1",
            "[ -x /usr/bin/tidy ] && /usr/bin/tidy -q", "date +\\%F >> /tmp/days",
            "mail -s 'Good morning' ops%Hello,%it is morning.%", "psql -c 'select 1; -- \"x\"'",
            "echo '${{ this is text }}' \\\\ \\\"", "A=1 B='2 3' job | sort -u & wait",
            "test $((RANDOM \\% 3)) -eq 0 || 报表 --昨天", "printf '\\%s\\t%s\\n' a b%", "true",
            "/usr/local/bin/a-very-long-name-of-a-program-that-goes-on-and-on.sh 1 2 3")


def crontab(rng, system):
    """Text of a crontab, and (line number, times, zone) of each entry."""
    lines, entries, zone = ["# A crontab", ""], [], "Europe/Berlin"
    while len(entries) < COUNT // 2:
        kind = rng.random()
        if kind < 0.05:
            zone = rng.choice(sorted(CHANGES))
            lines.append(rng.choice((f"CRON_TZ={zone}", f"CRON_TZ = '{zone}' ")))
        elif kind < 0.12:
            lines.append(rng.choice(("SHELL=/bin/bash", "PATH=/opt/bin:/usr/bin:/bin", "HOME=/tmp",
                                     "MAILTO=ops@example.org", 'MAILTO=""', "LANG = C.UTF-8",
                                     "TZ=Asia/Tokyo", "GREETING=\"hello  world\"")))
        elif kind < 0.25:
            lines.append(rng.choice(("# why: \"because\"", "", "   ", "#0 1 * * * switched off")))
        else:
            when = times(rng)
            text = rng.choice((" ", "\t", "  ")).join(when.split())
            user = rng.choice((" root ", "\troot\t")) if system else rng.choice((" ", "\t"))
            lines.append(rng.choice(("", " ")) + text + user + rng.choice(COMMANDS))
            entries.append((len(lines), when, zone))
    return "\n".join(lines) + "\n", entries


class ImportCrontabTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="gantry-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)

    def gantry(self, *arguments, text=None, code=0):
        done = subprocess.run([GANTRY, *arguments], input=text, capture_output=True, text=True,
                              timeout=120, env={**os.environ, "GANTRY_HOME": self.folder,
                                                "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr[-2000:])
        return done

    def import_text(self, text, *options, code=0):
        out = os.path.join(self.folder, "out")
        answer = self.gantry("import", "crontab", "-", "--out", out, "--timezone", "Europe/Berlin",
                             "--json", *options, text=text, code=code)
        return json.loads(answer.stdout)

    def assert_fires_as_cron(self, file, when, zone, rng):
        readings = self.readings(zone, rng.choice((0, 1)), dense=when.split()[0].startswith("*"))
        start, end = readings[0][0], readings[-1][0]
        shown = json.loads(self.gantry("next", file, "--json", "-n", "1000", "--from",
                                       start.strftime("%Y-%m-%dT%H:%M:%SZ")).stdout)
        told = [datetime.datetime.fromisoformat(firing["at"].replace("Z", "+00:00"))
                for firing in shown[0]["firings"]]
        expected = cron_rules.firings(cron_rules.Line(when), readings)[:1000]
        self.assertEqual([at for at in told if at <= end][:len(expected) + 1], expected,
                         f"{when} in {zone} after {start}")

    def readings(self, zone, which, dense):
        """Two weeks around a change of the clock; of lines that fire often a day."""
        key = (zone, which, dense)
        if key not in self.known:
            change = datetime.datetime.fromisoformat(CHANGES[zone][which]).replace(tzinfo=UTC)
            around = datetime.timedelta(hours=8) if dense else datetime.timedelta(days=10)
            self.known[key] = cron_rules.clock(zoneinfo.ZoneInfo(zone), change - around,
                                               change + around)
        return self.known[key]

    def test_300_lines_fire_when_cron_says(self):
        rng = random.Random(20261123)
        self.known = {}
        root = "root"
        for system in (False, True):
            text, entries = crontab(rng, system)
            options = ("--system", "--user", root) if system else ()
            outcomes = self.import_text(text, *options, "--force")
            imported = {o["line"]: o["file"] for o in outcomes if o["file"]}
            self.assertEqual(sorted(imported), [number for number, _, _ in entries])
            self.assertEqual(len(set(imported.values())), len(entries))
            self.gantry("lint", *imported.values())
            for number, when, zone in rng.sample(entries, size(60, len(entries))):
                self.assert_fires_as_cron(imported[number], when, zone, rng)

    def test_what_is_not_imported_is_told(self):
        text = ("MAILTO=ops\n@reboot /bin/a\n61 * * * * /bin/b\n0 1 * * *\n@dayly /bin/c\n"
                "0 0 30 2 * /bin/d\nCRON_TZ=Mars/Base\n0 1 * * * /bin/e\n")
        outcomes = self.import_text(text, code=2)
        self.assertEqual([(o["line"], o["state"]) for o in outcomes],
                         [(1, "note"), (2, "not_imported"), (3, "not_imported"),
                          (4, "not_imported"), (5, "not_imported"), (6, "not_imported"),
                          (8, "not_imported")])
        self.assertTrue(all(o["message"] for o in outcomes))
        self.assertEqual(os.listdir(os.path.join(self.folder, "out")), [])
        outcomes = self.import_text("0 1 * * * nobody-else /bin/x\n", "--system", "--user", "root",
                                    code=2)
        self.assertIn("nobody-else", outcomes[0]["message"])

    def test_a_dry_run_shows_the_difference_and_writes_nothing(self):
        out = os.path.join(self.folder, "out")
        arguments = ("import", "crontab", "-", "--out", out, "--timezone", "UTC")
        shown = self.gantry(*arguments, "--dry-run", text="0 1 * * * /bin/job\n").stdout
        self.assertIn('+  - {id: cron, cron: "0 1 * * *"', shown)
        self.assertFalse(os.path.exists(out))
        self.gantry(*arguments, text="0 1 * * * /bin/job\n")
        with open(os.path.join(out, "job.yaml"), encoding="utf-8") as file:
            before = file.read()
        self.assertIn("unchanged", self.gantry(*arguments, text="0 1 * * * /bin/job\n").stdout)
        changed = "0 5 * * * /bin/job\n"
        shown = self.gantry(*arguments, "--dry-run", text=changed, code=2)
        self.assertIn('-  - {id: cron, cron: "0 1 * * *"', shown.stdout)
        self.assertIn('+  - {id: cron, cron: "0 5 * * *"', shown.stdout)
        self.assertIn("--force replaces it", shown.stderr)
        self.assertNotIn("--dry-run", shown.stderr)
        [told] = json.loads(self.gantry(*arguments, "--dry-run", "--json", text=changed,
                                        code=2).stdout)
        self.assertTrue(told["dry_run"])
        self.assertIn('+  - {id: cron, cron: "0 5 * * *"', told["diff"])
        self.assertIn("--force", self.gantry(*arguments, text=changed, code=2).stderr)
        with open(os.path.join(out, "job.yaml"), encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        self.assertIn("replaced", self.gantry(*arguments, "--force", text=changed).stdout)

    def test_the_command_runs_as_under_cron(self):
        home = os.path.join(self.folder, "there")
        os.makedirs(home)
        text = (f"HOME={home}\nGREETING=\"good  morning\"\n"
                "* * * * * { pwd; echo \"$GREETING $SHELL $PATH $LOGNAME 100\\%\"; cat; } > seen; "
                "false; echo ${{ x }}>> seen%one%two\n")
        # As text of a shell the last echo is an error of its own, which ends the command.
        self.import_text(text.replace("echo ${{ x }}", "echo '${{ x }}'"), "--user", "root")
        [file] = os.listdir(os.path.join(self.folder, "out"))
        self.gantry("run", os.path.join(self.folder, "out", file))
        with open(os.path.join(home, "seen"), encoding="utf-8") as seen:
            self.assertEqual(seen.read(), f"{home}\ngood  morning /bin/sh /usr/bin:/bin root 100%\n"
                                          "one\ntwo\n${{ x }}\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
