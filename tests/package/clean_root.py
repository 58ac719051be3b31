"""Systems that know nothing of this machine: made by debootstrap, entered with unshare and chroot.

A made system is kept below build/roots; what a test writes lies in layers over it. Needs root, and
the archive that apt of this machine is configured with. Whatever runs in a system ends with the
command that entered it, and whatever is mounted with the process that called own_mounts().
"""
import ctypes
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

SOURCE = os.environ.get("GANTRY_SOURCE_DIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
KEPT = os.path.join(SOURCE, "build", "roots")
ARCHIVES = os.path.join(KEPT, "archives")
ENTER = os.path.join(SOURCE, "tests", "package", "enter")
USER = "visitor"
PATIENCE = 600


class Broken(AssertionError):
    """A command in a clean system failed."""


def checked(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise Broken(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def mirror():
    """Where the apt of this machine has Debian 12 from."""
    for line in checked(["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)",
                         "Created-By: Packages"]).splitlines():
        codename, _, uri = line.partition(" ")
        if codename == "bookworm":
            return uri
    raise Broken("the apt of this machine knows no archive with Debian 12 (bookworm)")


def entering(tree, user, command, network):
    own = [] if network else ["--net"]
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", *own, ENTER, tree, user,
            *command]


def make_kept(suite):
    """The minimal system of a Debian release, as it comes, with the lists of apt and a user."""
    kept = os.path.join(KEPT, suite)
    if os.path.exists(kept):
        return kept
    os.makedirs(ARCHIVES, exist_ok=True)
    made = tempfile.mkdtemp(prefix=f"{suite}-", dir=KEPT)
    os.chmod(made, 0o755)
    checked(["debootstrap", "--variant=minbase", f"--cache-dir={ARCHIVES}", suite, made, mirror()])
    # What is written here need not outlast a power cut.
    with open(os.path.join(made, "etc/dpkg/dpkg.cfg.d/unsafe-io"), "w", encoding="utf-8") as file:
        file.write("force-unsafe-io\n")
    for command in (["apt-get", "update", "-q"],
                    ["useradd", "--create-home", "--shell", "/bin/bash", USER]):
        checked(entering(made, "root", command, network=True))
    os.rename(made, kept)
    return kept


def make_all_kept(suites):
    with ThreadPoolExecutor() as pool:
        list(pool.map(make_kept, suites))


def own_mounts():
    """From here on nobody else sees what this process and its children mount."""
    clone_newns = 0x00020000
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newns) != 0:
        raise Broken(f"unshare: {os.strerror(ctypes.get_errno())} (this needs root)")
    checked(["mount", "--make-rprivate", "/"])


class CleanRoot:
    """A kept system that may be changed. While a copy of it is in use it has to rest."""

    def __init__(self, *layers):
        self.layers = layers
        self.folder = tempfile.mkdtemp(prefix="use-", dir=KEPT)
        self.tree, self.changes, work = (os.path.join(self.folder, name)
                                         for name in ("tree", "changes", "work"))
        for path in (self.tree, self.changes, work):
            os.mkdir(path, 0o755)
        checked(["mount", "-t", "overlay", "overlay", "-o",
                 f"lowerdir={':'.join(layers)},upperdir={self.changes},workdir={work}", self.tree])

    def copy(self):
        return CleanRoot(self.changes, *self.layers)

    def remove(self):
        checked(["umount", self.tree])
        shutil.rmtree(self.folder)

    def path(self, *parts):
        return os.path.join(self.tree, *parts)

    def run(self, *command, user="root", network=False):
        """Its standard output; Broken with everything it said if it fails."""
        return checked(entering(self.tree, user, list(command), network))

    def script(self, text, user=USER):
        return self.run("bash", "-euc", text, user=user)

    def start(self, *command, user="root", **options):
        """A Popen of unshare, whose only child is the first process in there."""
        return subprocess.Popen(entering(self.tree, user, list(command), network=False), **options)

    @staticmethod
    def join(pid, *command):
        """Runs `command` as root where the process runs; CompletedProcess."""
        return subprocess.run(["nsenter", f"--target={pid}", "--mount", "--pid", "--net", "--root",
                               "--wd", *command], capture_output=True, text=True, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL)

    def apt(self, *arguments):
        environment = dict(os.environ, GANTRY_ARCHIVES=ARCHIVES)
        return checked(entering(self.tree, "root", ["apt-get", "-y", "-q", *arguments], True),
                       env=environment)
