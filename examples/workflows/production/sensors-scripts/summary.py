"""Least, mean and greatest value per machine and hour: hourly.csv."""

import collections
import sys

from common import give, read_readings, say, write_csv


def main():
    hours = collections.defaultdict(list)
    for time, machine, value in read_readings(sys.argv[1]):
        hours[machine, time.strftime("%Y-%m-%dT%H:00")].append(value)
    rows = [(machine, hour, len(values), min(values), round(sum(values) / len(values), 3),
             max(values)) for (machine, hour), values in sorted(hours.items())]
    write_csv("hourly.csv", ["machine", "hour", "readings", "least", "mean", "greatest"], rows)
    print(say(f"{len(rows)} hours in hourly.csv", f"hourly.csv 中有 {len(rows)} 个小时"))
    give(hours=len(rows), readings=sum(row[2] for row in rows))


main()
