#!/usr/bin/env python3
"""Events: what is emitted or delivered is answered only when it is durable with its fates, and
makes each run once, also when the server is killed while it takes them in.

GANTRY_TEST_TIER=full delivers 2,000 a second for 10 seconds.
"""
import hashlib
import hmac
import http.client
import json
import threading
import time
import unittest
import urllib.parse

from harness import HomeTest, size
from hook_sender import HookSender
from waiting import wait_for

SECRET = "a secret of the hook"
LISTENER = """
params: {id: {type: string, default: none}}
triggers:
  - {id: big, event: {name: orders, match: event.amount > 5}, params: {id: "${{ event.id }}"}}
tasks:
  show: {run: "cat \\"$GANTRY_EVENT\\"; echo; echo \\"id $PARAM_ID\\""}
"""
HOOKED = """
triggers: [{id: hook, webhook: {name: orders, secret: HOOK}}]
tasks: {a: {pass: true}}
"""
AFTER = """
triggers: [{id: t, workflow: {name: hooked}}]
tasks: {a: {pass: true}}
"""


def signed(body, delivery=None, at=None, secret=SECRET):
    stamp = str(int(time.time() if at is None else at))
    told = f"{stamp}.{delivery or ''}.{body}"
    digest = hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Gantry-Timestamp": stamp, "X-Gantry-Signature": "sha256=" + digest,
               "Content-Type": "application/json"}
    if delivery:
        headers["X-Gantry-Delivery"] = delivery
    return headers


