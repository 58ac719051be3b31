"""Cron's rules, written down a second time: what a crontab line means, by the local clock that
Python's zoneinfo shows. Nothing of it is shared with the program."""
import datetime

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
MACROS = {"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
          "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
          "@hourly": "0 * * * *"}
MINUTE = datetime.timedelta(minutes=1)


def number(text, names, base):
    text = text.lower()
    return names.index(text) + base if text in names else int(text)


def members(field, low, high, names=(), base=0):
    """The set that a field of plain cron names."""
    out = set()
    for item in field.split(","):
        span, _, step = item.partition("/")
        if span == "*":
            first, last = low, high
        else:
            first, _, last = span.partition("-")
            first = number(first, names, base)
            last = number(last, names, base) if last else first
        out.update(range(first, last + 1, int(step or 1)))
    return out


class Line:
    def __init__(self, times):
        fields = MACROS.get(times, times).split()
        self.minutes = members(fields[0], 0, 59)
        self.hours = members(fields[1], 0, 23)
        self.days = members(fields[2], 1, 31)
        self.months = members(fields[3], 1, 12, MONTHS, 1)
        self.weekdays = {day % 7 for day in members(fields[4], 0, 7, DAYS)}
        self.either = not fields[2].startswith("*") and not fields[4].startswith("*")
        self.elapsed = fields[0].startswith("*") or fields[1].startswith("*")

    def takes(self, date):
        in_month = date.day in self.days
        in_week = (date.weekday() + 1) % 7 in self.weekdays
        in_day = in_month or in_week if self.either else in_month and in_week
        return date.month in self.months and in_day


def clock(zone, start, end):
    """(instant, local time) of every minute in (start, end]; at `start` first."""
    out = []
    at = start
    while at <= end:
        out.append((at, at.astimezone(zone).replace(tzinfo=None)))
        at += MINUTE
    return out


def firings(line, readings):
    """The instants after the first reading at which cron starts the line."""
    takes = {}
    def matches(local):
        date = local.date()
        if date not in takes:
            takes[date] = line.takes(date)
        return takes[date] and local.hour in line.hours and local.minute in line.minutes

    out = []
    reached = readings[0][1]
    for at, local in readings[1:]:
        if line.elapsed:
            fires = matches(local)
        else:  # each time of day once: what a gap leaves out right after it
            fires = False
            while reached < local:
                reached += MINUTE
                fires = matches(reached) or fires
        if fires:
            out.append(at)
    return out
