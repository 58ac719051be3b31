// The pure core without processes, store and threads: how many tasks per second it decides, and
// what a task costs in memory. One case per call, one JSON object on a line:
//
//   core_bench SHAPE KIND TASKS     chain, fan or random; pass or exec; a number from 3
//
// Of `exec` tasks each attempt is reported as succeeded at once, in an event of its own, as a
// runner would. Time is CPU time from the request of the run to its end. Memory is what malloc has
// handed out, against the moment before the definition was made:
//   bytes_per_task   definition, plan and state, after the request of an exec run
//   effect_bytes     the changes and commands one turn hands to the engine, at its largest
// bench/run counts instructions by running this below `valgrind --tool=callgrind`, which switches
// on inside Core::apply only.
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <charconv>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "core/core.h"

namespace gantry::core {
namespace {

struct Case {
  std::string shape;
  model::ActionKind kind = model::ActionKind::Pass;
  std::uint32_t tasks = 0;
};

std::int64_t bytes_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

// Of this thread: the machine's other work does not count.
std::int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::vector<TaskIndex> chain_needs(std::uint32_t i) {
  if (i == 0) return {};
  return {TaskIndex{i - 1}};
}

// One root, then all others at once, then one that needs them all.
std::vector<TaskIndex> fan_needs(std::uint32_t i, std::uint32_t tasks) {
  if (i == 0) return {};
  if (i + 1 < tasks) return {TaskIndex{0}};
  std::vector<TaskIndex> all;
  for (std::uint32_t k = 1; k + 1 < tasks; ++k) all.push_back(TaskIndex{k});
  return all;
}

// One to four different earlier tasks.
std::vector<TaskIndex> random_needs(std::uint32_t i, Rng& rng) {
  std::set<TaskIndex> parents;
  const std::uint64_t wanted = std::min<std::uint64_t>(i, 1 + rng.below(4));
  while (parents.size() < wanted)
    parents.insert(TaskIndex{static_cast<std::uint32_t>(rng.below(i))});
  return {parents.begin(), parents.end()};
}

std::shared_ptr<const model::Definition> make_definition(const Case& c) {
  auto definition = std::make_shared<model::Definition>();
  definition->hash = "bench";
  definition->workflow.name = "bench";
  definition->workflow.tasks.reserve(c.tasks);
  Rng rng(7);
  for (std::uint32_t i = 0; i < c.tasks; ++i) {
    model::Task task;
    task.name = fmt::format("t{}", i);
    task.action.kind = c.kind;
    if (c.kind == model::ActionKind::Exec) task.action.argv = {"/bin/true"};
    if (c.shape == "chain") task.needs = chain_needs(i);
    if (c.shape == "fan") task.needs = fan_needs(i, c.tasks);
    if (c.shape == "random") task.needs = random_needs(i, rng);
    definition->workflow.tasks.push_back(std::move(task));
  }
  return definition;
}

// Hands events to a core and plays the runner: what is started is reported in the same order.
class Player {
 public:
  void apply(const model::Event& event) {
    effects_.clear();
    core_.apply(event, now_, effects_);
    ++now_.wall.us;
    for (const model::Change& change : effects_.changes) {
      if (const auto* task = std::get_if<model::TaskChanged>(&change.body))
        settled_ += task->row.state == model::TaskState::Succeeded ? 1 : 0;
    }
    for (const model::Command& command : effects_.commands)
      if (const auto* start = std::get_if<model::StartAttempt>(&command))
        started_.push_back(start->id);
  }

  void report_all() {
    while (!started_.empty()) {
      model::AttemptReport report;
      report.id = started_.front();
      started_.pop_front();
      report.state = model::AttemptState::Succeeded;
      report.exit_code = 0;
      apply(model::AttemptReported{std::move(report)});
    }
  }

  std::int64_t effect_bytes() const {
    return static_cast<std::int64_t>(effects_.changes.capacity() * sizeof(model::Change) +
                                     effects_.commands.capacity() * sizeof(model::Command));
  }
  void free_effects() { effects_ = {}; }
  std::uint32_t settled() const { return settled_; }
  bool over() const { return core_.state().runs.empty(); }

 private:
  Core core_{Limits{}};
  Now now_{Instant{1'700'000'000'000'000}, Steady{1}};
  model::Effects effects_;
  std::deque<AttemptId> started_;
  std::uint32_t settled_ = 0;
};

void measure(const Case& c) {
  const std::int64_t bytes_before = bytes_in_use();
  Player player;
  auto definition = make_definition(c);
  const std::int64_t definition_bytes = bytes_in_use() - bytes_before;
  const auto load_begin = cpu_ns();
  player.apply(model::DefinitionLoaded{{}, "bench", definition});
  const auto run_begin = cpu_ns();
  model::RunRequested request;
  request.workflow = "bench";
  player.apply(model::Event(request));
  const auto requested = cpu_ns();
  const std::int64_t effect_bytes = player.effect_bytes();
  player.free_effects();
  const std::int64_t state_bytes = bytes_in_use() - bytes_before;
  const auto rest_begin = cpu_ns();
  player.report_all();
  const auto rest_end = cpu_ns();
  CHECK(player.over() && player.settled() == c.tasks);
  const double seconds = static_cast<double>(requested - run_begin + rest_end - rest_begin) / 1e9;
  const bool exec = c.kind == model::ActionKind::Exec;
  fmt::print(R"({{"shape":"{}","kind":"{}","tasks":{},"load_seconds":{:.6f},"run_seconds":{:.6f},)"
             R"("tasks_per_second":{:.0f},"definition_bytes_per_task":{},"bytes_per_task":{},)"
             R"("effect_bytes":{},"size_of_task":{},"size_of_task_run":{},"size_of_change":{}}})"
             "\n",
             c.shape, exec ? "exec" : "pass", c.tasks,
             static_cast<double>(run_begin - load_begin) / 1e9, seconds, c.tasks / seconds,
             definition_bytes / c.tasks, exec ? fmt::to_string(state_bytes / c.tasks) : "null",
             effect_bytes, sizeof(model::Task), sizeof(TaskRun), sizeof(model::Change));
}

int complain() {
  fmt::print(stderr, "usage: core_bench chain|fan|random pass|exec TASKS (3 to 10000000)\n");
  return 2;
}

int run(const std::vector<std::string>& words) {
  if (words.size() != 3) return complain();
  const bool shape_known = words[0] == "chain" || words[0] == "fan" || words[0] == "random";
  if (!shape_known || (words[1] != "pass" && words[1] != "exec")) return complain();
  Case c{words[0], words[1] == "exec" ? model::ActionKind::Exec : model::ActionKind::Pass, 0};
  const char* end = words[2].data() + words[2].size();
  const auto [stop, failure] = std::from_chars(words[2].data(), end, c.tasks);
  if (failure != std::errc() || stop != end || c.tasks < 3 || c.tasks > 10'000'000)
    return complain();
  measure(c);
  return 0;
}

}  // namespace
}  // namespace gantry::core

int main(int argc, char** argv) { return gantry::core::run({argv + 1, argv + argc}); }
