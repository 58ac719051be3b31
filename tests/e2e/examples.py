"""What the tests of the examples share: a home in which `gantry up` has laid them out."""
import glob
import json
import os

import yaml

from harness import SOURCE, SUCCEEDED, HomeTest

EXAMPLES = os.path.join(SOURCE, "examples")
# What the program chooses its language by; the examples are installed in that language.
TONGUES = {"en": {"GANTRY_LANG": "en"}, "zh": {"GANTRY_LANG": "zh"}}


def names(folder="workflows"):
    """The names of the workflows in examples/workflows, or of the variants in examples/zh."""
    root = os.path.join(EXAMPLES, folder)
    files = glob.glob(os.path.join(root, "**", "*.yaml"), recursive=True)
    return sorted(os.path.relpath(file, root)[:-len(".yaml")] for file in files)


def text_of(name, folder="workflows"):
    with open(os.path.join(EXAMPLES, folder, name + ".yaml"), encoding="utf-8") as file:
        return file.read()


def load(name, folder="workflows"):
    return yaml.safe_load(text_of(name, folder))


class ExampleTest(HomeTest):
    """Each test has a fresh home with the examples in it, and its server."""
    lang = "en"

    def install(self, lang=None, home=None, env=None):
        """`gantry up` in a home without workflows: lays the examples out, serves, runs the main
        one as run 1."""
        home = home or self.home
        home.lang = lang or self.lang
        return home.start(env={**TONGUES[home.lang], **(env or {})}, command="up")

    def trigger(self, name, params=None, state=SUCCEEDED, home=None):
        """Runs the example to its end with `gantry trigger --wait`; the run as JSON. Fails with
        the log of the run if it did not end as it should."""
        home = home or self.home
        home.wait_workflow(name)
        given = [word for key, value in (params or {}).items()
                 for word in ("--param", f"{key}={value}")]
        done = home.cli("trigger", name, *given, "--wait", "--json", env=TONGUES[home.lang])
        self.assertTrue(done.stdout.startswith("{"), done.stdout + done.stderr)
        run = json.loads(done.stdout)
        self.assertEqual(run["state"], state, self.log(run, home=home))
        return run

    def log(self, run, task=None, home=None):
        """What the tasks of the run printed."""
        home = home or self.home
        return home.cli("logs", str(run["number"]), *([task] if task else [])).stdout

    def workspace(self, run, *parts, home=None):
        return (home or self.home).path("data", "workspaces", str(run["number"]), *parts)

    def read(self, *place):
        with open(os.path.join(*place), encoding="utf-8") as file:
            return file.read()
