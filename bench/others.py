"""The other tools, driven without a terminal. Each function returns seconds for all jobs."""

import os
import shutil
import subprocess
import time

import inputs
from server import free_port


def timed(command, **options):
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   **options)
    return time.perf_counter() - began


class Others:
    """Knows which tools are installed and has their files ready in a folder."""

    def __init__(self, folder, count):
        self.folder, self.count = folder, count
        for shape, needs in (("fan", inputs.fan_out(count)), ("chain", inputs.chain(count))):
            inputs.write(f"{folder}/{shape}/Makefile", inputs.makefile(needs))
            inputs.write(f"{folder}/{shape}/build.ninja", inputs.ninja_file(needs))
        inputs.write(f"{folder}/lines", "".join(f"{n}\n" for n in range(count)))
        inputs.write(f"{folder}/few-lines", "".join(f"{n}\n" for n in range(self.few())))

    def few(self):
        """Slow tools get fewer jobs; their rate is what is compared."""
        return min(self.count, 200)

    def fan_out(self):
        """Name -> (function, number of jobs)."""
        tools = {
            "make -j2": (lambda: self.make("fan"), self.count),
            "xargs -P2": (lambda: self.fed(["xargs", "-P2", "-n1", "/bin/true"], "lines"),
                          self.count),
            "ninja -j2": (lambda: self.ninja("fan"), self.count),
            "parallel -j2": (lambda: self.fed(["parallel", "-j2", "/bin/true"], "few-lines"),
                             self.few()),
        }
        return {name: tool for name, tool in tools.items() if shutil.which(name.split()[0])}

    def chain(self):
        tools = {"make chain": (lambda: self.make("chain"), self.count),
                 "ninja chain": (lambda: self.ninja("chain"), self.count)}
        return {name: tool for name, tool in tools.items() if shutil.which(name.split()[0])}

    def make(self, shape):
        return timed(["make", "-s", "-j2"], cwd=f"{self.folder}/{shape}")

    def ninja(self, shape):
        return timed(["ninja", "-j2"], cwd=f"{self.folder}/{shape}")

    def fed(self, command, lines):
        with open(f"{self.folder}/{lines}", encoding="utf-8") as file:
            return timed(command, stdin=file)


class EcFlow:
    """A server of its own; one fan-out of `count` jobs. An ecFlow job is a bash that tells the
    server its begin and its end with a client each: more than a bare process."""

    def __init__(self, folder, count):
        self.folder, self.count, self.port = folder, count, free_port()
        self.environment = {**os.environ, "ECF_PORT": str(self.port), "ECF_HOST": "localhost",
                            "ECF_HOME": folder}
        inputs.ecflow_suite(folder, count)

    @staticmethod
    def installed():
        return shutil.which("ecflow_server") and shutil.which("ecflow_client")

    def client(self, *words):
        return subprocess.run(["ecflow_client", *words], env=self.environment, check=True,
                              capture_output=True, text=True, timeout=60).stdout

    def seconds(self):
        server = subprocess.Popen(["ecflow_server", f"--port={self.port}"], cwd=self.folder,
                                  env=self.environment, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            self._wait_until_it_answers()
            self.client("--restart")
            self.client(f"--load={self.folder}/s.def")
            began = time.perf_counter()
            self.client("--begin=s")
            self._wait_until_complete(began + 120)
            return time.perf_counter() - began
        finally:
            server.kill()  # it does not end by SIGTERM; nothing of it is kept
            server.wait(20)

    def _wait_until_it_answers(self):
        for _ in range(100):
            try:
                self.client("--ping")
                return
            except subprocess.CalledProcessError:
                time.sleep(0.1)
        raise RuntimeError("ecflow_server does not answer")

    def _wait_until_complete(self, deadline):
        while time.perf_counter() < deadline:
            suite = next((line for line in self.client("--get_state", "/s").splitlines()
                          if line.strip().startswith("suite s ")), "")
            if "state:complete" in suite:
                return
            if "state:aborted" in suite:
                raise RuntimeError("an ecFlow job was aborted")
            time.sleep(0.1)
        raise RuntimeError("ecFlow was not done after 120 s")
