"""What is run: the same jobs as workflows and as files of the other tools."""

import os
import random
import time


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def workflow(needs, action):
    lines = ["tasks:"]
    for task, parents in enumerate(needs):
        of = f", needs: [{', '.join(f't{p}' for p in parents)}]" if parents else ""
        lines.append(f"  t{task}: {{{action}{of}}}")
    return "\n".join(lines) + "\n"


TRUE, PASS = "exec: [/bin/true]", "pass: true"


def fan_out(count):
    return [[] for _ in range(count)]


def chain(count):
    return [[task - 1] if task else [] for task in range(count)]


def fan_out_and_in(count):
    return [[]] + [[0] for _ in range(count - 2)] + [list(range(1, count - 1))]


def random_graph(count, seed=7):
    """One to four parents among all earlier tasks."""
    draw = random.Random(seed)
    return [sorted(draw.sample(range(task), min(task, draw.randint(1, 4))))
            for task in range(count)]


def makefile(needs):
    names = " ".join(f"t{task}" for task in range(len(needs)))
    rules = "".join(f"t{task}: {' '.join(f't{p}' for p in parents)}\n\t@/bin/true\n"
                    for task, parents in enumerate(needs))
    return f"all: {names}\n.PHONY: all {names}\n{rules}"


def ninja_file(needs):
    # The outputs are never made, so every call runs all of them.
    rules = "".join(f"build t{task}: true {' '.join(f't{p}' for p in parents)}\n"
                    for task, parents in enumerate(needs))
    return "rule true\n  command = /bin/true\n" + rules


def ecflow_suite(folder, count):
    """Definition and scripts of `count` tasks beside each other, as in ecFlow's own tutorial."""
    script = ("#!/bin/bash\nexport ECF_PORT=%ECF_PORT% ECF_HOST=%ECF_HOST% ECF_NAME=%ECF_NAME% "
              "ECF_PASS=%ECF_PASS% ECF_TRYNO=%ECF_TRYNO% ECF_RID=$$\n"
              "ecflow_client --init=$$\n/bin/true\necflow_client --complete\n")
    names = [f"t{task}" for task in range(count)]
    for name in names:
        write(f"{folder}/files/{name}.ecf", script)
    write(f"{folder}/s.def", "\n".join(
        ["suite s", f"  edit ECF_HOME '{folder}'", f"  edit ECF_FILES '{folder}/files'",
         "  edit ECF_JOB_CMD '%ECF_JOB% 1> %ECF_JOBOUT% 2>&1 &'", "  family f"]
        + [f"    task {name}" for name in names] + ["  endfamily", "endsuite", ""]))


def run_filters(runs):
    """What is asked of the runs that bench/store_fill.cpp makes: name and query."""
    def day(ago):
        return time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - ago * 86400))
    window = f"&created_from={day(200)}&created_before={day(199)}"
    # Run 1,005 belongs to workflow 1005 * 7919 % 1000 + 1, in folder 596 % 50.
    return [("no filter", ""), ("oldest first", "&sort=oldest"),
            ("workflow", "&workflow=team-46%2Fflow-596"), ("folder", "&workflow=team-46%2F"),
            ("state failed", "&state=failed"), ("state running (none)", "&state=running"),
            ("two states", "&state=failed,cancelled"), ("cause", "&cause=request"),
            ("key", "&key=key-1005"), ("key that is not there", "&key=none"),
            ("one day in the middle", window), ("label of 1 in 1,000", "&label=app%3Dflow-596"),
            ("label of 1 in 3", "&label=tier%3D1"), ("label with any value", "&label=app"),
            ("label with any value, cause", "&label=app&cause=timer"),
            ("two labels, failed", "&label=tier%3D1&label=team&state=failed"),
            ("folder, label, oldest first", "&workflow=team-46%2F&label=tier%3D1&sort=oldest"),
            ("failed timers of a workflow in a window",
             f"&workflow=team-46%2Fflow-596&state=failed&cause=timer{window}"),
            ("all at once", f"&workflow=team-46%2F&state=failed&cause=timer&label=team{window}"
             f"&key=key-{runs - 995}&sort=oldest")]
