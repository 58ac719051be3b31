#!/usr/bin/env python3
"""Adds up the results of all test stages and ends with one line: N passed, N failed[, N skipped].

usage: tools/tally.py [STAGE=BUILD_DIR | --passed NAME | --failed NAME]...

BUILD_DIR/results holds ctest.xml (ctest --output-junit) and, for each ctest entry that writes its
single cases (GoogleTest, unittest_xml.py; named in BUILD_DIR/entries_with_cases.txt), ENTRY.xml.
If that file is missing or broken, or shows no failure although the entry failed (a crash, a
timeout, an early exit), that is one failed case. Any other entry is one case. Skipped cases are
shown with their reasons. Exit 1 if anything failed or nothing passed.
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    passed: int = 0
    failed: list = field(default_factory=list)   # (name, first lines of the reason)
    skipped: list = field(default_factory=list)  # (name, reason)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self):
        text = f"{self.passed} passed, {len(self.failed)} failed"
        return text + (f", {len(self.skipped)} skipped" if self.skipped else "")

    def exit_code(self):
        return 1 if self.failed or self.passed == 0 else 0


def count_case(tally, name, case):
    """One <testcase> of GoogleTest or unittest_xml.py."""
    failures = case.findall("failure") + case.findall("error")
    skipped = case.find("skipped")
    if failures:
        tally.failed.append((name, failures[0].get("message") or failures[0].text or ""))
    elif case.get("status") == "notrun":
        tally.skipped.append((name, "disabled"))
    elif skipped is not None:
        # GoogleTest writes "FILE:LINE" and the reason on the next line.
        tally.skipped.append((name, last_lines(skipped.get("message") or "no reason given", 1)))
    else:
        tally.passed += 1


def count_cases(path):
    """The cases of one file, or None when there is no whole file (the test died)."""
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        return None
    tally = Tally()
    for case in root.iter("testcase"):
        owner = case.get("classname") or ""
        count_case(tally, f"{owner}.{case.get('name')}".lstrip("."), case)
    return tally


def count_whole_entry(entry):
    """One entry of ctest as a single case."""
    name, output = entry.get("name"), entry.findtext("system-out") or ""
    if entry.get("status") == "run":
        return Tally(passed=1)
    if entry.get("status") == "disabled":
        return Tally(skipped=[(name, "disabled")])
    reason = entry.find("skipped")
    if reason is not None and reason.get("message", "").startswith("SKIP_"):
        return Tally(skipped=[(name, last_lines(output, 1) or "no reason given")])
    return Tally(failed=[(name, cause(output))])


def count_entry(entry, directory, has_cases):
    itself = count_whole_entry(entry)
    name = entry.get("name")
    cases = count_cases(os.path.join(directory, f"{name}.xml"))
    if cases is None and has_cases and not itself.failed and not itself.skipped:
        return Tally(failed=[(name, "ended well but wrote no results")])
    if cases is None or itself.skipped:
        return itself
    if itself.failed and not cases.failed:
        cases.failed.append(("failed beside its cases", itself.failed[0][1]))
    return Tally(cases.passed, prefixed(name, cases.failed), prefixed(name, cases.skipped))


CAUSE = re.compile(r"ERROR: |SUMMARY: |: runtime error: |CHECK|terminate called|\[[a-z-]+\] ")


def cause(output):
    """The lines of a sanitizer, a failed CHECK or tidy; else the last ones."""
    telling = [line for line in output.split("\n") if CAUSE.search(line)]
    return "\n".join(telling[:6]) or last_lines(output, 5)


def prefixed(name, pairs):
    return [(f"{name}: {case}", reason) for case, reason in pairs]


def last_lines(text, count):
    return "\n".join(text.strip().split("\n")[-count:])


def entries_with_cases(build):
    try:
        with open(os.path.join(build, "entries_with_cases.txt"), encoding="utf-8") as file:
            return set(file.read().split())
    except OSError:
        return set()


def count_stage(build):
    directory = os.path.join(build, "results")
    tally = Tally()
    try:
        root = ElementTree.parse(os.path.join(directory, "ctest.xml")).getroot()
    except (OSError, ElementTree.ParseError) as problem:
        tally.failed.append(("ctest", f"no results: {problem}"))
        return tally
    with_cases = entries_with_cases(build)
    for entry in root.iter("testcase"):
        tally.add(count_entry(entry, directory, entry.get("name") in with_cases))
    return tally


def print_details(total):
    for reason, count in Counter(reason for _, reason in total.skipped).most_common():
        names = [name for name, why in total.skipped if why == reason]
        more = f" and {count - 1} more" if count > 1 else ""
        print(f"skipped: {names[0]}{more}: {reason}")
    for name, reason in total.failed:
        shown = "\n    ".join(reason.strip().split("\n")[:6])
        print(f"FAILED: {name}" + (f"\n    {shown}" if shown else ""))


def main(arguments):
    total = Tally()
    rest = iter(arguments)
    for argument in rest:
        if argument == "--passed":
            next(rest)
            total.passed += 1
        elif argument == "--failed":
            total.failed.append((next(rest), ""))
        elif "=" in argument:
            stage, _, build = argument.partition("=")
            tally = count_stage(build)
            print(f"{stage}: {tally.line()}")
            total.add(Tally(tally.passed, prefixed(stage, tally.failed),
                            prefixed(stage, tally.skipped)))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    print_details(total)
    print(total.line())
    return total.exit_code()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
