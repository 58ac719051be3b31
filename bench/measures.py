"""The measurements of docs/benchmarks.md: P1 to P9, KEEP, TIMERS, LOGS. Each yields Rows."""

import json
import os
import re
import shutil
import statistics
import subprocess
import time

import backfill
import inputs
import logs
import timers
from load import Load
from others import EcFlow, Others
from rows import Row, row, seconds_of
from server import Server, cpu_seconds, rss_bytes


class Bench:
    def __init__(self, folder, programs, repeats, quick):
        self.folder, self.programs, self.repeats, self.quick = folder, programs, repeats, quick
        self.homes = 0

    # --- the machine

    def machine_once(self, what):
        words = ["sync", self.folder] if what == "sync" else ["spawn"]
        return json.loads(subprocess.run([self.programs["machine_bench"], *words], check=True,
                                         capture_output=True, text=True).stdout)

    def machine(self):
        syncs = [self.machine_once("sync")["p50_us"] for _ in range(self.repeats)]
        spawns = [self.machine_once("spawn") for _ in range(self.repeats)]
        yield row("M", "append 4 KiB + fdatasync, p50", syncs, "us")
        yield row("M", "posix_spawn /bin/true + wait", [s["per_second"] for s in spawns], "/s")

    # --- homes and servers

    def new_home(self, workflows):
        self.homes += 1
        home = f"{self.folder}/home{self.homes}"
        os.makedirs(f"{home}/workflows")
        for name, text in workflows.items():
            inputs.write(f"{home}/workflows/{name}.yaml", text)
        return home

    def server(self, workflows):
        return Server(self.programs["gantry"], self.new_home(workflows))

    # --- P1, P2: processes

    def p1(self):
        count = 300 if self.quick else 1000
        text = inputs.workflow(inputs.fan_out(count), inputs.TRUE)
        tools = Others(f"{self.folder}/p1", count).fan_out()
        rates = {}
        with self.server({"fan": text}) as server:
            server.run("fan")  # not counted: the first run makes the zygote warm
            ways = {"gantry serve": (lambda: seconds_of(server.run("fan")[0]), count),
                    "gantry run": (lambda: self.local_run(text), count), **tools}
            for _ in range(self.repeats):  # in turn, so that noise hits all alike
                for name, (seconds, jobs) in ways.items():
                    rates.setdefault(name, []).append(jobs / seconds())
        yield from self.ratios(rates)
        yield from self.ecflow()

    def ratios(self, rates):
        for name, values in rates.items():
            yield row("P1", name, values, "jobs/s")
        for name in rates:
            if name.startswith("gantry"):
                continue
            ratio = [g / o for g, o in zip(rates["gantry serve"], rates[name])]
            goal = name == "xargs -P2"
            yield row("P1", f"gantry serve / {name}", ratio, "x",
                      target=">= 0.8" if goal else "",
                      met=statistics.median(ratio) >= 0.8 if goal else None)

    def local_run(self, text):
        """`gantry run` in a home of its own; its time from the records it prints."""
        home = self.new_home({"w": text})
        out = subprocess.run([self.programs["gantry"], "run", "--json", "--home", home,
                              f"{home}/workflows/w.yaml"], check=True, capture_output=True,
                             text=True).stdout
        runs = [json.loads(line) for line in out.splitlines() if '"what":"run_' in line]
        return seconds_of({"started_at": runs[0]["at"], "ended_at": runs[-1]["at"]})

    def ecflow(self):
        if not EcFlow.installed():
            return
        count = 50 if self.quick else 200
        try:
            seconds = EcFlow(f"{self.folder}/ecflow", count).seconds()
            yield Row("P1", "ecFlow", count / seconds, "jobs/s",
                      note=f"once, {count} jobs; a job is bash and two clients")
        except (RuntimeError, subprocess.SubprocessError) as problem:
            yield Row("P1", "ecFlow", float("nan"), "jobs/s", note=f"left out: {problem}")

    def p2(self):
        count = 300 if self.quick else 1000
        tools = Others(f"{self.folder}/p2", count).chain()
        hops, limits, others = [], [], {}
        with self.server({"chain": inputs.workflow(inputs.chain(count), inputs.TRUE)}) as server:
            server.run("chain")
            for _ in range(self.repeats):
                sync, spawn = self.machine_once("sync"), self.machine_once("spawn")
                limits.append(spawn["mean_us"] / 1e3 + 0.7 + 2 * sync["p50_us"] / 1e3)
                hops.append(seconds_of(server.run("chain")[0]) / count * 1e3)
                for name, (seconds, jobs) in tools.items():
                    others.setdefault(name, []).append(seconds() / jobs * 1e3)
        limit = statistics.median(limits)
        yield row("P2", "gantry serve, mean per hop", hops, "ms", target=f"<= {limit:.2f}",
                  met=statistics.median(hops) <= limit,
                  note="target: spawn + wait + 0.7 ms + 2 x fdatasync p50 of this run")
        for name, values in others.items():
            yield row("P2", f"{name}, mean per hop", values, "ms")

    # --- P3: tasks without processes, durable

    def p3(self):
        count = 2000 if self.quick else 10000
        graphs = {"fan": inputs.fan_out_and_in(count), "random": inputs.random_graph(count)}
        texts = {name: inputs.workflow(graph, inputs.PASS) for name, graph in graphs.items()}
        with self.server(texts) as server:
            for name in graphs:
                server.run(name)
                # All ends in few commits, so the caller's clock: request to the answer of wait.
                rates = [count / server.run(name)[1] for _ in range(self.repeats)]
                yield row("P3", f"{count} pass tasks, {name}, durable", rates, "tasks/s",
                          target=">= 30000", met=statistics.median(rates) >= 30000)

    # --- P4: the pure core

    def p4(self):
        sizes = [1000, 10000, 100000] + ([] if self.quick else [1000000])
        for shape in ("chain", "fan", "random"):
            for kind in ("pass", "exec"):
                yield from self.core_speed(shape, kind, sizes)
        yield from (self.schedule(), self.expressions())
        if shutil.which("valgrind"):
            for shape in ("chain", "fan", "random"):
                for kind in ("pass", "exec"):
                    yield from self.core_instructions(shape, kind, sizes[:3])

    def told(self, program):
        return json.loads(subprocess.check_output([self.programs[program]], text=True))

    def schedule(self):
        told = self.told("schedule_bench")
        worst = told["worst_us"]
        return Row("P4", "next_after, worst call", worst, "us", target="<= 1000",
                   met=worst <= 1000, note=f"{told['worst']}; mean of all {told['mean_us']} us")

    def expressions(self):
        told = self.told("expression_bench")
        return Row("P4", "expression of 10 KB, worst", told["worst_ms"], "ms", target="<= 10",
                   met=told["worst_ms"] <= 10, note=told["worst"])

    def core(self, shape, kind, tasks, before=()):
        return subprocess.run([*before, self.programs["core_bench"], shape, kind, str(tasks)],
                              check=True, capture_output=True, text=True)

    def core_speed(self, shape, kind, sizes):
        for size in sizes:
            runs = [json.loads(self.core(shape, kind, size).stdout) for _ in range(self.repeats)]
            largest = size == sizes[-1]
            rates = [run["tasks_per_second"] for run in runs]
            yield row("P4", f"core, {shape}, {kind}, {size}", rates, "tasks/s",
                      target=">= 400000" if largest else "",
                      met=statistics.median(rates) >= 400000 if largest else None)
        if kind == "exec":
            size = runs[-1]["bytes_per_task"]
            yield Row("P4", f"core, {shape}, {kind}, memory", size, "B/task", target="<= 600",
                      met=size <= 600)

    def core_instructions(self, shape, kind, sizes):
        tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                "--toggle-collect=gantry::core::Core::apply(*"]
        counts = []
        for size in sizes:
            said = self.core(shape, kind, size, before=tool).stderr
            counts.append(int(re.search(r"refs:\s*([\d,]+)", said)[1].replace(",", "")))
        growth = max(after / before for before, after in zip(counts, counts[1:]))
        yield Row("P4", f"core, {shape}, {kind}, instructions per task", counts[-1] / sizes[-1], "")
        yield Row("P4", f"core, {shape}, {kind}, instructions for 10x tasks", growth, "x",
                  target="<= 11", met=growth <= 11, note=f"{sizes[0]} to {sizes[-1]} tasks")

    # --- P6, P7: a server that starts, a server that has nothing to do

    def p6(self):
        empty = self.new_home({})
        yield self.ready(empty, "empty home", 0.2)
        count = 1000 if self.quick else 10000
        text = inputs.workflow(inputs.chain(3), inputs.TRUE)
        home = self.new_home({f"w{n}": text + f"description: number {n}\n" for n in range(count)})
        with Server(self.programs["gantry"], home) as server:
            yield Row("P6", f"first start, {count} new workflows stored", server.files_seconds, "s")
        yield self.ready(home, f"{count} known workflows", 1)

    def ready(self, home, what, limit):
        times = []
        for _ in range(self.repeats + 1):
            with Server(self.programs["gantry"], home, wait_for_files=False) as server:
                times.append(server.ready_seconds)
        return row("P6", f"start to ready, {what}", times[1:], "s", target=f"<= {limit}",
                   met=statistics.median(times[1:]) <= limit)

    def p7(self):
        count, watched = 1000, 5 if self.quick else 20
        text = inputs.workflow(inputs.chain(3), inputs.TRUE)
        texts = {f"w{n}": f'triggers: [{{cron: "{n % 60} {n // 60 % 24} * * *"}}]\n' + text
                 for n in range(count)}
        with self.server(texts) as server:
            time.sleep(3)  # the work of the start fades
            pids = server.processes()
            before = sum(cpu_seconds(pid) for pid in pids)
            time.sleep(watched)
            cpu = sum(cpu_seconds(pid) for pid in pids) - before
            share, memory = 100 * cpu / watched, rss_bytes(pids[0]) / 1e6
            others = sum(rss_bytes(pid) for pid in pids[1:]) / 1e6
        yield Row("P7", f"idle RSS, {count} schedules", memory, "MB", target="<= 40",
                  met=memory <= 40, note=f"and {others:.1f} MB in {len(pids) - 1} child processes")
        yield Row("P7", f"idle CPU over {watched} s", share, "% core", target="<= 0.5",
                  met=share <= 0.5)

    # --- P9: lists of a large store

    def p9(self):
        count = 50_000 if self.quick else 1_000_000
        home = self.new_home({})
        began = time.perf_counter()
        subprocess.run([self.programs["store_fill"], f"{home}/data", str(count), "390", "1"],
                       check=True)
        yield Row("P9", f"a store of {count} runs made", time.perf_counter() - began, "s")
        with Server(self.programs["gantry"], home) as server:
            for what, query in inputs.run_filters(count):
                times = self.page_times(server, query)
                p95 = times[int(0.95 * (len(times) - 1))]
                yield Row("P9", f"GET runs, {what}", p95 * 1e3, "ms p95", target="<= 50",
                          met=p95 <= 0.05, low=times[0] * 1e3, high=times[-1] * 1e3)

    def page_times(self, server, query):
        """Sorted times of the first pages, asked for again and again, as a client sees them."""
        times, cursor = [], ""
        for _ in range(40):
            began = time.perf_counter()
            status, page = server.call("GET", f"/runs?limit=50{query}{cursor}")
            times.append(time.perf_counter() - began)
            if status != 200:
                raise RuntimeError(f"listing {query}: {status} {page}")
            cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        return sorted(times)

    # --- KEEP: retention and a backup under load

    def keep(self):
        count = 50_000 if self.quick else 1_000_000
        filled = os.environ.get("GANTRY_BENCH_FILLED")  # made before, by the next lines
        if not filled:
            filled = f"{self.folder}/filled"
            subprocess.run([self.programs["store_fill"], filled, str(count), "800", "410", "3"],
                           check=True)
        yield from self.backup(filled, count)
        home = self.filled_home(filled)
        seconds = 5 if self.quick else 30
        with self.server({"tiny": inputs.workflow(inputs.chain(1), inputs.TRUE)}) as server:
            with Load(server, "tiny") as load:
                time.sleep(seconds)
            yield from self.load_rows("without retention", load, len(load.starts.times) / seconds)
        store = f"{home}/data/gantry.db"
        before = os.path.getsize(store)
        # Retention begins with the server; gc answers when all that is old is gone.
        with Server(self.programs["gantry"], home) as server, Load(server, "tiny") as load:
            began = time.perf_counter()
            status, gone = server.call("POST", "/gc", {}, timeout=3600)
            took = time.perf_counter() - began
            rate = len(load.starts.times) / took
            after = os.path.getsize(store)
            if status != 200:
                raise RuntimeError(f"gc: {status} {gone}")
            left = server.call("POST", "/gc", {"dry_run": True})[1]["runs"]
        yield Row("KEEP", f"time to take {count} old runs", took, "s", note=f"{left} left")
        yield Row("KEEP", "the store before, on the disk", before / 1e6, "MB")
        yield Row("KEEP", "the store after", after / 1e6, "MB", target="<= 1/4 of before",
                  met=after <= before / 4)
        yield from self.load_rows("while they go", load, rate, goal=True)

    def filled_home(self, filled):
        home = self.new_home({"tiny": inputs.workflow(inputs.chain(1), inputs.TRUE)})
        shutil.copytree(filled, f"{home}/data")
        return home

    def backup(self, filled, count):
        home = self.filled_home(filled)
        inputs.write(f"{home}/gantry.yaml", "retention: {runs: 9999d, logs: 9999d}\n")
        file = f"{self.folder}/backup.tar.zst"
        with Server(self.programs["gantry"], home) as server, Load(server, "tiny") as load:
            time.sleep(2)
            began = time.perf_counter()
            subprocess.run([self.programs["gantry"], "backup", file, "--home", home, "--quiet"],
                           check=True)
            took = time.perf_counter() - began
        yield Row("KEEP", f"gantry backup, a store of {count} runs, read back", took, "s",
                  note=f"{os.path.getsize(f'{home}/data/gantry.db') / 1e6:.0f} MB, packed "
                       f"{os.path.getsize(file) / 1e6:.0f} MB")
        yield from self.load_rows("beside the backup", load, len(load.starts.times) / (took + 2))
        began = time.perf_counter()
        subprocess.run([self.programs["gantry"], "restore", file, "--home", f"{home}-restored",
                        "--quiet"], check=True)
        yield Row("KEEP", "gantry restore of it", time.perf_counter() - began, "s")
        shutil.rmtree(f"{home}-restored")
        shutil.rmtree(home)

    def load_rows(self, when, load, rate, goal=False):
        yield Row("KEEP", f"runs started, {when}", rate, "/s", target=">= 99" if goal else "",
                  met=rate >= 99 if goal else None)
        for what, stream in load.streams.items():
            p50, p99 = stream.milliseconds(0.5), stream.milliseconds(0.99)
            worst = max(stream.times) * 1e3
            yield Row("KEEP", f"{what}, {when}, p99", p99, "ms", low=p50, high=worst,
                      target="<= 250" if goal else "", met=p99 <= 250 if goal else None,
                      note="range: p50 to the worst")

    # --- TIMERS: a thousand schedules due in one second

    def timers(self):
        count, p50, p99 = 200 if self.quick else 1000, [], []
        for _ in range(self.repeats):
            due = float(int(time.time() + timers.LEAD))
            with self.server(timers.workflows(count, due)) as server:
                late = timers.delays(server, count, due)
            p50.append(late[count // 2])
            p99.append(late[int(0.99 * (count - 1))])
        yield row("TIMERS", f"{count} due in one second: process began after it, p50", p50, "s")
        yield row("TIMERS", f"{count} due in one second: process began after it, p99", p99, "s",
                  target="<= 2", met=statistics.median(p99) <= 2)

    # --- LOGS: a million lines

    def logs(self):
        folder = self.new_home({})
        followed = 100 if self.quick else 1000
        texts = {"many": logs.workflow(folder, "many", logs.WRITER),
                 "paced": logs.workflow(folder, "paced", logs.PACED, followed)}
        with self.server(texts) as server:
            run = server.run("many")[0]["number"]
            yield from self.log_pages(server, run)
            yield from self.log_delays(server)

    def log_pages(self, server, run):
        reader = logs.LogReader(server)
        first, _ = reader.milliseconds(run, "tail=1", b"the needle")
        yield Row("LOGS", f"{logs.COUNT} lines: the first look, makes the index", first, "ms",
                  note="once")
        for what, query, expected in logs.QUERIES:
            asked = [reader.milliseconds(run, query, expected) for _ in range(5 * self.repeats)]
            times, requests = zip(*asked)
            goal = not what.startswith("regex")
            yield row("LOGS", what, times, "ms", target="<= 50" if goal else "",
                      met=statistics.median(times) <= 50 if goal else None,
                      note=f"{max(requests)} request(s)")

    def log_delays(self, server):
        status, created = server.call("POST", "/workflows/paced/runs", {})
        if status != 201:
            raise RuntimeError(f"starting paced: {status} {created}")
        run, reader = created["number"], logs.LogReader(server)
        while not server.call("GET", f"/runs/{run}/attempts")[1]["items"]:
            time.sleep(0.005)
        delays = [delay * 1e3 for delay in reader.follow(run)]
        for share in (0.5, 0.99):
            value = logs.percentile(delays, share)
            yield Row("LOGS", f"follow, written to received, p{share * 100:.0f}", value, "ms",
                      target="<= 200", met=value <= 200, note=f"{len(delays)} lines, 50/s")

    # --- BACK: live schedules beside a backfill

    def back(self):
        count = 100 if self.quick else backfill.DATES
        with self.server(backfill.texts()) as server:
            time.sleep(5)  # of schedules alone, for comparison
            alone = backfill.lags(server, 0)
            yield from self.lag_rows("live schedules alone", alone, None)
            for conflict in backfill.CONFLICTS:
                since = time.time()
                seconds = backfill.run_dates(server, conflict, count)
                yield from self.lag_rows(f"beside {count} dates, conflict {conflict}",
                                         backfill.lags(server, since), 2000)
                yield Row("BACK", f"{count} dates, conflict {conflict}", seconds, "s", note="once")

    def lag_rows(self, what, lags, goal):
        for share in (0.5, 0.99):
            value = logs.percentile([lag * 1e3 for lag in lags], share)
            judged = goal is not None and share > 0.5
            yield Row("BACK", f"{what}, lag p{share * 100:.0f}", value, "ms",
                      target=f"<= {goal}" if judged else "",
                      met=value <= goal if judged else None, note=f"{len(lags)} runs")

    def rows(self, part):
        yield from self.machine() if part == "M" else getattr(self, part.lower())()
