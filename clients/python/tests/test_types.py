#!/usr/bin/env python3
"""The types of the client, as a checker sees them that installs it (Debian: mypy)."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MISTAKES = """
from gantry_client import Client
gantry = Client()
print(gantry.get_run(1)["nubmer"])
gantry.list_runs(state=["flying"])
gantry.create_token(role="viewer")
number: str = gantry.start_run("w")["number"]
"""


def check(*arguments):
    """What the checker says; its exit code."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache,
                               *arguments], capture_output=True, text=True, check=False,
                              cwd=cache, env={**os.environ, "MYPYPATH": FOLDER})
    return done.returncode, done.stdout + done.stderr


class Types(unittest.TestCase):
    def test_the_package(self):
        code, said = check("-p", "gantry_client")
        self.assertEqual(code, 0, said)

    def test_the_example_and_mistakes(self):
        with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
            example = re.search(r"```python\n(.*?)```", file.read(), re.DOTALL).group(1)
        code, said = check("-c", example)
        self.assertEqual(code, 0, said)
        code, said = check("-c", MISTAKES)
        self.assertEqual([int(line) for line in re.findall(r"^<string>:(\d+): error", said, re.M)],
                         [4, 5, 6, 7], said)


if __name__ == "__main__":
    unittest.main()
