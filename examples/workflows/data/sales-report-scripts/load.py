"""Loads the clean rows into SQLite in one transaction; running it twice changes nothing."""

import csv
import json
import os
import sqlite3
import sys


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def main():
    source, database = sys.argv[1:3]
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(
            "create table if not exists sales(number integer primary key, date text, region text,"
            " product text, quantity integer, cents integer)")
        connection.execute("delete from sales")
        with open(source, newline="", encoding="utf-8") as file:
            connection.executemany(
                "insert into sales values(:number, :date, :region, :product, :quantity, :cents)",
                csv.DictReader(file))
    totals = "select count(*), coalesce(sum(cents), 0) from sales"
    rows, cents = connection.execute(totals).fetchone()
    print(say(f"{rows} rows in {database}", f"{database} 中有 {rows} 行"))
    with open(os.environ["GANTRY_OUTPUT"], "a", encoding="utf-8") as outputs:
        outputs.write(json.dumps({"rows": rows, "cents": cents}) + "\n")


main()
