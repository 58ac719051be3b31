#!/usr/bin/env python3
"""What a beginner does wrong, done for real: each message appears as docs/{en,zh}/errors.md shows
it, and every page that a message names is there in both languages."""
import os
import re
import socket
import subprocess
import tempfile
import unittest

from harness import GANTRY, SOURCE, HomeTest

LOCALES = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}
WORKFLOWS = {
    "need": "params:\n  n: {type: int, required: true}\ntasks:\n  a: {run: 'true'}\n",
    "off": "enabled: false\ntasks:\n  a: {run: 'true'}\n",
    "later": "tasks:\n  a: {run: 'false'}\n  c: {needs: [a], run: 'true'}\n",
    "exit-126": "tasks:\n  a: {run: ./s.sh}\n",
    "exit-127": "tasks:\n  a: {run: pyhton3 x.py}\n",
    "secret": "tasks:\n  a: {run: 'true', secrets: [DB]}\n",
    "outputs": "tasks:\n  a: {run: 'echo rows 7 > \"$GANTRY_OUTPUT\"'}\n",
    "task-timeout": "tasks:\n  a: {run: sleep 60, timeout: 1s}\n",
    "workspace": "tasks:\n  a: {run: cat data.csv}\n",
}
RUNS = ("exit-126", "exit-127", "secret", "outputs", "task-timeout", "workspace")
FENCE = re.compile(r"```\n(.*?)```", re.S)


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def page(lang):
    return read(f"docs/{lang}/errors.md")


def shown(lang):
    """The message that each anchor of the page shows."""
    parts = re.split(r'^#+ <a id="([^"]+)"></a>', page(lang), flags=re.M)
    return {anchor: blocks[0].strip() for anchor, text in zip(parts[1::2], parts[2::2])
            if (blocks := FENCE.findall(text.partition("\n## ")[0]))}


def gantry(lang, *words, cwd=None, **variables):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GANTRY_")}
    for name, value in {**variables, "LC_ALL": LOCALES[lang]}.items():
        env.pop(name, None) if value is None else env.update({name: value})
    return subprocess.run([GANTRY, *words], capture_output=True, text=True, env=env, cwd=cwd,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)


def pattern_of(message):
    """Words in capitals stand for what differs."""
    text = re.escape(message)
    return re.sub(r"(?<![A-Za-z_$])(?:HOME|PATH|PORT|PID|URL|REASON|FOLDER|NAME)(?![A-Za-z_])",
                  r"\\S.*?", text)


class Messages(HomeTest):
    def setUp(self):
        super().setUp()
        self.met = set()

    def meet(self, lang, topic, done, code):
        """The command showed the message of the page, and pointed to it."""
        with self.subTest(topic, lang=lang):
            told = done.stdout + done.stderr
            self.assertRegex(told, pattern_of(shown(lang)[topic]))
            self.assertIn(f"gantry help {topic}", told)
            self.assertEqual(done.returncode, code, told)
            self.met.add(topic)

    def test_without_a_server(self):
        root = self.home.root
        blocked = self.home.path("file")
        self.home.write(blocked, "")
        for lang in LOCALES:
            self.meet(lang, "no-server", gantry(lang, "runs", "--home", root), 6)
            self.meet(lang, "no-home", gantry(lang, "runs", HOME=None, XDG_CONFIG_HOME=None), 2)
            self.meet(lang, "unreachable", gantry(lang, "runs", GANTRY_URL="http://127.0.0.1:1"), 6)
            self.meet(lang, "home-not-usable", gantry(lang, "serve", "--home", blocked), 1)
            self.meet(lang, "unreadable", gantry(lang, "run", "none.yaml", cwd=root), 2)
            folder = gantry(lang, "run", ".", cwd=root)
            self.assertIn("[unreadable]", folder.stderr)
            with socket.create_server(("127.0.0.1", 0)) as taken:
                where = f"127.0.0.1:{taken.getsockname()[1]}"
                self.meet(lang, "port-in-use",
                          gantry(lang, "serve", "--home", root, "--listen", where), 6)
        self.assertEqual(len(self.met), 6)

    def test_with_a_server(self):
        home = self.home
        for name, text in WORKFLOWS.items():
            home.workflow(name, text)
        home.write(home.path("workflows", "s.sh"), "echo hi\n")
        home.start().wait_workflow(*WORKFLOWS)
        root = ("--home", home.root)
        runs = {name: home.trigger(name) for name in (*RUNS, "later")}
        for number in runs.values():
            home.wait_run(number)
        for lang in LOCALES:
            self.meet(lang, "second-server",
                      gantry(lang, "serve", *root, "--listen", "127.0.0.1:0"), 1)
            self.meet(lang, "unknown-workflow", gantry(lang, "trigger", "nede", *root), 2)
            self.meet(lang, "unknown-run", gantry(lang, "show", "99", *root), 2)
            self.meet(lang, "bad-param", gantry(lang, "trigger", "need", *root), 2)
            wrong = gantry(lang, "trigger", "need", "-p", "n=ten", *root)
            self.assertIn("'ten'" if lang == "en" else "“ten”", wrong.stderr)
            self.meet(lang, "workflow-disabled", gantry(lang, "trigger", "off", "--wait", *root), 1)
            self.meet(lang, "no-log", gantry(lang, "logs", "later", "c", *root), 2)
            self.meet(lang, "wrong-token", gantry(lang, "runs", *root, GANTRY_TOKEN="wrong"), 1)
            for name in RUNS:
                self.meet(lang, name, gantry(lang, "why", str(runs[name]), *root), 0)
        self.assertEqual(len(self.met), 13)

    def test_an_open_secret(self):
        home = self.home
        home.workflow("secret", WORKFLOWS["secret"])
        home.secret("DB", "value-of-the-secret")
        os.chmod(home.path("secrets", "DB"), 0o644)
        home.start().wait_workflow("secret")
        home.wait_run(home.trigger("secret"))
        told = gantry("en", "why", "secret", "--home", home.root).stdout
        self.assertIn("others may read it", told)
        self.assertIn("chmod 600", told)
        self.assertIn("gantry help secret", told)


