#!/usr/bin/env python3
"""The container image: its layout, and what it does when it is run by hand as a runtime would."""
import functools
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

from clean_root import CleanRoot, SOURCE, checked, make_kept, own_mounts  # noqa: E402
from waiting import wait_for  # noqa: E402

PROGRAMS = os.path.dirname(os.environ.get("GANTRY_BIN") or
                           os.path.join(SOURCE, "build/release/bin/gantry"))
HOME = "var/lib/gantry"
# Ends when the file `go` is there.
WAITS = "tasks: {a: {run: 'until [ -e ~/go ]; do sleep 0.05; done; echo went >~/went'}}\n"


class Image:
    """An OCI layout, read without trust in whoever wrote it."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
            [descriptor] = json.load(file)["manifests"]
        self.manifest = json.loads(self.blob(descriptor))
        self.config = json.loads(self.blob(self.manifest["config"]))

    def path(self, descriptor):
        return os.path.join(self.folder, "blobs", *descriptor["digest"].split(":"))

    @functools.cache
    def blob_of(self, path):
        with open(path, "rb") as file:
            return file.read()

    def blob(self, descriptor):
        data = self.blob_of(self.path(descriptor))
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        if (digest, len(data)) != (descriptor["digest"], descriptor["size"]):
            raise AssertionError(f"{descriptor} does not describe its blob")
        return data


def setUpModule():
    own_mounts()


class ContainerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # What is unpacked here is gone with the mount, which is gone with this process.
        cls.folder = tempfile.mkdtemp(prefix="gantry-container-")
        cls.addClassCleanup(os.rmdir, cls.folder)
        checked(["mount", "-t", "tmpfs", "-o", "mode=755", "container", cls.folder])
        cls.addClassCleanup(checked, ["umount", "--lazy", cls.folder])
        base = CleanRoot(make_kept("bookworm"))
        try:
            tarball = checked([SOURCE + "/packaging/make-tarball", SOURCE, PROGRAMS,
                               cls.folder]).strip()
            out = os.path.join(cls.folder, "image")
            checked([SOURCE + "/packaging/make-container", base.tree, tarball, out])
        finally:
            base.remove()
        cls.image = Image(out)
        cls.tree = os.path.join(cls.folder, "tree")
        os.mkdir(cls.tree)
        for layer in cls.image.manifest["layers"]:
            checked(["tar", "-C", cls.tree, "-xpzf", cls.image.path(layer)])

    def setUp(self):
        self.running = None
        self.addCleanup(self.end)

    # ---- a runtime in small

    def start(self):
        run = self.image.config["config"]
        root = CleanRoot.__new__(CleanRoot)
        root.tree = self.tree
        with open(os.path.join(self.folder, "output"), "wb") as output:
            self.running = root.start("env", f"HOME=/{HOME}", *run["Env"], *run["Entrypoint"],
                                      *run["Cmd"], user=run["User"], stdout=output,
                                      stderr=output)
        wait_for(self.first_runs_gantry, "the container runs gantry")
        wait_for(self.is_healthy, "the container is healthy")

    def end(self):
        if self.running and self.running.poll() is None:
            first = self.first()
            self.running.kill()  # --kill-child: takes the first process with it
            self.running.wait()
            wait_for(lambda: not os.path.exists(f"/proc/{first}"), "the container has ended")

    def first(self):
        path = f"/proc/{self.running.pid}/task/{self.running.pid}/children"
        with open(path, encoding="utf-8") as file:
            return int(file.read().split()[0])

    def first_runs_gantry(self):
        if self.running.poll() is not None:
            self.fail(checked(["cat", os.path.join(self.folder, "output")]))
        try:
            return os.readlink(f"/proc/{self.first()}/exe").endswith("/opt/gantry/bin/gantry")
        except (OSError, IndexError):
            return False

    def inside(self, *command):
        """As the user and with the variables of the image."""
        return CleanRoot.join(self.first(), "setpriv", "--reuid=10001", "--regid=10001",
                              "--clear-groups", "env", "-i", *self.image.config["config"]["Env"],
                              f"HOME=/{HOME}", *command)

    def is_healthy(self):
        if self.running.poll() is not None:
            self.fail(checked(["cat", os.path.join(self.folder, "output")]))
        [kind, *command] = self.image.config["config"]["Healthcheck"]["Test"]
        self.assertEqual(kind, "CMD")
        return self.inside(*command).returncode == 0

    def run_of(self, number):
        said = self.inside("gantry", "runs", "--json").stdout
        return next((run for run in json.loads(said or "[]") if run["number"] == number), None)

    # ---- cases

    def test_layers_are_what_the_configuration_says(self):
        wanted = self.image.config["rootfs"]["diff_ids"]
        found = []
        for layer in self.image.manifest["layers"]:
            plain = zlib.decompress(self.image.blob(layer), wbits=31)
            found.append("sha256:" + hashlib.sha256(plain).hexdigest())
        self.assertEqual(found, wanted)

    def test_runs_as_its_own_user(self):
        self.start()
        self.assertEqual(os.stat(f"/proc/{self.first()}").st_uid, 10001)
        self.assertIn("/" + HOME, self.image.config["config"]["Volumes"])
        self.assertEqual(os.stat(os.path.join(self.tree, HOME)).st_uid, 10001)

    def test_reaps_what_nobody_else_does(self):
        self.start()
        first = self.first()
        said = self.inside("bash", "-c", "sleep 1000 >/dev/null 2>&1 & echo started")
        self.assertEqual(said.stdout, "started\n", said.stderr)
        [stray] = [pid for pid in children_of(first) if name_of(pid) == "sleep"]
        os.kill(stray, signal.SIGKILL)
        wait_for(lambda: stray not in children_of(first), "the dead process is reaped")

    def test_running_tasks_end_before_a_stopped_container(self):
        self.start()
        said = self.inside("bash", "-c", f"rm -f ~/go ~/went; cat >~/workflows/waits.yaml <<'E'\n"
                                         f"{WAITS}E\n")
        self.assertEqual(said.returncode, 0, said.stderr)
        wait_for(lambda: self.inside("gantry", "trigger", "waits").returncode == 0, "it is known")
        wait_for(self.has_task, "the task runs")
        os.kill(self.first(), signal.SIGTERM)
        wait_for(lambda: not self.is_healthy(), "the server has ended")
        self.assertIsNone(self.running.poll())
        self.inside("touch", f"/{HOME}/go")
        self.assertEqual(self.running.wait(60), 0)
        self.assertTrue(os.path.exists(os.path.join(self.tree, HOME, "went")))
        self.start()
        wait_for(lambda: self.run_of(1)["state"] == "succeeded", "the end of the task is found")
        task = json.loads(self.inside("gantry", "show", "1", "--json").stdout)["tasks"][0]
        self.assertEqual(task["attempts"], 1)

    def has_task(self):
        return any("until" in command_of(pid) for pid in descendants_of(self.first()))


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [int(word) for word in file.read().split()]


def descendants_of(pid):
    found = []
    for child in children_of(pid):
        try:
            found += [child, *descendants_of(child)]
        except OSError:
            pass
    return found


def name_of(pid):
    with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
        return file.read().strip()


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
            return file.read().replace("\0", " ")
    except OSError:
        return ""


if __name__ == "__main__":
    unittest.main()
