#!/usr/bin/env python3
"""Tokens, sessions, the audit and roles with the real program."""
import http.client
import json
import os
import re
import unittest
import urllib.parse

from harness import HomeTest
from waiting import wait_for


class AccessTest(HomeTest):
    def ask(self, method, path, token=None, body=None, headers=None):
        """Status, headers and body of one request as a browser or program would send it."""
        place = urllib.parse.urlsplit(self.home.url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
        try:
            given = dict(headers or {})
            if token:
                given["Authorization"] = "Bearer " + token
            connection.request(method, path, body=body, headers=given)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def audit(self, *arguments):
        done = self.home.cli("audit", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_tokens_live_until_they_are_revoked(self):
        home = self.home
        home.workflow("w", "tasks: {a: {pass: true}}")
        home.start()
        home.wait_workflow("w")
        made = home.cli("token", "create", "ci", "--role", "viewer", "--expires", "30d")
        self.assertEqual(made.returncode, 0, made.stderr)
        secret = made.stdout.strip()
        self.assertRegex(secret, r"^gantry_[0-9a-f]{64}$")
        self.assertNotEqual(home.cli("token", "create", "ci").returncode, 0)
        self.assertEqual(self.ask("GET", "/api/v1/runs", secret)[0], 200)
        self.assertEqual(self.ask("POST", "/api/v1/workflows/w/runs", secret)[0], 403)
        self.assertEqual(self.ask("GET", "/api/v1/tokens", secret)[0], 403)
        home.stop()
        home.start()
        self.assertEqual(self.ask("GET", "/api/v1/me", secret)[0], 200)
        listed = json.loads(home.cli("token", "list", "--json").stdout)
        self.assertEqual([t["name"] for t in listed], ["ci"])
        self.assertIsNotNone(listed[0]["last_used_at"])
        self.assertEqual(home.cli("token", "revoke", "ci").returncode, 0)
        self.assertEqual(self.ask("GET", "/api/v1/me", secret)[0], 401)
        self.assertNotEqual(home.cli("token", "revoke", "ci").returncode, 0)
        home.stop()
        home.start()
        self.assertEqual(self.ask("GET", "/api/v1/me", secret)[0], 401)
        with open(home.path("data", "gantry.db"), "rb") as store:
            self.assertNotIn(secret.encode(), store.read())
        told = [(r["action"], r["outcome"], r["actor"]) for r in self.audit()]
        self.assertIn(("token.revoke", "ok", "admin"), told)
        self.assertIn(("token.create", "already_exists", "admin"), told)
        self.assertIn(("run.start", "permission_denied", "ci"), told)
        self.assertEqual({r["actor"] for r in self.audit("--actor", "ci")}, {"ci"})

    def login_link(self):
        pattern = re.compile(r"/login\?link=([0-9a-f]{64})")

        def printed():
            with open(self.home.server_log, encoding="utf-8") as log:
                return pattern.findall(log.read())
        return wait_for(printed, "the login link is printed")[-1]

    def test_a_login_link_signs_in_once(self):
        home = self.home
        home.start()
        link = self.login_link()
        status, headers, page = self.ask("GET", "/login?link=" + link)
        self.assertEqual(status, 200)
        self.assertIn("text/html", headers["Content-Type"])
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertNotIn("<script", page)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html",
                "Origin": home.url}
        body = urllib.parse.urlencode({"link": link})
        status, headers, _ = self.ask("POST", "/login", None, body, form)
        self.assertEqual(status, 303)
        cookie = headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        self.assertEqual(self.ask("POST", "/login", None, body, form)[0], 401)
        own = {"Cookie": cookie.split(";")[0]}
        self.assertEqual(json.loads(self.ask("GET", "/api/v1/me", headers=own)[2])["role"], "admin")
        home.stop()
        home.start()
        self.assertEqual(self.ask("GET", "/api/v1/me", headers=own)[0], 200)
        token = json.dumps({"name": "x"})
        self.assertEqual(self.ask("POST", "/api/v1/tokens", None, token, own)[0], 403)
        ours = {**own, "Origin": home.url}
        self.assertEqual(self.ask("POST", "/api/v1/tokens", None, token, ours)[0], 201)
        self.assertEqual(self.ask("POST", "/logout", None, None, ours)[0], 200)
        self.assertEqual(self.ask("GET", "/api/v1/me", headers=own)[0], 401)
        outcomes = [r["outcome"] for r in self.audit("--action", "login")]
        self.assertEqual(outcomes, ["unauthenticated", "ok"])


if __name__ == "__main__":
    unittest.main()
