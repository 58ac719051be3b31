"""Readings of one per minute and machine; three machines of the file have something wrong.

One drifts, one has spikes, one falls silent for a while. Which ones is up to the seed; the answer
is in planted.json, for whoever wants to see whether the detection is right.
"""

import datetime
import json
import os
import random
import shutil
import sys

from common import read_limits, say, write_csv, write_whole

FAULTS = ("drift", "spike", "gap")


def values_of(limit, fault, minutes, rng):
    """(minute, value); a silent minute is left out."""
    width = limit["high"] - limit["low"]
    middle = limit["low"] + width / 2
    spikes = set(rng.sample(range(30, minutes - 30), 5)) if fault == "spike" else ()
    silent = rng.randrange(60, minutes - 120) if fault == "gap" else minutes
    for minute in range(minutes):
        if silent <= minute < silent + 45:
            continue
        value = middle + rng.gauss(0, width / 60)
        if fault == "drift":
            value += minute / 60 * limit["drift_per_hour"] * 2
        if minute in spikes:
            value += width
        yield minute, round(value, 3)


def generate(limits, start, hours, seed):
    rng = random.Random(seed)
    planted = dict(zip(rng.sample(sorted(limits), len(FAULTS)), FAULTS))
    rows = []
    for machine, limit in limits.items():
        for minute, value in values_of(limit, planted.get(machine), hours * 60, rng):
            rows.append(((start + datetime.timedelta(minutes=minute)).isoformat(), machine, value))
    return sorted(rows), planted


def main():
    given, limits_file, date, hours, seed = sys.argv[1:6]
    if given:
        shutil.copyfile(given, "readings.csv")
        print(say(f"readings of {given}", f"使用 {given} 中的读数"))
        return
    start = datetime.datetime.fromisoformat(date)
    rows, planted = generate(read_limits(limits_file), start, int(hours), int(seed))
    write_csv("readings.csv", ["time", "machine", "value"], rows)
    write_whole("planted.json", json.dumps(planted))
    print(say(f"{len(rows)} readings in {os.path.abspath('readings.csv')}",
              f"{os.path.abspath('readings.csv')} 中有 {len(rows)} 条读数"))


main()