class Pages(unittest.TestCase):
    maxDiff = None

    def test_files_with_errors(self):
        """Each file of the page gives the messages of the page."""
        for lang in LOCALES:
            part = re.split(r"^## ", page(lang), flags=re.M)[2]
            examples = re.findall(r"```yaml\n(.*?)```\n\n```\n(.*?)```", part, re.S)
            self.assertGreater(len(examples), 12)
            for text, messages in examples:
                with self.subTest(text, lang=lang), tempfile.TemporaryDirectory() as folder:
                    with open(os.path.join(folder, "flow.yaml"), "w", encoding="utf-8") as file:
                        file.write(text)
                    told = gantry(lang, "lint", "flow.yaml", cwd=folder).stdout
                    self.assertIn(messages, told)

    def test_every_topic_that_messages_can_hold_has_a_page_in_both_languages(self):
        topics = set(re.findall(r'LintInfo\{\w+,\s*"([a-z0-9-]+)"', read("src/spec/codes.h")))
        self.assertGreater(len(topics), 50)
        problems = set(re.findall(r'\b\d{3},\s*"([a-z_]+)"', read("src/api/problem.cpp")))
        self.assertGreater(len(problems), 15)
        topics |= problems | set(shown("en"))
        for folder, _, names in os.walk(os.path.join(SOURCE, "src")):
            for name in names:
                if name.endswith((".cpp", ".h")) and not name.endswith("_test.cpp"):
                    text = read(os.path.join(folder, name))
                    topics |= set(re.findall(r'\babout\(\s*"([a-z0-9-]+)"', text))
                    topics |= set(re.findall(r'file_problem\(\s*path,\s*"([a-z-]+)"', text))
                    topics |= set(re.findall(r"gantry help ([a-z][a-z0-9/-]+)", text))
        topics |= set(re.findall(r'return "([a-z0-9-]+)";', read("src/api/why.cpp")))
        for topic in sorted(topics):
            pages = []
            for lang in LOCALES:
                with self.subTest(topic, lang=lang):
                    done = gantry(lang, "help", topic)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    pages.append(done.stdout)
            with self.subTest(topic):
                self.assertNotEqual(*pages, "it is translated")

    def test_unknown_topics_suggest_near_names(self):
        for lang in LOCALES:
            done = gantry(lang, "help", "unknown-kye")
            self.assertEqual(done.returncode, 2)
            self.assertIn("unknown-key", done.stderr)
        self.assertIn("topics", gantry("en", "help", "qqqqqqqqqq").stderr)

    def test_plain_when_piped_and_a_part_only(self):
        text = gantry("en", "help", "no-server").stdout
        self.assertNotIn("\x1b", text)
        self.assertTrue(text.startswith("No server runs\n--"))
        self.assertNotIn("The port is in use", text)


if __name__ == "__main__":
    unittest.main()
