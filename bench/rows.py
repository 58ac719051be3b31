"""A figure as a row of the report, and how long a run took."""

import dataclasses
import statistics
import time


@dataclasses.dataclass
class Row:
    part: str  # P1 ...
    what: str
    value: float
    unit: str
    target: str = ""  # empty: only for comparison
    met: bool | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


def row(part, what, values, unit, **rest):
    """A row of repeated values: median and range."""
    values = list(values)
    return Row(part, what, statistics.median(values), unit, low=min(values), high=max(values),
               **rest)


def seconds_of(run):
    """From started_at to ended_at, as the API shows them in microseconds."""
    def stamp(text):
        clock, fraction = text.rstrip("Z").split(".")
        return time.mktime(time.strptime(clock, "%Y-%m-%dT%H:%M:%S")) + float("0." + fraction)
    return stamp(run["ended_at"]) - stamp(run["started_at"])
