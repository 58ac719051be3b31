"""A look at the processes of this machine: which belong to a task, which shim is above them."""
import collections
import contextlib
import os
import signal

MARKER = b"GANTRY_ATTEMPT_ID="


def read_proc(pid, name):
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def status_field(pid, field):
    for line in read_proc(pid, "status").decode(errors="replace").splitlines():
        if line.startswith(field + ":"):
            return line.split(":", 1)[1].strip()
    return ""


def is_alive(pid):
    return status_field(pid, "State")[:1] not in ("", "Z", "X")


def peak_memory_mb(pid):
    value = status_field(pid, "VmHWM")
    return int(value.split()[0]) / 1024 if value else 0


def parent(pid):
    value = status_field(pid, "PPid")
    return int(value) if value else 0


def command_name(pid):
    return read_proc(pid, "comm").decode(errors="replace").strip()


def kill_one(pid, number=signal.SIGKILL):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class Task(collections.namedtuple("Task", "pid run task attempt marker")):
    """A process of an attempt, known by the environment that it inherits."""

    @property
    def key(self):
        return (self.run, self.task, self.attempt)


def tasks_of(home):
    """All processes of attempts of this home, children and strays included."""
    found = []
    place = b"GANTRY_WORKSPACE=" + os.fsencode(home) + b"/"
    for pid in all_pids():
        environ = read_proc(pid, "environ")
        if MARKER not in environ or place not in environ or not is_alive(pid):
            continue
        env = dict(entry.split(b"=", 1) for entry in environ.split(b"\0") if b"=" in entry)
        found.append(Task(pid, int(env.get(b"GANTRY_RUN", b"0")),
                          env.get(b"GANTRY_TASK", b"").decode(),
                          int(env.get(b"GANTRY_ATTEMPT", b"0")),
                          env[MARKER[:-1]].decode(errors="replace")))
    return found


def shim_of(pid):
    """The shim above a process of a task, 0 if there is none."""
    while pid > 1:
        pid = parent(pid)
        if command_name(pid) == "gantry-shim":
            return pid
    return 0


def holders_of(home):
    """Processes with a file of this home open: server, zygote, shims."""
    found = []
    for pid in all_pids():
        with contextlib.suppress(OSError):
            if any(os.readlink(f"/proc/{pid}/fd/{fd}").startswith(home + "/")
                   for fd in os.listdir(f"/proc/{pid}/fd")):
                found.append(pid)
    return found
