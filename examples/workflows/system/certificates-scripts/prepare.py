"""Finds the folder of certificates: the one that was named, else three that openssl makes."""

import os
import shutil
import subprocess
import sys

from common import give, say, stop, whole_path

EXAMPLES = (("shop.example", 90), ("mail.example", 200), ("intranet.example", 800))


def make(folder, name, days):
    path = os.path.join(folder, name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path + ".key", "-out",
                    path + ".pem", "-days", str(days), "-subj", "/CN=" + name],
                   check=True, stderr=subprocess.DEVNULL)


def main():
    folder = sys.argv[1]
    if not shutil.which("openssl"):
        stop("openssl is missing: apt-get install openssl", "缺少 openssl：apt-get install openssl")
    if not folder:
        folder = os.path.abspath("certificates")
        os.makedirs(folder, exist_ok=True)
        for name, days in EXAMPLES:
            make(folder, name, days)
    elif not os.path.isdir(whole_path(folder)):
        stop(f"there is no folder {folder}", f"没有文件夹 {folder}")
    print(say(f"certificates of {folder}", f"检查 {folder} 中的证书"))
    give(folder=folder)


main()
