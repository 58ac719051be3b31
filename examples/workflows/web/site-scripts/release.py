"""Lays a built site out as a release: releases/NAME with public/, site.conf and manifest.json."""

import hashlib
import json
import os
import shutil
import sys
import time

from site_files import folder_of, output, say, write


def digests(root):
    found = {}
    for place, _, names in os.walk(root):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, root)] = hashlib.sha256(file.read()).hexdigest()
    return dict(sorted(found.items()))


def main():
    folder, built = folder_of(sys.argv[1]), sys.argv[2]
    releases = os.path.join(folder, "releases")
    os.makedirs(releases, exist_ok=True)
    manifest = json.dumps(digests(os.path.join(built, "public")), indent=1)
    # The time first, so that names sort by age.
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}"
    half = os.path.join(releases, f".{name}")
    shutil.copytree(os.path.join(built, "public"), os.path.join(half, "public"))
    own = os.path.join(built, "site.conf")
    configuration = f"add_header X-Release {name} always;\nindex index.html;\n"
    if os.path.isfile(own):
        with open(own, encoding="utf-8") as file:
            configuration += file.read()
    write(os.path.join(half, "site.conf"), configuration)
    write(os.path.join(half, "manifest.json"), manifest + "\n")
    release = os.path.join(releases, name)
    os.rename(half, release)  # nobody sees half of a release
    print(say(f"release {release}", f"发布 {release}"))
    output(release=release, name=name)


main()
