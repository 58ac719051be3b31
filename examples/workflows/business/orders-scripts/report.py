"""Compares what was accepted with what was invoiced, and writes the summary for the office."""

import csv
import os
import sys

from common import say, stop, write_whole


def main():
    accepted, total, invoices, invoiced, pieces = sys.argv[1:6]
    if (accepted, total) != (invoices, invoiced):
        stop(f"accepted: {accepted}, {total}; invoiced: {invoices}, {invoiced}",
             f"接受：{accepted} 份，{total}；开票：{invoices} 份，{invoiced}")
    with open("refused.csv", newline="", encoding="utf-8") as file:
        refused = list(csv.DictReader(file))
    lines = [say("# Orders", "# 订单"), "",
             say(f"{invoices} invoices, {invoiced} in total; {pieces} pieces to ship.",
                 f"开出发票 {invoices} 张，合计 {invoiced}；待发货 {pieces} 件。"), "",
             say(f"{len(refused)} orders were refused:", f"拒绝订单 {len(refused)} 份："), ""]
    lines += [f"- {row['file']} {row['order']}: {row['reason']}" for row in refused]
    write_whole("report.md", "\n".join(lines) + "\n")
    print("\n".join(lines))
    print(say(f"see {os.path.abspath('report.md')}", f"见 {os.path.abspath('report.md')}"))


main()
