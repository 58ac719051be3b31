// Groups, foreach and switches as upstream tasks. Where the table of join rules says what follows
// from S, K, F and U, it must say the same of them, in every order in which they end.
#include <gtest/gtest.h>

#include "core/core_testing.h"

namespace gantry::core {
namespace {

using model::ActionKind;
using model::AttemptState;
using model::JoinRule;
using model::Task;
using model::TaskState;

constexpr int kNothingToDo = 99;

Task process(const std::string& name, std::vector<TaskIndex> needs) {
  Task task;
  task.name = name;
  task.needs = std::move(needs);
  task.action.kind = ActionKind::Run;
  task.action.script = "true";
  model::Skipping skipping;
  skipping.exit_codes = {kNothingToDo};
  task.skipping = std::move(skipping);
  return task;
}

// What the last task needs: each ends as is wished.
enum class Kind { Task, Group, GroupInGroup, Foreach, ForeachGroup, Switch };
constexpr Kind kKinds[] = {Kind::Task,    Kind::Group,        Kind::GroupInGroup,
                           Kind::Foreach, Kind::ForeachGroup, Kind::Switch};

// Adds `before-I`, what needs it, and gives the name of the process in that.
class Upstreams {
 public:
  Upstreams(Kind kind, model::Workflow& workflow) : kind_(kind), workflow_(workflow) {}

  TaskIndex add(int i) {
    const TaskIndex before = put(process("before-" + std::to_string(i), {}));
    const std::string name = "up-" + std::to_string(i);
    Task task = process(name, {before});
    if (kind_ == Kind::Task) return put(std::move(task));
    if (kind_ == Kind::Switch) return add_switch(i, before);
    if (kind_ != Kind::Group && kind_ != Kind::GroupInGroup) loop(task);
    if (kind_ == Kind::Foreach) return put(std::move(task));
    const bool twice = kind_ == Kind::GroupInGroup;
    const TaskIndex outer = put_group(std::move(task), twice ? 3 : 2, model::kNoTask);
    TaskIndex group = outer;
    std::string path = name;
    if (twice) {
      path += ".inner";
      group = put_group(process(path, {}), 2, outer);
    }
    Task inner = process(path + ".x", {});
    inner.group = group;
    put(std::move(inner));
    return outer;
  }

  std::string process_of(int i) const {
    const std::string name = "up-" + std::to_string(i);
    switch (kind_) {
      case Kind::Group:
      case Kind::ForeachGroup: return name + ".x";
      case Kind::GroupInGroup: return name + ".inner.x";
      case Kind::Switch: return "choose-" + std::to_string(i);
      default: return name;
    }
  }

 private:
  TaskIndex put(Task task) {
    workflow_.tasks.push_back(std::move(task));
    return TaskIndex{static_cast<std::uint32_t>(workflow_.tasks.size() - 1)};
  }

  TaskIndex put_group(Task task, std::uint32_t span, TaskIndex around) {
    task.action = {};
    task.action.kind = ActionKind::Group;
    task.span = span;
    task.group = around;
    task.skipping = model::Skipping();
    return put(std::move(task));
  }

  static void loop(Task& task) {
    model::Flow flow;
    flow.foreach.items = Value(ValueList{"a"});
    task.flow = std::move(flow);
  }

  // The way to the last task, which is not there yet, is noted at the end.
  TaskIndex add_switch(int i, TaskIndex before) {
    const std::string name = "choose-" + std::to_string(i);
    const TaskIndex choose = put(process(name, {before}));
    Task task = process("up-" + std::to_string(i), {choose});
    task.skipping = model::Skipping();
    task.action = {};
    task.action.kind = ActionKind::Switch;
    model::Flow flow;
    flow.arms = {{"tasks['" + name + "'].outputs.chosen", {}}, {"", {}}};
    task.flow = std::move(flow);
    return put(std::move(task));
  }

