"""A document in Markdown as the steps that its reader takes.

    ```yaml title=hello.yaml     the file hello.yaml (any language)
    ```sh                        typed into the session; all commands end with 0
    ```sh exit=2                 the last command ends with 2
    ```sh until-shown            typed again until what is shown appears: what takes a moment
    ```sh no-run reason="..."    not typed
    ```text                      right after `sh`: what appears; a line `...` stands for any lines

Other fenced blocks are pictures, and nothing is said about them.
"""
import re
import shlex

from document_text import ANY

FENCE = re.compile(r"^```(.*)$")
SHELLS = ("bash", "shell", "console", "zsh", "shell-session", "sh-session")
OPTIONS = {"title", "exit", "until-shown", "no-run", "reason"}


class Fault(Exception):
    """A document that can not be executed, with its line."""


class Block:
    """A fenced block: its language, its options, its text, the line of its fence."""

    def __init__(self, info, line):
        words = shlex.split(info)
        self.language = words[0] if words else ""
        pairs = [word.partition("=") for word in words[1:]]
        self.options = {name: value if equals else True for name, equals, value in pairs}
        self.line = line
        self.text = ""
        self.first_after = None  # the block it stands right after

    def is_typed(self):
        return self.language == "sh" and not {"title", "no-run"} & {*self.options}


class Step:
    """What the reader does: writes a file, or types a block and sees something."""

    def __init__(self, block):
        self.line = block.line
        self.text = block.text
        self.title = block.options.get("title")
        self.exit = int(block.options.get("exit", 0))
        self.again = "until-shown" in block.options
        self.shown = None  # the block of what appears


def blocks_of(text):
    """All fenced blocks."""
    found, block, previous = [], None, None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None:
            if fence and not fence[1]:
                found.append(block)
                block, previous = None, found[-1]
            else:
                block.text += line + "\n"
        elif fence:
            block = Block(fence[1], number)
            block.first_after = previous
        elif line.strip():
            previous = None
    if block is not None:
        raise Fault(f"{block.line}: the block has no end")
    return found


def check_options(block):
    if block.language in SHELLS:
        raise Fault(f"{block.line}: ```{block.language} is not executed; write ```sh")
    if block.language != "sh" and "title" not in block.options and block.options:
        raise Fault(f"{block.line}: only ```sh and blocks with title= have options")
    if unknown := {*block.options} - OPTIONS:
        raise Fault(f"{block.line}: unknown: {', '.join(sorted(unknown))}")
    if "no-run" in block.options and not isinstance(block.options.get("reason"), str):
        raise Fault(f'{block.line}: no-run needs reason="..."')


def shown_of(block, step):
    """What has to appear after the step; it must be able to fail."""
    if step is None:
        raise Fault(f"{block.line}: ```text is compared right after ```sh only; "
                    "a block without a language is a picture")
    if block.text.split() == [ANY]:
        raise Fault(f"{block.line}: what stands for anything tests nothing")
    step.shown = block


def steps_of(text):
    """What the reader does, in order."""
    steps, by_block = [], {}
    for block in blocks_of(text):
        check_options(block)
        if block.language == "text" and "title" not in block.options:
            if block.first_after is not None and "no-run" in block.first_after.options:
                continue
            shown_of(block, by_block.get(id(block.first_after)))
        elif "title" in block.options or block.is_typed():
            steps.append(Step(block))
            if block.is_typed():
                by_block[id(block)] = steps[-1]
    for step in steps:
        if step.again and step.shown is None:
            raise Fault(f"{step.line}: until-shown needs a ```text of what is waited for")
    return steps


def not_run(text):
    """The blocks that are not typed, with their reasons."""
    return [(block.line, block.options["reason"]) for block in blocks_of(text)
            if "no-run" in block.options]


def is_executable(text):
    return any(block.is_typed() for block in blocks_of(text))
