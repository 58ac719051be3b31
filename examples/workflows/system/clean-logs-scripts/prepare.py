"""Finds the folder of logs: the one that was named, else forty days of logs of its own."""

import os
import random
import sys
import time

from common import give, say, stop, whole_path

DAY = 86400


def make_logs(folder):
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(1)
    for days in range(40):
        path = os.path.join(folder, f"shop-{days:02d}.log")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"request {rng.getrandbits(240):060x} answered\n" for _ in range(1500))
        then = time.time() - days * DAY - 60
        os.utime(path, (then, then))
    with open(os.path.join(folder, "readme.txt"), "w", encoding="utf-8") as file:
        file.write(say("no log, stays\n", "不是日志，保留\n"))


def main():
    folder = sys.argv[1]
    if not folder:
        folder = os.path.abspath("logs")
        make_logs(folder)
    elif not os.path.isdir(whole_path(folder)):
        stop(f"there is no folder {folder}", f"没有文件夹 {folder}")
    print(folder)
    give(folder=folder)


main()
