"""Requests made from the OpenAPI document: right ones, those at the bounds, and wrong ones.

All chance is from the random.Random that is given, so a seed gives the same requests again (but for
the values that Seeds brings from the server).
"""
import json
import urllib.parse
from dataclasses import dataclass, field

RIGHT, WRONG, OPEN = "right", "wrong", "open"  # must be taken, must be refused, either
ROLES = ("none", "viewer", "operator", "admin")
CASES = 50
NAUGHTY = ["\0", "a\0b", "\r\nX-Evil: 1", "\u202e\u0041", "\U0001f9ea" * 3, "e\u0301\ufeff",
           "\ufffe",
           "'; DROP TABLE runs; --", "${{ secrets.x }}", "<script>alert(1)</script>", "../../etc",
           "%", "%s%n", " ", "\t", "a" * 5000, "运行" * 40, "-1", "NaN", "null", "1e400", "\x7f\x80"]
RAW_SEGMENTS = ["%00", "%ff%fe", "%c0%af", "..%2f..", "%2e%2e", "%", "%zz", "a%0d%0ab", "a;b=c",
                "%F0%9F%A7%AA", "a%5Cb", "%25%32%66", "9" * 30, "a" * 5000, "+", "~", "*", "'\""]
BROKEN_JSON = [b"{", b"[]", b"null", b'"text"', b"7", b'{"a":1,}', b'{"a":NaN}', b"{'a':1}",
               b'{"a":1}{"b":2}', b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"[" * 20_000, b'{"a":' * 5_000,
               b'{"\\ud800":1}', b'{"a":"\x01"}', b'{"a":1e999999}', b" ", b"\0"]
OTHER_TYPES = ["text/html", "application/xml", "multipart/form-data; boundary=x", "nonsense",
               "application/json5", ";", "text/plain; charset=utf-16", "application/x-protobuf"]
METHODS = ["PUT", "PATCH", "DELETE", "POST", "GET", "OPTIONS", "TRACE", "BREW", "PROPFIND"]


@dataclass
class Case:
    kind: str
    method: str
    path: str
    query: list = field(default_factory=list)  # pairs
    body: bytes = None
    content_type: str = None
    headers: dict = field(default_factory=dict)
    role: str = "admin"
    expect: str = OPEN

    @property
    def target(self):
        query = urllib.parse.urlencode(self.query, errors="surrogatepass")
        return self.path + ("?" + query if query else "")


