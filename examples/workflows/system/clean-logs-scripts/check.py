"""Looks at the folder again: does it hold what the actions say?"""

import os
import sys

from common import LOG, say, stop


def main():
    folder, before, freed, dry = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    left = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)
               if LOG.fullmatch(name) and not os.path.islink(os.path.join(folder, name)))
    wanted = before if dry == "true" else before - freed
    print(say(f"{before} bytes of logs before, {left} now in {folder}",
              f"{folder} 中的日志：之前 {before} 字节，现在 {left} 字节"))
    if left != wanted:
        stop(f"{wanted} were expected; is something writing there?",
             f"预期 {wanted} 字节；是否有程序正在写入？")


main()
