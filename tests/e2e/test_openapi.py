#!/usr/bin/env python3
"""Fuzzes every operation of the served OpenAPI document, and proves that the checker can fail.

GANTRY_E2E_SEED repeats a run; GANTRY_OPENAPI_CASES sets the cases per operation,
GANTRY_OPENAPI_ONLY the operations (a part of their ids).
"""
import collections
import copy
import http.client
import json
import os
import random
import socket
import unittest
import urllib.parse

from harness import HomeTest, SUCCEEDED, size
from openapi_cases import CASES, Case, Maker, OPEN, RIGHT, ROLES, WRONG
from openapi_check import Document, PROBLEM
from openapi_seeds import Seeds

class Caller:
    """Requests as they are made, over one connection."""

    def __init__(self, url, secrets):
        self.place = urllib.parse.urlsplit(url)
        self.secrets = secrets
        self.connection = None

    def ask(self, case):
        """Status, headers, body, and whether the body is whole."""
        headers = dict(case.headers)
        if case.content_type is not None:
            headers["Content-Type"] = case.content_type
        if case.role != "none":
            headers["Authorization"] = "Bearer " + self.secrets[case.role]
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.place.hostname, self.place.port,
                                                         timeout=30)
        self.connection.request(case.method, case.target, case.body, headers)
        answer = self.connection.getresponse()
        media_type = answer.headers.get("Content-Type", "")
        endless = media_type == "text/event-stream" or ("follow", "true") in case.query
        if case.method == "HEAD" or not endless:
            return answer.status, answer.headers, answer.read(), True
        body = b""
        while b"\n" not in body:
            part = answer.read1(1 << 16)
            if not part:
                break
            body += part
        self.close()
        return answer.status, answer.headers, body, False

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def judge(operation, case, status, headers, body, is_whole):
    """What is wrong with this answer."""
    if not is_of(operation, case):
        return check_unmatched(operation, case, status, headers, body)
    wrong = operation.check(status, headers, body, is_whole) if case.method != "HEAD" else (
        [f"HEAD: the status {status}"] if status >= 500 or str(status) not in
        operation.row["responses"] else [])
    if status == 429:
        return wrong
    wanted = wanted_status(operation, case)
    if wanted and status not in wanted:
        wrong.append(f"{status}, not {' or '.join(map(str, wanted))}: {body[:300]!r}")
    if not wanted and case.expect == RIGHT and status in (400, 401, 403, 405, 415):
        wrong.append(f"refused with {status}: {body[:300]!r}")
    return wrong


def is_of(operation, case):
    """Whether the request reaches the operation."""
    is_method = case.method in (operation.method, "HEAD")
    return is_method and not (case.kind == "raw path" and "{" not in operation.path)


def check_unmatched(operation, case, status, headers, body):
    """What no operation answers is a problem all the same."""
    wanted = (400, 401, 404, 405) if case.kind == "raw path" else (405, 401)
    if status not in wanted:
        return [f"{case.method}: {status}, not {' or '.join(map(str, wanted))}: {body[:300]!r}"]
    is_here = case.kind == "method"
    if status == 405 and (operation.method if is_here else "") not in headers.get("Allow", "-"):
        return [f"405 with Allow: {headers.get('Allow')}"]
    if headers.get("Content-Type") != PROBLEM:
        return [f"{status} as {headers.get('Content-Type')}"]
    return operation.check_body("default", PROBLEM, body, True)


def check_language(case, status, headers, body):
    """A refusal speaks the reader's language."""
    if not case.headers.get("Accept-Language", "").startswith("zh") or (
            headers.get("Content-Type") != PROBLEM):
        return []
    detail = json.loads(body).get("detail") or ""
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in detail)
    return [] if is_chinese else [f"{status} in Chinese: {detail!r}"]


def wanted_status(operation, case):
    """The statuses that only can be right; None: many."""
    if case.kind == "raw path":
        return None
    if case.role == "none" and operation.policy in ("token", "role"):
        return (401,)
    if operation.role and ROLES.index(case.role) < ROLES.index(operation.role):
        return (403,)
    if case.kind == "content type" and case.expect == WRONG and case.body:
        return (415,)
    return (400,) if case.expect == WRONG and case.kind != "content type" else None


