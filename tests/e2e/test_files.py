#!/usr/bin/env python3
"""Files: each that is dropped into a watched folder fires once, whatever happens to the server.

GANTRY_TEST_TIER=full drops 10,000 of them while the server is killed twice.
"""
import collections
import json
import os
import threading
import unittest

from harness import HomeTest, size
from waiting import wait_for

FLOW = """
params: {{file: {{type: string, default: none}}}}
triggers:
  - id: inbox
    file: {{path: {path}, settle: {settle}{more}}}
{params}
tasks: {{take: {{{action}}}}}
"""
PARAMS = '    params: {file: "${{ event.name }}"}'


class Files(HomeTest):
    def setUp(self):
        super().setUp()
        self.inbox = self.home.path("inbox")
        os.makedirs(self.inbox)

    def begin(self, name="flow", pattern="*.csv", settle="50ms", more="", params=PARAMS,
              action="pass: true"):
        path = json.dumps(os.path.join(self.inbox, pattern))
        self.home.workflow(name, FLOW.format(path=path, settle=settle, more=more, params=params,
                                             action=action))
        if self.home.server is None:
            self.home.start()
        self.home.wait_workflow(name)

    def drop(self, *names, text="x"):
        """As programs should: written beside, then renamed into its place."""
        for name in names:
            path = os.path.join(self.inbox, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            self.home.write(path + ".part", text)
            os.rename(path + ".part", path)

    def events(self):
        return list(self.home.items("events?source=file"))

    def wait_events(self, count, seconds=30.0):
        wait_for(lambda: len(self.events()) >= count, f"{count} events of files", seconds)
        return self.events()

    def test_a_file_starts_a_run_that_is_told_which(self):
        self.begin(action='run: "cat \\"$GANTRY_EVENT\\"; echo; echo \\"$PARAM_FILE\\""')
        self.drop("a.csv", text="hello")
        event, = self.wait_events(1)
        fate, = event["fates"]
        self.assertEqual((event["name"], fate["fate"]), ("flow/inbox", "run"), event)
        run = self.home.wait_run(fate["run"])
        self.assertEqual((run["cause"], run["event"]), ("file", event["event"]))
        lines = [line["text"] for line in self.home.items(f"runs/{fate['run']}/logs")]
        told = json.loads(lines[0])
        self.assertEqual((told["path"], told["name"], told["folder"], told["size"]),
                         (os.path.join(self.inbox, "a.csv"), "a.csv", self.inbox, 5))
        self.assertEqual(lines[1], "a.csv")

    def test_only_new_files_fire_and_changed_ones_again(self):
        self.drop("old.csv")
        self.begin()
        self.drop("new.csv")
        self.wait_events(1)
        self.drop("new.csv", text="other")
        self.drop("sub/deep.csv", "new.txt")
        self.drop("last.csv")
        names = [self.home.get(f"events/{event['event']}").json["data"]["name"]
                 for event in self.wait_events(3)]
        self.assertEqual(sorted(names), ["last.csv", "new.csv", "new.csv"])

    def test_folders_that_come_later_are_seen(self):
        self.begin(pattern="**/*.csv")
        self.drop("2026/11/a.csv")
        self.wait_events(1)
        self.drop("2026/11/b.csv")
        self.wait_events(2)

    def test_a_batch_is_one_run(self):
        self.begin(settle="1s", more=", batch: true", params="")
        self.drop("a.csv", "b.csv", "c.csv")
        event = self.wait_events(1)[-1]
        data = self.home.get(f"events/{event['event']}").json["data"]
        self.assertEqual(data["count"], len(data["files"]))
        wait_for(lambda: sum(self.home.get(f"events/{e['event']}").json["data"]["count"]
                             for e in self.events()) == 3, "all three files")

    def test_what_can_not_be_watched_is_a_problem_until_it_can(self):
        os.rmdir(self.inbox)
        self.begin()

        def problems():
            return [line["message"] for file in self.home.items("workflow-problems")
                    for line in file["diagnostics"]]

        wait_for(problems, "a problem is shown")
        message, = problems()
        self.assertIn(f"the folder {self.inbox} is not there", message)
        self.assertIn("trigger 'inbox'", message)
        os.makedirs(self.inbox)
        self.drop("a.csv")
        self.wait_events(1, seconds=60)
        self.assertEqual(problems(), [])

    def test_odd_names_and_links(self):
        self.begin(pattern="*")
        names = ["-rf", "a b", "line\nbreak", "\u8ba2\u5355.csv", "'$(x)`y`\"", "*?[a]"]
        self.drop(*names)
        os.symlink("a b", os.path.join(self.inbox, "link"))
        os.mkfifo(os.path.join(self.inbox, "pipe"))
        self.drop("last")
        runs = [fate["run"] for event in self.wait_events(len(names) + 1)
                for fate in event["fates"]]
        told = {self.home.run(run)["params"]["file"] for run in runs}
        self.assertEqual(told, {*names, "last"})
        self.assertEqual(len(runs), len(told))

    def test_files_that_come_to_a_workflow_that_is_held(self):
        self.begin()
        self.home.call("POST", "workflows/flow/pause", {"note": "wait"})
        self.drop("waits.csv")
        waiting, = self.wait_events(1)[0]["fates"]
        self.assertEqual(waiting["fate"], "run")
        self.assertEqual(self.home.run(waiting["run"])["state"], "queued")
        self.home.call("POST", "workflows/flow/resume", {})
        self.assertEqual(self.home.wait_run(waiting["run"])["state"], "succeeded")
        self.home.call("POST", "workflows/flow/disable", {"note": "no more"})
        self.drop("refused.csv")
        refused, = self.wait_events(2)[0]["fates"]
        self.assertEqual((refused["fate"], refused["run"]), ("refused", None))
        self.assertIn("no more", refused["reason"])
        self.home.call("POST", "workflows/flow/enable", {})
        self.drop("again.csv")
        self.assertEqual(self.wait_events(3)[0]["fates"][0]["fate"], "run")

    def test_each_file_fires_once_while_the_server_is_killed_twice(self):
        count = size(600, 10_000, "GANTRY_TEST_FILES")
        self.begin()
        dropping = threading.Thread(target=lambda: [self.drop(f"{i}.csv") for i in range(count)])
        dropping.start()
        for part in (count // 10, count // 2):
            self.wait_more_than(part)
            self.home.kill()
            self.home.server.wait()
            self.home.start()
        dropping.join()
        self.wait_more_than(count - 1)
        taken = collections.Counter()
        runs = set()
        for event in self.events():
            fate, = event["fates"]
            self.assertEqual(fate["fate"], "run", fate)
            runs.add(fate["run"])
            taken[event["keys"][1].rsplit(":", 3)[0]] += 1
        self.assertEqual(taken, {os.path.join(self.inbox, f"{i}.csv"): 1 for i in range(count)})
        self.assertEqual(len(runs), count)

    def wait_more_than(self, count):
        def newest():
            page = self.home.get("events?source=file&limit=1").json["items"]
            return page and page[0]["event"] > count

        wait_for(newest, f"more than {count} events", 600)


if __name__ == "__main__":
    unittest.main()
