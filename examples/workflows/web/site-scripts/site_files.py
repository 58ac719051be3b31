"""Where the parts of a site are, and what the scripts share."""

import json
import os
import sys


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def give_up(english, chinese):
    sys.exit(say(english, chinese))


def folder_of(param):
    return os.path.abspath(os.path.expanduser(param or "~/gantry-site"))


def current_link(folder):
    """A symbolic link to the release that is served."""
    return os.path.join(folder, "current")


def current_release(folder):
    """Its path, or None before the first deployment."""
    try:
        return os.path.join(folder, os.readlink(current_link(folder)))
    except FileNotFoundError:
        return None


def served_mark(release):
    """An empty file in each release that was switched to for good."""
    return os.path.join(release, "served")


def good_release(folder):
    """The current release, or, where a switch to it was cut short, the newest that was good."""
    current = current_release(folder)
    if not current or os.path.exists(served_mark(current)):
        return current
    releases = os.path.join(folder, "releases")
    good = [name for name in sorted(os.listdir(releases))
            if os.path.exists(served_mark(os.path.join(releases, name)))]
    return os.path.join(releases, good[-1]) if good else current


def manifest_of(release):
    """The pages of a release with their SHA-256, by path."""
    with open(os.path.join(release, "manifest.json"), encoding="utf-8") as file:
        return json.load(file)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def output(**values):
    """Hands values on to later tasks: ${{ tasks.NAME.outputs.KEY }}."""
    with open(os.environ["GANTRY_OUTPUT"], "a", encoding="utf-8") as outputs:
        outputs.write(json.dumps(values) + "\n")
