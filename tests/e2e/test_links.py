#!/usr/bin/env python3
"""Every relative link of a Markdown file leads to a file, and to a heading of it if it names one;
every page of docs is reached from the index of its language.
"""
import os
import re
import unicodedata
import unittest

SOURCE = os.environ.get("GANTRY_SOURCE_DIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
FOLDERS = ("docs", "examples", "packaging", "clients", "bench", "tests")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)


def read(page):
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        return FENCED.sub("", file.read())


def all_pages():
    pages = [name for name in os.listdir(SOURCE) if name.endswith(".md")]
    for folder in FOLDERS:
        for at, _, names in os.walk(os.path.join(SOURCE, folder)):
            pages += [os.path.relpath(os.path.join(at, name), SOURCE)
                      for name in names if name.endswith(".md")]
    return sorted(pages)


def links_of(page, text=None):
    """(file, anchor) of each relative link, the file as a path from the root of the tree."""
    for link in LINK.findall(CODE.sub("", read(page) if text is None else text)):
        if not re.match(r"[a-z]+:", link) and not link.startswith("/"):
            path, _, anchor = link.partition("#")
            path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            yield path, anchor


def anchor_of(heading):
    """As GitHub makes it: lower case, letters, digits, - and _, with - for a space."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading.strip()).lower()
    return "".join("-" if char == " " else char for char in text
                   if char in " -_" or unicodedata.category(char)[0] in "LN")


def anchors_of(text):
    found, counts = set(), {}
    for heading in HEADING.findall(text):
        anchor = anchor_of(heading)
        number = counts[anchor] = counts.get(anchor, -1) + 1
        found.add(f"{anchor}-{number}" if number else anchor)
    return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def reached_from(page):
    seen, left = set(), [page]
    while left:
        page = left.pop()
        if page in seen or not page.endswith(".md"):
            continue
        seen.add(page)
        left += [path for path, _ in links_of(page) if os.path.isfile(os.path.join(SOURCE, path))]
    return seen


class Links(unittest.TestCase):
    def test_links_lead_to_files_and_headings(self):
        self.assertGreater(len(all_pages()), 100)
        for page in all_pages():
            for path, anchor in links_of(page):
                with self.subTest(page, path=path, anchor=anchor):
                    self.assertTrue(os.path.exists(os.path.join(SOURCE, path)))
                    if anchor:
                        self.assertIn(anchor, anchors_of(read(path)))

    def test_every_page_is_reached_from_the_index(self):
        for index, folder in (("docs/en/README.md", "docs/en"), ("docs/zh/README.md", "docs/zh"),
                              ("docs/en/README.md", "docs/format")):
            pages = {page for page in all_pages() if page.startswith(folder + "/")}
            self.assertEqual(sorted(pages - reached_from(index)), [])

    def test_guides_are_named_in_the_index_itself(self):
        for language in ("en", "zh"):
            folder = f"docs/{language}"
            named = {path for path, _ in links_of(f"{folder}/README.md")}
            guides = {page for page in all_pages() if page.startswith(folder + "/guides/")}
            self.assertEqual(sorted(guides - named), [])

    def test_the_index_is_reached_from_the_first_page(self):
        self.assertIn("docs/en/README.md", dict(links_of("README.md")))
        self.assertIn("docs/zh/README.md", dict(links_of("README.zh-CN.md")))


class TheParts(unittest.TestCase):
    def test_anchors(self):
        text = "# A `b` c.d\n## 从 cron 到 Gantry：一步\n## A `b` c.d\n"
        self.assertEqual(anchors_of(text), {"a-b-cd", "从-cron-到-gantry一步", "a-b-cd-1"})

    def test_links(self):
        text = "[a](b.md#c) [d](#e) [f](http://x/) `[g](h)` ![i](../j.svg)"
        self.assertEqual(list(links_of("docs/en/x.md", text)), [
            ("docs/en/b.md", "c"), ("docs/en/x.md", "e"), ("docs/j.svg", "")])


if __name__ == "__main__":
    unittest.main()
