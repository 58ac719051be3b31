"""Removes logs by age, compresses the others by age, then removes the oldest until the rest fits.

Only plain files NAME.log, NAME.log.N and those with .gz, directly in the folder; links are left
alone. With dry_run nothing is changed, and a file that would be compressed counts with its size.
"""

import csv
import gzip
import os
import shutil
import sys
import time

from common import LOG, give, say

DAY = 86400


def logs_of(folder):
    """(age in days, name, bytes), the oldest first."""
    now = time.time()
    found = [entry for entry in os.scandir(folder)
             if LOG.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)]
    return sorted(((now - entry.stat().st_mtime) / DAY, entry.name, entry.stat().st_size)
                  for entry in found)[::-1]


def can_be_compressed(path):
    return not path.endswith(".gz") and not os.path.exists(path + ".gz")


def compress(path):
    """The log stays until its compressed copy was read again; the age stays, too."""
    with open(path, "rb") as log, gzip.open(path + ".gz.new", "wb") as packed:
        shutil.copyfileobj(log, packed)
    with open(path, "rb") as log, gzip.open(path + ".gz.new", "rb") as packed:
        while block := log.read(1 << 20):
            if packed.read(len(block)) != block:
                sys.exit(say(f"{path} changed meanwhile", f"{path} 在此期间发生了变化"))
        os.fsync(packed.fileno())
    owner = os.stat(path)
    os.chown(path + ".gz.new", owner.st_uid, owner.st_gid)
    shutil.copystat(path, path + ".gz.new")
    os.rename(path + ".gz.new", path + ".gz")
    os.unlink(path)
    return os.path.getsize(path + ".gz")


def clean(folder, compress_days, remove_days, bytes_max, dry):
    """Yields (action, name, bytes before, bytes after)."""
    kept = []
    for age, name, size in logs_of(folder):
        path = os.path.join(folder, name)
        if age > remove_days:
            if not dry:
                os.unlink(path)
            yield "remove-age", name, size, 0
        elif age > compress_days and can_be_compressed(path):
            after = size if dry else compress(path)
            kept.append((name if dry else name + ".gz", after))
            yield "compress", name, size, after
        else:
            kept.append((name, size))
    total = sum(size for _, size in kept)
    for name, size in kept:
        if total <= bytes_max:
            break
        if not dry:
            os.unlink(os.path.join(folder, name))
        total -= size
        yield "remove-size", name, size, 0


def main():
    folder, dry = sys.argv[1], sys.argv[5] == "true"
    compress_days, remove_days, megabytes = (int(text) for text in sys.argv[2:5])
    before = sum(size for _, _, size in logs_of(folder))
    count = freed = 0
    with open("actions.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["action", "file", "before", "after"])
        for row in clean(folder, compress_days, remove_days, megabytes * 1000000, dry):
            rows.writerow(row)
            print(*row)
            count += 1
            freed += row[2] - row[3]
    print(say(f"{'would do' if dry else 'done'}: {count} actions, {freed} bytes freed",
              f"{'将执行' if dry else '已执行'} {count} 项操作，释放 {freed} 字节"))
    give(actions=count, before=before, freed=freed)


main()
