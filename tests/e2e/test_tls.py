#!/usr/bin/env python3
"""TLS with a real certificate, its renewal, public_url, and a reverse proxy that is trusted."""
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import unittest

from harness import Client, GANTRY, HomeTest
from gantry_client import UntrustedServer
from waiting import wait_for

HOST = "gantry.example.org"


class TlsTest(HomeTest):
    def certificate(self, name, host="DNS:" + HOST):
        """A certificate of its own authority for this host; returns its file and the key's."""
        files = self.home.path(name + ".pem"), self.home.path(name + ".key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=" + HOST, "-addext", "subjectAltName=" + host, "-out", files[0],
                        "-keyout", files[1]], check=True, capture_output=True)
        os.chmod(files[1], 0o600)
        return files

    def configure(self, certificate, key):
        self.home.write(self.home.path("gantry.yaml"),
                        f"public_url: https://{HOST}\n"
                        f"tls: {{certificate: {certificate}, key: {key}}}\n")

    def start(self):
        self.home.start()
        self.assertTrue(self.home.url.startswith("https://127.0.0.1:"), self.home.url)
        self.port = int(self.home.url.rsplit(":", 1)[1])

    def connect(self, authority, **limits):
        context = ssl.create_default_context(cafile=authority)
        for name, value in limits.items():
            setattr(context, name, value)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return context.wrap_socket(plain, server_hostname=HOST)

    def health(self, authority):
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect(authority)
        connection.request("GET", "/api/v1/health", headers={"Host": HOST})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body["status"]

    def gantry(self, *arguments):
        return subprocess.run([GANTRY, *arguments, "--home", self.home.root], check=False,
                              capture_output=True, text=True)

    def test_clients_that_know_the_authority(self):
        certificate, key = self.certificate("first")
        self.configure(certificate, key)
        self.start()
        self.assertEqual(self.health(certificate), (200, "ok"))
        with self.connect(certificate) as connection:
            self.assertIn(connection.version(), ("TLSv1.2", "TLSv1.3"))
        stranger, _ = self.certificate("stranger")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.health(stranger)
        with self.assertRaises(ssl.SSLError):
            self.connect(certificate, maximum_version=ssl.TLSVersion.TLSv1_1)

    def test_the_command_line_knows_the_key_of_its_home(self):
        certificate, key = self.certificate("first")
        self.configure(certificate, key)
        self.start()
        done = self.gantry("workflows", "--json")
        self.assertEqual((done.returncode, done.stdout), (0, "[]\n"), done.stderr)
        pin = self.home.path("data", "tls-pin")
        self.home.write(pin, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
        self.assertEqual(self.gantry("workflows").returncode, 6)

    def test_the_python_client_knows_the_key_or_the_authority(self):
        certificate, key = self.certificate("first", "IP:127.0.0.1")
        stranger, _ = self.certificate("stranger", "IP:127.0.0.1")
        self.configure(certificate, key)
        self.start()
        token = self.home.token()
        for options in ({"home": self.home.root}, {"token": token, "ca_file": certificate}):
            with Client(None if "home" in options else self.home.url, **options) as client:
                self.assertEqual(client.get_me()["role"], "admin")
        for authority in (stranger, None):
            with self.assertRaises(UntrustedServer):
                Client(self.home.url, token, ca_file=authority).get_health()
        self.home.write(self.home.path("data", "tls-pin"), "sha256//AAAA\n")
        with self.assertRaises(UntrustedServer):
            Client(home=self.home.root).get_health()

    def test_a_renewed_certificate_is_taken_on_sighup(self):
        certificate, key = self.certificate("first")
        self.configure(certificate, key)
        self.start()
        renewed, new_key = self.certificate("renewed")
        os.replace(renewed, certificate)
        os.replace(new_key, key)
        self.home.server.send_signal(signal.SIGHUP)

        def is_renewed():
            try:
                return self.health(certificate) == (200, "ok")
            except ssl.SSLError:
                return False
        wait_for(is_renewed, "the new certificate is shown")
        self.assertEqual(self.gantry("workflows").returncode, 0)

    def test_who_does_not_speak_tls_is_cut(self):
        certificate, key = self.certificate("first")
        self.configure(certificate, key)
        self.start()
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain:
            plain.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = plain.recv(4096)
        self.assertNotIn(b"HTTP", answer)
        self.assertEqual(self.health(certificate), (200, "ok"))

    def test_bad_files_are_named(self):
        certificate, key = self.certificate("first")
        other, _ = self.certificate("other")
        os.chmod(key, 0o644)
        for files, words in (((certificate, key), "chmod 600"),
                             ((certificate, self.home.path("none")), "none"),
                             ((self.home.path("none"), self.home.path("none")), "none")):
            self.configure(*files)
            done = self.gantry("serve")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)
        os.chmod(key, 0o600)
        self.configure(other, key)
        done = self.gantry("serve")
        self.assertEqual(done.returncode, 2)
        self.assertIn("first.key", done.stderr)
        self.home.write(self.home.path("gantry.yaml"), f"tls: {{key: {key}}}\n")
        self.assertIn("belong together", self.gantry("serve").stderr)


class ProxyTest(HomeTest):
    def status(self, **headers):
        connection = http.client.HTTPConnection(self.home.url.split("//")[1])
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", "/api/v1/health", headers=spelled)
        return connection.getresponse().status

    def test_the_host_that_a_trusted_proxy_names(self):
        self.home.write(self.home.path("gantry.yaml"),
                        f"public_url: https://{HOST}\ntrusted_proxies: [127.0.0.0/8]\n")
        self.home.start()
        self.assertEqual(self.status(Host=HOST), 200)
        self.assertEqual(self.status(Host="evil.example.org"), 403)
        self.assertEqual(self.status(Host="backend:80", X_Forwarded_Host=HOST), 200)
        self.assertEqual(self.status(X_Forwarded_Host="evil.example.org"), 403)

    def test_nobody_is_trusted_by_default(self):
        self.home.start()
        self.assertEqual(self.status(X_Forwarded_Host="evil.example.org"), 200)
        self.assertEqual(self.status(Host=HOST), 403)


if __name__ == "__main__":
    unittest.main()
