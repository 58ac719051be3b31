"""Writes a CSV of sales as a careless till would: a few rows in a hundred are broken."""

import argparse
import csv
import os
import random

REGIONS = ["north", "south", "east", "west"]
PRODUCTS = {"tea": 1250, "coffee": 2380, "rice": 899, "noodles": 640, "soy sauce": 1575}


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def row(rng, number, date):
    product = rng.choice(list(PRODUCTS))
    quantity = rng.randint(1, 12)
    return [number, date, rng.choice(REGIONS), product, quantity, PRODUCTS[product] * quantity]


def spoil(rng, values):
    """One of the ways in which rows go wrong."""
    kind = rng.randrange(4)
    if kind == 0:
        values[2] = ""
    elif kind == 1:
        values[4] = "many"
    elif kind == 2:
        values[5] = -values[5]
    else:
        values[3] = "unknown"
    return values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with open(args.out, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "date", "region", "product", "quantity", "cents"])
        for number in range(1, args.rows + 1):
            values = row(rng, number, args.date)
            writer.writerow(spoil(rng, values) if rng.random() < 0.03 else values)
    print(say(f"{args.rows} rows written to {args.out}", f"已写入 {args.rows} 行：{args.out}"))


main()
