"""Asks a running nginx for every page of a release."""

import hashlib
import os
import time
import urllib.error
import urllib.request

from site_files import manifest_of, say

PATIENCE = 15  # seconds until nginx must serve the release


def fetch(url):
    """Status, name of the release and content; a status of 0 if there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.headers.get("X-Release"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("X-Release"), b""
    except OSError:
        return 0, None, b""


def fetch_of(url, name, deadline):
    """Asks until the release of this name answers: after a reload the old one does for a moment."""
    while True:
        status, found, body = fetch(url)
        if found == name or time.monotonic() > deadline:
            return status, found, body
        time.sleep(0.05)


def faults(base, release):
    """What is wrong with the release that is served at `base`."""
    name, found = os.path.basename(release), []
    deadline = time.monotonic() + PATIENCE
    for page, digest in manifest_of(release).items():
        status, answered, body = fetch_of(f"{base}/{page}", name, deadline)
        if answered != name:
            found.append(say(f"/{page} is not of this release (status {status})",
                             f"/{page} 不属于此发布（状态 {status}）"))
        elif status != 200:
            found.append(say(f"/{page} answers {status}", f"/{page} 返回 {status}"))
        elif hashlib.sha256(body).hexdigest() != digest:
            found.append(say(f"/{page} is not what was built", f"/{page} 与构建结果不同"))
    return found
