#!/usr/bin/env python3
"""R9: shims and the zygote are killed, the machine boots anew, the server is replaced."""
import os
import shutil
import signal
import unittest
import zlib

from harness import HomeTest, SUCCEEDED, size
from processes import kill_one, shim_of, tasks_of
from waiting import wait_for

OTHER_BOOT = b"00000000-0000-4000-8000-000000000000"


class ShimTest(HomeTest):
    def start(self, slots=300):
        self.home.write(self.home.path("gantry.yaml"), f"slots: {slots}\n")
        self.home.start()

    def define(self, name, count, script, extra=""):
        """`count` tasks that run one script; they end when the file `go` is in the home."""
        lines = [f"  t{i}: {{run: *script{extra}}}" for i in range(count)]
        lines[0] = lines[0].replace("*script", "&script " + script)
        self.home.workflow(name, "tasks:\n" + "\n".join(lines) + "\n")

    def until_go(self, before="", after=""):
        """A script between witness lines."""
        key = "$GANTRY_RUN $GANTRY_TASK - 1 $GANTRY_ATTEMPT"
        text = (f"echo \"{key} begin\" >> {self.home.witness}\n{before}\n"
                f"while [ ! -e {self.home.path('go')} ]; do sleep 0.2; done\n{after}\n"
                f"echo \"{key} end 0\" >> {self.home.witness}\n")
        return "'" + text.replace("'", "''").replace("\n", "\n\n      ") + "'"

    def let_go(self):
        self.home.write(self.home.path("go"), "")

    def shims(self, processes):
        found = {task.task: shim_of(task.pid) for task in processes}
        self.assertTrue(all(found.values()), found)
        return found

    # ---- shims killed ----------------------------------------------------------------------

    def test_killed_shims(self):
        """Without a retry the task is interrupted, with one it runs again; no process stays."""
        count = size(25, 250)
        stray = "(setsid sleep 1000 &) ; sleep 1000 &"
        self.define("fails", count, self.until_go(stray))
        self.define("retries", count, self.until_go(stray), ", retry: {limit: 2, delay: 10ms}")
        self.start()
        self.home.wait_workflow("fails", "retries")
        fails, retries = self.home.trigger("fails"), self.home.trigger("retries")
        first = self.home.wait_running(fails, count) + self.home.wait_running(retries, count)
        markers = {task.marker for task in first}
        self.assertEqual(len(markers), 2 * count)
        wait_for(lambda: len(tasks_of(self.home.root)) >= 6 * count, "the strays are there")
        for pid in self.shims([t for t in first if t.run == fails]).values():
            kill_one(pid)
        for pid in self.shims([t for t in first if t.run == retries]).values():
            kill_one(pid)
        self.assertEqual(self.home.wait_run(fails)["state"], "failed")
        self.assertEqual({(t["state"], t["attempts"]) for t in self.home.tasks(fails)},
                         {("interrupted", 1)})
        wait_for(lambda: {t.attempt for t in self.home.wait_running(retries, count)} == {2},
                 "all run a second time")
        left = [t for t in tasks_of(self.home.root) if t.marker in markers]
        self.assertEqual(left, [], "processes of the killed attempts")
        self.let_go()
        self.assertEqual(self.home.wait_run(retries)["state"], SUCCEEDED)
        self.assertEqual({(t["state"], t["attempts"]) for t in self.home.tasks(retries)},
                         {(SUCCEEDED, 2)})
        self.home.stop()
        self.assert_invariants()
        self.assert_no_process_left()  # the second attempts had strays too
        self.say(f"{2 * count} shims killed: {count} interrupted, {count} retried, 0 strays")

    def test_shims_killed_while_there_is_no_server(self):
        count = size(10, 100)
        self.define("fails", count, self.until_go("(setsid sleep 1000 &)"))
        self.start()
        self.home.wait_workflow("fails")
        run = self.home.trigger("fails")
        first = self.home.wait_running(run, count)
        shims = self.shims(first)
        self.home.kill()
        for pid in list(shims.values())[:count // 2]:
            kill_one(pid)
        self.home.start()
        wait_for(lambda: len(self.home.tasks(run, "interrupted")) == count // 2,
                 "half of the tasks are interrupted")
        self.let_go()
        self.assertEqual(self.home.wait_run(run)["state"], "failed")
        states = [t["state"] for t in self.home.tasks(run)]
        self.assertEqual(states.count(SUCCEEDED), count - count // 2)
        self.home.stop()
        self.assert_invariants()
        self.assert_no_process_left()

    # ---- the zygote ------------------------------------------------------------------------

    def test_killed_zygote_loses_none(self):
        count, kills = size(40, 200), size(5, 50)
        self.define("long", count, self.until_go())
        self.home.workflow("short", f"tasks: {{a: {{exec: {self.home.witness_task()}}}}}\n")
        self.start()
        self.home.wait_workflow("long", "short")
        run = self.home.trigger("long")
        before = {t.task: t.marker for t in self.home.wait_running(run, count)}
        short = []
        for _ in range(kills):
            zygote = wait_for(self.home.zygote, "there is a zygote")
            short += [self.home.trigger("short") for _ in range(5)]
            kill_one(zygote)
            short += [self.home.trigger("short") for _ in range(5)]
            wait_for(lambda old=zygote: self.home.zygote() not in (0, old), "there is a new zygote")
        for number in short:
            self.assertEqual(self.home.wait_run(number)["state"], SUCCEEDED)
        self.assertEqual({t.task: t.marker for t in self.home.wait_running(run, count)}, before)
        self.let_go()
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        self.assertEqual({t["attempts"] for t in self.home.tasks(run)}, {1})
        self.home.stop()
        self.assert_invariants()
        self.say(f"{kills} zygotes killed: {count} running tasks and {len(short)} started "
                 "meanwhile, none lost")

    # ---- boot id ---------------------------------------------------------------------------

    def test_another_boot(self):
        """The mark of the last boot and the attempts' headers are another's, or the files gone."""
        count = size(10, 50)
        self.define("fails", count, self.until_go())
        self.define("retries", count, self.until_go(), ", retry: {limit: 1, delay: 10ms}")
        self.start()
        self.home.wait_workflow("fails", "retries")
        fails, retries = self.home.trigger("fails"), self.home.trigger("retries")
        first = self.home.wait_running(fails, count) + self.home.wait_running(retries, count)
        shims = self.shims([t for t in first if t.run == fails])
        more = self.shims([t for t in first if t.run == retries])
        self.home.kill()
        for pid in [*shims.values(), *more.values(), *[t.pid for t in first]]:
            kill_one(pid)  # as the boot would
        wait_for(lambda: not any(tasks_of(self.home.root)), "nothing runs")
        self.assertEqual(self.forge_boot(lost=retries), count)
        self.home.start()
        self.assertEqual(self.home.wait_run(fails)["state"], "failed")
        self.assertEqual({t["state"] for t in self.home.tasks(fails)}, {"interrupted"})
        self.assertIn("machine was started anew", self.home.attempts(fails)[0]["error"])
        wait_for(lambda: {t.attempt for t in self.home.wait_running(retries, count)} == {2},
                 "all run a second time")
        self.let_go()
        self.assertEqual(self.home.wait_run(retries)["state"], SUCCEEDED)
        self.home.stop()
        self.assert_invariants()
        self.say(f"{2 * count} tasks over a boot: {count} interrupted, {count} retried")

    def forge_boot(self, lost):
        """Another boot id in the runner's mark and in the headers of attempts; the files of the run
        `lost` are gone, as after a power cut. The number of headers that were changed."""
        data = self.home.path("data")
        mark = next(os.path.join(folder, "boot-id") for folder, _, names in os.walk(data)
                    if "boot-id" in names)
        with open(mark, encoding="utf-8") as file:
            boot = file.read().encode()
        self.home.write(mark, OTHER_BOOT.decode())
        shutil.rmtree(os.path.join(data, "attempts", str(lost)))
        changed = 0
        for folder, _, names in os.walk(os.path.join(data, "attempts")):
            for name in names:
                changed += self.forge_header(os.path.join(folder, name), boot)
        return changed

    @staticmethod
    def forge_header(path, boot):
        """The first frame of an attempt file: size u32, crc32 u32, payload."""
        with open(path, "rb") as file:
            content = file.read()
        length = int.from_bytes(content[:4], "little")
        payload = content[8:8 + length].replace(boot, OTHER_BOOT)
        if boot not in content or len(payload) != length:
            return 0
        head = content[:4] + zlib.crc32(payload).to_bytes(4, "little")
        with open(path, "wb") as file:
            file.write(head + payload + content[8 + length:])
        return 1

    # ---- a new server ----------------------------------------------------------------------

    def replace_server(self, end):
        count = 200
        self.define("long", count, self.until_go(after="echo done"))
        self.start()
        self.home.wait_workflow("long")
        run, other = self.home.trigger("long"), self.home.trigger("long")
        before = {t.key: t.marker for t in self.home.wait_running(run, count)}
        end()
        wait_for(lambda: self.home.server.poll() is not None, "the old server is gone")
        alive = {t.key: t.marker for t in tasks_of(self.home.root) if t.run == run}
        self.assertEqual(alive, before)
        self.home.start()
        alive = {t.key: t.marker for t in tasks_of(self.home.root) if t.run == run}
        self.assertEqual(alive, before)
        self.home.cancel(other)  # adopted means: it can be stopped
        self.assertEqual(self.home.wait_run(other)["state"], "cancelled")
        self.let_go()
        self.assertEqual(self.home.wait_run(run)["state"], SUCCEEDED)
        self.assertEqual({t["attempts"] for t in self.home.tasks(run)}, {1})
        log = self.home.get(f"runs/{run}/tasks/t7/log").body
        self.assertIn(b'"done"', log)
        self.home.stop()
        self.assert_invariants()
        self.assert_no_process_left()
        self.say(f"{count} tasks of one run, {len(before)} alive over the change of servers")

    def test_new_server_after_sigterm(self):
        self.replace_server(lambda: kill_one(self.home.server.pid, signal.SIGTERM))

    def test_new_server_after_sigkill(self):
        self.replace_server(lambda: kill_one(self.home.server.pid, signal.SIGKILL))


if __name__ == "__main__":
    unittest.main()
