"""Notes until when certificates are valid: of the files of a folder, or of TLS ports.

usage: look.py files FOLDER OUT.csv | look.py ports '["host:port", ...]' OUT.csv
What can not be read is noted as well: an error is an answer, too.
"""

import csv
import datetime
import json
import os
import re
import ssl
import subprocess
import sys

from common import give, say

ONE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.S)
ENDINGS = (".pem", ".crt", ".cer")


def read(pem):
    """(subject, end) of one certificate; the subject is None if it can not be read."""
    done = subprocess.run(["openssl", "x509", "-noout", "-subject", "-enddate"], input=pem,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None, say("can not be read", "无法读取")
    subject, end = (line.partition("=")[2].strip() for line in done.stdout.splitlines())
    seconds = ssl.cert_time_to_seconds(end)
    return subject, datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


def of_files(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(ENDINGS):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                text = file.read()
            if "PRIVATE KEY" in text and not ONE.search(text):
                continue
            for pem in ONE.findall(text) or [""]:  # a file may hold a whole chain
                yield (name, *read(pem))


def of_ports(ports):
    """What the server shows; whether we would trust it is another question."""
    for port in ports:
        try:
            done = subprocess.run(["openssl", "s_client", "-connect", port, "-servername",
                                   port.rpartition(":")[0]], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=10, check=False)
        except subprocess.TimeoutExpired:
            yield port, None, say("no answer within 10 seconds", "10 秒内没有应答")
            continue
        found = ONE.search(done.stdout)
        if found:
            yield (port, *read(found.group()))
        else:
            yield port, None, say("shows no certificate", "没有给出证书")


def main():
    kind, where, out = sys.argv[1:4]
    found = list(of_files(where) if kind == "files" else of_ports(json.loads(where)))
    with open(out, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(
            (place, subject or "", end) for place, subject, end in found)
    for place, subject, end in found:
        print(f"{place}: {subject or '?'}: {end}")
    give(looked_at=len(found))


main()
