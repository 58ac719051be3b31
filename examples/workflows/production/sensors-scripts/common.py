"""What the scripts of this workflow share."""

import csv
import datetime
import io
import json
import os

NUMBERS = ("low", "high", "drift_per_hour", "gap_minutes")


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def give(**outputs):
    """Outputs of the task: others read them as tasks.NAME.outputs.name."""
    with open(os.environ["GANTRY_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(json.dumps(outputs) + "\n")


def read_limits(path):
    """The limits by machine, in the order of the file."""
    with open(path, newline="", encoding="utf-8") as file:
        return {row["machine"]: {**row, **{name: float(row[name]) for name in NUMBERS}}
                for row in csv.DictReader(file)}


def read_readings(path):
    """(time, machine, value) of each line, as they stand in the file."""
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield datetime.datetime.fromisoformat(row["time"]), row["machine"], float(row["value"])


def write_csv(path, header, rows):
    """Under another name first, so that nobody ever sees half a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_whole(path, out.getvalue())


def write_whole(path, text):
    with open(path + ".new", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(path + ".new", path)
