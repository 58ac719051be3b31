#!/usr/bin/env python3
"""Runs one Python test file and writes its cases in the XML form of GoogleTest.

usage: tools/unittest_xml.py FILE.py OUT.xml [NAME_PART...]

A test method is a case; a failing subTest fails its case. Only methods whose id holds one of the
NAME_PARTs run, if any is given. Exit 1 if a case failed or the file holds none.
"""
import importlib.util
import os
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree


class Recorder(unittest.TextTestResult):
    """Keeps what became of each test, beside what unittest prints."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = {}
        self.started_at = {}

    def startTest(self, test):
        super().startTest(test)
        self.cases[test.id()] = {"seconds": 0.0, "failures": [], "skipped": None}
        self.started_at[test.id()] = time.monotonic()

    def stopTest(self, test):
        self.cases[test.id()]["seconds"] = time.monotonic() - self.started_at[test.id()]
        super().stopTest(test)

    def case(self, test):
        # setUpClass and setUpModule fail without a test having been started.
        return self.cases.setdefault(test.id(), {"seconds": 0.0, "failures": [], "skipped": None})

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.case(test)["failures"].append(self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.case(test)["failures"].append(self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.case(test)["failures"].append(
                f"{subtest.id()}\n{self._exc_info_to_string(err, test)}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.case(test)["skipped"] = reason

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.case(test)["failures"].append("passed although it is marked as an expected failure")


def load(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def printable(text):
    return "".join(c if c >= " " or c in "\n\t" else "?" for c in text)


def write_xml(path, name, cases):
    root = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(root, "testsuite", name=name, tests=str(len(cases)))
    for test_id, case in cases.items():
        owner, _, method = test_id.rpartition(".")
        element = ElementTree.SubElement(suite, "testcase", name=method, classname=owner,
                                         status="run", time=f"{case['seconds']:.3f}")
        if case["skipped"] is not None:
            ElementTree.SubElement(element, "skipped", message=printable(case["skipped"]))
        for failure in case["failures"]:
            ElementTree.SubElement(element, "failure", message=printable(failure))
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    path, out, *parts = arguments
    sys.dont_write_bytecode = True
    tests = [test for test in flatten(load(path))
             if not parts or any(part in test.id() for part in parts)]
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Recorder)
    result = runner.run(unittest.TestSuite(tests))
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    write_xml(out, os.path.basename(path), result.cases)
    if not result.cases and not parts:
        print(f"{path} holds no test", file=sys.stderr)
        return 1
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
