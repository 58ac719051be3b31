"""Writes a maintenance order for each machine with findings, for the people with the spanners."""

import collections
import csv
import os
import sys

from common import give, say, write_whole


def order_text(machine, date, findings):
    urgent = any(finding["kind"] == "limits" for finding in findings)
    lines = [say(f"# Maintenance order: {machine}", f"# 维护工单：{machine}"), "",
             say("Date: ", "日期：") + date,
             say("Priority: ", "优先级：") + (say("today", "今天") if urgent
                                            else say("this week", "本周")), ""]
    lines += [f"- {finding['time']} {finding['kind']}: {finding['text']}" for finding in findings]
    return "\n".join(lines) + "\n"


def main():
    date = sys.argv[1]
    by_machine = collections.defaultdict(list)
    with open("findings.csv", newline="", encoding="utf-8") as file:
        for finding in csv.DictReader(file):
            by_machine[finding["machine"]].append(finding)
    os.makedirs("orders", exist_ok=True)
    for machine, findings in by_machine.items():
        write_whole(os.path.join("orders", machine + ".md"), order_text(machine, date, findings))
        print(os.path.abspath(os.path.join("orders", machine + ".md")))
    give(orders=len(by_machine))


main()