class Maker:
    """The cases of one operation. `seeds` gives values that reach the handlers."""

    def __init__(self, operation, seeds, random):
        self.operation = operation
        self.seeds = seeds
        self.random = random
        self.query = operation.parameters_in("query")
        self.members = (operation.body_schema or {}).get("properties", {})

    def cases(self, count=CASES):
        kinds = [(self.fitting, 16), (self.at_bounds, 8), (self.of_wrong_type, 5),
                 (self.with_unknown, 3), (self.with_broken_body, 5), (self.of_wrong_content, 2),
                 (self.with_odd_text, 5), (self.with_raw_path, 2), (self.given_twice, 2),
                 (self.by_wrong_method, 2)]
        plan = [make for make, times in kinds for _ in range(times)]
        self.random.shuffle(plan)
        for i in range(count):
            case = plan[i % len(plan)]()
            if case is None:  # there is nothing of this kind here
                case = self.fitting()
            case.headers.setdefault("Accept-Language", self.random.choice(
                ["en", "zh-CN", "zh-CN", "zh-CN", "*", ""]))
            yield case

    # -- right ones --

    def fitting(self):
        """All that is needed and some that is not; any caller."""
        case = self.base("fitting", self.random.choice(ROLES + 4 * ("admin",)))
        chosen = [p for p in self.query if p["required"] or self.random.random() < 0.4]
        chosen = self.seeds.together(self.operation, chosen, self.random)
        for parameter in chosen:
            self.put(case, parameter, self.fit(parameter["name"], parameter["schema"]))
        self.put_body(case, self.fitting_body())
        if any(p["name"] == "Idempotency-Key" for p in self.operation.parameters):
            if self.seeds.takes_key(self.operation, case) and self.random.random() < 0.5:
                case.headers["Idempotency-Key"] = self.random.choice(["k1", "k2", "~" * 200])
        if self.operation.id == "post_hooks_hook":
            case.headers["X-Gantry-Token"] = self.seeds.hook_secret
        if case.method == "GET" and self.random.random() < 0.15:
            case.method = "HEAD"
        return case

    def base(self, kind, role="admin", expect=RIGHT):
        path = self.operation.path
        for parameter in self.operation.parameters_in("path"):
            value = self.seeds.value(self.operation, parameter["name"], self.random)
            path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(str(value), safe=""))
        return Case(kind, self.operation.method, path, role=role, expect=expect)

    def minimal(self, kind, expect):
        """What is needed, by an admin, to be spoiled in one place."""
        case = self.base(kind, expect=expect)
        for parameter in self.query:
            if parameter["required"]:
                self.put(case, parameter, self.fit(parameter["name"], parameter["schema"]))
        if self.operation.needs_body:
            self.put_body(case, self.fitting_body(only_needed=True))
        return case

    def put(self, case, parameter, value):
        values = value if isinstance(value, list) else [value]
        case.query += [(parameter["name"], text_of(one)) for one in values]

    def put_body(self, case, value):
        """In the form of the operation; None is no body."""
        if value is None or self.operation.body_type is None:
            return
        case.content_type = self.operation.body_type
        if self.operation.body_type == "application/json":
            case.body = json.dumps(value).encode()
        elif isinstance(value, dict):
            case.body = urllib.parse.urlencode(value).encode()
        else:
            case.body = value.encode()

    def fitting_body(self, only_needed=False):
        if self.operation.body_type is None:
            return None
        known = self.seeds.body(self.operation, self.random)
        if known is not None:
            return known
        required = self.operation.body_schema.get("required", [])
        return {name: self.fit(name, schema) for name, schema in self.members.items()
                if name in required or (not only_needed and self.random.random() < 0.5)}

    def fit(self, name, schema):
        """A value of this schema; one that the server knows, where there is one."""
        known = self.seeds.value(self.operation, name, self.random)
        if known is not None:
            return known
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if schema.get("format") == "date-time":
            return self.random.choice(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000001+08:00",
                                       "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
        kind = schema["type"]
        if kind == "array":
            count = self.random.randint(schema.get("minItems", 1), 3)
            values = [self.fit("", schema["items"]) for _ in range(count)]
            return list(dict.fromkeys(values))
        if kind == "integer":
            low, high = schema["minimum"], schema["maximum"]
            return self.random.choice([low, high, self.random.randint(low, high)])
        if kind == "boolean":
            return self.random.choice([True, False])
        if kind == "object":
            return {}
        low, high = schema.get("minLength", 0), schema.get("maxLength", 20)
        return "".join(self.random.choice("abz 09_-/.é运🧪") for _ in range(
            self.random.choice([low, min(low + 1, high), min(high, 30)])))

    # -- at the bounds --

    def at_bounds(self):
        places = [("query", p["name"], p["schema"]) for p in self.query]
        places += [("body", name, schema) for name, schema in self.members.items()]
        options = [(place, name, value, fits) for place, name, schema in places
                   for value, fits in bounds(schema)]
        if not options:
            return None
        place, name, value, fits = self.random.choice(options)
        return self.with_value("bounds", place, name, value, OPEN if fits else WRONG)

    def of_wrong_type(self):
        options = [("query", p["name"], value) for p in self.query
                   for value in wrong_texts(p["schema"])]
        if self.operation.body_type == "application/json":
            options += [("body", name, value) for name, schema in self.members.items()
                        for value in wrong_members(schema)]
        if not options:
            return None
        return self.with_value("type", *self.random.choice(options), WRONG)

    def with_value(self, kind, place, name, value, expect):
        case = self.minimal(kind, expect)
        if place == "query":
            case.query = [pair for pair in case.query if pair[0] != name]
            self.put(case, {"name": name}, value)
        else:
            body = dict(self.fitting_body(only_needed=True) or {})
            body[name] = value
            self.put_body(case, body)
        return case

    # -- wrong ones --

    def with_unknown(self):
        case = self.minimal("unknown", WRONG)
        name = self.random.choice(["nope", "limits", "Limit", "", "constructor", "a[b]", "\0"])
        if self.operation.body_type == "application/json" and self.random.random() < 0.5:
            body = dict(self.fitting_body(only_needed=True) or {})
            self.put_body(case, {**body, name: 1})
        else:
            case.query.append((name, "1"))
        return case

    def with_broken_body(self):
        kind = self.operation.body_type
        if kind == "application/json":
            case = self.minimal("broken body", WRONG)
            case.body, case.content_type = self.random.choice(BROKEN_JSON), kind
        elif kind is None:
            case = self.minimal("needless body", WRONG)
            case.body, case.content_type = b'{"a":1}', "application/json"
        else:
            case = self.minimal("odd body", OPEN)
            case.body = bytes(self.random.randrange(256) for _ in range(300))
            case.content_type = kind
        return case

    def of_wrong_content(self):
        if self.operation.body_type in (None, "*/*"):
            return None
        case = self.minimal("content type", WRONG)
        self.put_body(case, self.fitting_body() or {})
        case.content_type = self.random.choice(OTHER_TYPES)
        if case.content_type.startswith("text/plain") and not self.members:
            case.expect = OPEN  # YAML is plain text
        return case

    def with_odd_text(self):
        text = self.random.choice(NAUGHTY)
        named = [p for p in self.query if p["schema"].get("type") == "string"]
        members = [n for n, s in self.members.items() if s.get("type") in ("string", "object")]
        if members and self.random.random() < 0.6:
            name = self.random.choice(members)
            is_object = self.members[name]["type"] == "object"
            return self.with_value("odd text", "body", name, {text: text} if is_object else text,
                                   OPEN)
        if named and self.random.random() < 0.7:
            name = self.random.choice(named)["name"]
            return self.with_value("odd text", "query", name, text, OPEN)
        case = self.minimal("odd text", OPEN)
        parameters = self.operation.parameters_in("path")
        if parameters:
            name = self.random.choice(parameters)["name"]
            case.path = self.path_with(name, urllib.parse.quote(text, safe=""))
        else:
            header = self.random.choice(["Idempotency-Key", "Last-Event-ID", "If-None-Match",
                                         "Accept", "Range", "Cookie", "X-Forwarded-For"])
            case.headers[header] = urllib.parse.quote(text)
        return case

    def with_raw_path(self):
        parameters = self.operation.parameters_in("path")
        segment = self.random.choice(RAW_SEGMENTS)
        case = self.minimal("raw path", OPEN)
        case.path = (self.path_with(self.random.choice(parameters)["name"], segment) if parameters
                     else self.operation.path + "/" + segment)
        return case

    def path_with(self, name, segment):
        path = self.operation.path.replace("{%s}" % name, segment)
        for parameter in self.operation.parameters_in("path"):
            value = self.seeds.value(self.operation, parameter["name"], self.random)
            path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(str(value), safe=""))
        return path

    def given_twice(self):
        single = [p for p in self.query if p["schema"].get("type") != "array"]
        if not single:
            return None
        parameter = self.random.choice(single)
        value = self.fit(parameter["name"], parameter["schema"])
        return self.with_value("twice", "query", parameter["name"], [value, value], WRONG)

    def by_wrong_method(self):
        known = self.operation.document.methods_of(self.operation.path)
        case = self.base("method", self.random.choice(ROLES), WRONG)
        case.method = self.random.choice([m for m in METHODS if m not in known])
        return case


