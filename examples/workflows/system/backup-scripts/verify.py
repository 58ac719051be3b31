"""Restores the new backup into an empty folder and compares the files with the list of before."""

import os
import shutil
import subprocess
import sys

from common import give, say, stop, sum_of


def read_list(path):
    """What `sha256sum -z` wrote: the sum, two characters, the name, which may hold anything."""
    with open(path, "rb") as file:
        entries = os.fsdecode(file.read()).split("\0")
    return {entry[66:]: entry[:64] for entry in entries if entry}


def sums_of(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found[os.path.join(".", os.path.relpath(path, folder))] = sum_of(path)
    return found


def main():
    archive, source_list, scratch = sys.argv[1:4]
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    done = subprocess.run(["tar", "-xzf", archive, "-C", scratch], stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode != 0:
        stop(f"{archive} can not be unpacked: {done.stderr}", f"{archive} 无法解开：{done.stderr}")
    wanted, found = read_list(source_list), sums_of(scratch)
    differing = sorted(name for name in wanted.keys() | found.keys()
                       if wanted.get(name) != found.get(name))
    if differing:
        stop(f"{archive} differs from the folder in: {', '.join(differing)}",
             f"{archive} 与文件夹不一致：{'、'.join(differing)}")
    shutil.rmtree(scratch)
    print(say(f"{len(found)} files restored and compared", f"已恢复并比较 {len(found)} 个文件"))
    give(files=len(found))


main()
