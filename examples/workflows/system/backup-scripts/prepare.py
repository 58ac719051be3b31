"""Finds what to back up and where to; else makes a folder and forty days of backups."""

import datetime
import os
import subprocess
import sys

from common import give, say, stop, sum_of, whole_path


def make_folder(folder):
    os.makedirs(os.path.join(folder, "settings"), exist_ok=True)
    for name, text in (("settings/site.conf", "port = 8080\n"), ("notes.txt", "keep me\n"),
                       ("empty.txt", "")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(folder, "data.bin"), "wb") as file:
        file.write(bytes(range(256)) * 4096)


def make_old_backups(folder, backups, today):
    """As if this had run every night for forty days, so that there is something to rotate."""
    for days in range(1, 41):
        stamp = (today - datetime.timedelta(days=days)).strftime("%Y-%m-%dT020000")
        path = os.path.join(backups, f"backup-{stamp}.tar.gz")
        subprocess.run(["tar", "-czf", path, "-C", folder, "notes.txt"], check=True)
        with open(path + ".sha256", "w", encoding="utf-8") as file:
            file.write(f"{sum_of(path)}  {os.path.basename(path)}\n")


def main():
    folder, backups, date = sys.argv[1:4]
    if bool(folder) != bool(backups):
        stop("give both params, folder and backups, or none of them",
             "folder 与 backups 两个参数要么都给，要么都不给")
    if folder:
        if not os.path.isdir(whole_path(folder)):
            stop(f"there is no folder {folder}", f"没有文件夹 {folder}")
        if (os.path.realpath(backups) + "/").startswith(os.path.realpath(folder) + "/"):
            stop("the backups must not lie in the folder itself", "备份不能放在被备份的文件夹里")
        os.makedirs(whole_path(backups), exist_ok=True)
    else:
        folder, backups = os.path.abspath("folder"), os.path.abspath("backups")
        os.makedirs(backups, exist_ok=True)
        make_folder(folder)
        make_old_backups(folder, backups, datetime.date.fromisoformat(date))
    print(say(f"from {folder} to {backups}", f"从 {folder} 备份到 {backups}"))
    give(folder=folder, backups=backups)


main()