def text_of(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def bounds(schema):
    """(value, whether it fits) around every bound."""
    if "enum" in schema:
        return [(schema["enum"][0], True), (schema["enum"][-1], True), ("", False),
                (schema["enum"][0].upper(), False), (schema["enum"][0] + " x", False)]
    kind = schema.get("type")
    if kind == "integer":
        low, high = schema["minimum"], schema["maximum"]
        return [(low, True), (high, True), (low - 1, False), (high + 1, False),
                (2**63, False), (-2**63 - 1, False), (10**40, False)]
    if kind == "string" and "maxLength" in schema:
        low, high = schema.get("minLength", 0), schema["maxLength"]
        out = [("x" * low, True), ("运" * min(high, 1000), True)]
        out += [("x" * (high + 1), False)] if high < 5_000 else []
        return out + ([("x" * (low - 1), False)] if low else [])
    if kind == "array" and schema["items"]["type"] == "string":
        right = schema["items"].get("enum", ["x"])[0]
        return [([right] * schema["maxItems"], True), ([right] * (schema["maxItems"] + 1), False)]
    if kind == "array":
        return [([], False), ([1, 1], False), (list(range(1, schema["maxItems"] + 2)), False),
                ([schema["items"]["minimum"] - 1], False), ([schema["items"]["maximum"]], True)]
    if schema.get("format") == "date-time":
        return [("9999-12-31T23:59:59.999999Z", True), ("0000-01-01T00:00:00Z", True),
                ("2026-02-30T00:00:00Z", False), ("2026-01-01T24:00:01Z", False),
                ("2026-01-01", False), ("now", False)]
    return []


def wrong_texts(schema):
    """For a query parameter."""
    kind = schema.get("type")
    if "enum" in schema or (kind == "array" and "enum" in schema["items"]):
        return ["nonsense", "1", "\u200b"]
    if kind == "integer":
        return ["abc", "1.5", "", "1e3", " 1", "+1", "0x10", "１", "1\0", "true"]
    if kind == "boolean":
        return ["maybe", "2", "TRUE", "null", " "]
    if schema.get("format") == "date-time":
        return ["abc", "", "1700000000", "2026-13-01T00:00:00Z"]
    return []


def wrong_members(schema):
    """For a member of a JSON body."""
    values = {"string": "text", "integer": 3, "boolean": True, "array": [1], "object": {"a": 1}}
    kind = schema.get("type")
    return [None, 1.5] + [value for name, value in values.items()
                          if name != kind and not (kind == "array" and name == "string")]
