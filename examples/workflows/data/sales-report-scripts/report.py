"""Writes the report: totals per region and product, and what was refused."""

import collections
import csv
import os
import sqlite3
import sys


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def money(cents):
    return f"{cents // 100:,}.{cents % 100:02d}"


def table(title, rows):
    lines = [f"| {title} | {say('sales', '笔数')} | {say('amount', '金额')} |", "|---|---:|---:|"]
    lines += [f"| {name} | {count:,} | {money(cents)} |" for name, count, cents in rows]
    return "\n".join(lines)


def grouped(connection, column):
    query = f"select {column}, count(*), sum(cents) from sales group by 1 order by 3 desc"
    return connection.execute(query).fetchall()


def main():
    database, refused, out, date = sys.argv[1:5]
    connection = sqlite3.connect(database)
    totals = "select count(*), coalesce(sum(cents), 0) from sales"
    count, cents = connection.execute(totals).fetchone()
    with open(refused, newline="", encoding="utf-8") as file:
        faults = collections.Counter(row["fault"] for row in csv.DictReader(file))
    bad = sum(faults.values())
    with open(out, "w", encoding="utf-8") as report:
        report.write(say(f"# Sales of {date}\n\n{count:,} sales, {money(cents)} in total.\n\n",
                         f"# {date} 的销售\n\n共 {count:,} 笔，合计 {money(cents)}。\n\n"))
        report.write(table(say("region", "地区"), grouped(connection, "region")) + "\n\n")
        report.write(table(say("product", "商品"), grouped(connection, "product")) + "\n\n")
        report.write(say(f"{bad} rows were refused:\n\n", f"剔除了 {bad} 行：\n\n"))
        for name, number in sorted(faults.items()):
            report.write(say(f"- {name}: {number}\n", f"- {name}：{number}\n"))
    print(say(f"{count} sales, {money(cents)} in total, {bad} rows refused: see {out}",
              f"{count} 笔，合计 {money(cents)}，剔除 {bad} 行：见 {out}"))


main()
