"""Becomes the nginx that serves the current release."""

import os
import sys

import nginx
from site_files import current_link, current_release, folder_of, give_up, say, write


def main():
    folder, port = folder_of(sys.argv[1]), sys.argv[2]
    if not current_release(folder):
        give_up(f"{folder} has no release yet: gantry trigger web/deploy-site",
                f"{folder} 中还没有发布：gantry trigger web/deploy-site")
    if nginx.running(folder):
        give_up(f"{folder} is served already", f"{folder} 已经在提供服务")
    nginx.configure(folder, current_link(folder), port)
    wrong = nginx.test(folder)
    if wrong:
        give_up(f"nginx refuses the configuration:\n{wrong}", f"nginx 不接受该配置：\n{wrong}")
    write(os.path.join(folder, "port"), f"{port}\n")
    print(say(f"serving at http://127.0.0.1:{port}/", f"服务地址：http://127.0.0.1:{port}/"),
          flush=True)
    words = nginx.command(folder)
    os.execv(words[0], words)  # nginx takes the place of this script


main()
