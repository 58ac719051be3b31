#!/usr/bin/env python3
"""Pages that exist in English and in Chinese say the same: the same pages, the same headings,
tables and lists in each section, the same code (but for its comments), the same words in `code`,
and links that lead somewhere.
"""
import os
import re
import unittest

SOURCE = os.environ.get("GANTRY_SOURCE_DIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
PAIRS = (("docs/format", "docs/zh/format"), ("docs/en/lint", "docs/zh/lint"))

HEADING = re.compile(r"(#+) ")
ITEM = re.compile(r"(?:-|\d+\.) ")
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def without_comments(code):
    """# and what follows, where it begins a word, is for people to read."""
    return [re.sub(r"(^|\s+)#.*$", "", line).rstrip() for line in code]


class Section:
    def __init__(self, level):
        self.level = level
        self.columns = []  # of each row of its tables
        self.items = 0
        self.blocks = []  # of code, each with its first line
        self.text = ""

    def add_text(self, line):
        self.items += bool(ITEM.match(line))
        if line.startswith("|"):
            self.columns.append(len(re.split(r"(?<!\\)\|", line)))
        self.text += line + "\n"

    def words(self):
        """What stands in `code`, which may go on in the next line."""
        return {" ".join(word.split()) for word in CODE.findall(self.text)}

    def parts(self):
        return {"heading": self.level, "rows of tables": self.columns, "items of lists": self.items,
                "blocks of code": self.blocks}


def sections_of(text):
    """A section per heading. An indented block is code, as a fenced one."""
    sections = [Section(0)]
    fence = None
    indented = []
    for line in text.splitlines() + ["\f"]:
        if fence is not None:
            fence.append(line)
            if line.startswith("```"):
                sections[-1].blocks.append(without_comments(fence))
                fence = None
        elif line.startswith("    "):
            indented.append(line)
        else:
            if indented:
                sections[-1].blocks.append(without_comments(indented))
                indented = []
            if line.startswith("```"):
                fence = [line]
                continue
            if heading := HEADING.match(line):
                sections.append(Section(len(heading[1])))
            sections[-1].add_text(line)
    return sections


def differences(english, chinese):
    """What the second text has otherwise than the first, in words."""
    ours, theirs = sections_of(english), sections_of(chinese)
    levels = [[s.level for s in sections] for sections in (ours, theirs)]
    if levels[0] != levels[1]:
        return [f"the levels of the headings are {levels[0][1:]} and {levels[1][1:]}"]
    found = []
    for number, (a, b) in enumerate(zip(ours, theirs)):
        for what, part in a.parts().items():
            if part != b.parts()[what]:
                found.append(f"section {number}: {what}: {part} and {b.parts()[what]}")
        for word in sorted(a.words() ^ b.words()):
            where = "English" if word in a.words() else "Chinese"
            found.append(f"section {number}: `{word}` is in the {where} page only")
    return found


def pages_of(folder):
    return sorted(os.listdir(os.path.join(SOURCE, folder)))


def read(folder, page):
    with open(os.path.join(SOURCE, folder, page), encoding="utf-8") as file:
        return file.read()


class Translations(unittest.TestCase):
    def test_every_page_is_there_in_both_languages(self):
        for english, chinese in PAIRS:
            with self.subTest(english):
                self.assertEqual(pages_of(english), pages_of(chinese))

    def test_both_have_the_same_parts(self):
        for english, chinese in PAIRS:
            for page in sorted({*pages_of(english)} & {*pages_of(chinese)}):
                with self.subTest(f"{chinese}/{page}"):
                    found = differences(read(english, page), read(chinese, page))
                    self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_links_lead_to_files(self):
        for folder in (folder for pair in PAIRS for folder in pair):
            for page in pages_of(folder):
                for link in LINK.findall(read(folder, page)):
                    with self.subTest(f"{folder}/{page}", link=link):
                        self.assertTrue(os.path.exists(os.path.join(SOURCE, folder, link)))


class TheComparison(unittest.TestCase):
    ENGLISH = "# A\nsay `x`\n- one\n\n| a | b |\n```sh\nrun  # now\n```\n    data\n"

    def check(self, old, new, told):
        found = differences(self.ENGLISH, self.ENGLISH.replace(old, new))
        self.assertIn(told, "\n".join(found) or "nothing")

    def test_it_sees_what_differs(self):
        self.check("# A", "## A", "levels of the headings")
        self.check("`x`", "`y`", "`x` is in the English page only")
        self.check("- one", "- one\n- two", "items of lists")
        self.check("| b |", "| b | c |", "rows of tables")
        self.check("run  #", "walk  #", "blocks of code")
        self.check("    data", "    date", "blocks of code")

    def test_comments_and_words_may_differ(self):
        self.check("# now", "# 现在", "nothing")
        self.check("say", "说", "nothing")


if __name__ == "__main__":
    unittest.main()
