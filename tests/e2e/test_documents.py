#!/usr/bin/env python3
"""The documents do what they say: those of DOCUMENTS are executed (documents.py), and there is none
with commands that is not. The parts of the runner are tested at the end.
"""
import os
import re
import tempfile
import unittest

import documents
from document_blocks import Fault, blocks_of, is_executable, not_run, steps_of
from document_session import Session, Wrong
from document_text import appears, difference
from harness import GANTRY, SOURCE

# Each in docs/en and docs/zh; those that are there are executed.
DOCUMENTS = (
    "tutorial.md",
    "guides/cron-to-gantry.md",
    "guides/write-a-workflow.md",
    "guides/calendars.md",
    "guides/backfill.md",
    "guides/webhooks.md",
    "guides/runs-from-a-table.md",
    "guides/what-failed-and-why.md",
    "guides/back-up-and-upgrade.md",
    "guides/choose-and-size.md",
    "guides/run-as-a-service.md",
    "errors.md",
)
FIRST_PAGES = ("README.md", "README.zh-CN.md")
FORMATS = ("docs/format/schedules.md", "docs/zh/format/schedules.md")
NOT_RUN_MAX = 12  # in one document: more, and it is no longer tested


def path_of(*parts):
    return os.path.join(SOURCE, *parts)


def all_pages():
    return sorted(os.path.relpath(os.path.join(folder, name), SOURCE)
                  for folder, _, names in os.walk(path_of("docs"))
                  for name in names if name.endswith(".md"))


def listed_pages():
    pages = [f"docs/{language}/{page}" for language in ("en", "zh") for page in DOCUMENTS]
    return [*FIRST_PAGES, *FORMATS, *pages]


class Documents(unittest.TestCase):
    """A test per document, see below."""

    def execute(self, page):
        documents.run(path_of(page), GANTRY)

    def test_every_document_with_commands_is_executed(self):
        executable = [page for page in all_pages() if is_executable(documents.read(path_of(page)))]
        self.assertEqual(sorted(set(executable) - set(listed_pages())), [])

    def test_the_first_pages_name_what_the_continuous_integration_runs(self):
        self.assertIn("timeout --kill-after=60 3600 ./dev test",
                      documents.read(path_of(".ci/run")))
        for page in FIRST_PAGES:
            [(_, block)] = [(b.line, b.text) for b in blocks_of(documents.read(path_of(page)))
                            if "no-run" in b.options]
            self.assertEqual([line.split("#")[0].strip() for line in block.splitlines()],
                             ["./dev up", "./dev test"])

    def test_most_is_executed(self):
        for page in listed_pages():
            if os.path.exists(path_of(page)):
                left = not_run(documents.read(path_of(page)))
                print(f"{page}: not executed: {len(left)}", *left, sep="\n  ")
                self.assertLessEqual(len(left), NOT_RUN_MAX, page)


def add_tests():
    for page in listed_pages():
        if os.path.exists(path_of(page)):
            name = re.sub(r"\W", "_", page.removesuffix(".md"))
            setattr(Documents, "test_" + name, lambda self, page=page: self.execute(page))


class TheForm(unittest.TestCase):
    def refused(self, text, told):
        with self.assertRaises(Fault) as fault:
            steps_of(text)
        self.assertIn(told, str(fault.exception))

    def test_files_commands_and_what_appears(self):
        steps = steps_of("# A\n```yaml title=a.yaml\nx: 1\n```\n\n```sh exit=2\nfalse\n```\n\n"
                         "```text\nno\n```\n```yaml\npicture: 1\n```\n")
        self.assertEqual([(s.title, s.text, s.exit, s.line) for s in steps],
                         [("a.yaml", "x: 1\n", 0, 2), (None, "false\n", 2, 6)])
        self.assertEqual((steps[1].shown.text, steps[1].shown.line), ("no\n", 10))

    def test_what_could_not_fail_is_refused(self):
        self.refused("```sh\nls\n```\nwords\n```text\nx\n```\n", "5: ```text is compared")
        self.refused("```sh\nls\n```\n```text\n...\n```\n", "tests nothing")
        self.refused("```bash\nls\n```\n", "write ```sh")
        self.refused("```sh no-run\nls\n```\n", "reason")
        self.refused("```sh exti=1\nls\n```\n", "exti")
        self.refused("```sh until-shown\nls\n```\n", "until-shown")
        self.refused("```sh\nls\n", "no end")

    def test_what_is_not_run_is_told(self):
        text = '```sh no-run reason="needs root"\nx\n```\n```text\ny\n```\n'
        self.assertEqual((steps_of(text), not_run(text)), ([], [(1, "needs root")]))
        self.assertFalse(is_executable(text))


