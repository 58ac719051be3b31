"""What the scripts of this workflow share."""

import json
import os
import sys


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def give(**outputs):
    """Outputs of the task: others read them as tasks.NAME.outputs.name."""
    with open(os.environ["GANTRY_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(json.dumps(outputs) + "\n")


def this_run():
    """The same in every try and retry of a run, and in no other run."""
    return os.environ["GANTRY_RUN"] + " of " + os.environ["GANTRY_SCHEDULED_AT"]


def stop(english, chinese):
    sys.exit(say(english, chinese))


def write_whole(path, text):
    """Under another name first, so that nobody ever sees half a file."""
    with open(path + ".new", "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def ledger_of(office):
    """What was invoiced so far: one line per order, the oldest first."""
    path = os.path.join(office, "ledger.jsonl")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
