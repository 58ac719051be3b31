#!/usr/bin/env python3
"""Outputs of tasks as expressions over what a process printed and left behind, and the params that
have types of their own, on a running server.
"""
import unittest

from harness import HomeTest
from waiting import wait_for

READS = """
secrets: [PIN]
tasks:
  list:
    run: |
      echo '{"rows": [1, 2, 3]}'
      echo "the word is $PIN" > note.txt
      echo "name=n" >> "$GANTRY_OUTPUT"
    outputs:
      rows: fromJson(stdout).rows
      count: outputs.rows.size()
      note: file('note.txt').trim()
      name: outputs.name + '!'
  use:
    needs: [list]
    exec: [test, "${{ tasks.list.outputs.count }}", "-eq", "3"]
  sum: {pass: true, needs: [list], outputs: {next: tasks.list.outputs.count + 1}}
"""
# One task each; the output can not be had.
FAILING = {
    "no-json": ("{run: echo text, outputs: {x: fromJson(stdout)}}", "outputs.x"),
    "no-file": ("{run: 'true', outputs: {x: file('none')}}", "none"),
    "too-much": ("{run: 'head -c 1100000 /dev/zero | tr \"\\\\0\" x', outputs: {x: stdout.size()}}",
                 "1048576"),
    "a-link": ("{run: ln -s /etc/passwd x, outputs: {x: file('x')}}", "link"),
    "not-text": ("{run: printf '\\377', outputs: {x: stdout}}", "UTF-8"),
}
TYPED = """
params:
  price: {type: decimal, min: 0.10, default: 12.50}
  at: {type: datetime, required: true}
  wait: {type: duration, default: 90s}
  more: {type: object, default: {a: 1}}
  who: {type: person, default: anna}
tasks:
  a:
    run: echo "$PARAM_PRICE $PARAM_AT $PARAM_WAIT $PARAM_MORE $PARAM_WHO $NAME $SITE"
    env: {NAME: "${{ person(params.who).name }}", SITE: "${{ vars.site }}"}
    outputs: {said: stdout.trim()}
"""
PEOPLE = "people:\n  - {id: anna, name: Anna}\n"


class OutputsTest(HomeTest):
    def begin(self, **workflows):
        for name, text in workflows.items():
            self.home.workflow(name.replace("_", "-"), text)
        self.home.start().wait_workflow(*[name.replace("_", "-") for name in workflows])

    def test_what_a_process_printed_and_left_behind(self):
        self.home.secret("PIN", "sesame-open")
        self.begin(reads=READS)
        run = self.home.trigger("reads")
        self.assertEqual(self.home.wait_run(run)["state"], "succeeded")
        outputs = self.home.task(run, "list")["outputs"]
        self.assertEqual(outputs, {"name": "n!", "rows": [1, 2, 3], "count": 3,
                                   "note": "the word is ***"})
        self.assertEqual(self.home.task(run, "sum")["outputs"], {"next": 4})

    def test_what_can_not_be_had_fails_the_task(self):
        for name, (task, _) in FAILING.items():
            self.home.workflow(name, f"tasks:\n  a: {task}\n")
        self.home.start().wait_workflow(*FAILING)
        for name, (_, message) in FAILING.items():
            run = self.home.trigger(name)
            self.assertEqual(self.home.wait_run(run)["state"], "failed", name)
            task = self.home.task(run, "a")
            self.assertEqual(task["reason"], "outputs", name)
            self.assertIn(message, task["message"], name)

    def test_a_killed_server_is_told_what_was_printed(self):
        self.begin(slow="tasks:\n  a: {run: 'echo 7; sleep 2', outputs: {n: int(stdout.trim())}}\n")
        run = self.home.trigger("slow")
        self.home.wait_running(run, 1)
        self.home.kill()
        self.home.start()
        self.assertEqual(self.home.wait_run(run)["state"], "succeeded")
        self.assertEqual(self.home.task(run, "a")["outputs"], {"n": 7})

    def test_params_with_types(self):
        self.home.write(self.home.path("people.yaml"), PEOPLE)
        self.home.write(self.home.path("gantry.yaml"), "vars: {site: berlin}\n")
        self.begin(typed=TYPED)
        done = self.home.cli("trigger", "typed", "-p", "at=2026-01-31T09:00:00+08:00", "-p",
                             "price=0.10", "-p", 'more={"b":[1]}', "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        said = self.home.task(1, "a")["outputs"]["said"]
        self.assertEqual(said, '0.10 2026-01-31T01:00:00.000000Z 1m30s {"b":[1]} anna Anna berlin')
        for wrong, message in (("price=0.0999", "param 'price': 0.0999 is below"),
                               ("at=soon", "param 'at': 'soon' is not a point of time"),
                               ("who=bo", "param 'who': there is no person 'bo'"),
                               ("more=[]", "param 'more': a JSON object")):
            other = [] if wrong.startswith("at") else ["-p", "at=2026-01-31T09:00:00Z"]
            refused = self.home.cli("trigger", "typed", "-p", wrong, *other)
            self.assertEqual(refused.returncode, 2, wrong)
            self.assertIn(message, refused.stderr)

    def test_the_same_request_in_another_notation_is_the_same(self):
        self.home.write(self.home.path("people.yaml"), PEOPLE)
        self.begin(typed=TYPED)
        first = self.home.trigger("typed", {"at": "2026-01-31T09:00:00+08:00", "wait": "60s"}, "k")
        again = self.home.trigger("typed", {"at": "2026-01-31T01:00:00Z", "wait": "1m"}, "k")
        self.assertEqual(first, again)

    def test_people_come_while_the_server_runs(self):
        self.begin(typed=TYPED)
        at = ("-p", "at=2026-01-31T09:00:00Z")
        self.assertEqual(self.home.cli("trigger", "typed", *at).returncode, 2)
        self.home.write(self.home.path("people.yaml"), PEOPLE)
        wait_for(lambda: self.home.cli("trigger", "typed", *at).returncode == 0,
                 "anna is known")


if __name__ == "__main__":
    unittest.main()
