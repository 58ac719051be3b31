// How busy the server is: what `gantry top` shows.
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "api/handlers.h"
#include "api/shapes.h"
#include "base/files.h"

namespace gantry::api {

namespace {
constexpr std::size_t kLongestShown = 10;

// Of this process, from /proc; 0 where it can not be read.
struct Usage {
  std::int64_t cpu_us = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t threads = 0;
};

// Fields of /proc/self/stat are counted from behind the name, which may hold anything.
Usage own_usage() {
  constexpr int kUser = 11, kSystem = 12, kThreads = 17, kPages = 21;
  Usage usage;
  const auto stat = read_file("/proc/self/stat", 10'000);
  if (!stat.ok()) return usage;
  const auto fields = split(std::string_view(*stat).substr(stat->rfind(')') + 2), ' ');
  const auto field = [&](std::size_t index) {
    return index < fields.size()
               ? std::int64_t{std::strtoll(std::string(fields[index]).c_str(), nullptr, 10)}
               : 0;
  };
  usage.cpu_us = (field(kUser) + field(kSystem)) * 1'000'000 / ::sysconf(_SC_CLK_TCK);
  usage.threads = field(kThreads);
  usage.memory_bytes = field(kPages) * ::sysconf(_SC_PAGESIZE);
  return usage;
}

// The oldest of what runs now.
std::vector<const model::AttemptRow*> longest(const core::State& state) {
  std::vector<const model::AttemptRow*> all;
  all.reserve(state.attempts.size());
  for (const auto& [id, live] : state.attempts) all.push_back(&live.row);
  const auto count = std::min(all.size(), kLongestShown);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
                    [](const auto* a, const auto* b) {
                      return std::pair(a->begun_at, a->id) < std::pair(b->begun_at, b->id);
                    });
  all.resize(count);
  return all;
}

void write_attempt(JsonWriter& w, const core::State& state, const model::AttemptRow& row) {
  const auto found = state.runs.find(row.run);
  if (found == state.runs.end()) return;
  const core::Run& run = found->second;
  const std::string task =
      run.plan ? run.plan->task(row.task).name : "#" + std::to_string(row.task.value);
  w.object().field("run", row.run.value).field("workflow", run.origin->workflow_name);
  w.field("task", task).field("attempt", row.number).field("begun_at", row.begun_at).end();
}

void write_counts(JsonWriter& w, const core::State& state) {
  std::size_t running = 0;
  std::size_t queued = 0;
  for (const auto& [id, workflow] : state.workflows) {
    for (const auto& [key, lane] : workflow.lanes) {
      running += lane.open.size();
      queued += lane.queued.size();
    }
  }
  w.field("runs_running", static_cast<std::int64_t>(running));
  w.field("runs_queued", static_cast<std::int64_t>(queued));
  w.field("attempts_running", static_cast<std::int64_t>(state.attempts.size()));
  w.field("runs_made", state.counters.last_run);
  w.field("attempts_made", state.counters.last_attempt);
}
}  // namespace

// The core is looked at on the engine thread, the process here.
void get_load(Backend& backend, const CallPtr&, const ReplyPtr& reply) {
  const Usage usage = own_usage();
  const auto question = [&backend, reply, usage](const core::Core& core, Now now) {
    const Services& s = backend.services;
    JsonWriter w;
    w.object().field("status", s.engine.healthy() ? "ok" : "unavailable");
    w.field("paused", core.state().server.paused).field("version", s.version);
    w.field("started_at", s.started_at).field("now", now.wall).field("cpu_us", usage.cpu_us);
    w.field("memory_bytes", usage.memory_bytes).field("threads", usage.threads);
    w.field("changes", s.feed.position().value);
    write_counts(w, core.state());
    w.key("pools").array();
    write_pools(w, core);
    w.end().key("longest").array();
    for (const model::AttemptRow* row : longest(core.state())) write_attempt(w, core.state(), *row);
    w.end().end();
    reply->send(json_response(std::move(w).text()));
  };
  if (!backend.services.engine.ask(question)) reply->fail(engine_busy());
}

}  // namespace gantry::api
