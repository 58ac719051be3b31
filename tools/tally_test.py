"""The closing line of ./dev test has to be right above all when tests die or do not run."""
import contextlib
import io
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tally  # noqa: E402
import unittest_xml  # noqa: E402

GTEST = """<testsuites><testsuite name="A">
<testcase name="Pass" status="run" result="completed" classname="A"/>
<testcase name="Skip" status="run" result="skipped" classname="A">
<skipped message="a.cpp:4&#x0A;no folder"/></testcase>
{more}</testsuite></testsuites>"""
FAIL = """<testcase name="Fail" status="run" classname="A">
<failure message="a.cpp:3&#x0A;why"/></testcase>"""
DISABLED = '<testcase name="DISABLED_D" status="notrun" result="suppressed" classname="A"/>'


def entry(name, status, inside=""):
    return (f'<testcase name="{name}" status="{status}">{inside}'
            "<system-out>out\nend</system-out></testcase>")


class Case(unittest.TestCase):
    def tally(self, entries, files=None, with_cases=""):
        with tempfile.TemporaryDirectory() as build:
            os.mkdir(os.path.join(build, "results"))
            everything = dict(files or {})
            if entries is not None:
                everything["results/ctest.xml"] = f"<testsuite>{''.join(entries)}</testsuite>"
            everything["entries_with_cases.txt"] = with_cases
            for name, text in everything.items():
                with open(os.path.join(build, name), "w", encoding="utf-8") as file:
                    file.write(text)
            return tally.count_stage(build)


class Entries(Case):
    def test_each_case_of_a_binary_is_counted(self):
        result = self.tally([entry("a_test", "fail", '<failure message=""/>')],
                            {"results/a_test.xml": GTEST.format(more=FAIL + DISABLED)}, "a_test")
        self.assertEqual(result.line(), "1 passed, 1 failed, 2 skipped")
        self.assertEqual(result.failed, [("a_test: A.Fail", "a.cpp:3\nwhy")])
        self.assertEqual(result.skipped,
                         [("a_test: A.Skip", "no folder"), ("a_test: A.DISABLED_D", "disabled")])

    def test_an_entry_without_cases_is_one(self):
        result = self.tally([entry("tidy", "run"), entry("x", "fail", '<failure message=""/>')])
        self.assertEqual(result.line(), "1 passed, 1 failed")
        self.assertEqual(result.failed, [("x", "out\nend")])

    def test_a_crash_fails(self):
        result = self.tally([entry("a_test", "fail")], {}, "a_test")
        self.assertEqual(result.line(), "0 passed, 1 failed")

    def test_a_half_written_file_fails(self):
        result = self.tally([entry("a_test", "fail")],
                            {"results/a_test.xml": GTEST.format(more=FAIL)[:90]}, "a_test")
        self.assertEqual(result.line(), "0 passed, 1 failed")

    def test_an_early_exit_with_0_fails(self):
        self.assertEqual(self.tally([entry("a_test", "run")], {}, "a_test").line(),
                         "0 passed, 1 failed")

    def test_a_crash_after_the_cases_fails(self):
        result = self.tally([entry("a_test", "fail")],
                            {"results/a_test.xml": GTEST.format(more="")}, "a_test")
        self.assertEqual(result.line(), "1 passed, 1 failed, 1 skipped")

    def test_a_crash_shows_what_the_sanitizer_said(self):
        output = "[ RUN ] A.b\n==7==ERROR: AddressSanitizer: heap-use-after-free\n" + "fe\n" * 9
        self.assertEqual(tally.cause(output), "==7==ERROR: AddressSanitizer: heap-use-after-free")
        self.assertEqual(tally.cause("a\nb\n"), "a\nb")

    def test_a_missing_program_fails(self):
        missing = entry("a_test", "notrun", '<skipped message="Unable to find executable"/>')
        self.assertEqual(self.tally([missing], {}, "a_test").line(), "0 passed, 1 failed")

    def test_a_skipped_entry_says_its_last_line(self):
        result = self.tally([entry("e", "notrun", '<skipped message="SKIP_RETURN_CODE=77"/>')])
        self.assertEqual(result.skipped, [("e", "end")])

    def test_no_results_fail(self):
        self.assertEqual(self.tally(None).exit_code(), 1)


class ClosingLine(Case):
    def run_main(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = tally.main(list(arguments))
        return code, out.getvalue().strip().split("\n")[-1]

    def test_nothing_passed_is_a_failure(self):
        self.assertEqual(self.run_main(), (1, "0 passed, 0 failed"))

    def test_single_checks_are_added(self):
        self.assertEqual(self.run_main("--passed", "format"), (0, "1 passed, 0 failed"))
        self.assertEqual(self.run_main("--passed", "format", "--failed", "build of asan"),
                         (1, "1 passed, 1 failed"))


PYTHON_TESTS = """import unittest
class T(unittest.TestCase):
    def test_pass(self): pass
    def test_fail(self): self.assertEqual(1, 2)
    def test_error(self): raise OSError("\\x1b[31m")
    @unittest.skipIf(True, "no docker")
    def test_skip(self): pass
    def test_parts(self):
        for i in range(3):
            with self.subTest(i=i): self.assertEqual(i, 1)
class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise OSError("no server")
    def test_never(self): pass
"""


class PythonTests(unittest.TestCase):
    def run_file(self, text, *parts):
        with tempfile.TemporaryDirectory() as folder:
            path, out = os.path.join(folder, "test_it.py"), os.path.join(folder, "r", "out.xml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            with contextlib.redirect_stderr(io.StringIO()):
                code = unittest_xml.main([path, out, *parts])
            return code, tally.count_cases(out).line()

    def test_each_method_is_a_case(self):
        self.assertEqual(self.run_file(PYTHON_TESTS), (1, "1 passed, 4 failed, 1 skipped"))

    def test_a_part_of_the_name_selects(self):
        self.assertEqual(self.run_file(PYTHON_TESTS, "test_pass"), (0, "1 passed, 0 failed"))

    def test_a_file_without_tests_fails(self):
        self.assertEqual(self.run_file("import unittest\n"), (1, "0 passed, 0 failed"))


if __name__ == "__main__":
    unittest.main()
