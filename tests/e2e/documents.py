#!/usr/bin/env python3
"""Executes the documents: each block is typed, what it shows has to appear.

    documents.py --run FILE...      says what is wrong, and ends with 1 if anything is
    documents.py --show FILE...     prints each block with what really appears
    documents.py --update FILE...   writes what really appears into the blocks that show otherwise

--program is the gantry to execute (else $GANTRY_BIN, the one of this tree, or on the PATH); --lang
is en or zh (else from the path). The form: see document_blocks.py. Needs Python 3 and bash only.
"""
import argparse
import os
import shutil
import sys

from document_blocks import Fault, not_run, steps_of
from document_session import Session, Wrong
from document_text import appears, difference


PATIENCE = 3.0  # seconds, of --show and --update: what is shown there may never appear


def language_of(path):
    parts = os.path.abspath(path).split(os.sep)
    return "zh" if "zh" in parts or ".zh-CN." in parts[-1] else "en"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def fault_of(step, code, real):
    """What is wrong with a step that was done, None if nothing is."""
    if code != step.exit:
        return f"the last command ended with {code} instead of {step.exit}\n{real}"
    if step.shown and not appears(step.shown.text, real):
        return "what is shown is not what appears\n" + difference(step.shown.text, real)
    return None


def run(path, program, language=None):
    """Executes a document; AssertionError with place and difference at the first fault."""
    try:
        steps = steps_of(read(path))
    except Fault as fault:
        raise AssertionError(f"{path}:{fault}") from None
    with Session(program, language or language_of(path)) as session:
        for step in steps:
            try:
                fault = fault_of(step, *session.do(step))
            except AssertionError as wrong:
                fault = str(wrong)
            if fault:
                raise AssertionError(f"{path}:{step.line}: {fault}\nthe block:\n{step.text}")
    return steps


def show(path, program, language=None):
    """Prints each block with what appears, whatever the document says."""
    with Session(program, language or language_of(path), PATIENCE) as session:
        for step in steps_of(read(path)):
            if step.title:
                session.do(step)
                continue
            code, real = session.do(step)
            print(f"{path}:{step.line}: exit {code}\n{step.text}```text\n{real}```\n", flush=True)


def update(path, program, language=None):
    """Replaces what is shown and is not what appears. Also blocks that stand for any lines."""
    lines = read(path).splitlines()
    steps = steps_of(read(path))
    changes = []
    with Session(program, language or language_of(path), PATIENCE) as session:
        for step in steps:
            code, real = session.do(step)
            if code != step.exit:
                print(f"{path}:{step.line}: exit {code}\n{real}")
            if step.shown and not appears(step.shown.text, real):
                changes.append((step.shown, real))
    for shown, real in reversed(changes):
        print(f"{path}:{shown.line}: another text")
        end = shown.line + len(shown.text.splitlines())
        lines[shown.line:end] = [line.rstrip() for line in real.strip("\n").splitlines()]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def default_program():
    tree = os.path.join(os.path.dirname(__file__), "..", "..", "build/release/bin/gantry")
    return os.environ.get("GANTRY_BIN") or (tree if os.path.exists(tree) else None) or \
        shutil.which("gantry")


def run_and_tell(path, program, language):
    try:
        steps = run(path, program, language)
    except AssertionError as fault:
        print(fault)
        return False
    left = not_run(read(path))
    print(f"{path}: {len(steps)} steps, as shown; {len(left)} not executed")
    for line, reason in left:
        print(f"  line {line}: {reason}")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("run", "show", "update"):
        parser.add_argument("--" + name, nargs="+", metavar="FILE", default=[])
    parser.add_argument("--program", default=default_program())
    parser.add_argument("--lang", choices=("en", "zh"))
    options = parser.parse_args()
    if not options.program:
        parser.error("there is no gantry; name it with --program")
    for path in options.show:
        show(path, options.program, options.lang)
    for path in options.update:
        update(path, options.program, options.lang)
    good = [run_and_tell(path, options.program, options.lang) for path in options.run]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
