"""The session in which a document is executed: one bash, in a home folder of its own.

`gantry` is on the PATH, GANTRY_HOME is ~/.config/gantry of the session, and 7400, the port that
documents name, stands for a free port. What a block starts in the background ends with the session.
"""
import contextlib
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from document_text import appears
from processes import holders_of, kill_one, tasks_of
from waiting import pass_time, wait_for

BLOCK_SECONDS = 120.0
SHOWN_SECONDS = 30.0
PORT = re.compile(r"\b7400\b")
BACKGROUND = re.compile(r"[^&]&\s*$", re.M)
SERVER = re.compile(r"\bgantry (?:up|serve)\b[^\n]*[^&]&\s*$", re.M)
# Failing commands, one per line: a block may hide one behind its last command.
TRAP = "trap 'printf \"%q\\n\" \"$BASH_COMMAND\" >>\"{}\"' ERR\n"


class Wrong(AssertionError):
    """A block did not do what the document says."""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Session:
    """Use as a context manager; ends all that was started in it."""

    def __init__(self, program, language="en", patience=SHOWN_SECONDS):
        self.patience = patience
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="gantry-document-"))
        self.home = os.path.join(self.root, "home")
        self.gantry_home = os.path.join(self.home, ".config", "gantry")
        self.port = free_port()
        self.count = 0
        os.makedirs(self.home)
        self.failures = os.path.join(self.root, "failures")
        status_read, status_write = os.pipe()
        self.status = os.fdopen(status_read, "rb", buffering=0)
        with open(os.path.join(self.root, "bash"), "wb") as log:
            self.bash = subprocess.Popen(
                ["bash", "--norc", "--noprofile"], stdin=subprocess.PIPE, stdout=log, stderr=log,
                cwd=self.home, env=self.environment(program, language), start_new_session=True,
                pass_fds=[status_write])
        self.tell(f"exec 9>&{status_write} {status_write}>&-\n" + TRAP.format(self.failures))
        os.close(status_write)

    def environment(self, program, language):
        folder = os.path.dirname(os.path.abspath(program))
        tongue = "zh_CN.UTF-8" if language == "zh" else "C.UTF-8"
        return {"PATH": folder + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                "HOME": self.home, "GANTRY_HOME": self.gantry_home, "LANG": tongue,
                "GANTRY_LISTEN": f"127.0.0.1:{self.port}", "TERM": "dumb", "PS1": ""}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """By process id: bash, then what has a file of the session open or is its task."""
        kill_one(self.bash.pid)
        self.bash.wait()
        self.bash.stdin.close()
        self.status.close()
        wait_for(self.nothing_left, f"nothing of {self.root} is left")
        shutil.rmtree(self.root, ignore_errors=True)

    def nothing_left(self):
        left = {task.pid for task in tasks_of(self.gantry_home)} | set(holders_of(self.root))
        for pid in left - {os.getpid()}:
            kill_one(pid)
        return not left - {os.getpid()}

    def tell(self, text):
        self.bash.stdin.write(text.encode())
        self.bash.stdin.flush()

    # -- steps --

    def write(self, name, text):
        path = os.path.normpath(os.path.join(self.home, name))
        if not path.startswith(self.home + "/"):
            raise Wrong(f"{name} is not below the session's folder")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.with_port(text))

    def with_port(self, text):
        return PORT.sub(str(self.port), text)

    def type(self, text):
        """Types a block; the exit code of its last command and a function that reads its output."""
        self.count += 1
        block, output = (os.path.join(self.root, f"{kind}-{self.count}") for kind in ("in", "out"))
        with open(block, "w", encoding="utf-8") as file:
            file.write(self.with_port(text))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.failures)
        self.tell(f". '{block}' >'{output}' 2>&1 </dev/null 9>&-; echo $? >&9\n")
        code = self.wait_code(output)
        hidden = self.failed_commands(block)[:-1 if code else None]
        if hidden:
            raise Wrong(f"a command before the last one failed: {hidden[0]}\n{self.read(output)}")
        return code, lambda: self.read(output)

    def wait_code(self, output):
        ready, _, _ = select.select([self.status], [], [], BLOCK_SECONDS)
        line = self.status.readline() if ready else b""
        if not line:
            why = "the session has ended" if ready else f"no end after {BLOCK_SECONDS:g} s"
            raise Wrong(f"{why}\n{self.read(output)}")
        return int(line)

    def failed_commands(self, block):
        with contextlib.suppress(FileNotFoundError), open(self.failures, encoding="utf-8") as file:
            return [line.strip() for line in file if block not in line]
        return []

    def read(self, output):
        """What appeared, as on the reader's machine."""
        with contextlib.suppress(FileNotFoundError), \
                open(output, encoding="utf-8", errors="replace") as file:
            text = file.read().replace(self.home, "/home/you").replace(str(self.port), "7400")
            return re.sub(rf"\b{re.escape(socket.gethostname())}\b", "server", text)
        return ""

    def is_ready(self):
        """Does the server answer?"""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def do(self, step):
        """Executes a step; what appeared, and the exit code. What takes a moment is waited for."""
        if step.title:
            self.write(step.title, step.text)
            return 0, ""
        deadline = time.monotonic() + self.patience
        code, read = self.type_until(step, deadline) if step.again else self.type(step.text)
        if step.shown and BACKGROUND.search(step.text):
            wait_quietly(lambda: appears(step.shown.text, read()), deadline)
        if SERVER.search(step.text) and "--home" not in step.text:
            wait_for(self.is_ready, "the server answers", SHOWN_SECONDS)
        return code, read()

    def type_until(self, step, deadline):
        """Types a block until it shows what it has to."""
        while True:
            try:
                code, read = self.type(step.text)
                if time.monotonic() > deadline or (
                        code == step.exit and appears(step.shown.text, read())):
                    return code, read
            except Wrong:
                if time.monotonic() > deadline:
                    raise
            pass_time(0.2)


def wait_quietly(condition, deadline):
    with contextlib.suppress(AssertionError):
        wait_for(condition, "", deadline - time.monotonic())
