#!/usr/bin/env python3
"""R18: tasks that do not want to end. After a timeout or a cancel nothing of them survives."""
import os
import signal
import time
import unittest

from harness import HomeTest, size
from processes import is_alive, read_proc, tasks_of
from waiting import wait_for

GRACE = 1.0
SURVIVE_AT_MOST = GRACE + 2.0  # seconds after the attempt is reported
FREEZER = "/sys/fs/cgroup/freezer"
MEMORY = "/sys/fs/cgroup/memory"
READY = "echo > ready-$GANTRY_TASK"

# Each says that it is ready when its worst is done.
KINDS = {
    "setsid": f"setsid sleep 1000 & setsid sh -c 'sleep 1000' & {READY}; sleep 1000",
    "double_fork": f"( ( setsid sleep 1000 & ) & ) ; ( (sleep 1000 &) &) ; {READY}; sleep 1000",
    "ignores_term": f"trap '' TERM INT HUP; (trap '' TERM; setsid sleep 1000) & {READY}\n"
                    "      while :; do sleep 0.2; done",
    "fork_bomb": "for i in $(seq 200); do (trap '' TERM; sleep 1000) & done\n"
                 f"      {READY}; sleep 1000",
    "leader_gone": f"(trap '' TERM; setsid sh -c 'sleep 1000; true') & {READY}; exec sleep 1000",
    "breeder": "breed() { trap '' TERM; while [ $SECONDS -lt 600 ]; do sleep 0.3 & wait; done; }\n"
               f"      breed & (setsid bash -c \"$(declare -f breed); breed\" &) ; {READY}; wait",
    "stopped": f"sh -c 'kill -STOP $$' & {READY}; sleep 1000",
    "closed": f"exec >&- 2>&-; setsid sleep 1000 & {READY}; sleep 1000",
    "no_marker": f"env -i setsid sleep 1001.5 & {READY}; sleep 1000",
    "nested": f"timeout 900 sh -c 'setsid sh -c \"sleep 1000\" & wait' & {READY}; wait",
}


