"""Decides about each order of the inbox: accepted, or refused with the reason.

Nothing of the office is changed here, so this may be repeated as often as you like. Orders that an
earlier run invoiced are passed over, but count against stock and limit: `stock` and `limit` are
those of the day on which the ledger begins.
"""

import collections
import csv
import io
import json
import os
import sys
from decimal import Decimal

from common import give, ledger_of, say, this_run, write_whole


def table(path, key):
    with open(path, newline="", encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


class Office:
    def __init__(self, folder):
        self.customers = table(os.path.join(folder, "customers.csv"), "customer")
        self.products = table(os.path.join(folder, "products.csv"), "product")
        self.sold = collections.Counter()  # pieces by product
        self.owed = collections.Counter()  # money by customer
        self.numbers = set()

    def book(self, order):
        self.numbers.add(order["order"])
        self.owed[order["customer"]] += Decimal(str(order["total"]))
        for line in order["lines"]:
            self.sold[line["product"]] += line["quantity"]

    def fault(self, order):
        """Why the order is refused, or None. The first reason counts."""
        if order["order"] in self.numbers:
            return say("duplicate: this order number was there before", "重复：此订单号已出现过")
        if order["customer"] not in self.customers:
            return say(f"unknown customer {order['customer']}", f"未知客户 {order['customer']}")
        return self.fault_of_lines(order) or self.fault_of_money(order)

    def fault_of_lines(self, order):
        wanted = collections.Counter()
        if not order["lines"]:
            return say("no lines", "没有订单行")
        for line in order["lines"]:
            code, quantity = line["product"], line["quantity"]
            product = self.products.get(code)
            if not product:
                return say(f"unknown product {code}", f"未知产品 {code}")
            if type(quantity) is not int or quantity <= 0:  # true is an int, too
                return say(f"{code}: quantity {quantity}", f"{code}：数量为 {quantity}")
            if line["price"] != Decimal(product["price"]):
                return say(f"{code}: price {line['price']}, ours is {product['price']}",
                           f"{code}：订单价 {line['price']}，我方价 {product['price']}")
            wanted[code] += quantity
        for code, quantity in wanted.items():
            left = int(self.products[code]["stock"]) - self.sold[code]
            if quantity > left:
                return say(f"out of stock: {quantity} of {code} wanted, {left} left",
                           f"缺货：{code} 需要 {quantity} 件，仅剩 {left} 件")
        return None

    def fault_of_money(self, order):
        total = sum(line["quantity"] * line["price"] for line in order["lines"])
        if total != order["total"]:
            return say(f"wrong total {order['total']}, the lines make {total}",
                       f"合计有误：写的是 {order['total']}，各行相加为 {total}")
        limit = Decimal(self.customers[order["customer"]]["limit"])
        open_sum = self.owed[order["customer"]] + total
        if open_sum > limit:
            return say(f"over the limit: {open_sum} of {limit}", f"超出额度：{open_sum}，额度 {limit}")
        return None


def read_order(path):
    """The order and None, or an empty order and the reason."""
    try:
        with open(path, encoding="utf-8") as file:
            order = json.load(file, parse_float=Decimal)
    except (ValueError, RecursionError, OSError) as error:
        return {}, say(f"no valid JSON: {error}", f"不是有效的 JSON：{error}")
    try:
        lines = [{"product": str(line["product"]), "quantity": line["quantity"],
                  "price": line["price"]} for line in order["lines"]]
        return {"order": str(order["order"]), "customer": str(order["customer"]),
                "total": order["total"], "lines": lines}, None
    except (KeyError, TypeError) as error:
        return {}, say(f"not a whole order: {error}", f"订单不完整：{error}")


def decide(office, folder, done):
    accepted, refused = [], []
    for name in sorted(os.listdir(os.path.join(folder, "inbox"))):
        if not name.endswith(".json") or name in done:
            continue
        order, why = read_order(os.path.join(folder, "inbox", name))
        why = why or office.fault(order)
        if why:
            refused.append({"file": name, "order": order.get("order", ""), "reason": why})
        else:
            office.book(order)
            accepted.append({**order, "file": name})
    return accepted, refused


def main():
    folder = sys.argv[1]
    office = Office(folder)
    earlier = [entry for entry in ledger_of(folder) if entry["run"] != this_run()]
    for entry in earlier:
        office.book(entry)
    accepted, refused = decide(office, folder, {entry["file"] for entry in earlier})
    write_whole("accepted.json", json.dumps(accepted, indent=1, default=str, ensure_ascii=False))
    out = io.StringIO()
    rows = csv.DictWriter(out, ["file", "order", "reason"])
    rows.writeheader()
    rows.writerows(refused)
    write_whole("refused.csv", out.getvalue())
    for row in refused:
        print(f"{row['file']}: {row['reason']}")
    total = sum(Decimal(order["total"]) for order in accepted)
    print(say(f"{len(accepted)} accepted ({total}), {len(refused)} refused, "
              f"{len(earlier)} were done earlier",
              f"接受 {len(accepted)} 份（{total}），拒绝 {len(refused)} 份，此前已办 {len(earlier)} 份"))
    give(accepted=len(accepted), refused=len(refused), total=str(total))


main()
