"""Serves the release with an nginx of its own on a free port and asks for every page."""

import os
import socket
import subprocess
import sys

import health
import nginx
from site_files import give_up, say


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def main():
    release, port = sys.argv[1], free_port()
    state = os.path.abspath("trial")
    os.makedirs(state, exist_ok=True)
    nginx.configure(state, release, port)
    wrong = nginx.test(state)
    if wrong:
        give_up(f"nginx refuses the configuration:\n{wrong}", f"nginx 不接受该配置：\n{wrong}")
    # Should this script be stopped, Gantry ends its nginx with it.
    with subprocess.Popen(nginx.command(state)) as process:
        faults = health.faults(f"http://127.0.0.1:{port}", release)
        process.terminate()
    if faults:
        sys.exit("\n".join(faults))
    print(say("every page is served as it was built", "每个页面都与构建结果一致"))


main()