  const Kind kind_;
  model::Workflow& workflow_;
};

model::Workflow workflow_of(Kind kind, JoinRule rule, int count) {
  model::Workflow out;
  out.name = "w";
  Upstreams upstreams(kind, out);
  std::vector<TaskIndex> needs;
  for (int i = 0; i < count; ++i) needs.push_back(upstreams.add(i));
  const TaskIndex last{static_cast<std::uint32_t>(out.tasks.size())};
  for (const TaskIndex up : needs) {
    if (kind != Kind::Switch) continue;
    model::Flow flow = *out.tasks[up.value].flow;
    flow.arms[0].then = {last};
    out.tasks[up.value].flow = std::move(flow);
  }
  Task task = process("last", needs);
  task.join = rule;
  out.tasks.push_back(std::move(task));
  return out;
}

void end(Bench& bench, Kind kind, int i, Settled wanted) {
  const std::string before = "before-" + std::to_string(i);
  model::Workflow unused;
  const std::string process = Upstreams(kind, unused).process_of(i);
  if (wanted == Settled::UpstreamFailed) return bench.end(before, AttemptState::Failed, 1);
  bench.end(before, AttemptState::Succeeded);
  // A switch fails if its condition can not be asked.
  if (kind == Kind::Switch && wanted == Settled::Failed)
    return bench.end(process, AttemptState::Succeeded, 0, Value(ValueMap{}));
  if (kind == Kind::Switch)
    return bench.end(process, AttemptState::Succeeded, 0,
                     Value(ValueMap{{"chosen", wanted == Settled::Succeeded}}));
  if (wanted == Settled::Succeeded) return bench.end(process, AttemptState::Succeeded);
  bench.end(process, AttemptState::Failed, wanted == Settled::Skipped ? kNothingToDo : 1);
}

Upstream counted(const std::vector<Settled>& ends) {
  Upstream up;
  up.n = static_cast<std::uint32_t>(ends.size());
  for (const Settled settled : ends) {
    if (settled == Settled::Succeeded) ++up.succeeded;
    if (settled == Settled::Skipped) ++up.skipped;
    if (settled == Settled::Failed) ++up.failed;
    if (settled == Settled::UpstreamFailed) ++up.upstream_failed;
  }
  return up;
}

Decision decided(const Bench& bench) {
  if (bench.live.contains("last")) return Decision::Run;
  switch (bench.last_state("last")) {
    case TaskState::Skipped: return Decision::Skip;
    case TaskState::UpstreamFailed: return Decision::UpstreamFailed;
    default: return Decision::Wait;
  }
}

// All sequences of ends of this length: every multiset in every order.
std::vector<std::vector<Settled>> sequences(int count) {
  constexpr int kEnds = 4;
  std::vector<std::vector<Settled>> out{{}};
  for (int i = 0; i < count; ++i) {
    std::vector<std::vector<Settled>> longer;
    for (const auto& sequence : out)
      for (int e = 0; e < kEnds; ++e) {
        longer.push_back(sequence);
        longer.back().push_back(static_cast<Settled>(e));
      }
    out = std::move(longer);
  }
  return out;
}

std::string text_of(Kind kind, JoinRule rule, const std::vector<Settled>& ends) {
  std::string out = "kind " + std::to_string(static_cast<int>(kind)) + " " +
                    std::string(name_of(rule)) + " after";
  for (const Settled settled : ends) out += " " + std::to_string(static_cast<int>(settled));
  return out;
}

TEST(Containers, FollowTheJoinRulesInEveryOrder) {
  constexpr int kUpstreamsMax = 4;
  for (const Kind kind : kKinds)
    for (int r = 0; r < model::kJoinRuleCount; ++r)
      for (int count = 1; count <= kUpstreamsMax; ++count) {
        const auto rule = static_cast<JoinRule>(r);
        if (rule == JoinRule::Always) continue;  // runs before any of them ends
        const model::Workflow workflow = workflow_of(kind, rule, count);
        for (const auto& ends : sequences(count)) {
          Bench bench;
          bench.define(workflow);
          bench.request();
          for (std::size_t i = 0; i < ends.size(); ++i)
            end(bench, kind, static_cast<int>(i), ends[i]);
          ASSERT_EQ(decided(bench), decide(rule, counted(ends))) << text_of(kind, rule, ends);
        }
      }
}

// Ten thousand items: each begins once, no more at once than may, and nothing is left at the end.
TEST(Containers, TakeTenThousandItems) {
  constexpr int kItems = 10'000;
  model::Workflow workflow;
  workflow.name = "w";
  Task load = process("load", {});
  model::Flow flow;
  ValueList items;
  for (int i = 0; i < kItems; ++i) items.emplace_back(std::int64_t{i});
  flow.foreach.items = Value(std::move(items));
  load.flow = std::move(flow);
  workflow.tasks.push_back(std::move(load));
  Bench bench;
  bench.define(workflow);
  const RunNo run = bench.request();
  int ended = 0;
  while (!bench.core.state().attempts.empty()) {
    ASSERT_LE(bench.core.state().attempts.size(), 16u);
    model::AttemptReport report;
    report.id = bench.core.state().attempts.begin()->first;
    report.state = AttemptState::Succeeded;
    bench.apply(model::AttemptReported{report});
    ++ended;
  }
  EXPECT_EQ(ended, kItems);
  EXPECT_EQ(bench.outcome(run), model::RunState::Succeeded);
  EXPECT_TRUE(bench.core.state().runs.empty());
  EXPECT_TRUE(bench.core.state().pools.empty());
}

}  // namespace
}  // namespace gantry::core
