"""Removes old backups: the last of each of the newest days and weeks stay."""

import datetime
import os
import sys

from common import give, say


def day_of(name):
    return datetime.date.fromisoformat(name[len("backup-"):][:10])


def last_of_each(names, period, count):
    """The newest backup of each period, of the `count` newest periods."""
    newest = {}
    for name in sorted(names):
        newest[period(day_of(name))] = name
    return {newest[key] for key in sorted(newest, reverse=True)[:count]}


def main():
    backups, daily, weekly = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    names = [name for name in os.listdir(backups)
             if name.startswith("backup-") and name.endswith(".tar.gz")]
    keep = last_of_each(names, lambda day: day, daily)
    keep |= last_of_each(names, lambda day: day.isocalendar()[:2], weekly)
    for name in sorted(set(names) - keep):
        os.unlink(os.path.join(backups, name))  # first: a list without its backup harms nobody
        os.unlink(os.path.join(backups, name + ".sha256"))
        print(say(f"removed {name}", f"已删除 {name}"))
    print(say(f"{len(keep)} backups are kept in {backups}", f"{backups} 中保留 {len(keep)} 份备份"))
    give(kept=len(keep), removed=len(names) - len(keep))


main()
