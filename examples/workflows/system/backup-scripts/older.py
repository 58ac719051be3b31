"""Reads every backup again: one that rotted on the disk is found now, not when it is needed."""

import os
import sys

from common import give, say, stop, sum_of


def fault(path):
    try:
        with open(path + ".sha256", encoding="utf-8") as file:
            noted = file.read().split()[0]
    except (OSError, IndexError):
        return say("its .sha256 file is missing", "缺少对应的 .sha256 文件")
    return None if sum_of(path) == noted else say("damaged: its checksum differs",
                                                  "已损坏：校验和不符")


def main():
    backups = sys.argv[1]
    names = [name for name in sorted(os.listdir(backups))
             if name.startswith("backup-") and name.endswith(".tar.gz")]
    faults = [(name, fault(os.path.join(backups, name))) for name in names]
    bad = [f"{name}: {why}" for name, why in faults if why]
    if bad:
        stop("\n".join(bad) + "\nNothing is removed until these are mended or taken away.",
             "\n".join(bad) + "\n在修复或移走它们之前，不会删除任何备份。")
    print(say(f"{len(names)} backups are whole", f"{len(names)} 份备份完好"))
    give(whole=len(names))


main()
