"""Holds an answer against the OpenAPI document: its status, content type and every member.

A checker knows the document only. What it finds is a list of sentences; empty means that the answer
is as the document says.
"""
import json
import re

import jsonschema

PROBLEM = "application/problem+json"
INSTANT = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time")
def is_instant(value):
    """The server writes UTC only."""
    return not isinstance(value, str) or INSTANT.fullmatch(value) is not None


class Document:
    """The operations of a document, with schemas that allow no member that they do not name."""

    def __init__(self, document):
        self.document = document
        self.schemas = document["components"]["schemas"]
        self.operations = [Operation(self, path, method, row)
                           for path, rows in document["paths"].items()
                           for method, row in rows.items()]

    def methods_of(self, path):
        """Of all operations that this path may mean: runs/bulk may be a run, too."""
        def may_be(other):
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(other))
            return other == path or re.fullmatch(pattern, path)
        return {operation.method for operation in self.operations if may_be(operation.path)}

    def closed(self, schema):
        """The schema without references and allOf; objects with properties take no others."""
        if "$ref" in schema:
            return self.closed(self.schemas[schema["$ref"].rpartition("/")[2]])
        if "allOf" in schema:
            parts = [self.closed(part) for part in schema["allOf"]]
            return {"type": "object", "additionalProperties": False,
                    "required": [name for part in parts for name in part.get("required", [])],
                    "properties": {name: value for part in parts
                                   for name, value in part.get("properties", {}).items()}}
        out = dict(schema)
        if "items" in out:
            out["items"] = self.closed(out["items"])
        if "properties" in out:
            out["properties"] = {name: self.closed(value)
                                 for name, value in out["properties"].items()}
            out.setdefault("additionalProperties", False)
        return out


class Operation:
    """One method of one path."""

    def __init__(self, document, path, method, row):
        self.document = document
        self.path = path
        self.method = method.upper()
        self.row = row
        self.id = row["operationId"]
        self.policy = row["x-policy"]
        self.role = row.get("x-role")
        self.parameters = row["parameters"]
        self.validators = {}
        body = row.get("requestBody")
        self.body_type, media = next(iter(body["content"].items())) if body else (None, {})
        self.body_schema = media.get("schema")
        self.needs_body = bool(body and body["required"])

    def parameters_in(self, place):
        return [p for p in self.parameters if p["in"] == place]

    def check(self, status, headers, body, is_whole=True):
        """Sentences; `is_whole` is false for the beginning of an answer without an end."""
        if status >= 500:
            return [f"the status {status}: {body[:300]!r}"]
        described = self.row["responses"].get(str(status))
        if described is None:
            return [f"the status {status} is not in the document: {body[:300]!r}"]
        media_type = (headers.get("Content-Type") or "").partition(";")[0]
        content = described.get("content", {})
        if not content:
            return [f"{status} has a body: {body[:300]!r}"] if body else []
        if media_type not in content:
            return [f"{status} as '{media_type}', not {' or '.join(content)}"]
        wrong = list(self.check_headers(status, headers, described))
        if self.method != "HEAD":
            wrong += self.check_body(str(status), media_type, body, is_whole)
        if media_type == PROBLEM and not wrong and json.loads(body)["status"] != status:
            wrong.append(f"the problem of a {status} says {json.loads(body)['status']}")
        return wrong

    @staticmethod
    def check_headers(status, headers, described):
        for name, row in described.get("headers", {}).items():
            value = headers.get(name)
            if value is None and row.get("required"):
                yield f"{status} without {name}"
            if value is not None and row["schema"].get("type") == "integer" and not value.isdigit():
                yield f"{name}: '{value}' is no number"

    def check_body(self, status, media_type, body, is_whole):
        if media_type == "application/zstd":
            return [] if body.startswith(b"\x28\xb5\x2f\xfd") else ["no zstd frame"]
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return [] if media_type == "text/plain" else [f"{media_type} that is not UTF-8"]
        if media_type == "text/event-stream":
            return check_events(text)
        if media_type.startswith("text/"):
            return []
        if media_type != "application/x-ndjson":
            return self.check_json(status, media_type, text)
        lines = text.split("\n")
        last = lines.pop()
        wrong = ["the last line has no end"] if last and is_whole else []
        for line in lines:
            wrong += self.check_json(status, media_type, line)
        return wrong

    def check_json(self, status, media_type, text):
        try:
            value = json.loads(text, parse_constant=not_json)
        except ValueError as broken:
            return [f"{media_type} that is no JSON ({broken}): {text[:300]!r}"]
        return [f"{'/'.join(map(str, e.absolute_path)) or 'the body'}: {e.message}"
                for e in self.validator(status, media_type).iter_errors(value)]

    def validator(self, status, media_type):
        if (status, media_type) not in self.validators:
            content = self.row["responses"][status]["content"]
            schema = self.document.closed(content[media_type]["schema"])
            self.validators[status, media_type] = jsonschema.Draft202012Validator(
                schema, format_checker=formats)
        return self.validators[status, media_type]


def not_json(name):
    raise ValueError(f"{name} is no JSON")


def check_events(text):
    """Whole events, each with a name and JSON as its data."""
    wrong = []
    for event in text.split("\n\n")[:-1]:
        fields = dict(line.partition(": ")[::2] for line in event.split("\n") if line[:1] != ":")
        unknown = set(fields) - {"id", "event", "data"}
        if unknown or not fields.get("id", "0").isdigit():
            wrong.append(f"an event with odd fields: {event[:300]!r}")
        if "data" in fields:
            try:
                json.loads(fields["data"])
            except ValueError:
                wrong.append(f"an event whose data is no JSON: {event[:300]!r}")
    return wrong
