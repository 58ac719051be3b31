"""Keeps the rows that make sense and lists the others with the reason."""

import csv
import json
import os
import sys

REGIONS = {"north", "south", "east", "west"}
PRODUCTS = {"tea", "coffee", "rice", "noodles", "soy sauce"}


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def fault(row):
    if row["region"] not in REGIONS:
        return say("no region", "缺少地区")
    if not row["quantity"].isdigit():
        return say("quantity is no number", "数量不是数字")
    if int(row["cents"]) <= 0:
        return say("amount is not positive", "金额不是正数")
    if row["product"] not in PRODUCTS:
        return say("unknown product", "未知商品")
    return None


def main():
    raw, good, refused = sys.argv[1:4]
    kept = cents = bad = 0
    with open(raw, newline="", encoding="utf-8") as source, \
            open(good, "w", newline="", encoding="utf-8") as good_file, \
            open(refused, "w", newline="", encoding="utf-8") as refused_file:
        rows = csv.DictReader(source)
        keep = csv.DictWriter(good_file, rows.fieldnames)
        refuse = csv.DictWriter(refused_file, rows.fieldnames + ["fault"])
        keep.writeheader()
        refuse.writeheader()
        for row in rows:
            why = fault(row)
            if why:
                refuse.writerow({**row, "fault": why})
                bad += 1
            else:
                keep.writerow(row)
                kept += 1
                cents += int(row["cents"])
    print(say(f"{kept} rows kept, {bad} refused", f"保留 {kept} 行，剔除 {bad} 行"))
    with open(os.environ["GANTRY_OUTPUT"], "a", encoding="utf-8") as outputs:
        outputs.write(json.dumps({"kept": kept, "refused": bad, "cents": cents}) + "\n")


main()
