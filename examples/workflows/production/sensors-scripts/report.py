"""The day in one line, for a message or a screen in the hall."""

import sys

from common import say, write_whole


def main():
    readings, hours, findings, orders = sys.argv[1:5]
    text = say(f"{readings} readings in {hours} machine hours, {findings} findings, "
               f"{orders} maintenance orders",
               f"{hours} 个机时共 {readings} 条读数，{findings} 项异常，{orders} 张维护工单")
    write_whole("report.txt", text + "\n")
    print(text)


main()
