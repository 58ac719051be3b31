#!/usr/bin/env python3
"""The client without a server of Gantry's: what is sent again, what is read, what is generated."""
import datetime
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from unittest import mock

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, FOLDER)

# pylint: disable=wrong-import-position
import generate
from gantry_client import (Client, NoServer, ProblemError, Retries, Unreachable, UntrustedServer,
                           find_place)
from gantry_client.events import Event, EventReader, Rest
from gantry_client.tls import pin_of
from gantry_client.transport import pairs


def answer(status, body="{}", **headers):
    """Bytes of an answer."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Cut(bytes):
    """The connection breaks off after these bytes."""


class ScriptedServer:
    """Answers each request with the next of its answers."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while self.answers:
            connection, _ = self.socket.accept()
            with connection, connection.makefile("rb") as file:
                while self.answers and self.take(connection, file):
                    pass
        self.socket.close()

    def take(self, connection, file):
        head = []
        while line := file.readline().strip():
            head.append(line.decode())
        if not head:
            return False
        headers = dict(line.split(": ", 1) for line in head[1:])
        body = file.read(int(headers.get("Content-Length", 0)))
        self.requests.append((head[0], headers, body))
        reply = self.answers.pop(0)
        connection.sendall(reply)
        return not isinstance(reply, Cut)


class Sending(unittest.TestCase):
    def client(self, *answers, **options):
        self.server = ScriptedServer(*answers)
        self.addCleanup(self.server.thread.join)
        self.pauses = []
        options.setdefault("retries", Retries(count=3, first_pause=0.01, longest_pause=60))
        client = Client(self.server.url, "secret", sleep=self.pauses.append, **options)
        self.addCleanup(client.close)
        return client

    def keys(self):
        return [headers.get("Idempotency-Key") for _, headers, _ in self.server.requests]

    def test_a_start_is_sent_again_with_the_same_key(self):
        done = answer(200, '{"number": 7, "workflow": "w", "version": 1}')
        client = self.client(Cut(), Cut(), done)
        self.assertEqual(client.start_run("a/b", params={"n": 1})["number"], 7)
        line, headers, body = self.server.requests[0]
        self.assertEqual(line, "POST /api/v1/workflows/a%2Fb/runs HTTP/1.1")
        self.assertEqual(headers["Authorization"], "Bearer secret")
        self.assertEqual(json.loads(body), {"params": {"n": 1}})
        self.assertEqual(len(set(self.keys())), 1)
        self.assertEqual(len(self.keys()), 3)
        self.assertTrue(self.keys()[0])

    def test_each_start_has_a_key_of_its_own(self):
        done = answer(201, '{"number": 7}')
        client = self.client(done, done, done)
        client.start_run("w")
        client.start_run("w")
        client.start_run("w", idempotency_key="mine")
        self.assertNotEqual(*self.keys()[:2])
        self.assertEqual(self.keys()[2], "mine")

    def test_what_may_have_been_done_is_not_sent_again_without_a_key(self):
        client = self.client(Cut(), answer(200))
        with self.assertRaises(Unreachable) as gone:
            client.cancel_run(3)
        self.assertTrue(gone.exception.sent)
        self.assertEqual(client.get_health(), {})

    def test_a_broken_answer_is_no_answer(self):
        client = self.client(Cut(answer(200, '{"number": 7}')[:-4]), Cut(),
                             answer(200, '{"number": 8}'))
        self.assertEqual(client.get_run(8)["number"], 8)

    def test_attempts_have_an_end(self):
        client = self.client(*4 * [Cut()])
        with self.assertRaises(Unreachable):
            client.get_run(8)
        self.assertEqual(len(self.server.requests), 4)
        self.assertEqual(len(self.pauses), 3)

    def test_a_server_that_is_away(self):
        with socket.create_server(("127.0.0.1", 0)) as place:
            url = "http://127.0.0.1:%d" % place.getsockname()[1]
        pauses = []
        client = Client(url, "t", retries=Retries(count=2, first_pause=0.01), sleep=pauses.append)
        with self.assertRaises(Unreachable) as gone:
            client.cancel_run(3)
        self.assertFalse(gone.exception.sent)
        self.assertEqual(len(pauses), 2)

    def test_refusals_for_now(self):
        busy = answer(429, "{}", Retry_After=7)
        away = answer(503, '{"code": "unavailable"}', Retry_After=2)
        client = self.client(busy, answer(202), busy, away, answer(200), away)
        client.cancel_run(3)  # was not done, so it may be asked again
        client.get_run(3)
        self.assertEqual(self.pauses, [7, 7, 2])
        with self.assertRaises(ProblemError) as refused:
            client.cancel_run(3)  # may have been done
        self.assertEqual((refused.exception.status, refused.exception.code), (503, "unavailable"))
        self.assertEqual(refused.exception.retry_after, 2)

    def test_a_pause_that_is_too_long_is_the_callers(self):
        client = self.client(answer(429, "{}", Retry_After=61))
        with self.assertRaises(ProblemError) as refused:
            client.get_run(3)
        self.assertEqual(refused.exception.retry_after, 61)

    def test_problems(self):
        told = {"type": "about:blank", "status": 404, "code": "not_found", "title": "未找到",
                "detail": "there is no run 3"}
        client = self.client(answer(404, json.dumps(told), Content_Language="zh"),
                             answer(413, "too large", Content_Type="text/plain"), lang="zh")
        with self.assertRaises(ProblemError) as refused:
            client.get_run(3)
        self.assertEqual(self.server.requests[0][1]["Accept-Language"], "zh")
        problem = refused.exception
        self.assertEqual((problem.code, problem.title, problem.lang), ("not_found", "未找到", "zh"))
        self.assertEqual(str(problem), "404 not_found: there is no run 3")
        with self.assertRaises(ProblemError) as refused:
            client.get_run(3)
        self.assertEqual(str(refused.exception), "413 Request Entity Too Large: too large")
        self.assertEqual(refused.exception.code, "")

    def test_pages(self):
        client = self.client(answer(200, '{"items": [{"number": 2}], "next_cursor": "x y"}'),
                             answer(200, '{"items": [], "next_cursor": "z"}'),
                             answer(200, '{"items": [{"number": 1}], "next_cursor": null}'))
        found = list(client.iter_runs(state=["failed", "cancelled"], workflow="w", limit=1))
        self.assertEqual([run["number"] for run in found], [2, 1])
        lines = [line.split()[1] for line, _, _ in self.server.requests]
        first = "/api/v1/runs?workflow=w&state=failed&state=cancelled&limit=1"
        self.assertEqual(lines, [first, first + "&cursor=x+y", first + "&cursor=z"])

    def test_a_connection_is_kept_and_a_closed_one_is_noticed(self):
        client = self.client(answer(200), answer(200), answer(200, "{}", Connection="close"),
                             answer(202))
        for _ in range(3):
            client.get_run(1)
        client.cancel_run(1)
        self.assertEqual(len(self.server.requests), 4)

    def test_values_of_parameters(self):
        at = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
        self.assertEqual(pairs({"a": None, "b": True, "c": [1, "x"], "d": at}),
                         [("b", "true"), ("c", "1"), ("c", "x"),
                          ("d", "2026-03-01T12:00:00+00:00")])
        with self.assertRaises(ValueError):
            pairs({"d": datetime.datetime(2026, 3, 1)})


