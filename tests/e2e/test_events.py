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
    digest = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
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
        """Senders go on over two kills; they send again what had no answer."""
        self.begin(hooked=HOOKED)
        seconds, senders = size(2, 10), size(4, 16)
        rate = size(200, 2000) / senders
        taken = [[] for _ in range(senders)]
        stop = threading.Event()
        threads = [threading.Thread(target=self.send, args=(n, rate, stop, taken[n]))
                   for n in range(senders)]
        for thread in threads:
            thread.start()
        for _ in range(2):
            stop.wait(seconds / 3)
            self.home.kill()
            self.home.start()
        stop.wait(seconds / 3)
        stop.set()
        for thread in threads:
            thread.join()
        ids = [delivery for one in taken for delivery in one]
        self.assertTrue(ids)
        events = {}
        for event in self.home.items("events?source=webhook&limit=1000"):
            for key in event["keys"]:
                if key.startswith("id:"):
                    self.assertNotIn(key, events)
                    events[key] = event["fates"]
        runs = {run["event"] for run in self.home.items("runs?workflow=hooked&limit=1000")}
        for delivery in ids:
            fate, = events["id:" + delivery]
            self.assertEqual(fate["fate"], "run")
        self.assertEqual(len(runs), len(events))
        self.say(f"{len(ids)} deliveries taken in about {seconds} s, {len(events)} events, "
                 "two kills")

    def send(self, number, rate, stop, taken):
        connection, count = None, 0
        while not stop.is_set():
            count += 1
            delivery = f"{number}-{count}"
            body = json.dumps({"n": count})
            while not stop.is_set():
                try:
                    if connection is None:
                        connection = http.client.HTTPConnection(*address_of(self.home.url))
                    status, _ = deliver(connection, body, signed(body, delivery))
                except (OSError, http.client.HTTPException, TypeError, ValueError):
                    connection = None
                    stop.wait(0.05)
                    continue
                if status in (200, 202):
                    taken.append(delivery)
                    break
                stop.wait(0.05)
            stop.wait(1 / rate)

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