class OpenApiFuzz(HomeTest):
    def setUp(self):
        super().setUp()
        self.seeds = Seeds(self.home)
        self.statuses = collections.Counter()
        self.reached = set()  # ids of operations that did what they were asked for

    def fuzz(self, document, count, only=""):
        """Sentences about what is wrong, each with its request."""
        self.seeds.learn_cursors(document)
        caller, found = Caller(self.home.url, self.seeds.secrets), []
        for operation in document.operations:
            if only not in operation.id:
                continue
            maker = Maker(operation, self.seeds, random.Random(f"{self.seed} {operation.id}"))
            for number, case in enumerate(maker.cases(count)):
                found += [f"{operation.id} case {number} ({case.kind}, {case.role}, {case.expect}):"
                          f" {case.method} {case.target[:300]} {(case.body or b'')[:200]!r} "
                          f"{case.content_type or ''} {case.headers}\n  {sentence}"
                          for sentence in self.one(caller, operation, case)]
            self.seeds.restore(operation)
        caller.close()
        return found

    def one(self, caller, operation, case):
        try:
            status, headers, body, is_whole = caller.ask(case)
        except (OSError, http.client.HTTPException) as broken:
            caller.close()
            return [f"no answer: {broken!r}"]
        self.statuses[status] += 1
        if 200 <= status < 300 and is_of(operation, case):
            self.reached.add(operation.id)
        if case.method == "HEAD":
            return judge(operation, case, status, headers, body, is_whole)
        return (judge(operation, case, status, headers, body, is_whole)
                + check_language(case, status, headers, body))

    def test_every_operation_answers_as_the_document_says(self):
        document = Document(self.home.api.get_openapi())
        count = size(CASES, 10 * CASES, "GANTRY_OPENAPI_CASES")
        only = os.environ.get("GANTRY_OPENAPI_ONLY", "")
        found = self.fuzz(document, count, only)
        told = ", ".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        self.say(f"seed {self.seed}: {len(document.operations)} operations, {count} cases each, "
                 f"{sum(self.statuses.values())} answers ({told}), {len(found)} findings")
        self.assertFalse(found, f"{len(found)} findings, seed {self.seed}:\n"
                         + "\n".join(found[:60]))
        self.assertEqual(self.reached, {o.id for o in document.operations if only in o.id})
        self.assertIsNone(self.home.server.poll())
        self.assertEqual(self.home.api.get_health()["status"], "ok")
        self.home.api.cancel_run(self.seeds.running)
        number = self.home.trigger("w")
        self.assertEqual(self.home.wait_run(number)["state"], SUCCEEDED)
        self.home.stop()
        self.assert_invariants(witness=False)

    def test_what_breaks_http_is_a_problem_too(self):
        problem = Document(self.home.api.get_openapi()).operations[0]
        place = urllib.parse.urlsplit(self.home.url)
        line, host = b"GET /api/v1/health HTTP/1.1\r\n", b"Host: localhost\r\n"
        for status, code, request in (
                (400, "bad_request", b"GET /\0 HTTP/1.1\r\n\r\n"),
                (400, "bad_request", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\r\n\r\n"),
                (400, "bad_request", line + b"\r\n"),
                (413, "content_too_large", line + host + b"Content-Length: 99999999999\r\n\r\n"),
                (431, "request_header_fields_too_large", line + b"A: " + b"x" * 20_000),
                (505, "http_version_not_supported", b"GET / HTTP/3.7\r\n" + host + b"\r\n")):
            with socket.create_connection((place.hostname, place.port), timeout=20) as raw:
                raw.sendall(request)
                answer = http.client.HTTPResponse(raw)
                answer.begin()
                body = answer.read()
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (status, PROBLEM))
            self.assertEqual(problem.check_body("default", PROBLEM, body, True), [])
            self.assertEqual(json.loads(body)["code"], code)

    def test_a_document_that_is_wrong_is_found(self):
        """Each of these lies is noticed by the same cases."""
        real = self.home.api.get_openapi()
        runs = "/api/v1/runs"

        def plant(change):
            document = copy.deepcopy(real)
            change(document, document["components"]["schemas"]["Run"],
                   document["paths"][runs]["get"])
            return Document(document)

        lies = {
            "is not of type 'string'":
                lambda d, run, op: run["properties"].update(number={"type": "string"}),
            "'nothing' is a required property":
                lambda d, run, op: run["required"].append("nothing"),
            "'title' was unexpected": lambda d, run, op: run["properties"].pop("title"),
            "is not one of": lambda d, run, op: run["properties"]["cause"].update(enum=["chance"]),
            "is not in the document": lambda d, run, op: op["responses"].pop("400"),
            "as 'application/json', not text/html":
                lambda d, run, op: op["responses"]["200"].update(
                    content={"text/html": {"schema": {"type": "string"}}}),
            "refused with 400": lambda d, run, op: op["parameters"].append(
                {"name": "color", "in": "query", "required": True, "schema": {"enum": ["red"]}}),
        }
        for sentence, change in lies.items():
            with self.subTest(sentence):
                found = self.fuzz(plant(change), CASES, only="get_runs")
                self.assertTrue(any(sentence in one for one in found), found[:3])
        self.assertEqual(self.fuzz(Document(real), CASES, only="get_runs"), [])


