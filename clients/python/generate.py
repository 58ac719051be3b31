#!/usr/bin/env python3
"""Writes gantry_client/shapes.py and operations.py from the server's OpenAPI document.

usage: generate.py [--check] (--program GANTRY | DOCUMENT.json)

With --program the document is asked of a server that runs for this question alone. --check writes
nothing: it names the files that would change and exits with 1. Each operation below /api/v1 is a
method; a list with a cursor is also an iterator. /login and /logout are for browsers.
"""
import argparse
import contextlib
import json
import keyword
import os
import re
import sys
import textwrap

from document import document_of

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gantry_client")
PREFIX = "/api/v1/"
WIDTH = 100
SCALARS = {"string": "str", "integer": "int", "boolean": "bool", "number": "float"}
# Where the rule below makes a poor name. A new route needs no entry.
NAMES = {
    "create_workflow_run": "start_run",
    "delete_pool": "reset_pool",
    "delete_token": "revoke_token",
    "get_openapi_json": "get_openapi",
    "get_people": "get_person",
    "get_run_task_log": "open_log",
    "get_run_wait": "wait_run",
    "get_run_why": "why",
    "get_stream": "open_stream",
    "resolve_run_task": "resolve_task",
}
HEAD = ("# tidy: allow file-length - made from the document\n"
        '"""Made by generate.py from the OpenAPI document of the server: do not edit."""\n')


# ---- names ---------------------------------------------------------------------------------

def literal_of(values):
    return f"Literal[{', '.join('None' if v is None else json.dumps(v) for v in values)}]"


def singular(word):
    return word[:-1] if word.endswith("s") else word


def docstring(text):
    return "\n".join(textwrap.wrap(f'"""{text}"""', WIDTH, initial_indent=" " * 8,
                                   subsequent_indent=" " * 8))


def typing_import(body):
    words = [word for word in ("Any", "Dict", "Iterator", "List", "Literal", "Mapping", "Optional",
                               "Sequence", "TypedDict", "Union") if re.search(rf"\b{word}\b", body)]
    return f"from __future__ import annotations\n\nfrom typing import {', '.join(words)}\n"


def identifier(text):
    name = re.sub(r"\W", "_", text)
    return name + "_" if keyword.iskeyword(name) else name


def method_name(http_method, path, is_page):
    """GET runs/{run}/tasks -> list_run_tasks, POST runs/{run}/pause -> pause_run."""
    parts = path[len(PREFIX):].split("/")
    nouns = [singular(part) if parts[i + 1:i + 2] and parts[i + 1].startswith("{") else part
             for i, part in enumerate(parts) if not part.startswith("{")]
    is_member = parts[-1].startswith("{")
    if is_page:
        words = ["list", *nouns]
    elif http_method == "get":
        words = ["get", *nouns]
    elif http_method != "post":
        words = [http_method, *nouns]
    elif is_member or nouns[-1].endswith("s"):
        words = ["create", *nouns[:-1], singular(nouns[-1])]
    else:
        words = [nouns[-1], *nouns[:-1]]
    name = identifier("_".join(words))
    return NAMES.get(name, name)


# ---- types ---------------------------------------------------------------------------------

class Shapes:
    """The TypedDicts of the document, in the order in which they can be written."""

    def __init__(self, document):
        self.schemas = document["components"]["schemas"]
        self.done = {}
        self.pages = {}
        for name in self.schemas:
            self.add(name, self.schemas[name])

    def text(self):
        body = "\n\n".join(self.done.values())
        names = "".join(f'    "{name}",\n' for name in sorted(self.done) if name[0] != "_")
        return HEAD + typing_import(body) + f"\n__all__ = [\n{names}]\n\n\n" + body

    def add(self, name, schema):
        """Writes this type, those it needs first."""
        if name in self.done or not (schema.get("properties") or schema.get("allOf")):
            return
        base = "TypedDict"
        for part in schema.get("allOf", []):
            if "$ref" in part:
                base = reference(part)
                self.add(base, self.schemas[base])
            else:
                schema = part
        members = {key: (self.type_of(value, name + camel(key)), value.get("description"))
                   for key, value in schema["properties"].items()}
        needed = {key: value for key, value in members.items() if key in schema.get("required", [])}
        other = {key: value for key, value in members.items() if key not in needed}
        about = schema.get("description", "")
        if not other:
            self.done[name] = typed_dict(name, base, needed, about)
        elif not needed:
            self.done[name] = typed_dict(name, base, other, about, total=False)
        else:
            self.done["_" + name] = typed_dict("_" + name, base, needed, "")
            self.done[name] = typed_dict(name, "_" + name, other, about, total=False)

    def page(self, item):
        """The type of a page of these."""
        name = item + "Page"
        self.done[name] = typed_dict(name, "TypedDict", {
            "items": (f"List[{item}]", None), "next_cursor": ("Optional[str]", None)}, "")
        return name

    def type_of(self, schema, nested):
        if "$ref" in schema:
            name = reference(schema)
            self.add(name, self.schemas[name])
            return name if name in self.done else "Dict[str, Any]"
        if "enum" in schema:
            return literal_of(schema["enum"])
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        types = [self.plain(kind, schema, nested) for kind in kinds if kind != "null"]
        if not types:
            return "Any"
        text = types[0] if len(types) == 1 else f"Union[{', '.join(types)}]"
        return f"Optional[{text}]" if "null" in kinds else text

    def plain(self, kind, schema, nested):
        if kind == "array":
            return f"List[{self.type_of(schema['items'], singular(nested))}]"
        if kind != "object":
            return SCALARS[kind]
        if schema.get("properties"):
            self.add(nested, schema)
            return nested
        values = schema.get("additionalProperties")
        return f"Dict[str, {self.type_of(values, nested)}]" if values else "Dict[str, Any]"