def address_of(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


def deliver(connection, body, headers, hook="orders"):
    """(status, answer) of one delivery."""
    connection.request("POST", f"/hooks/{hook}", body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text else None


class Events(HomeTest):
    def begin(self, **workflows):
        self.home.secret("HOOK", SECRET)
        for name, text in workflows.items():
            self.home.workflow(name, text)
        self.home.start()
        self.home.wait_workflow(*workflows)

    def connect(self):
        connection = http.client.HTTPConnection(*address_of(self.home.url), timeout=30)
        self.addCleanup(connection.close)
        return connection

    def test_hooks_of_one_name_that_differ_are_listed_as_problems(self):
        other = HOOKED.replace("secret: HOOK", "secret: HOOK, auth: token")
        self.begin(hooked=HOOKED, other=other)
        problems = self.home.items("workflow-problems")
        self.assertEqual([problem["workflow"] for problem in problems], ["hooked", "other"])
        self.assertIn("the webhook 'orders' differ", problems[0]["diagnostics"][0]["message"])
        self.home.workflow("other", HOOKED)
        wait_for(lambda: not self.home.items("workflow-problems"), "the triggers agree")

    def test_an_emitted_event_starts_a_run_with_its_data(self):
        self.begin(listener=LISTENER)
        body = {"name": "orders", "data": {"id": "o 17", "amount": 250}}
        answer = self.home.call("POST", "events", body, key="k1")
        self.assertEqual(answer.status, 201, answer.json)
        fate, = answer.json["fates"]
        self.assertEqual((fate["fate"], fate["trigger"]), ("run", "big"))
        run = self.home.wait_run(fate["run"])
        self.assertEqual((run["cause"], run["event"]), ("event", answer.json["event"]))
        lines = [line["text"] for line in self.home.items(f"runs/{fate['run']}/logs")]
        self.assertEqual(json.loads(lines[0]), body["data"])
        self.assertEqual(lines[1], "id o 17")
        again = self.home.call("POST", "events", body, key="k1")
        self.assertEqual((again.status, again.json["event"]), (200, answer.json["event"]))
        other = {"name": "orders", "data": {"id": "x", "amount": 250}}
        self.assertEqual(self.home.call("POST", "events", other, key="k1").status, 409)
        small = self.home.call("POST", "events", {"name": "orders", "data": {"amount": 1}})
        self.assertEqual(small.json["fates"][0]["fate"], "filtered")
        nobody = self.home.call("POST", "events", {"name": "nothing"})
        self.assertEqual(nobody.json["fates"][0]["fate"], "nobody")
        names = [event["name"] for event in self.home.items("events?fate=nobody")]
        self.assertEqual(names, ["nothing"])
        self.assertEqual(len(self.home.items("events?limit=1")), 3)

    def test_deliveries_are_taken_by_their_signature_only(self):
        self.begin(hooked=HOOKED, after=AFTER)
        connection = self.connect()
        body = json.dumps({"order": 1})
        good = signed(body, "d1")
        self.assertEqual(deliver(connection, body, good)[0], 202)
        self.assertEqual(deliver(connection, body, good)[0], 409)
        status, again = deliver(connection, body, signed(body, "d1", time.time() + 60))
        self.assertEqual((status, again["duplicate"]), (200, True))
        cut = dict(signed(body), **{"X-Gantry-Signature": good["X-Gantry-Signature"][:-1]})
        for headers in ({}, signed(body, secret="another"), signed(body, at=time.time() - 400),
                        signed(body + " "), cut):
            self.assertEqual(deliver(connection, body, headers)[0], 401)
        self.assertEqual(deliver(connection, body, signed(body), hook="none")[0], 404)
        self.assertEqual(deliver(connection, "{", signed("{"))[0], 400)
        large = json.dumps("x" * (2 << 20))
        self.assertEqual(deliver(connection, large, signed(large))[0], 413)
        runs = self.home.items("runs?workflow=hooked")
        self.assertEqual([run["cause"] for run in runs], ["webhook"])
        wait_for(lambda: len(self.home.items("runs?workflow=after")) == 1, "the run after it")

    def test_a_body_far_over_the_limit_is_not_read(self):
        self.begin(hooked=HOOKED)
        connection = self.connect()
        connection.putrequest("POST", "/hooks/orders")
        connection.putheader("Content-Length", str(10 << 20))
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 413)

    def test_each_delivery_that_was_taken_made_one_run(self):
        """A sender goes on over two kills; it sends again what had no answer."""
        self.begin(hooked=HOOKED)
        seconds, rate, self.era = size(2, 10), size(200, 2000), 0
        stop = threading.Event()
        sender = HookSender(self.home, signed, rate, size(4, 64), stop, lambda: self.era)
        sender.start()
        for _ in range(2):
            stop.wait(seconds / 3)
            self.home.kill()
            self.era += 1
            self.home.start()
        wait_for(lambda: len(sender.taken) >= seconds * rate, "the whole burst is taken", 120)
        took = time.monotonic() - sender.begin
        stop.set()
        sender.join()
        self.assertEqual({era for _, era in sender.taken}, {0, 1, 2})  # before, between and after
        self.assertLessEqual(sender.refused, {409, 503})  # 409: sent again within the same second
        made = self.expect_a_run_each([delivery for delivery, _ in sender.taken])
        self.say(f"{len(sender.taken)} deliveries taken in {took:.1f} s with "
                 f"two kills, {made} events")

    def expect_a_run_each(self, deliveries):
        """Each has one event, and each event one run; returns how many."""
        events = {}
        for event in self.home.items("events?source=webhook&limit=1000"):
            for key in event["keys"]:
                if key.startswith("id:"):
                    self.assertNotIn(key, events)
                    events[key] = event["fates"]
        self.assertEqual([d for d in deliveries if "id:" + d not in events], [])
        self.assertEqual({fate["fate"] for fates in events.values() for fate in fates}, {"run"})
        runs = [run["event"] for run in self.home.items("runs?workflow=hooked&limit=1000")]
        self.assertEqual(len(runs), len(set(runs)))
        self.assertEqual(len(runs), len(events))
        return len(events)

    def test_the_commands(self):
        self.begin(listener=LISTENER)
        made = self.home.cli("emit", "orders", "--data", '{"id": "a", "amount": 9}')
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("listener big: run 1", made.stdout)
        listed = self.home.cli("events")
        self.assertIn("orders", listed.stdout)
        one = self.home.cli("events", "1")
        self.assertIn('"amount":9', one.stdout)
        bad = self.home.cli("emit", "orders", "--data", "[1]")
        self.assertEqual(bad.returncode, 2, bad.stderr)


if __name__ == "__main__":
    unittest.main()
