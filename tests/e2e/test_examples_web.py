#!/usr/bin/env python3
"""The examples of website operations: what nginx serves, seen from outside over HTTP."""
import os
import shutil
import socket
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

from examples import EXAMPLES, ExampleTest
from processes import command_name, is_alive, kill_one
from waiting import wait_for

OWN = os.path.join(EXAMPLES, "workflows", "web", "site-content", "en")
SCRIPTS = os.path.join(EXAMPLES, "workflows", "web", "site-scripts")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class SiteTest(ExampleTest):
    def setUp(self):
        super().setUp()
        self.folder = self.home.path("site")
        self.port = free_port()

    def deploy(self, state="succeeded", **params):
        return self.trigger("web/deploy-site", {"folder": self.folder, **params}, state)

    def serve(self):
        self.home.wait_workflow("web/serve-site")
        run = self.home.trigger("web/serve-site", {"folder": self.folder, "port": self.port})
        wait_for(lambda: self.get("/")[0] == 200, "the site is served")
        return run

    def get(self, path):
        try:
            with DIRECT.open(f"http://127.0.0.1:{self.port}{path}", timeout=10) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def current(self):
        return os.path.basename(os.readlink(os.path.join(self.folder, "current")))

    def releases(self):
        return sorted(os.listdir(os.path.join(self.folder, "releases")))

    def nginx(self):
        return int(self.read(self.folder, "nginx.pid"))

    def content(self, name, path=None, text=None):
        """A copy of the example's pages with one file more or another one."""
        folder = self.home.path(name)
        shutil.copytree(OWN, folder)
        if path:
            self.home.write(os.path.join(folder, path), text)
        return folder

    def assert_unchanged(self, before):
        self.assertEqual(self.current(), before)
        status, page = self.get("/")
        self.assertEqual(status, 200)
        self.assertIn("<h1>Welcome to Harbour Tea</h1>", page)
        self.assertEqual(self.get("/help/delivery.html")[0], 200)

    def failed_task(self, run):
        return [task["task"] for task in self.home.tasks(run["number"], "failed")]

    def test_a_site_is_deployed_and_served(self):
        self.install()
        early = self.trigger("web/serve-site", {"folder": self.folder}, "failed")
        self.assertIn("gantry trigger web/deploy-site", self.log(early))
        self.deploy()
        first = self.current()
        run = self.serve()
        self.assertEqual(command_name(self.nginx()), "nginx")
        self.assert_unchanged(first)
        self.assertIn('<a href="help/delivery.html#how-long-it-takes">', self.get("/")[1])
        self.assertIn('<link rel="stylesheet" href="../style.css">',
                      self.get("/help/delivery.html")[1])
        self.assertIn("<h1>Our teas</h1>", self.get("/tea")[1])  # the redirect of site.conf
        self.assertEqual(self.get("/site.conf")[0], 404)
        own = self.content("own", "news.md", "# News & more\n\nSee **[teas](teas.md)**.\n")
        pid = self.nginx()
        for _ in range(3):
            self.deploy(content=own, keep=2)
        self.assertEqual(self.nginx(), pid)  # it was reloaded, not started again
        self.assertIn('<h1>News &amp; more</h1>\n<p>See <strong><a href="teas.html">',
                      self.get("/news.html")[1])
        self.assertEqual(len(self.releases()), 2)
        self.assertEqual(self.releases()[-1], self.current())
        kill_one(pid)  # it comes back by itself
        wait_for(lambda: self.get("/news.html")[0] == 200 and self.nginx() != pid, "nginx is back")
        pid = self.nginx()
        self.assertEqual(self.home.cancel(run).status, 202)
        self.assertEqual(self.home.wait_run(run)["state"], "cancelled")
        self.assertFalse(is_alive(pid))
        self.assert_no_process_left()

    def test_what_is_broken_never_goes_live(self):
        self.install()
        self.deploy()
        before = self.current()
        self.serve()
        for name, path, text, task, word in (
                ("no-title", "bad.md", "no title\n", "build", "bad.md"),
                ("dead-link", "bad.md", "# Bad\n\n[x](absent.md)\n", "links",
                 "bad.html: absent.html"),
                ("dead-heading", "bad.md", "# Bad\n\n[x](teas.md#absent)\n", "links",
                 "bad.html: teas.html#absent"),
                ("bad-conf", "site.conf", "no_such_directive on;\n", "trial",
                 "no_such_directive"),
                ("bad-page", "site.conf", "location = /teas.html { return 500; }\n", "trial",
                 "/teas.html answers 500")):
            with self.subTest(name):
                run = self.deploy("failed", content=self.content(name, path, text))
                self.assertEqual(self.failed_task(run), [task])
                self.assertIn(word, self.log(run, task))
                self.assert_unchanged(before)
        self.deploy()  # what failed is deleted, what was served is kept
        self.assertEqual(self.releases(), [before, self.current()])

    def test_what_fails_after_the_switch_is_put_back(self):
        self.install()
        self.deploy()
        before = self.current()
        self.serve()
        # Well on the trial's port, broken on the real one.
        own = self.content("own", "site.conf",
                           f"if ($server_port = {self.port}) {{ return 503; }}\n")
        run = self.deploy("failed", content=own)
        self.assertEqual(self.failed_task(run), ["switch"])
        self.assertIn(f"back to {before}", self.log(run, "switch"))
        self.assert_unchanged(before)
        pid = self.nginx()
        self.deploy()
        cut_short = self.current()
        self.assertNotEqual(cut_short, before)
        self.assertEqual(self.nginx(), pid)
        self.assert_unchanged(cut_short)
        # As after kill -9 between the switch and its check: the way back leads to the good one.
        os.unlink(os.path.join(self.folder, "releases", cut_short, "served"))
        self.deploy("failed", content=own)
        self.assert_unchanged(before)

    def test_the_chinese_site_without_setup(self):
        home = self.home.path("person")
        os.mkdir(home)
        self.install("zh", env={"HOME": home})
        run = self.trigger("web/deploy-site")
        self.assertIn("每个页面都与构建结果一致", self.log(run, "trial"))
        page = self.read(home, "gantry-site", "current", "public", "index.html")
        self.assertIn("<h1>欢迎光临港口茶行</h1>", page)

    def test_without_nginx_it_says_what_to_install(self):
        code = "import nginx, shutil; shutil.which = lambda *_, **__: None; nginx.find()"
        for lang, words in (("en", "apt install nginx-light"), ("zh", "没有安装 nginx")):
            done = subprocess.run(
                [sys.executable, "-c", code], cwd=SCRIPTS, capture_output=True, text=True,
                env={**os.environ, "EXAMPLE_LANGUAGE": lang, "PYTHONDONTWRITEBYTECODE": "1"},
                check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