class TheComparison(unittest.TestCase):
    def test_what_differs_from_run_to_run_is_equal(self):
        self.assertTrue(appears(
            "load   0.2s  at 2026-01-01 10:00:00 on http://127.0.0.1:7400/ in /home/you/x",
            "load     11.5s  at 2027-02-03 09:01:02 on http://127.0.0.1:9/ in /home/me/x\n\n"))

    def test_a_task_may_be_seen_before_its_end(self):
        self.assertTrue(appears("a succeeded 0.1s", "a running\na waiting exit status 2\n"
                                "a succeeded 0.2s"))
        self.assertFalse(appears("a running", "b failed 0.2s"))

    def test_all_else_is_not(self):
        for shown, real in (("#1", "#2"), ("a\nb", "a"), ("  a", "a"), ("20 rows", "21 rows"),
                            ("timeout 2s", "timeout 3s"), ("", "x"), ("x", "")):
            with self.subTest(shown):
                self.assertFalse(appears(shown, real))
                self.assertIn("what appears", difference(shown, real))

    def test_dots_stand_for_any_lines(self):
        self.assertTrue(appears("a\n...\nd", "a\nb\nc\nd"))
        self.assertTrue(appears("a\n...\nd", "a\nd"))
        self.assertFalse(appears("a\n...\nd", "a\nb\n"))
        self.assertFalse(appears("a ...", "a b"))


class TheSession(unittest.TestCase):
    def do(self, text, language="en"):
        with Session(GANTRY, language) as session:
            return [session.do(step) for step in steps_of(text)]

    def test_the_session_keeps_folder_and_variables(self):
        done = self.do("```sh\nmkdir a\ncd a\nx=7\n```\n```sh\nbasename $PWD\necho $x >&2\n```\n"
                       "```sh exit=3\n(exit 3)\n```\n")
        self.assertEqual(done, [(0, ""), (0, "a\n7\n"), (3, "")])

    def test_files_are_written_with_the_port(self):
        done = self.do("```text title=a/b.txt\nport 7400\n```\n```sh\ncat a/b.txt\n"
                       "grep -c 74[0]0 a/b.txt || true\necho $HOME\n```\n")
        self.assertEqual(done[1], (0, "port 7400\n0\n/home/you\n"))

    def test_a_failure_before_the_last_command_is_one(self):
        with self.assertRaisesRegex(Wrong, "before the last one failed: ls"):
            self.do("```sh\nls /missing\necho fine\n```\n")
        with self.assertRaisesRegex(Wrong, "the session has ended"):
            self.do("```sh\nexit 0\n```\n")

    def test_what_takes_a_moment_is_typed_again(self):
        done = self.do("```sh until-shown\necho x >>a\nwc -l <a\n```\n```text\n3\n```\n")
        self.assertEqual(done, [(0, "3\n")])

    def test_a_server_is_waited_for_and_ends(self):
        text = ("```sh\ngantry serve &\n```\n"
                "```sh\ncurl -s http://127.0.0.1:7400/api/v1/health >/dev/null\ngantry runs\n```\n")
        with Session(GANTRY) as session:
            codes = [session.do(step)[0] for step in steps_of(text)]
            self.assertEqual(codes, [0, 0])
            self.assertTrue(session.is_ready())
        self.assertFalse(session.is_ready())

    def test_the_language(self):
        text = "```sh\ngantry help | head -1\n```\n"
        self.assertIn("工作流", self.do(text, "zh")[0][1])
        self.assertIn("workflows", self.do(text)[0][1])
        self.assertEqual(documents.language_of("docs/zh/tutorial.md"), "zh")
        self.assertEqual(documents.language_of("README.zh-CN.md"), "zh")
        self.assertEqual(documents.language_of("docs/en/tutorial.md"), "en")

    def test_a_wrong_document_is_told_with_its_place(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="gantry-documents-"))
        page = os.path.join(folder, "x.md")
        with open(page, "w", encoding="utf-8") as file:
            file.write("text\n\n```sh\necho a; echo b\n```\n\n```text\na\nc\n```\n")
        with self.assertRaises(AssertionError) as fault:
            documents.run(page, GANTRY)
        self.assertRegex(str(fault.exception), r"x\.md:3: what is shown is not.*\n(.*\n)*-c\n\+b")
        documents.update(page, GANTRY)
        self.assertEqual(documents.run(page, GANTRY)[0].shown.text, "a\nb\n")


add_tests()

if __name__ == "__main__":
    unittest.main()
