"""Finds the office folder: the one that was named, else a copy of the one of the example."""

import os
import shutil
import sys

from common import give, say, stop

NEEDED = ("inbox", "customers.csv", "products.csv")


def copy_example(source, office):
    for folder, _, names in os.walk(source):
        target = os.path.join(office, os.path.relpath(folder, source))
        os.makedirs(target, exist_ok=True)
        for name in names:
            shutil.copyfile(os.path.join(folder, name), os.path.join(target, name))


def main():
    office, example = sys.argv[1:3]
    if not office:
        office = os.path.abspath("office")
        copy_example(example, office)
    elif not os.path.isabs(office):
        stop(f"{office}: give the whole path, from /", f"{office}：请给出以 / 开头的完整路径")
    missing = [name for name in NEEDED if not os.path.exists(os.path.join(office, name))]
    if missing:
        stop(f"{office} has no {', '.join(missing)}", f"{office} 中没有 {'、'.join(missing)}")
    os.makedirs(os.path.join(office, "invoices"), exist_ok=True)
    count = sum(name.endswith(".json") for name in os.listdir(os.path.join(office, "inbox")))
    print(say(f"{count} orders in {office}/inbox", f"{office}/inbox 中有 {count} 份订单"))
    give(office=office, orders=count)


main()
