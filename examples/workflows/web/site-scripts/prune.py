"""Deletes the releases that failed, and all but the newest of the others."""

import os
import shutil
import sys

from site_files import current_release, folder_of, output, say, served_mark


def main():
    folder, keep = folder_of(sys.argv[1]), int(sys.argv[2])
    releases = os.path.join(folder, "releases")
    names = sorted(name for name in os.listdir(releases) if not name.startswith("."))
    current = os.path.basename(current_release(folder))
    good = [name for name in names if os.path.exists(served_mark(os.path.join(releases, name)))]
    old = [name for name in names if name not in good[-keep:] and name != current]
    for name in old:
        shutil.rmtree(os.path.join(releases, name))
    print(say(f"{len(old)} releases deleted, {len(names) - len(old)} kept",
              f"删除 {len(old)} 个发布，保留 {len(names) - len(old)} 个"))
    output(deleted=len(old))


main()
