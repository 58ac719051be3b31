"""Makes pages of texts: PAGE.md and template.html become PAGE.html.

A text has a title (# Title), headings (##), lists (-), paragraphs, **strong**, `code` and
[links](page.md). Other files are copied as they are; site.conf belongs to the configuration.
"""

import html
import os
import re
import shutil
import sys

from site_files import give_up, output, say, write


def inline(text):
    text = html.escape(text, quote=True)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', text)
    # A link to a text is one to its page, except on other sites.
    return re.sub(r'href="(?![a-z]+:)([^"#]+)\.md(#[^"]*)?"', r'href="\1.html\2"', text)


def block(text):
    lines = text.splitlines()
    if text.startswith("## "):
        name = re.sub(r"\W+", "-", text[3:].strip().lower()).strip("-")
        return f'<h2 id="{name}">{inline(text[3:])}</h2>'
    if all(line.startswith("- ") for line in lines):
        items = "\n".join(f"<li>{inline(line[2:])}</li>" for line in lines)
        return f"<ul>\n{items}\n</ul>"
    return f"<p>{inline(' '.join(lines))}</p>"


def page(text, template, path):
    blocks = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    if not blocks or not blocks[0].startswith("# "):
        give_up(f"{path}: the first line must be a title, # Title", f"{path}：首行应为标题：# 标题")
    title = blocks[0][2:]
    body = "\n".join([f"<h1>{inline(title)}</h1>", *map(block, blocks[1:])])
    values = {"title": html.escape(title), "body": body, "root": "../" * path.count("/")}
    return re.sub(r"\{\{(title|body|root)\}\}", lambda match: values[match.group(1)], template)


def files_of(folder):
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(place, name), folder)


def main():
    content, out = sys.argv[1:3]
    content = os.path.expanduser(content)
    if not content:
        beside = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        content = os.path.join(beside, "site-content", say("en", "zh"))
    if not os.path.isfile(os.path.join(content, "template.html")):
        give_up(f"{content} has no template.html", f"{content} 中没有 template.html")
    with open(os.path.join(content, "template.html"), encoding="utf-8") as file:
        template = file.read()
    shutil.rmtree(out, ignore_errors=True)  # of an attempt before this one
    pages = 0
    for path in files_of(content):
        if path in ("template.html", "site.conf"):
            continue
        target = os.path.join(out, "public", path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if path.endswith(".md"):
            with open(os.path.join(content, path), encoding="utf-8") as file:
                write(target[:-len(".md")] + ".html", page(file.read(), template, path))
            pages += 1
        else:
            shutil.copyfile(os.path.join(content, path), target)
    if not pages:
        give_up(f"{content} has no pages", f"{content} 中没有页面")
    own = os.path.join(content, "site.conf")
    if os.path.isfile(own):
        shutil.copyfile(own, os.path.join(out, "site.conf"))
    print(say(f"{pages} pages of {content}", f"{pages} 个页面，来自 {content}"))
    output(pages=pages)


main()
