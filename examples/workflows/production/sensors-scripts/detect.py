"""Looks for readings out of the limits, slow drift, and silence; writes findings.csv."""

import collections
import datetime
import statistics
import sys

from common import give, read_limits, read_readings, say, write_csv

MINUTE = datetime.timedelta(minutes=1)


def out_of_limits(limit, readings):
    for time, value in readings:
        if not limit["low"] <= value <= limit["high"]:
            yield "limits", time, say(f"{value} is not within {limit['low']} to {limit['high']}",
                                      f"{value} 超出 {limit['low']} 至 {limit['high']} 的范围")


def silence(limit, readings):
    for (before, _), (after, _) in zip(readings, readings[1:]):
        minutes = (after - before) / MINUTE
        if minutes > limit["gap_minutes"]:
            yield "gap", before, say(f"no reading for {minutes:.0f} minutes",
                                     f"{minutes:.0f} 分钟没有读数")


def slope_per_hour(readings):
    """The straight line through the medians of the hours: single spikes do not bend it."""
    hours = collections.defaultdict(list)
    for time, value in readings:
        hours[(time - readings[0][0]) // (60 * MINUTE)].append(value)
    if len(hours) < 3:
        return 0.0
    points = [(hour, statistics.median(values)) for hour, values in hours.items()]
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    return (sum((x - x_mean) * (y - y_mean) for x, y in points) /
            sum((x - x_mean) ** 2 for x, _ in points))


def drift(limit, readings):
    slope = slope_per_hour(readings)
    if abs(slope) > limit["drift_per_hour"]:
        yield "drift", readings[0][0], say(
            f"{slope:+.3f} per hour, allowed are {limit['drift_per_hour']}",
            f"每小时 {slope:+.3f}，允许 {limit['drift_per_hour']}")


def main():
    readings_file, limits_file = sys.argv[1:3]
    limits = read_limits(limits_file)
    readings = {machine: [] for machine in limits}
    for time, machine, value in read_readings(readings_file):
        if machine not in limits:
            sys.exit(say(f"{machine} has no limits in {limits_file}",
                         f"{limits_file} 中没有 {machine} 的限值"))
        readings[machine].append((time, value))
    findings = []
    for machine, limit in limits.items():
        mine = sorted(readings[machine])
        if not mine:
            sys.exit(say(f"{machine}: no readings at all", f"{machine}：完全没有读数"))
        for look in (out_of_limits, silence, drift):
            findings += [(machine, kind, time.isoformat(), text)
                         for kind, time, text in look(limit, mine)]
    write_csv("findings.csv", ["machine", "kind", "time", "text"], findings)
    machines = sorted({finding[0] for finding in findings})
    print(say(f"{len(findings)} findings at {len(machines)} machines: {', '.join(machines)}",
              f"{len(machines)} 台设备有 {len(findings)} 项异常：{'、'.join(machines)}"))
    give(findings=len(findings), machines=len(machines))


main()
