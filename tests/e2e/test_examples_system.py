#!/usr/bin/env python3
"""The examples of the operators: backups, logs and certificates, on files that these tests make."""
import datetime
import filecmp
import gzip
import os
import ssl
import subprocess
import tarfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from examples import ExampleTest

DAY = 86400


class BackupTest(ExampleTest):
    def folder(self):
        folder = self.home.path("mine")
        os.makedirs(os.path.join(folder, "deep", "文件夹"))
        for name, text in (("a.txt", "one"), ("deep/with space.txt", "two" * 999),
                           ("deep/文件夹/c.bin", "\0\1"), ("two\nlines", "x"), ("back\\slash", "y"),
                           ("empty", "")):
            self.home.write(os.path.join(folder, name), text)
        os.symlink("a.txt", os.path.join(folder, "link"))
        return folder

    def archives(self, folder):
        return sorted(name for name in os.listdir(folder) if name.endswith(".tar.gz"))

    def assert_holds(self, archive, folder):
        """The archive, read by another program, is the folder."""
        scratch = self.home.path("scratch")
        with tarfile.open(archive) as packed:
            packed.extractall(scratch)
        pairs = [filecmp.dircmp(scratch, folder)]
        while pairs:
            pair = pairs.pop()
            self.assertEqual(pair.left_only + pair.right_only, [])
            _, different, odd = filecmp.cmpfiles(pair.left, pair.right, pair.common_files, False)
            self.assertEqual(different + odd, [])
            pairs += pair.subdirs.values()
        self.assertEqual(os.readlink(os.path.join(scratch, "link")), "a.txt")

    @staticmethod
    def expected_days(today, daily, weekly):
        """Which of the last forty days, and today, stay: a day more each, looked at by itself."""
        days = [today - datetime.timedelta(days=back) for back in range(41)]
        keep = set(days[:daily])
        for day in days:
            later = [other for other in days if other > day]
            monday = day - datetime.timedelta(days=day.weekday())
            last_of_week = all(other - monday >= datetime.timedelta(days=7) for other in later)
            weeks_since = (today - datetime.timedelta(days=today.weekday()) - monday).days // 7
            if last_of_week and weeks_since < weekly:
                keep.add(day)
        return keep

    def rotation(self, lang, daily, weekly):
        self.install(lang)
        run = self.trigger("system/backup", {"daily": daily, "weekly": weekly})
        backups = self.workspace(run, "backups")
        kept = [name[len("backup-"):][:10] for name in self.archives(backups)]
        self.assertEqual(sorted(os.listdir(backups)), sorted(
            name + end for name in self.archives(backups) for end in ("", ".sha256")))
        today = datetime.date.fromisoformat(kept[-1])
        self.assertEqual({datetime.date.fromisoformat(day) for day in kept},
                         self.expected_days(today, daily, weekly))
        self.assertEqual(len(kept), len(set(kept)))
        self.assertFalse(os.path.exists(self.workspace(run, "restored")))
        return self.log(run, "verify")

    def test_rotation_in_english(self):
        self.assertIn("4 files restored and compared", self.rotation("en", 7, 4))

    def test_rotation_in_chinese(self):
        self.assertIn("已恢复并比较 4 个文件", self.rotation("zh", 3, 6))

    def test_a_folder_of_ours(self):
        self.install()
        folder, backups = self.folder(), self.home.path("safe")
        self.trigger("system/backup", {"folder": folder, "backups": backups})
        first, = self.archives(backups)
        self.assert_holds(os.path.join(backups, first), folder)

    def test_a_damaged_older_backup_stops_the_rotation(self):
        self.install()
        folder, backups = self.folder(), self.home.path("safe")
        given = {"folder": folder, "backups": backups, "daily": 1, "weekly": 0}
        self.trigger("system/backup", given)
        first, = self.archives(backups)
        with open(os.path.join(backups, first), "r+b") as file:
            file.seek(40)
            byte = file.read(1)[0]
            file.seek(40)
            file.write(bytes([byte ^ 1]))
        run = self.trigger("system/backup", given, state="failed")
        self.assertIn(first + ": damaged", self.log(run, "older"))
        self.assertEqual(self.home.task(run["number"], "rotate")["state"], "upstream_failed")
        self.assertIn(first, self.archives(backups))

    def test_verify_refuses_what_differs(self):
        """The same script over archives that are cut, or lack a file, or hold another."""
        self.install()
        folder, backups = self.folder(), self.home.path("safe")
        run = self.trigger("system/backup", {"folder": folder, "backups": backups})
        good, = self.archives(backups)
        script = self.home.path("workflows", "system", "backup-scripts", "verify.py")
        output = self.home.path("outputs")

        def verify(archive):
            return subprocess.run(
                ["python3", script, archive, self.workspace(run, "files.sha256"),
                 self.home.path("trial")], capture_output=True, text=True, check=False,
                env={**os.environ, "GANTRY_OUTPUT": output})

        self.assertEqual(verify(os.path.join(backups, good)).returncode, 0)
        with open(os.path.join(backups, good), "rb") as file:
            content = file.read()
        cut = self.home.path("cut.tar.gz")
        with open(cut, "wb") as file:
            file.write(content[:-30])
        self.assertIn("can not be unpacked", verify(cut).stderr)
        self.home.write(os.path.join(folder, "a.txt"), "changed")
        other = self.home.path("other.tar.gz")
        with tarfile.open(other, "w:gz") as packed:
            packed.add(folder, ".", filter=lambda item: None if "empty" in item.name else item)
        self.assertIn("differs from the folder in: ./a.txt, ./empty", verify(other).stderr)

    def test_half_a_setting_is_refused(self):
        self.install()
        run = self.trigger("system/backup", {"folder": self.folder()}, state="failed")
        self.assertIn("give both params", self.log(run, "prepare"))