class Checker(unittest.TestCase):
    """Answers that no server gave."""

    def operation(self, content_type="application/json", schema=None):
        problem = {"content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        row = {"operationId": "get_thing", "x-policy": "role", "x-role": "operator",
               "parameters": [],
               "responses": {
                   "200": {"content": {content_type: {"schema": schema or {
                       "$ref": "#/components/schemas/Thing"}}}},
                   "429": {**problem, "headers": {"Retry-After": {
                       "required": True, "schema": {"type": "integer"}}}},
                   "404": problem, "default": problem}}
        base = {"type": "object", "required": ["at"], "properties": {
            "at": {"type": ["string", "null"], "format": "date-time"}}}
        thing = {"allOf": [{"$ref": "#/components/schemas/Base"}, {
            "required": ["n"], "properties": {"n": {"type": "integer"}}}]}
        told = {"type": "object", "required": ["status"],
                "properties": {"status": {"type": "integer"}}}
        return Document({"paths": {"/thing": {"get": row}}, "components": {"schemas": {
            "Base": base, "Thing": thing, "Problem": told}}}).operations[0]

    def check(self, body, status=200, content_type="application/json", operation=None, **headers):
        head = http.client.HTTPMessage()
        head["Content-Type"] = content_type
        for name, value in headers.items():
            head[name.replace("_", "-")] = value
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return (operation or self.operation()).check(status, head, body)

    def test_json(self):
        right = {"at": "2026-01-01T00:00:00.000000Z", "n": 1}
        self.assertEqual(self.check(right), [])
        self.assertEqual(self.check({**right, "at": None}), [])
        for wrong in ({**right, "n": "1"}, {**right, "n": None}, {"n": 1}, {"at": None},
                      {**right, "more": 1}, {**right, "at": "yesterday"}, [], 3,
                      b"{", b'{"at":null,"n":NaN}', b"\xff", b""):
            self.assertEqual(len(self.check(wrong)), 1, wrong)

    def test_status_and_content_type(self):
        self.assertEqual(self.check({"status": 404}, 404, PROBLEM), [])
        for status, content_type in ((500, PROBLEM), (503, PROBLEM), (400, PROBLEM),
                                     (404, "text/plain"), (200, PROBLEM), (429, PROBLEM)):
            self.assertEqual(len(self.check({"status": status}, status, content_type)), 1, status)
        self.assertEqual(len(self.check({"status": 400}, 404, PROBLEM)), 1)
        self.assertEqual(self.check({"status": 429}, 429, PROBLEM, Retry_After="3"), [])
        self.assertEqual(len(self.check({"status": 429}, 429, PROBLEM, Retry_After="soon")), 1)

    def test_refusals_in_chinese(self):
        head = http.client.HTTPMessage()
        head["Content-Type"] = PROBLEM
        for language, detail, wrong in (("zh-CN", "没有运行 7", 0), ("zh-CN", "there is no run", 1),
                                        ("zh-CN", None, 1), ("en", "there is no run", 0)):
            case = Case("fitting", "GET", "/thing", headers={"Accept-Language": language})
            body = json.dumps({"detail": detail}).encode()
            self.assertEqual(len(check_language(case, 404, head, body)), wrong, detail)

    def test_lines_and_events(self):
        lines = self.operation("application/x-ndjson")
        kind = "application/x-ndjson"
        two = b'{"at":null,"n":1}\n{"at":null,"n":2}\n'
        self.assertEqual(self.check(two, 200, kind, lines), [])
        self.assertEqual(self.check(b"", 200, kind, lines), [])
        for wrong in (b'{"at":null,"n":1}\n\n', b'{"at":null,"n":1}', b'{"n":1}\n'):
            self.assertEqual(len(self.check(wrong, 200, kind, lines)), 1, wrong)
        kind = "text/event-stream"
        events = self.operation(kind, {"type": "string"})
        self.assertEqual(self.check(b'id: 3\nevent: x\ndata: {}\n\n: rest\nid: 4\n\n', 200, kind,
                                    events), [])
        for wrong in (b"event: x\ndata: {\n\n", b"id: x\n\n", b"evil: 1\n\n"):
            self.assertEqual(len(self.check(wrong, 200, kind, events)), 1, wrong)

    def test_what_a_request_must_get(self):
        operation = self.operation()
        right = b'{"at":null,"n":1}'

        def judged(status, body=right, kind="application/json", **of_case):
            case = Case(**{"kind": "fitting", "method": "GET", "path": "/thing", **of_case})
            head = http.client.HTTPMessage()
            head["Content-Type"] = kind
            return judge(operation, case, status, head, body, True)

        refused = {"body": b'{"status":404}', "kind": PROBLEM}
        self.assertEqual(judged(200, expect=RIGHT), [])
        self.assertEqual(judged(200, expect=OPEN), [])
        self.assertEqual(judged(404, expect=RIGHT, **refused), [])
        self.assertEqual(len(judged(200, expect=WRONG)), 1)
        self.assertEqual(len(judged(404, expect=WRONG, **refused)), 1)
        self.assertEqual(len(judged(200, role="none")), 1)
        self.assertEqual(len(judged(200, role="viewer")), 1)
        self.assertEqual(judged(200, role="operator"), [])
        self.assertEqual(len(judged(200, method="PUT")), 1)
        self.assertEqual(len(judged(500)), 1)


if __name__ == "__main__":
    unittest.main()