def without_marker():
    """Processes that threw their environment away: known by what they run."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and read_proc(name, "cmdline") == b"sleep\0001001.5\0" and is_alive(name):
            found.append(int(name))
    return found


class HostileTest(HomeTest):
    def define(self, name, count, extra=""):
        lines = [f"defaults: {{grace: {GRACE:g}s{extra}}}", "tasks:"]
        kinds = list(KINDS.items())
        for i in range(count):
            kind, script = kinds[i % len(kinds)]
            lines.append(f"  {kind}{i}:\n    run: |\n      {script}")
        self.home.workflow(name, "\n".join(lines) + "\n")

    def start(self):
        self.before = set(without_marker())
        self.home.write(self.home.path("gantry.yaml"), "slots: 20\n")
        self.home.start()

    def survivors(self, names):
        return ([t for t in tasks_of(self.home.root) if t.task in names]
                + [pid for pid in without_marker() if pid not in self.before])

    def wait_no_survivor(self, names):
        wait_for(lambda: not self.survivors(names), f"nothing of {len(names)} tasks survives",
                 SURVIVE_AT_MOST)

    def test_timeouts(self):
        count, worst = size(50, 1000), 0.0
        self.define("times_out", count, ", timeout: 2s")
        self.start()
        self.home.wait_workflow("times_out")
        run = self.home.trigger("times_out")
        open_names = {t["task"] for t in self.home.tasks(run)}
        while open_names:
            ended = wait_for(lambda: {t["task"] for t in self.home.tasks(run, "failed")}
                             & open_names, "a task has timed out", 60)
            reported = time.monotonic()
            wait_for(lambda names=ended: not [t for t in tasks_of(self.home.root)
                                              if t.task in names],
                     f"nothing of {ended} survives", SURVIVE_AT_MOST)
            worst = max(worst, time.monotonic() - reported)
            open_names -= ended
        self.assertEqual(self.home.wait_run(run)["state"], "failed")
        attempts = self.home.attempts(run)
        self.assertEqual({a["state"] for a in attempts}, {"timed_out"})
        self.assertEqual({a["unkillable"] for a in attempts}, {False})
        self.wait_no_survivor({t["task"] for t in self.home.tasks(run)})
        self.assert_no_process_left()
        self.assert_invariants(witness=False)
        self.say(f"{count} hostile tasks timed out, the last process gone at most {worst:.2f} s "
                 "after the report")

    def test_cancels(self):
        count, each, worst = size(50, 1000), 10, 0.0
        self.define("cancelled", each)
        self.start()
        self.home.wait_workflow("cancelled")
        for _ in range(count // each):
            run = self.home.trigger("cancelled")
            names = {t["task"] for t in self.home.tasks(run)}
            workspace = self.home.path("data", "workspaces", str(run))
            wait_for(lambda names=names, workspace=workspace: names == self.ready_in(workspace),
                     "all tasks have done their worst", 60)
            self.home.cancel(run)
            self.assertEqual(self.home.wait_run(run, GRACE + 20)["state"], "cancelled")
            reported = time.monotonic()
            self.wait_no_survivor(names)
            worst = max(worst, time.monotonic() - reported)
        self.assert_no_process_left()
        self.assert_invariants(witness=False)
        self.say(f"{count} hostile tasks cancelled, the last process gone at most {worst:.2f} s "
                 "after the report")

    @staticmethod
    def ready_in(workspace):
        if not os.path.isdir(workspace):
            return set()
        return {name[len("ready-"):] for name in os.listdir(workspace)
                if name.startswith("ready-")}

    def test_second_cancel_skips_the_grace(self):
        self.home.workflow("stubborn", "tasks:\n  a:\n    grace: 10m\n    run: |\n      "
                           + KINDS["ignores_term"] + "\n")
        self.start()
        self.home.wait_workflow("stubborn")
        run = self.home.trigger("stubborn")
        workspace = self.home.path("data", "workspaces", str(run))
        wait_for(lambda: self.ready_in(workspace), "the task is ready")
        self.assertEqual(self.home.cancel(run).status, 202)
        self.assertNotIn(self.home.run(run)["state"], ("cancelled", "failed"))
        self.assertEqual(self.home.cancel(run).status, 202)
        self.assertEqual(self.home.wait_run(run)["state"], "cancelled")
        self.assert_no_process_left()

    # ---- memory ----------------------------------------------------------------------------

    @unittest.skipUnless(os.access(MEMORY, os.W_OK), "no memory controller of cgroup v1 here")
    def test_out_of_memory(self):
        """The kernel kills it. Without the memory controller of its cgroup v2 nobody can know who
        it was: it is not called `oom`, and the error says what may have been."""
        limited = os.path.join(MEMORY, f"gantry-e2e-{os.getpid()}")
        os.makedirs(limited)
        self.addCleanup(os.rmdir, limited)
        self.home.write(os.path.join(limited, "memory.limit_in_bytes"), "30M")
        self.home.workflow("greedy", "tasks:\n  a:\n    run: |\n      "
                           f"echo $$ > {limited}/cgroup.procs\n      "
                           "exec python3 -c 'x = bytearray(300 << 20)'\n")
        self.home.start()
        self.home.wait_workflow("greedy")
        run = self.home.trigger("greedy")
        self.assertEqual(self.home.wait_run(run)["state"], "failed")
        attempt = self.home.attempts(run)[0]
        self.assertEqual((attempt["state"], attempt["signal"]), ("failed", signal.SIGKILL))
        self.assertIn("not by Gantry", attempt["error"])
        self.assertIn("want of memory", attempt["error"])
        self.assert_no_process_left()

    # ---- what not even SIGKILL ends --------------------------------------------------------

    def freeze(self, pids):
        """Uninterruptible until thaw(): SIGKILL waits. With the freezer of cgroup v1 only."""
        os.makedirs(self.ice, exist_ok=True)
        for pid in pids:
            self.home.write(os.path.join(self.ice, "cgroup.procs"), str(pid))
        self.home.write(os.path.join(self.ice, "freezer.state"), "FROZEN")
        wait_for(lambda: self.frozen() == "FROZEN", "the processes are frozen")

    def frozen(self):
        with open(os.path.join(self.ice, "freezer.state"), encoding="utf-8") as file:
            return file.read().strip()

    def thaw(self):
        if os.path.isdir(self.ice):
            self.home.write(os.path.join(self.ice, "freezer.state"), "THAWED")
            wait_for(lambda: not read_proc_list(self.ice), "the frozen processes are gone")
            os.rmdir(self.ice)

    @unittest.skipUnless(os.access(FREEZER, os.W_OK), "no cgroup v1 freezer here")
    def test_unkillable(self):
        """Said after some seconds, the rest goes on; what could not be killed is not forgotten."""
        self.ice = os.path.join(FREEZER, f"gantry-e2e-{os.getpid()}")
        self.addCleanup(self.thaw)  # before the home is removed
        self.home.workflow("ice", "defaults: {grace: 100ms}\ntasks:\n"
                           "  leader: {exec: [sleep, '1000']}\n"
                           f"  child:\n    run: |\n      sleep 1000 & {READY}; wait\n"
                           "  mild: {exec: [sleep, '1000']}\n")
        self.home.start()
        self.home.wait_workflow("ice")
        run = self.home.trigger("ice")
        workspace = self.home.path("data", "workspaces", str(run))
        wait_for(lambda: self.ready_in(workspace), "the child is there")
        self.home.wait_running(run, 3)
        tasks = [t for t in tasks_of(self.home.root) if t.task in ("leader", "child")]
        frozen = [t.pid for t in tasks if read_proc(t.pid, "cmdline") == b"sleep\0001000\0"]
        self.assertEqual(len(frozen), 2)
        self.freeze(frozen)
        self.home.cancel(run)
        self.assertEqual(self.home.wait_run(run)["state"], "cancelled")
        attempts = {a["task"]: a for a in self.home.attempts(run)}
        self.assertEqual({name: a["unkillable"] for name, a in attempts.items()},
                         {"leader": True, "child": True, "mild": False})
        self.assertEqual({a["state"] for a in attempts.values()}, {"killed"})
        self.assertEqual({pid for pid in frozen if is_alive(pid)}, set(frozen))
        self.assertEqual(self.home.get("health").status, 200)
        again = self.home.trigger("ice")
        self.home.wait_running(again, 3)  # their slots are free, a leaf in use is not taken
        self.home.cancel(again)
        self.assertEqual(self.home.wait_run(again)["state"], "cancelled")
        self.assertFalse(any(a["unkillable"] for a in self.home.attempts(again)))
        self.thaw()
        self.assert_no_process_left()
        self.assert_invariants(witness=False)
        self.say("2 frozen processes reported as unkillable, gone as soon as they were thawed")


def read_proc_list(cgroup):
    with open(os.path.join(cgroup, "cgroup.procs"), encoding="utf-8") as file:
        return file.read().split()


if __name__ == "__main__":
    unittest.main()
