"""Fails with a list if a certificate ends in fewer days than the limit, or could not be read."""

import csv
import datetime
import sys

from common import give, say


def fault(subject, end, days_min):
    if not subject:
        return end
    left = datetime.datetime.fromisoformat(end) - datetime.datetime.now(datetime.timezone.utc)
    if left.total_seconds() < 0:
        return say(f"{subject}: EXPIRED on {end[:10]}", f"{subject}：已于 {end[:10]} 过期")
    if left.days < days_min:
        return say(f"{subject}: ends in {left.days} days, on {end[:10]}",
                   f"{subject}：还有 {left.days} 天到期（{end[:10]}）")
    return None


def main():
    days_min, lists = int(sys.argv[1]), sys.argv[2:]
    rows = []
    for path in lists:
        with open(path, newline="", encoding="utf-8") as file:
            rows += list(csv.reader(file))
    bad = [(place, fault(subject, end, days_min)) for place, subject, end in rows]
    bad = [f"{place}: {why}" for place, why in bad if why]
    give(certificates=len(rows), bad=len(bad))
    if bad:
        sys.exit("\n".join([say(f"{len(bad)} of {len(rows)} certificates need you:",
                                f"{len(rows)} 张证书中有 {len(bad)} 张需要处理："), *bad]))
    print(say(f"all {len(rows)} certificates are good for {days_min} days and more",
              f"全部 {len(rows)} 张证书的有效期都不少于 {days_min} 天"))


main()
