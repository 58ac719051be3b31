"""Live schedules beside a backfill: BACK of docs/benchmarks.md."""

import datetime
import time

import timers

DATES = 1000
LIVE = 10
CONFLICTS = ("queue", "skip", "cancel_running")
LAST = datetime.date(2026, 10, 31)


def texts():
    """Ten live schedules, and one workflow of each policy that also has past dates to run."""
    live = {f"live{i}": "triggers: [{id: t, every: 1s}]\ntasks: {a: {exec: [/bin/true]}}\n"
            for i in range(LIVE)}
    past = {conflict: f"concurrency: {{limit: 1, conflict: {conflict}}}\n"
                      "triggers: [{id: t, every: 1s}]\n"
                      "params: {s: {type: string, default: '0'}}\n"
                      "tasks: {a: {exec: [/bin/sleep, '${{ params.s }}']}}\n"
            for conflict in CONFLICTS}
    return {**live, **past}


def run_dates(server, workflow, count):
    """Seconds from the request until all dates have succeeded."""
    first = LAST - datetime.timedelta(days=count - 1)
    began = time.perf_counter()
    status, begun = server.call("POST", f"/workflows/{workflow}/backfills", {
        "from": first.isoformat(), "to": LAST.isoformat(), "trigger": "", "parallel": 100,
        "params": {"s": "0.3"}})
    if status != 201:
        raise RuntimeError(f"beginning a backfill: {status} {begun}")
    while True:
        now = server.call("GET", f"/backfills/{begun['backfill']}")[1]
        if now["ended_at"]:
            break
        time.sleep(0.2)
    if now["dates"]["succeeded"] != count:
        raise RuntimeError(f"a backfill ended with {now['dates']}")
    return time.perf_counter() - began


def lags(server, since):
    """Of the runs that timers made since then: from when one was due until its process began."""
    found, cursor = [], ""
    while cursor is not None:
        page = server.call("GET", f"/runs?cause=timer&limit=1000{cursor}")[1]
        for run in page["items"]:
            if timers.instant(run["scheduled_at"]) < since:
                return found
            found += timers.process_lags(server, run)
        cursor = "&cursor=" + page["next_cursor"] if page["next_cursor"] else None
    return found
