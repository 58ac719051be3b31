"""Many timers due in one second: how late their runs start."""

import datetime
import time

import inputs

LEAD = 20.0  # seconds between the files and the moment they are due


def utc(epoch):
    return datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def process_lags(server, run):
    """Seconds from when the run was due until its processes began, as they say themselves."""
    attempts = server.call("GET", f"/runs/{run['number']}/attempts")[1]["items"]
    return [instant(attempt["started_at"]) - instant(run["scheduled_at"])
            for attempt in attempts if attempt["started_at"]]


def workflows(count, due):
    text = f'triggers: [{{at: "{utc(due).isoformat()}", catchup: none}}]\n'
    return {f"herd{n}": text + inputs.workflow(inputs.chain(1), inputs.TRUE) for n in range(count)}


def delays(server, count, due):
    """Sorted seconds from the due instant until each process began, once all have ended."""
    runs, deadline = [], due + 120
    while len(runs) < count or any(not run["ended_at"] for run in runs):
        if time.time() > deadline:
            raise RuntimeError(f"{len(runs)} of {count} timers have fired")
        time.sleep(1)
        status, page = server.call("GET", "/runs?limit=1000")
        if status != 200:
            raise RuntimeError(f"listing the runs: {status} {page}")
        runs = page["items"]
    names = {run["workflow"] for run in runs}
    if len(runs) != count or len(names) != count:
        raise RuntimeError(f"{len(runs)} runs of {len(names)} workflows, not {count} of each")
    return sorted(lag for run in runs for lag in process_lags(server, run))
