#!/usr/bin/env python3
"""The packages as people get them: made from the built programs, used in systems made for it.

bookworm is what the packages are for; trixie stands for whatever is newer: another glibc is fine,
and none of the libraries that the program was linked with is there.
"""
import filecmp
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

from clean_root import (CleanRoot, SOURCE, USER, checked, make_all_kept, make_kept,  # noqa: E402
                        own_mounts)
from waiting import wait_for  # noqa: E402

PROGRAMS = os.path.dirname(os.environ.get("GANTRY_BIN") or
                           os.path.join(SOURCE, "build/release/bin/gantry"))
SUITES = ("bookworm", "trixie")
ODD_FOLDER = "/opt/my programs 工作流"
SUCCEEDED = "succeeded"

# Waits for the main example of a `gantry up` in the background, tells how long that took.
UP = """
cd ~
begun=$(date +%s%N)
gantry up >up.log 2>&1 &
server=$!
until grep -q '^The main example ended' up.log; do
  kill -0 $server || { cat up.log; exit 1; }
  sleep 0.02
done
echo "took $(( ($(date +%s%N) - begun) / 1000000 )) ms" >&3
"""


class Packages:
    """Both packages, made once for all tests."""
    folder = deb = tarball = None


def make(kind, folder):
    return checked([os.path.join(SOURCE, "packaging", f"make-{kind}"), SOURCE, PROGRAMS,
                    folder]).strip()


def setUpModule():
    own_mounts()
    Packages.folder = tempfile.mkdtemp(prefix="gantry-packages-")
    Packages.deb = make("deb", Packages.folder)
    Packages.tarball = make("tarball", Packages.folder)
    make_all_kept(SUITES)


def tearDownModule():
    for suite in SUITES:
        with_python(suite).remove()
    shutil.rmtree(Packages.folder)


class PackingTest(unittest.TestCase):
    def test_two_packings_give_the_same_bytes(self):
        again = tempfile.mkdtemp(prefix="again-", dir=Packages.folder)
        for kind, first in (("deb", Packages.deb), ("tarball", Packages.tarball)):
            with self.subTest(kind):
                self.assertTrue(filecmp.cmp(first, make(kind, again), shallow=False))

    def test_names_tell_version_and_machine(self):
        version = json.loads(checked([PROGRAMS + "/gantry", "version", "--json"]))["version"]
        machine = os.uname().machine
        arch = checked(["dpkg", "--print-architecture"]).strip()
        self.assertEqual(os.path.basename(Packages.deb), f"gantry_{version}_{arch}.deb")
        self.assertEqual(os.path.basename(Packages.tarball),
                         f"gantry-{version}-linux-{machine}.tar.gz")

    def test_everything_is_owned_by_root(self):
        listing = checked(["dpkg-deb", "-c", Packages.deb]).splitlines()
        self.assertEqual({line.split()[1] for line in listing}, {"root/root"})