class Events(unittest.TestCase):
    def test_events_comments_and_positions(self):
        text = (b"id: 5\nevent: ready\ndata: {\"position\": 5}\n\n: heartbeat\nid: 9\n\n"
                b"event: run\ndata:{\"number\":\ndata: 3}\n\nid: 12\nevent: pools\ndata: {}\n")
        reader = EventReader()
        self.assertEqual(list(reader.read(io.BytesIO(text).read().split(b"\n"))),
                         [Event("ready", 5, {"position": 5}), Rest(9),
                          Event("run", 9, {"number": 3}), Event("pools", 12, {})])
        reader = EventReader()
        list(reader.read(text.split(b"\n")[:-1]))
        self.assertEqual(reader.position, 9, "an event counts once it is whole")


class Places(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = folder.name
        os.mkdir(os.path.join(self.home, "data"))
        self.put("admin-token", "of-home\n")
        environment = mock.patch.dict(os.environ, {"GANTRY_HOME": self.home}, clear=True)
        environment.start()
        self.addCleanup(environment.stop)

    def put(self, name, text):
        with open(os.path.join(self.home, "data", name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_a_home_without_a_server(self):
        with self.assertRaisesRegex(NoServer, "gantry serve"):
            find_place()

    def test_the_files_of_the_home(self):
        self.put("address", "https://127.0.0.1:1\n")
        self.put("tls-pin", "sha256//x=\n")
        for place in (find_place(), find_place(home=self.home)):
            self.assertEqual((place.url, place.token, place.pin),
                             ("https://127.0.0.1:1", "of-home", "sha256//x="))
            self.assertNotIn("of-home", repr(place))

    def test_the_environment(self):
        self.put("address", "http://127.0.0.1:1\n")
        with mock.patch.dict(os.environ, {"GANTRY_URL": "https://example.org/",
                                          "GANTRY_CA_FILE": "/ca.pem"}):
            place = find_place()
            self.assertEqual((place.url, place.ca_file, place.pin),
                             ("https://example.org", "/ca.pem", ""))
            self.assertEqual(place.token, "", "no token of this home for another machine")
            self.assertEqual(find_place(home=self.home).url, "http://127.0.0.1:1")
            self.assertEqual(find_place("http://localhost:2").token, "of-home")
        with mock.patch.dict(os.environ, {"GANTRY_TOKEN": "given"}):
            self.assertEqual(find_place("https://example.org").token, "given")
            self.assertEqual(find_place("https://example.org", "mine").token, "mine")


class Pins(unittest.TestCase):
    def test_the_pin_is_that_of_openssl(self):
        with tempfile.TemporaryDirectory() as folder:
            pem, key = os.path.join(folder, "c.pem"), os.path.join(folder, "c.key")
            for kind in (["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]):
                subprocess.run(["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-subj",
                                "/CN=x", "-out", pem, "-keyout", key], check=True,
                               capture_output=True)
                der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "der"],
                                     check=True, capture_output=True).stdout
                told = subprocess.run(
                    ["sh", "-c", "openssl x509 -in \"$0\" -pubkey -noout | openssl pkey -pubin "
                     "-outform der | openssl dgst -sha256 -binary | openssl base64 -A", pem],
                    check=True, capture_output=True, text=True).stdout
                self.assertEqual(pin_of(der), "sha256//" + told)
        with self.assertRaises(UntrustedServer):
            pin_of(b"\x30\x03\x30")


DOCUMENT = {
    "paths": {"/login": {"post": {}}, "/api/v1/things/{thing}/parts": {"get": {
        "summary": "Parts", "parameters": [
            {"name": "thing", "in": "path", "schema": {"type": "string"}},
            {"name": "from", "in": "query", "required": False,
             "schema": {"type": "string", "format": "date-time"}},
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}}],
        "responses": {"200": {"content": {"application/json": {"schema": {
            "type": "object", "properties": {
                "items": {"items": {"$ref": "#/components/schemas/Part"}},
                "next_cursor": {}}}}}}}}}},
    "components": {"schemas": {
        "Part": {"allOf": [{"$ref": "#/components/schemas/Base"}, {
            "required": ["state"], "properties": {
                "state": {"enum": ["on", "off"]}, "sizes": {"type": "array", "items": {
                    "type": ["integer", "null"]}}}}]},
        "Base": {"required": ["from"], "properties": {"from": {"type": "string"}}},
        "Empty": {"type": "object"}}},
}


class Generator(unittest.TestCase):
    def test_names(self):
        for method, path, is_page, name in (
                ("get", "runs", True, "list_runs"),
                ("get", "runs/{run}", False, "get_run"),
                ("post", "runs/{run}/pause", False, "pause_run"),
                ("post", "server/pause", False, "pause_server"),
                ("post", "runs/bulk", False, "bulk_runs"),
                ("post", "tokens", False, "create_token"),
                ("post", "workflows/{name}/runs", False, "start_run"),
                ("get", "workflow-problems", True, "list_workflow_problems"),
                ("post", "lint", False, "lint"),
                ("get", "workflows/{name}/versions/{version}", False, "get_workflow_version")):
            self.assertEqual(generate.method_name(method, "/api/v1/" + path, is_page), name)

    def test_types_and_methods(self):
        texts = generate.generate(DOCUMENT)
        shapes, operations = texts["shapes.py"], texts["operations.py"]
        self.assertIn('Base = TypedDict("Base", {\n    "from": str,\n})', shapes)
        self.assertIn('class _Part(Base):\n    state: Literal["on", "off"]\n', shapes)
        self.assertIn("class Part(_Part, total=False):\n    sizes: List[Optional[int]]\n", shapes)
        self.assertNotIn("Empty", shapes)
        self.assertIn("def list_thing_parts(", operations)
        self.assertIn("def iter_thing_parts(self, thing: str, *, from_: Optional[Time] = None) "
                      "-> Iterator[Part]:", operations)
        self.assertIn('self.pages(f"things/{segment(thing)}/parts", {"from": from_})', operations)
        self.assertNotIn("login", operations)
        names = {}
        for text in (shapes, operations):
            compile(text, "generated", "exec")
        exec(compile(shapes, "shapes", "exec"), names)  # pylint: disable=exec-used
        self.assertEqual(names["Part"].__optional_keys__, {"sizes"})

    def test_a_file_that_is_not_as_written_is_stale(self):
        texts = generate.generate(DOCUMENT)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(generate.stale(texts, folder), ["shapes.py", "operations.py"])
            for name, text in texts.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            self.assertEqual(generate.stale(texts, folder), [])
            with open(os.path.join(folder, "shapes.py"), "a", encoding="utf-8") as file:
                file.write("# mine\n")
            self.assertEqual(generate.stale(texts, folder), ["shapes.py"])


if __name__ == "__main__":
    unittest.main()
