"""The OpenAPI document of a gantry program."""
import contextlib
import json
import os
import subprocess
import tempfile
import time
import urllib.request


@contextlib.contextmanager
def server(program):
    """The address of a server with an empty home."""
    with tempfile.TemporaryDirectory(prefix="gantry-generate-") as home:
        address = os.path.join(home, "data", "address")
        with subprocess.Popen([program, "serve", "--home", home, "--listen", "127.0.0.1:0"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            try:
                deadline = time.monotonic() + 30
                while not (os.path.exists(address) and os.path.getsize(address)):
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise SystemExit(f"{program} serve does not come up")
                    time.sleep(0.02)
                with open(address, encoding="utf-8") as file:
                    yield file.read().strip()
            finally:
                process.terminate()


def document_of(program):
    """Of a server that runs for this question alone."""
    with server(program) as url:
        with urllib.request.urlopen(url + "/api/v1/openapi.json", timeout=30) as answer:
            return json.load(answer)