class InstalledTest(unittest.TestCase):
    """The Debian package in a plain Debian 12."""

    @classmethod
    def setUpClass(cls):
        cls.root = CleanRoot(make_kept("bookworm"))
        cls.addClassCleanup(cls.root.remove)
        shutil.copy(Packages.deb, cls.root.path("root", "gantry.deb"))
        cls.root.apt("install", "/root/gantry.deb")

    def test_up_reaches_a_finished_example(self):
        said = self.root.script("exec 3>&1\n" + UP + """
            cat up.log
            gantry runs --json >runs.json
            kill $server
            wait $server
            """)
        with open(self.root.path("home", USER, "runs.json"), encoding="utf-8") as file:
            [run] = json.load(file)
        self.assertEqual((run["workflow"], run["state"]), ("data/sales-report", SUCCEEDED))
        host = os.uname().nodename
        self.assertIn(f"  from afar  ssh -L 7400:127.0.0.1:7400 {USER}@{host}\n", said)
        print("\ngantry up from the .deb, to a finished example:",
              re.search(r"^took (.*)$", said, re.M)[1], file=sys.stderr)

    def test_tells_which_build_it_is(self):
        self.assertEqual(self.root.run("gantry", "version"),
                         checked([PROGRAMS + "/gantry", "version"], env={"LC_ALL": "C.UTF-8"}))

    def test_brings_pages_and_completions(self):
        for page in ("man1", "zh_CN/man1"):
            text = self.root.run("zcat", f"/usr/share/man/{page}/gantry.1.gz")
            self.assertRegex(text, r"(?m)^\.TH \"?(?i:gantry)\"? \"?1\"?")
        doc = "usr/share/doc/gantry"
        for name in ("copyright", "changelog.gz", "README.Debian", "examples/README.md",
                     "examples/zh/data/sales-report.yaml", "format/workflow.md",
                     "en/lint/bad-cron.md", "zh/lint/bad-cron.md"):
            self.assertTrue(os.path.exists(self.root.path(doc, name)), name)
        loaded = self.root.script(
            "source /usr/share/bash-completion/completions/gantry; complete -p gantry")
        self.assertIn("gantry", loaded)
        for shell, path in (("zsh", "zsh/vendor-completions/_gantry"),
                            ("fish", "fish/vendor_completions.d/gantry.fish")):
            with open(self.root.path("usr/share", path), encoding="utf-8") as file:
                self.assertEqual(file.read(), self.root.run("gantry", "completion", shell))

    def test_the_service_has_its_user_and_folders(self):
        facts = self.root.run("stat", "-c", "%n %U:%G %a", "/etc/gantry", "/etc/gantry/gantry.yaml",
                              "/var/lib/gantry").splitlines()
        self.assertEqual(facts, ["/etc/gantry gantry:gantry 750",
                                 "/etc/gantry/gantry.yaml root:gantry 640",
                                 "/var/lib/gantry gantry:gantry 700"])
        self.assertFalse(os.path.lexists(self.root.path(
            "etc/systemd/system/multi-user.target.wants/gantry.service")))

    def test_root_speaks_with_the_service(self):
        root = self.root.copy()
        self.addCleanup(root.remove)
        said = root.script("""
            cd /
            setpriv --reuid gantry --regid gantry --init-groups gantry serve >/tmp/serve.log 2>&1 &
            server=$!
            until grep -q '  API  ' /tmp/serve.log; do
              kill -0 $server || { cat /tmp/serve.log; exit 1; }
              sleep 0.02
            done
            gantry workflows --json
            ls /var/lib/gantry/gantry.db
            kill $server
            wait $server
            """, user="root")
        self.assertEqual(said, "[]\n/var/lib/gantry/gantry.db\n")

    def test_up_of_root_leaves_the_service_its_files(self):
        root = self.root.copy()
        self.addCleanup(root.remove)
        said = root.run("gantry", "up", "--once")
        self.assertIn("\nThe main example ended: succeeded\n", said)
        self.assertEqual(root.run("find", "/var/lib/gantry", "/etc/gantry/workflows", "!", "-user",
                                  "gantry"), "")

    def test_upgrade_removal_and_purge(self):
        root = self.root.copy()
        self.addCleanup(root.remove)
        settings, data = root.path("etc/gantry/gantry.yaml"), root.path("var/lib/gantry/kept")
        workflow = root.path("etc/gantry/workflows/mine.yaml")
        os.makedirs(os.path.dirname(workflow))
        for path in (settings, data, workflow):
            with open(path, "a", encoding="utf-8") as file:
                file.write("# mine\n")
        root.apt("install", "--reinstall", "/root/gantry.deb")
        root.apt("remove", "gantry")
        self.assertFalse(os.path.exists(root.path("usr/bin/gantry")))
        for path in (settings, data, workflow):
            self.assertEqual(checked(["tail", "-n", "1", path]), "# mine\n")
        root.apt("purge", "gantry")
        self.assertEqual([os.path.exists(path) for path in (settings, data, workflow)],
                         [False, False, True])
        self.assertEqual(root.run("dpkg-query", "-W", "-f", "${Package}\n", "libc6"), "libc6\n")


@functools.cache
def with_python(suite):
    """A system with what the main example and certificates need. Not to be changed: copy it."""
    root = CleanRoot(make_kept(suite))
    root.apt("install", "--no-install-recommends", "python3", "ca-certificates")
    return root


