"""nginx with a configuration, a pid file and logs of its own, for this machine only."""

import getpass
import os
import shutil
import signal
import subprocess
import time

from site_files import give_up, write

CONFIGURATION = """daemon off;
{user}worker_processes 1;
pid {state}/nginx.pid;
error_log {state}/error.log;
events {{}}
http {{
  types {{
    text/html html;
    text/css css;
    text/plain txt;
    image/svg+xml svg;
    image/png png;
    image/jpeg jpg;
  }}
  charset utf-8;
  charset_types text/css text/plain;
  access_log {state}/access.log;
  client_body_temp_path {state}/temporary;
  proxy_temp_path {state}/temporary;
  fastcgi_temp_path {state}/temporary;
  uwsgi_temp_path {state}/temporary;
  scgi_temp_path {state}/temporary;
  server {{
    listen 127.0.0.1:{port};
    root {release}/public;
    include {release}/site.conf;
  }}
}}
"""


def find():
    path = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return path or give_up(
        "nginx is not installed. On Debian and Ubuntu: apt install nginx-light; on Fedora: dnf "
        "install nginx. The system's own nginx service is not needed and may stay switched off.",
        "没有安装 nginx。Debian 和 Ubuntu：apt install nginx-light；Fedora：dnf install nginx。"
        "不需要系统自带的 nginx 服务，可以不启用它。")


def configure(state, release, port):
    """Writes nginx.conf into the folder `state`; `release` may be the link to one."""
    os.makedirs(os.path.join(state, "temporary"), exist_ok=True)
    # As root, nginx would otherwise read the pages as a user who may not see the folder.
    user = f"user {getpass.getuser()};\n" if os.geteuid() == 0 else ""
    write(os.path.join(state, "nginx.conf"),
          CONFIGURATION.format(state=state, release=release, port=port, user=user))


def command(state):
    # -e: where errors go until the configuration has been read.
    return [find(), "-c", os.path.join(state, "nginx.conf"), "-e", os.path.join(state, "error.log")]


def test(state):
    """What `nginx -t` finds wrong with the configuration, or None."""
    done = subprocess.run([*command(state), "-t"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


def workers(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return file.read().split()


def is_retired(worker):
    """It has ended, or takes no new connections any more."""
    try:
        with open(f"/proc/{worker}/cmdline", encoding="utf-8") as file:
            title = file.read()
    except OSError:
        return True
    return not title or "shutting down" in title


def reload(pid, patience=15):
    """Has the configuration read again. For a moment the workers of before answer, too: waits
    until none of them takes a request."""
    before = workers(pid)
    os.kill(pid, signal.SIGHUP)
    deadline = time.monotonic() + patience
    while not all(map(is_retired, before)) and time.monotonic() < deadline:
        time.sleep(0.02)


def running(state):
    """The pid of the nginx of this folder, or None."""
    try:
        with open(os.path.join(state, "nginx.pid"), encoding="utf-8") as file:
            pid = int(file.read())
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
            title = file.read()
    except (OSError, ValueError):
        return None
    # The number may be another program's by now: its title names the configuration.
    return pid if os.path.join(state, "nginx.conf") in title else None
