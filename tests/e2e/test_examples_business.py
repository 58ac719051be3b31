#!/usr/bin/env python3
"""The examples of office and workshop: what they wrote is worked out again here, another way."""
import csv
import glob
import json
import os
import shutil
import unittest
from datetime import datetime
from fractions import Fraction

from examples import EXAMPLES, ExampleTest

OFFICE = os.path.join(EXAMPLES, "workflows", "business", "orders-office")
LIMITS = os.path.join(EXAMPLES, "workflows", "production", "sensors-limits.csv")


def rows(*place):
    with open(os.path.join(*place), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class OrdersTest(ExampleTest):
    # What a clerk decides who looks at the files of the inbox; by order number.
    ACCEPTED = {"A-1001": 76760, "A-1002": 7900, "A-1008": 187400}
    REFUSED = {"order-0003.json": ("total", "合计"), "order-0004.json": ("stock", "缺货"),
               "order-0005.json": ("limit", "额度"), "order-0006.json": ("duplicate", "重复"),
               "order-0007.json": ("JSON", "JSON"), "order-0009.json": ("product", "产品"),
               "order-0010.json": ("price", "价")}

    def office(self):
        """A folder of ours, with what the example brings."""
        folder = self.home.path("office")
        shutil.copytree(OFFICE, folder)
        return folder

    def ledger(self, office):
        return [json.loads(line) for line in self.read(office, "ledger.jsonl").splitlines()]

    def assert_invoiced(self, office, orders):
        """Exactly these orders have an invoice each, numbered without a gap, with their amounts."""
        texts = {os.path.basename(file): self.read(file)
                 for file in glob.glob(os.path.join(office, "invoices", "*"))}
        self.assertEqual(sorted(texts), [f"R-{n:04d}.md" for n in range(1, len(orders) + 1)])
        for order, cents in orders.items():
            mine = [text for text in texts.values() if order in text]
            self.assertEqual(len(mine), 1, order)
            lines = [line.strip("| ").split(" | ") for line in mine[0].splitlines()
                     if line.startswith("| P-")]
            self.assertEqual(sum(int(count) * Fraction(price) for _, count, price, _ in lines),
                             Fraction(cents, 100))
            self.assertEqual(sum(Fraction(amount) for _, _, _, amount in lines),
                             Fraction(cents, 100))
        self.assertEqual([entry["order"] for entry in self.ledger(office)], list(orders))

    def orders(self, lang, word):
        self.install(lang)
        run = self.trigger("business/orders")
        office = self.workspace(run, "office")
        self.assert_invoiced(office, self.ACCEPTED)
        refused = {row["file"]: row["reason"] for row in rows(self.workspace(run, "refused.csv"))}
        self.assertEqual(set(refused), set(self.REFUSED))
        for file, words in self.REFUSED.items():
            self.assertIn(words[word], refused[file])
        wanted = []
        for number in (1, 2, 8):
            order = json.loads(self.read(OFFICE, "inbox", f"order-{number:04d}.json"))
            wanted += [(line["product"], str(line["quantity"]), order["order"])
                       for line in order["lines"]]
        self.assertEqual(sorted(wanted),
                         sorted((row["product"], row["quantity"], row["order"])
                                for row in rows(self.workspace(run, "shipping-list.csv"))))
        return self.read(self.workspace(run, "report.md"))

    def test_orders_in_english(self):
        self.assertIn("3 invoices, 2720.60 in total; 48 pieces", self.orders("en", 0))

    def test_orders_in_chinese(self):
        report = self.orders("zh", 1)
        self.assertIn("开出发票 3 张，合计 2720.60；待发货 48 件", report)
        self.assertIn("order-0004.json A-1004: 缺货：P-02 需要 5 件，仅剩 4 件", report)

    def test_a_retry_invoices_nothing_twice(self):
        self.install()
        office = self.office()
        in_the_way = os.path.join(office, "invoices", "R-0002.md")
        os.makedirs(in_the_way)  # the second invoice can not be written
        run = self.trigger("business/orders", {"office": office}, state="failed")
        self.assertEqual([entry["order"] for entry in self.ledger(office)], ["A-1001"])
        first = os.stat(os.path.join(office, "invoices", "R-0001.md"))
        os.rmdir(in_the_way)
        self.assertEqual(self.home.cli("retry", str(run["number"])).returncode, 0)
        self.home.wait_run(run["number"])
        self.assertEqual(self.home.run(run["number"])["state"], "succeeded", self.log(run))
        self.assert_invoiced(office, self.ACCEPTED)
        again = os.stat(os.path.join(office, "invoices", "R-0001.md"))
        self.assertEqual((again.st_ino, again.st_mtime_ns), (first.st_ino, first.st_mtime_ns))

    def test_a_later_run_takes_only_what_is_new(self):
        self.install()
        office = self.office()
        self.trigger("business/orders", {"office": office})
        fresh = {"order": "A-1011", "customer": "C-103", "total": 259.8,
                 "lines": [{"product": "P-01", "quantity": 2, "price": 129.9}]}
        # Of 20 chairs the first run took 14 and the first of these two takes 2: 4 are left.
        greedy = {**fresh, "order": "A-1012", "customer": "C-101", "total": 649.5,
                  "lines": [{"product": "P-01", "quantity": 5, "price": 129.9}]}
        for name, order in (("order-0011.json", fresh), ("order-0012.json", greedy)):
            self.home.write(os.path.join(office, "inbox", name), json.dumps(order))
        run = self.trigger("business/orders", {"office": office})
        self.assert_invoiced(office, {**self.ACCEPTED, "A-1011": 25980})
        self.assertEqual([row["order"] for row in rows(self.workspace(run, "shipping-list.csv"))],
                         ["A-1011"])
        refused = {row["file"]: row["reason"] for row in rows(self.workspace(run, "refused.csv"))}
        self.assertIn("out of stock: 5 of P-01 wanted, 4 left", refused["order-0012.json"])

    def test_whatever_lies_in_the_inbox_is_refused_by_name(self):
        self.install()
        office = self.office()
        line = '{"product": "P-01", "quantity": %s, "price": 129.9}'
        order = '{"order": "B-%d", "customer": "C-101", "total": %s, "lines": [%s]}'
        odd = ["[]", "7", "null", "", "[" * 100000, "{}", '{"order": 1, "lines": "ab"}',
               order % (1, 0, ""), order % (2, 129.9, line % "true"), order % (3, "NaN", line % 1),
               order % (4, -129.9, line % -1), order % (5, "null", line % 1),
               order % (6, '"129.9"', line % 1), order % (7, 1, '{"product": []}')]
        for number, text in enumerate(odd):
            self.home.write(os.path.join(office, "inbox", f"odd-{number:02d}.json"), text)
        os.makedirs(os.path.join(office, "inbox", "folder.json"))
        run = self.trigger("business/orders", {"office": office})
        self.assert_invoiced(office, self.ACCEPTED)
        refused = {row["file"] for row in rows(self.workspace(run, "refused.csv")) if row["reason"]}
        self.assertEqual(refused, {*self.REFUSED, "folder.json",
                                   *(f"odd-{number:02d}.json" for number in range(len(odd)))})


class SensorsTest(ExampleTest):
    def expected(self, readings):
        """Machines by what is wrong with them, worked out here: the trend from the halves."""
        found = {}
        for limit in rows(LIMITS):
            mine = [(datetime.fromisoformat(row["time"]), float(row["value"])) for row in readings
                    if row["machine"] == limit["machine"]]
            kinds = set()
            if any(not float(limit["low"]) <= value <= float(limit["high"])
                                           for _, value in mine):
                kinds.add("limits")
            if max((b[0] - a[0]).total_seconds() for a, b in zip(mine, mine[1:])) > 60 * float(
                    limit["gap_minutes"]):
                kinds.add("gap")
            half = len(mine) // 2
            middle = [sorted(value for _, value in part)[len(part) // 2]
                      for part in (mine[:half], mine[half:])]
            hours = (mine[-1][0] - mine[0][0]).total_seconds() / 3600 / 2
            if abs(middle[1] - middle[0]) / hours > float(limit["drift_per_hour"]):
                kinds.add("drift")
            if kinds:
                found[limit["machine"]] = kinds
        return found

    def sensors(self, lang, seed, hours, word):
        self.install(lang)
        run = self.trigger("production/sensors",
                           {"seed": seed, "hours": hours, "date": "2026-10-31"})
        readings = rows(self.workspace(run, "readings.csv"))
        findings = {}
        for row in rows(self.workspace(run, "findings.csv")):
            findings.setdefault(row["machine"], set()).add(row["kind"])
        self.assertEqual(findings, self.expected(readings))
        planted = json.loads(self.read(self.workspace(run, "planted.json")))
        self.assertEqual({machine: {kind} for machine, kind in planted.items()},
                         {machine: {"spike" if kind == "limits" else kind for kind in kinds}
                          for machine, kinds in findings.items()})
        orders = {os.path.basename(file)[:-len(".md")]: self.read(file)
                  for file in glob.glob(self.workspace(run, "orders", "*"))}
        self.assertEqual(set(orders), set(planted))
        for machine, kind in planted.items():
            self.assertIn(word[kind == "spike"], orders[machine])
        hourly = rows(self.workspace(run, "hourly.csv"))
        self.assertEqual(sum(int(row["readings"]) for row in hourly), len(readings))
        first = hourly[0]
        values = [Fraction(row["value"]) for row in readings if row["machine"] == first["machine"]
                  and row["time"].startswith(first["hour"][:13])]
        self.assertEqual(Fraction(first["greatest"]), max(values))
        self.assertAlmostEqual(float(first["mean"]), float(sum(values) / len(values)), 2)
        return self.read(self.workspace(run, "report.txt"))

    def test_sensors_in_english(self):
        self.assertIn("3 maintenance orders", self.sensors("en", 42, 24, ("this week", "today")))

    def test_sensors_in_chinese(self):
        self.assertIn("3 张维护工单", self.sensors("zh", 7, 12, ("本周", "今天")))

    def test_a_machine_without_limits_fails_by_name(self):
        self.install()
        readings = self.home.path("readings.csv")
        self.home.write(readings, "time,machine,value\n2026-10-31T00:00:00,crane-9,1.5\n")
        run = self.trigger("production/sensors", {"readings": readings}, state="failed")
        self.assertIn("crane-9 has no limits in sensors-limits.csv", self.log(run, "detect"))
        self.assertFalse(os.path.exists(self.workspace(run, "orders")))


if __name__ == "__main__":
    unittest.main()
