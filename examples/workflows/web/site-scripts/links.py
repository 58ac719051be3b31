"""Checks the links within the built pages: the file, and the heading after a #."""

import html.parser
import os
import sys
import urllib.parse

from site_files import output, say


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            if name == "id":
                self.ids.add(value)


def pages_of(root):
    return {os.path.join(place, name): Page(os.path.join(place, name))
            for place, _, names in os.walk(root) for name in names if name.endswith(".html")}


def target_of(link, path, root):
    """The file that a link within the site leads to."""
    place = urllib.parse.unquote(urllib.parse.urlsplit(link).path)
    if not place:
        return path
    folder = root if place.startswith("/") else os.path.dirname(path)
    target = os.path.normpath(os.path.join(folder, place.lstrip("/")))
    return os.path.join(target, "index.html") if os.path.isdir(target) else target


def fault(link, path, root, pages):
    target = target_of(link, path, root)
    if not target.startswith(root + os.sep):
        return say("leads out of the site", "指向网站之外")
    if not os.path.isfile(target):
        return say("there is no such file", "没有这个文件")
    part = urllib.parse.unquote(urllib.parse.urlsplit(link).fragment)
    if part and target in pages and part not in pages[target].ids:
        return say("the page has no such heading", "页面中没有这个标题")
    return None


def main():
    root = os.path.abspath(sys.argv[1])
    pages, checked, elsewhere, faults = pages_of(root), 0, 0, []
    for path, page in sorted(pages.items()):
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:  # other sites may be down: none of our business
                elsewhere += 1
                continue
            checked += 1
            why = fault(link, path, root, pages)
            if why:
                faults.append(f"{os.path.relpath(path, root)}: {link}: {why}")
    print(say(f"{checked} links checked, {elsewhere} lead to other sites",
              f"检查了 {checked} 个链接，另有 {elsewhere} 个指向其他网站"))
    output(links=checked)
    if faults:
        sys.exit("\n".join(faults))


main()