class CleanLogsTest(ExampleTest):
    def logs(self):
        """name -> (age in days, content)"""
        folder = self.home.path("logs-of-mine")
        os.makedirs(folder)
        files = {"new.log": 0, "week.log": 7, "old.log": 40, "old.log.1": 50, "week.log.2.gz": 8,
                 "notes.txt": 90, "twice.log": 9, "twice.log.gz": 10}
        for name, age in files.items():
            path = os.path.join(folder, name)
            self.home.write(path, f"content of {name}\n" * 50)
            os.utime(path, (time.time() - age * DAY - 60,) * 2)
        os.symlink("old.log", os.path.join(folder, "link.log"))
        return folder

    @staticmethod
    def state(folder):
        found = {}
        for entry in os.scandir(folder):
            with open(entry.path, "rb") as file:
                found[entry.name] = file.read()
        return found

    def test_dry_run_is_the_default_for_a_folder_of_ours(self):
        self.install()
        folder = self.logs()
        before = self.state(folder)
        run = self.trigger("system/clean-logs", {"folder": folder})
        self.assertEqual(self.state(folder), before)
        said = sorted(line.split(",")[:2] for line in
                      self.read(self.workspace(run, "actions.csv")).splitlines()[1:])
        self.assertEqual(said, [["compress", "week.log"], ["remove-age", "old.log"],
                                ["remove-age", "old.log.1"]])

    def test_a_folder_of_ours(self):
        self.install()
        folder = self.logs()
        before = self.state(folder)
        age = os.stat(os.path.join(folder, "week.log")).st_mtime
        os.unlink(os.path.join(folder, "link.log"))
        del before["link.log"]
        self.trigger("system/clean-logs", {"folder": folder, "dry_run": "false"})
        after = self.state(folder)
        self.assertEqual(gzip.decompress(after.pop("week.log.gz")), before["week.log"])
        self.assertAlmostEqual(os.stat(os.path.join(folder, "week.log.gz")).st_mtime, age, 3)
        for gone in ("week.log", "old.log", "old.log.1"):
            del before[gone]
        self.assertEqual(after, before)

    def example(self, lang, word):
        self.install(lang)
        run = self.trigger("system/clean-logs", {"compress_days": 5, "remove_days": 20})
        left = self.state(self.workspace(run, "logs"))
        self.assertIn(word, left.pop("readme.txt").decode())
        self.assertLessEqual(sum(map(len, left.values())), 1000000)
        numbers = sorted(int(name[len("shop-"):][:2]) for name in left)
        # The newest stay, without a hole, and one more would have been too many.
        self.assertEqual(numbers, list(range(len(numbers))))
        self.assertLess(len(numbers), 20)
        self.assertEqual({name for name in left if name.endswith(".gz")},
                         {name for name in left if int(name[len("shop-"):][:2]) >= 5})
        for name, content in left.items():
            text = gzip.decompress(content) if name.endswith(".gz") else content
            self.assertEqual(text.count(b" answered\n"), 1500)
        removed = [line.split(",") for line in
                   self.read(self.workspace(run, "actions.csv")).splitlines()
                   if line.startswith("remove-size")]
        self.assertGreater(sum(map(len, left.values())) + int(removed[-1][2]), 1000000)

    def test_example_in_english(self):
        self.example("en", "stays")

    def test_example_in_chinese(self):
        self.example("zh", "保留")