def reference(schema):
    return schema["$ref"].rpartition("/")[2]


def camel(text):
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"\W|_", text))


def typed_dict(name, base, members, about, total=True):
    """In the form of a call if a member is a keyword, for such a class can not be written."""
    is_call = any(keyword.iskeyword(key) for key in members)
    lines = []
    for key, (kind, help_text) in members.items():
        head = f'    "{key}": ' if is_call else f"    {key}: "
        lines += textwrap.wrap(help_text or "", WIDTH - 6, initial_indent="    # ",
                               subsequent_indent="    # ")
        lines.append(wrapped(head, kind, "," if is_call else ""))
    ends = "" if total else "total=False"
    if is_call:
        if base != "TypedDict" or not total:
            raise SystemExit(f"{name}: a keyword as a member of a type with a base is not known")
        return f'{name} = TypedDict("{name}", {{\n' + "\n".join(lines) + "\n})\n"
    doc = f'    """{about}"""\n' if about else ""
    bases = ", ".join(filter(None, [base, ends]))
    return f"class {name}({bases}):\n{doc}" + "\n".join(lines) + "\n"


def wrapped(head, kind, tail):
    """One member; its type goes over several lines where it is long."""
    if len(head + kind + tail) <= WIDTH:
        return head + kind + tail
    opened, _, rest = kind.partition("[")
    inner, closed = rest[:-1], "]"
    lines = textwrap.wrap(inner, WIDTH - 8, initial_indent=" " * 8, subsequent_indent=" " * 8,
                          break_long_words=False, break_on_hyphens=False)
    return "\n".join([head + opened + "[", *lines, "    " + closed + tail])


# ---- operations ----------------------------------------------------------------------------

class Operation:
    def __init__(self, shapes, http_method, path, row):
        self.row, self.method, self.path = row, http_method, path
        status = min(code for code in row["responses"] if code.startswith("2"))
        content = row["responses"][status]["content"]
        self.is_json = list(content) == ["application/json"]
        schema = content["application/json"]["schema"] if self.is_json else {}
        self.item = reference(schema["properties"]["items"]["items"]) if is_page(schema) else None
        self.result = (shapes.page(self.item) if self.item else shapes.type_of(schema, "")
                       ) if self.is_json else "OpenAnswer"
        self.name = method_name(http_method, path, bool(self.item))
        parameters = row["parameters"]
        self.in_path = [p["name"] for p in parameters if p["in"] == "path"]
        self.query = [p for p in parameters if p["in"] == "query"]
        self.takes_key = any(p["name"] == "Idempotency-Key" for p in parameters)
        self.starts_once = row.get("x-starts-once", False)
        body = row.get("requestBody", {}).get("content", {})
        self.text_type = next((kind for kind in body if kind != "application/json"), None)
        given = body.get("application/json", {}).get("schema", {})
        # The header is the same thing as the member.
        self.body = {name: value for name, value in given.get("properties", {}).items()
                     if not (self.takes_key and name == "key")}
        self.required = set(given.get("required", [])) | {
            p["name"] for p in self.query if p["required"]}

    def options(self, without=()):
        """(name in Python, name on the wire, type, help) of what is given by name."""
        for p in self.query:
            if p["name"] not in without:
                yield (*self.option(p["name"], p["schema"]), p.get("description", ""))
        for name, schema in self.body.items():
            yield (*self.option(name, schema), "")
        if self.takes_key:
            yield ("idempotency_key", None, "Optional[str] = None",
                   "made by itself, so that a request that is sent again starts once")

    def option(self, name, schema):
        kind = argument_type(schema)
        if name not in self.required:
            kind = f"Optional[{kind}] = None"
        return identifier(name), name, kind

    def text(self):
        summary = self.row["summary"]
        lines = [self.signature(self.name, self.result), docstring(summary + "."), self.call()]
        if self.item and any(p["name"] == "cursor" for p in self.query):
            name = self.name.replace("list_", "iter_", 1)
            lines += ["", self.signature(name, f"Iterator[{self.item}]", ("cursor",)),
                      docstring(summary + ": all of them, page by page."), self.iteration()]
        return "\n".join(lines) + "\n"

    def signature(self, name, result, without=()):
        words = ["self", *(f"{identifier(one)}: {'Union[int, str]' if one == 'run' else 'str'}"
                           for one in self.in_path)]
        words += ["text: str"] if self.text_type else []
        options = list(self.options(without))
        words += ["*"] if options else []
        words += [f"{python}: {kind}" for python, _, kind, _ in options]
        return listed(f"    def {name}(", words, f") -> {result}:")

    def call(self):
        words = [f'"{self.method.upper()}"', self.python_path()]
        if self.query:
            words.append("query=" + mapping((p["name"] for p in self.query)))
        if self.body:
            words.append("body=" + mapping(self.body))
        if self.text_type:
            words += ["text=text", f'content_type="{self.text_type}"']
        if self.takes_key:
            words.append("key=" + ("self.key(idempotency_key)" if self.starts_once
                                   else "idempotency_key"))
        if not self.is_json:
            return listed("        return self.open(", words, ")")
        return listed(f"        answer: {self.result} = self.ask(", words, ")"
                      ) + "\n        return answer"

    def iteration(self):
        words = [self.python_path(),
                 mapping(p["name"] for p in self.query if p["name"] != "cursor")]
        return listed("        return self.pages(", words, ")")

    def python_path(self):
        path = re.sub(r"{(\w+)}", lambda m: f"{{segment({identifier(m[1])})}}",
                      self.path[len(PREFIX):])
        return f'f"{path}"' if "{" in path else f'"{path}"'