class TarballCases:
    """The tarball in a folder with an odd name. Subclasses name the system."""
    suite = None

    @classmethod
    def setUpClass(cls):
        cls.root = with_python(cls.suite).copy()
        cls.addClassCleanup(cls.root.remove)
        folder = cls.root.path(ODD_FOLDER[1:])
        os.makedirs(folder)
        checked(["tar", "-C", folder, "--strip-components=1", "-xzf", Packages.tarball])
        cls.gantry = ODD_FOLDER + "/bin/gantry"

    def test_up_once_and_doctor(self):
        said = self.root.run(self.gantry, "up", "--once", user=USER)
        self.assertIn("\nThe main example ended: succeeded\n", said)
        self.root.run(self.gantry, "doctor", user=USER)
        found = json.loads(self.root.run(self.gantry, "doctor", "--check", "--json", user=USER))
        self.assertEqual(found["violations"], [])

    def test_tells_which_build_it_is(self):
        self.assertEqual(self.root.run(self.gantry, "version"),
                         checked([PROGRAMS + "/gantry", "version"], env={"LC_ALL": "C.UTF-8"}))

    def test_every_library_is_its_own_or_of_glibc(self):
        of_glibc = r"lib(c|m|resolv|pthread|dl|rt)\.so\.\d+$|ld-linux|linux-vdso"
        for line in self.root.run("ldd", self.gantry).splitlines():
            name, _, where = line.strip().partition(" => ")
            if re.search(of_glibc, name.split(" (")[0]):
                continue
            self.assertTrue(where.startswith(ODD_FOLDER + "/"), line)
        shim = os.path.join(self.root.path(ODD_FOLDER[1:]), "lib/gantry/gantry-shim")
        self.assertNotIn("NEEDED", checked(["objdump", "-p", shim]))

    def test_tasks_do_not_get_its_libraries(self):
        said = self.root.script(f"""
            echo 'tasks: {{a: {{run: "env; ldd /bin/bash"}}}}' >/tmp/libraries.yaml
            cd /tmp
            '{self.gantry}' run libraries.yaml >run.log
            cat ~/.config/gantry/data/local/*/logs/*/*
            """)
        self.assertIn("libc.so.6", said)
        self.assertNotIn("LD_LIBRARY_PATH", said)
        self.assertNotIn(ODD_FOLDER + "/lib", said)

    def test_trusts_the_authorities_of_the_machine(self):
        make_authority(self.root)
        self.root.run("update-ca-certificates")
        asking = f"GANTRY_TOKEN=x GANTRY_URL=https://localhost:8443 '{self.gantry}' runs 2>&1"
        said = self.root.script(HTTPS_SERVER + f"""
            {asking} || true
            echo ----
            SSL_CERT_FILE=/etc/hostname {asking} || true
            kill $server
            """)
        trusted, distrusted = said.split("----")
        self.assertNotIn("certificate", trusted.lower())
        self.assertRegex(distrusted.lower(), "certificate|ssl")

    def test_install_script(self):
        self.root.run(ODD_FOLDER + "/install.sh", "/usr/local")
        said = self.root.script("command -v gantry; gantry up --once --home /tmp/installed")
        self.assertTrue(said.startswith("/usr/local/bin/gantry\n"), said)
        self.root.script("xargs -d '\\n' rm -f < /usr/local/share/gantry/installed-files",
                         user="root")
        self.assertFalse(os.path.exists(self.root.path("usr/local/bin/gantry")))


# Answers 404 to everything, with the certificate that make_authority() left.
HTTPS_SERVER = """
cd /tmp
python3 - <<'PYTHON' &
import http.server, ssl
server = http.server.HTTPServer(("127.0.0.1", 8443), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/etc/test.pem", "/etc/test.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
open("/tmp/listens", "w").close()
server.serve_forever()
PYTHON
server=$!
until [ -e /tmp/listens ]; do kill -0 $server; sleep 0.02; done
exec 2>/dev/null
"""


def make_authority(root):
    """A certificate that signs itself, known to update-ca-certificates; ECDSA is quick to make."""
    key, certificate = root.path("etc/test.key"), root.path("etc/test.pem")
    checked(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate])
    os.chmod(key, 0o644)
    shutil.copy(certificate, root.path("usr/local/share/ca-certificates/test.crt"))


class TarballOnDebian12Test(TarballCases, unittest.TestCase):
    suite = "bookworm"


class TarballOnNewerSystemTest(TarballCases, unittest.TestCase):
    suite = "trixie"


if __name__ == "__main__":
    unittest.main()
