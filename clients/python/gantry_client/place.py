"""Where the server is and what it knows us by: as the command line finds it."""
from __future__ import annotations

import os
import urllib.parse
from dataclasses import dataclass, field
from typing import Optional, Tuple

from .errors import NoServer

LOOPBACK_NAMES = ("localhost", "::1")


@dataclass(frozen=True)
class Place:
    """One server. `pin` (sha256//...) is the key of its certificate, `ca_file` who may sign it."""

    url: str
    token: str = field(default="", repr=False)
    ca_file: Optional[str] = None
    pin: str = ""


def find_place(url: Optional[str] = None, token: Optional[str] = None,
               home: Optional[str] = None, ca_file: Optional[str] = None) -> Place:
    """What is given, else GANTRY_URL, GANTRY_TOKEN and GANTRY_CA_FILE, else the files of the home.

    A home's own server is known by the key in data/tls-pin. The token of a home is for its server
    and for this machine, not for whatever URL the environment names.
    """
    root, data = home_folders(home)
    pin, from_home = "", False
    if not url and not home:
        url = os.environ.get("GANTRY_URL")
    if not url:
        url = read_line(os.path.join(data, "address"))
        pin, from_home = read_line(os.path.join(data, "tls-pin")), True
        if not url:
            raise NoServer(f"no server runs for {root}; start it with `gantry serve`, "
                           "or set GANTRY_URL")
    if token is None:
        token = os.environ.get("GANTRY_TOKEN", "") if not home else ""
    if not token and (from_home or home or is_loopback(url)):
        token = read_line(os.path.join(data, "admin-token"))
    authorities = ca_file or os.environ.get("GANTRY_CA_FILE") or None
    return Place(url.rstrip("/"), token, None if pin else authorities, pin)


def home_folders(home: Optional[str]) -> Tuple[str, str]:
    """The home and its data."""
    root = home or os.environ.get("GANTRY_HOME")
    if not root and os.path.exists("/etc/gantry/gantry.yaml") and os.access("/var/lib/gantry",
                                                                            os.W_OK):
        return "/etc/gantry", "/var/lib/gantry"
    if not root:
        config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        root = os.path.join(config, "gantry")
    root = os.path.abspath(root)
    return root, os.path.join(root, "data")


def is_loopback(url: str) -> bool:
    host = urllib.parse.urlsplit(url).hostname or ""
    return host in LOOPBACK_NAMES or host.startswith("127.")


def read_line(path: str) -> str:
    """The text of a small file; empty if it is not there."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(1000).strip()
    except FileNotFoundError:
        return ""