def is_page(schema):
    return "next_cursor" in schema.get("properties", {})


def argument_type(schema):
    if schema.get("format") == "date-time":
        return "Time"
    if "enum" in schema:
        return literal_of(schema["enum"])
    if schema["type"] == "array":
        return f"Sequence[{argument_type(schema['items'])}]"
    return "Mapping[str, Any]" if schema["type"] == "object" else SCALARS[schema["type"]]


def mapping(names):
    return "{" + ", ".join(f'"{name}": {identifier(name)}' for name in names) + "}"


def listed(head, words, tail):
    """head + words + tail, over several lines where that is long."""
    one = head + ", ".join(words) + tail
    if len(one) <= WIDTH:
        return one
    pad = " " * (len(head) - len(head.lstrip()) + 4)
    rows = []
    for word in words:
        if len(pad + word) < WIDTH:
            rows.append(pad + word + ",")
            continue
        name, bracket, rest = re.match(r"([^\[{(]*)([\[{(])(.*)", word).groups()
        end = {"[": "]", "{": "}", "(": ")"}[bracket]
        inner, tail_of_word = rest[:rest.rindex(end)], rest[rest.rindex(end):]
        rows += [pad + name + bracket]
        rows += textwrap.wrap(inner, WIDTH, initial_indent=pad + "    ",
                              subsequent_indent=pad + "    ", break_long_words=False,
                              break_on_hyphens=False)
        rows += [pad + tail_of_word + ","]
    if words and words[-1] == "*":
        rows[-1] = rows[-1].rstrip(",")
    return "\n".join([head, *rows, pad[:-4] + tail])


def operations_text(shapes, document):
    operations = [Operation(shapes, method, path, row)
                  for path, rows in document["paths"].items() if path.startswith(PREFIX)
                  for method, row in rows.items()]
    names = [operation.name for operation in operations]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SystemExit(f"two operations have the same name: {', '.join(twice)}; see NAMES")
    body = "\n".join(operation.text() for operation in operations)
    used = sorted(name for name in shapes.done if re.search(rf"\b{name}\b", body))
    return (HEAD + typing_import(body) + "\nfrom .caller import Caller, Time, segment\n"
            + listed("from .shapes import (", used, ")")
            + "\nfrom .transport import OpenAnswer\n\n\nclass Operations(Caller):\n"
            + '    """One method per operation; times are texts (RFC 3339) or datetimes."""\n\n'
            + body)


# ---- the files ----------------------------------------------------------------------------

def generate(document):
    """The texts of the files by name."""
    shapes = Shapes(document)
    operations = operations_text(shapes, document)
    return {"shapes.py": shapes.text(), "operations.py": operations}


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def stale(texts, folder=FOLDER):
    """The files that are not as they would be written."""
    def current(name):
        with contextlib.suppress(FileNotFoundError):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                return file.read()
        return None
    return [name for name, text in texts.items() if current(name) != text]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--program", help="the gantry program whose document it is")
    parser.add_argument("document", nargs="?", help="else a file")
    arguments = parser.parse_args()
    if bool(arguments.program) == bool(arguments.document):
        parser.error("give --program or a document")
    texts = generate(document_of(arguments.program) if arguments.program
                     else read_json(arguments.document))
    names = stale(texts)
    if arguments.check:
        for name in names:
            print(f"{name} is not what the document says: run clients/python/generate.py")
        return 1 if names else 0
    for name in names:
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
            file.write(texts[name])
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
