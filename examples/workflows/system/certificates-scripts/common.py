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


def stop(english, chinese):
    sys.exit(say(english, chinese))


def whole_path(path):
    if not os.path.isabs(path):
        stop(f"{path}: give the whole path, from /", f"{path}：请给出以 / 开头的完整路径")
    return path
