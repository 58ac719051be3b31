#!/usr/bin/env python3
"""Every page is there in English and in Chinese, under the same headings. Its links lead somewhere,
of a Chinese page to Chinese ones. References say the same in both: the same tables, lists and links
in each section, the same code (but for its comments), the same words in `code`.
"""
import os
import re
import unittest

SOURCE = os.environ.get("GANTRY_SOURCE_DIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
REFERENCES = (("docs/format", "docs/zh/format"), ("docs/en/lint", "docs/zh/lint"))

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
                "blocks of code": self.blocks, "links": self.pages_linked()}

    def links(self):
        return LINK.findall(CODE.sub("", self.text))

    def pages_linked(self):
        """Their names, for the folders differ."""
        return sorted(os.path.basename(link) for link in self.links())


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


def differences_of_headings(english, chinese):
    levels = [[s.level for s in sections_of(text)][1:] for text in (english, chinese)]
    if levels[0] == levels[1]:
        return []
    return [f"the levels of the headings are {levels[0]} and {levels[1]}"]


def differences(english, chinese):
    """What the second text has otherwise than the first, in words."""
    found = differences_of_headings(english, chinese)
    if found:
        return found
    ours, theirs = sections_of(english), sections_of(chinese)
    for number, (a, b) in enumerate(zip(ours, theirs)):
        for what, part in a.parts().items():
            if part != b.parts()[what]:
                found.append(f"section {number}: {what}: {part} and {b.parts()[what]}")
        for word in sorted(a.words() ^ b.words()):
            where = "English" if word in a.words() else "Chinese"
            found.append(f"section {number}: `{word}` is in the {where} page only")
    return found


def pages_below(folder):
    """The paths of the pages below a folder, from there."""
    root = os.path.join(SOURCE, folder)
    return sorted(os.path.relpath(os.path.join(at, name), root)
                  for at, _, names in os.walk(root) for name in names if name.endswith(".md"))


def pairs():
    """The two paths of each page that is there in both languages."""
    for english, chinese in (("docs/en", "docs/zh"), REFERENCES[0]):
        for page in sorted({*pages_below(english)} & {*pages_below(chinese)}):
            yield os.path.join(english, page), os.path.join(chinese, page)


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def links_of(path):
    return [link for section in sections_of(read(path)) for link in section.links()]


class Translations(unittest.TestCase):
    def test_every_page_is_there_in_both_languages(self):
        formats = [os.path.join("format", page) for page in pages_below("docs/format")]
        self.assertGreater(len(formats), 5)
        self.assertEqual(sorted([*pages_below("docs/en"), *formats]), pages_below("docs/zh"))

    def test_both_have_the_same_headings(self):
        for english, chinese in pairs():
            with self.subTest(chinese):
                self.assertEqual(differences_of_headings(read(english), read(chinese)), [])

    def test_references_have_the_same_parts(self):
        for english, chinese in pairs():
            if (os.path.dirname(english), os.path.dirname(chinese)) in REFERENCES:
                with self.subTest(chinese):
                    found = differences(read(english), read(chinese))
                    self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_links_lead_to_files(self):
        for page in (page for pair in pairs() for page in pair):
            for link in links_of(page):
                with self.subTest(page, link=link):
                    self.assertTrue(
                        os.path.exists(os.path.join(SOURCE, os.path.dirname(page), link)))


    def test_chinese_pages_lead_to_chinese_ones(self):
        english = dict(pairs())
        for page in english.values():
            for link in links_of(page):
                path = os.path.normpath(os.path.join(os.path.dirname(page), link))
                with self.subTest(page, link=link):
                    self.assertIsNone(english.get(path), "this page is there in Chinese")


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
        self.check("say", "say [b](b.md)", "links")

    def test_comments_and_words_may_differ(self):
        self.check("# now", "# 现在", "nothing")
        self.check("say", "说", "nothing")


if __name__ == "__main__":
    unittest.main()
