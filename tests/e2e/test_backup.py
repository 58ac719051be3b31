#!/usr/bin/env python3
"""Backups of a server under load, restored: the checker accepts them, they start paused, what ran
is marked and never runs again unasked, and after a resume every run ends. gc: what goes, and what
it says."""
import json
import os
import subprocess
import threading
import unittest

from harness import GANTRY, HomeTest, SUCCEEDED, TERMINAL, Unreachable, size
from waiting import wait_for

LOAD = """
tasks:
  quick: {exec: [/bin/echo, hello]}
  slow: {exec: [/bin/sleep, '0.3'], needs: [quick]}
  again: {exec: [/bin/sleep, '0.3'], retry: {limit: 1, delay: 10ms}}
  asked: {exec: [/bin/sleep, '0.3'], on_interrupt: ask}
  after: {exec: [/bin/true], needs: [slow, again]}
"""


class Load:
    """Starts runs one after the other until it is ended."""

    def __init__(self, home, workflow):
        self.home, self.workflow = home, workflow
        self.started, self.ended = [], threading.Event()
        self.thread = threading.Thread(target=self.work)

    def work(self):
        while not self.ended.is_set():
            try:
                self.started.append(self.home.trigger(self.workflow))
            except Unreachable:
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


class BackupTest(HomeTest):
    def backup(self, name, *options):
        """The path of a new backup, and what the command says of it."""
        path = self.home.path(name)
        done = self.home.cli("backup", path, "--json", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path, json.loads(done.stdout)

    def restore(self, path, *options):
        """A new home from a backup, and what the command says of it."""
        home = self.make_home()
        os.rmdir(home.path("workflows"))
        os.rmdir(home.path("secrets"))
        os.unlink(home.witness)
        os.unlink(home.task_script)
        done = home.cli("restore", path, "--json", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return home, json.loads(done.stdout)

    def start_load(self):
        self.home.workflow("load", LOAD)
        self.home.start().wait_workflow("load")
        return Load(self.home, "load")

    def test_backups_under_load(self):
        count, taken = size(3, 20), []
        with self.start_load() as load:
            for i in range(count):
                wait_for(lambda n=10 * (i + 1): len(load.started) >= n, "runs are started")
                taken.append(self.backup(f"{i}.tar.zst"))
        self.assertGreater(sum(said["backup"]["running_attempts"] for _, said in taken), 0)
        for path, said in taken:
            with self.subTest(path):
                self.check_restored(path, said["backup"])

    def check_restored(self, path, facts):
        home, said = self.restore(path)
        self.assertEqual(said["incarnation"], facts["incarnation"] + 1)
        self.assert_invariants(home, witness=False)
        home.start()
        live = self.running_attempts(home)
        wait_for(lambda: not self.running_attempts(home), "what ran is marked")
        self.assertLessEqual(len(live), facts["running_attempts"])
        marked = [a for run in home.items("runs?limit=1000") for a in home.attempts(run["number"])
                  if a["state"] == "interrupted"]
        self.assertEqual(len(marked), facts["running_attempts"])
        self.assertTrue(all("restored" in a["error"] for a in marked), marked)
        self.check_paused(home)
        self.resume_and_end(home, said, marked)

    def running_attempts(self, home):
        return [a for run in home.items("runs?limit=1000&state=running")
                for a in home.attempts(run["number"]) if a["state"] == "running"]

    def check_paused(self, home):
        """Nothing starts, whatever was on its way."""
        before = sum(len(home.attempts(run["number"])) for run in home.items("runs?limit=1000"))
        number = home.trigger("load")
        self.assertIn("paused", home.get(f"runs/{number}/why").body.decode())
        after = sum(len(home.attempts(run["number"])) for run in home.items("runs?limit=1000"))
        self.assertEqual(after, before)

    def resume_and_end(self, home, said, marked):
        self.assertEqual(home.cli("resume", "--all").returncode, 0)

        def all_ended():
            for run in home.items("runs?limit=1000"):
                if run["state"] in TERMINAL:
                    continue
                for task in home.tasks(run["number"], "waiting"):
                    if task["task"] == "asked":  # a person decides
                        home.cli("resolve", str(run["number"]), "asked", "--as", "succeeded")
                return False
            return True
        wait_for(all_ended, "all runs are terminal", 120)
        runs = home.items("runs?limit=1000")
        self.assertEqual(len(runs), len({run["number"] for run in runs}))
        ids = [a["id"] for run in runs for a in home.attempts(run["number"])]
        self.assertEqual(len(ids), len(set(ids)))
        lost = {a["run"] for a in marked if a["task"] in ("quick", "slow", "after")}
        for run in runs:
            wanted = "failed" if run["number"] in lost else SUCCEEDED
            self.assertEqual(run["state"], wanted, run)
        self.assertEqual(home.stop(), 0)
        found = self.assert_invariants(home, witness=False)
        self.say(f"{len(runs)} runs, {len(marked)} attempts were running, "
                 f"{said['files']} files of {said['bytes']} bytes, {found['records']} records")

    def test_offline_with_logs_versions_and_secrets(self):
        home = self.home
        home.secret("key", "hush-hush-hush")
        home.write(home.path("workflows", "note.txt"), "from a file\n")
        home.workflow("one", "files: [note.txt]\ntasks: {a: {run: cat note.txt}}\n")
        home.start().wait_workflow("one")
        number = home.trigger("one")
        self.assertEqual(home.wait_run(number)["state"], SUCCEEDED)
        self.assertEqual(home.stop(), 0)
        plain, said = self.backup("plain.tar.zst")
        self.assertEqual(said["backup"]["secrets"], ["key"])
        self.assertEqual(os.stat(plain).st_mode & 0o777, 0o600)
        with_secrets, _ = self.backup("secrets.tar.zst", "--with-secrets", "--without-logs")
        restored, _ = self.restore(plain)
        self.assertFalse(os.path.exists(restored.path("secrets", "key")))
        restored.start().wait_workflow("one")
        self.assertEqual(restored.cli("resume", "--all").returncode, 0)
        self.assertIn("from a file", restored.cli("logs", str(number), "a", "--text").stdout)
        again = restored.trigger("one")
        self.assertEqual(restored.wait_run(again)["state"], SUCCEEDED)
        other, said = self.restore(with_secrets)
        self.assertTrue(said["with_secrets"])
        with open(other.path("secrets", "key"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "hush-hush-hush")
        self.assertEqual(os.stat(other.path("secrets", "key")).st_mode & 0o777, 0o600)
        self.assertFalse(os.path.exists(other.path("data", "logs", str(number))))

    def test_what_is_refused_is_said(self):
        home = self.home
        home.workflow("load", LOAD)
        home.start().wait_workflow("load")
        path, _ = self.backup("a.tar.zst")
        cases = [
            (("backup", path), "exists"),
            (("restore", path), "not empty"),
            (("restore", path, "--force"), "lock"),
            (("restore", home.path("absent")), "cannot open"),
            (("restore", home.path("workflows", "load.yaml")), "damaged or no backup"),
        ]
        for arguments, words in cases:
            done = home.cli(*arguments)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertIn(words, done.stderr, arguments)
        away = home.cli("backup", home.path("b.tar.zst"), "--with-secrets",
                        env={"GANTRY_URL": home.url})
        self.assertIn("secrets never pass the API", away.stderr)
        zh = home.cli("backup", home.path("c.tar.zst"), env={"LANG": "zh_CN.UTF-8"})
        self.assertIn("已回读校验", zh.stdout)
        names = {name for name in os.listdir(home.root) if "partial" in name}
        self.assertEqual(names, set())

    def test_a_backup_from_afar_and_its_record(self):
        home = self.home
        home.workflow("load", LOAD)
        home.start().wait_workflow("load")
        home.wait_run(home.trigger("load"))
        done = subprocess.run(
            [GANTRY, "backup", home.path("afar.tar.zst"), "--home", home.path("nowhere")],
            env={**os.environ, "GANTRY_URL": home.url, "GANTRY_TOKEN": home.token()},
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [r["action"] for r in home.items("audit")]
        self.assertIn("backup.take", records)
        viewer = home.call("POST", "tokens", {"name": "v", "role": "operator"}).json["token"]
        refused = home.cli("backup", home.path("d.tar.zst"),
                           env={"GANTRY_URL": home.url, "GANTRY_TOKEN": viewer})
        self.assertNotEqual(refused.returncode, 0)
        self.assertFalse(os.path.exists(home.path("d.tar.zst")))

    def test_an_old_home_is_moved_aside(self):
        home = self.home
        home.workflow("load", LOAD)
        home.start().wait_workflow("load")
        number = home.trigger("load")
        home.wait_run(number)
        path, _ = self.backup("a.tar.zst")
        outside = os.path.join(os.path.dirname(home.root), os.path.basename(home.root) + "-kept")
        os.rename(path, outside)
        self.addCleanup(os.unlink, outside)
        home.wait_run(home.trigger("load"))
        self.assertEqual(home.stop(), 0)
        done = home.cli("restore", outside, "--force", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        aside = json.loads(done.stdout)["moved_to"]
        self.addCleanup(subprocess.run, ["rm", "-rf", aside], check=False)
        self.assertTrue(os.path.exists(os.path.join(aside, "data", "gantry.db")))
        home.start()
        self.assertEqual([run["number"] for run in home.items("runs")], [number])


class GcTest(HomeTest):
    def test_gc_takes_what_is_past_its_time(self):
        home = self.home
        home.write(home.path("gantry.yaml"), "retention: {workspaces: 1us, logs: 1us}\n")
        home.workflow("one", "tasks: {a: {run: echo hello > file; echo hello}}\n")
        home.start().wait_workflow("one")
        for _ in range(3):
            home.wait_run(home.trigger("one"))
        os.makedirs(home.path("data", "logs", "4711"))
        dry = json.loads(home.cli("gc", "--dry-run", "--json").stdout)
        self.assertEqual((dry["logs"], dry["log_folders"]["count"], dry["workspaces"]["count"]),
                         (3, 4, 3))
        self.assertEqual(len(os.listdir(home.path("data", "logs"))), 4)
        done = json.loads(home.cli("gc", "--json").stdout)
        self.assertEqual((done["logs"], done["log_folders"]["count"], done["workspaces"]["count"]),
                         (3, 4, 3))
        self.assertGreater(done["workspaces"]["bytes"], 0)
        self.assertEqual(os.listdir(home.path("data", "logs")), [])
        self.assertEqual([r["action"] for r in home.items("audit?action=gc")], ["gc", "gc"])
        self.assertEqual(home.stop(), 0)
        self.assert_invariants(witness=False)
        table = home.cli("gc", "--dry-run", env={"LANG": "zh_CN.UTF-8"})
        self.assertIn("将清理", table.stdout, table.stderr)
        self.assertIn("the store gave", home.cli("gc").stdout)


if __name__ == "__main__":
    unittest.main()
