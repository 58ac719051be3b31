"""Writes an invoice per accepted order, each once, however often this is repeated.

The ledger is the memory: an order stands in it as soon as its invoice is on the disk. If the
machine stops between the two, the next try writes the same invoice under the same number again.
"""

import json
import os
import sys
from decimal import Decimal

from common import give, ledger_of, say, this_run, write_whole


def invoice_text(number, date, order):
    lines = [say(f"# Invoice {number}", f"# 发票 {number}"), "",
             say(f"Date {date}, customer {order['customer']}, order {order['order']}",
                 f"日期 {date}，客户 {order['customer']}，订单 {order['order']}"), "",
             say("| product | quantity | price | amount |", "| 产品 | 数量 | 单价 | 金额 |"),
             "|---|---:|---:|---:|"]
    for line in order["lines"]:
        amount = line["quantity"] * Decimal(line["price"])
        lines.append(f"| {line['product']} | {line['quantity']} | {line['price']} | {amount} |")
    lines += ["", say(f"Total: {order['total']}", f"合计：{order['total']}"), ""]
    return "\n".join(lines)


def write_ledger(office, ledger):
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in ledger]
    write_whole(os.path.join(office, "ledger.jsonl"), "".join(lines))


def main():
    office, date = sys.argv[1:3]
    with open("accepted.json", encoding="utf-8") as file:
        accepted = json.load(file)
    ledger = ledger_of(office)
    known = {entry["order"] for entry in ledger}
    for order in accepted:
        if order["order"] in known:
            print(say(f"{order['order']} has its invoice", f"{order['order']} 已开过发票"))
            continue
        number = f"R-{len(ledger) + 1:04d}"
        write_whole(os.path.join(office, "invoices", number + ".md"),
                    invoice_text(number, date, order))
        ledger.append({**order, "invoice": number, "run": this_run()})
        write_ledger(office, ledger)
        print(f"{order['order']}: {number}, {order['total']}")
    mine = [entry for entry in ledger if entry["run"] == this_run()]
    give(invoices=len(mine), total=str(sum(Decimal(entry["total"]) for entry in mine)))


main()