class Answer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing."""


class CertificatesTest(ExampleTest):
    def certificate(self, folder, name, days):
        """A pair of files that openssl makes; with days=-1 it ended yesterday."""
        os.makedirs(folder, exist_ok=True)
        key, request, out = (os.path.join(folder, name + end) for end in (".key", ".csr", ".pem"))
        for command in (["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj",
                         "/CN=" + name, "-out", request],
                        ["x509", "-req", "-in", request, "-signkey", key, "-days", str(days),
                         "-out", out]):
            subprocess.run(["openssl", *command], check=True, capture_output=True)
        return out, key

    def serve(self, certificate, key):
        """A TLS server of this test; its port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = HTTPServer(("127.0.0.1", 0), Answer)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_port

    def test_example_in_english(self):
        self.install()
        run = self.trigger("system/certificates")
        self.assertIn("all 3 certificates are good for 21 days", self.log(run, "judge"))
        late = self.trigger("system/certificates", {"days": 120}, state="failed")
        said = self.log(late, "judge")
        self.assertRegex(said, r"shop\.example\.pem: .*ends in (89|90) days")
        self.assertNotIn("mail.example", said)

    def test_example_in_chinese(self):
        self.install("zh")
        run = self.trigger("system/certificates", {"days": 400}, state="failed")
        said = self.log(run, "judge")
        self.assertIn("3 张证书中有 2 张需要处理", said)
        self.assertNotIn("intranet", said)

    def test_expired_and_broken_files_and_ports(self):
        self.install()
        folder = self.home.path("certificates-of-mine")
        self.certificate(folder, "expired", -1)
        certificate, key = self.certificate(folder, "good", 700)
        with open(certificate, encoding="utf-8") as good, \
                open(os.path.join(folder, "expired.pem"), encoding="utf-8") as expired:
            self.home.write(os.path.join(folder, "chain.pem"), good.read() + expired.read())
        self.home.write(os.path.join(folder, "broken.crt"), "no certificate\n")
        port = self.serve(*self.certificate(self.home.path("short"), "short", 5))
        fine = self.serve(certificate, key)
        run = self.trigger("system/certificates", {
            "folder": folder, "ports": f'["127.0.0.1:{port}", "127.0.0.1:{fine}", "127.0.0.1:1"]'},
            state="failed")
        said = self.log(run, "judge")
        self.assertIn("5 of 8 certificates need you:", said)
        for words in (r"expired\.pem: .*expired: EXPIRED on", r"chain\.pem: .*expired: EXPIRED on",
                      r"broken\.crt: can not be read", r"127\.0\.0\.1:1: shows no certificate",
                      rf"127\.0\.0\.1:{port}: .*short: ends in [45] days"):
            self.assertRegex(said, words)
        self.assertNotIn("good", said)
        self.assertNotIn(str(fine), said)


if __name__ == "__main__":
    unittest.main()
