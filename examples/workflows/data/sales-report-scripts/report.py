"""Writes the report: totals per region and product, and what was refused."""

import collections
import csv
import sqlite3
import sys


def money(cents):
    return f"{cents // 100:,}.{cents % 100:02d}"


def table(title, rows):
    lines = [f"| {title} | sales | amount |", "|---|---:|---:|"]
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
    with open(out, "w", encoding="utf-8") as report:
        report.write(f"# Sales of {date}\n\n{count:,} sales, {money(cents)} in total.\n\n")
        report.write(table("region", grouped(connection, "region")) + "\n\n")
        report.write(table("product", grouped(connection, "product")) + "\n\n")
        report.write(f"{sum(faults.values())} rows were refused:\n\n")
        report.writelines(f"- {name}: {number}\n" for name, number in sorted(faults.items()))
    print(f"{count} sales, {money(cents)} in total, {sum(faults.values())} rows refused: see {out}")


main()
