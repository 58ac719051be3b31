#include "workload.h"

#include <fmt/format.h>

#include <algorithm>

#include "events.h"

namespace gantry::sim {

using model::AttemptState;
using model::Reason;

Faults draw_faults(Rng& rng) {
  Faults faults;
  for (bool* fault :
       {&faults.lost_commits, &faults.crashes, &faults.crashes_in_recovery, &faults.reboots,
        &faults.clock_jumps, &faults.bad_reports, &faults.lost_processes})
    *fault = rng.chance(1, 2);
  return faults;
}

core::Limits draw_limits(Rng& rng) {
  core::Limits limits;
  limits.local_slots = static_cast<int>(1 + rng.below(8));
  limits.pools = {{"db", static_cast<int>(1 + rng.below(3))},
                  {"disk", static_cast<int>(1 + rng.below(4))}};
  return limits;
}

namespace {

// Mostly small, now and then 60.
std::size_t draw_size(Rng& rng) {
  const std::uint64_t most = rng.chance(1, 12) ? 60 : rng.chance(1, 3) ? 20 : 8;
  return 1 + rng.below(most);
}

void draw_needs(Rng& rng, model::Task& task, const std::vector<TaskIndex>& beside) {
  if (beside.empty() || rng.chance(1, 5)) return;
  const std::size_t count = 1 + rng.below(rng.chance(1, 6) ? 6 : 3);
  for (std::size_t i = 0; i < count; ++i) {
    const TaskIndex up = beside[rng.below(beside.size())];
    if (std::find(task.needs.begin(), task.needs.end(), up) == task.needs.end())
      task.needs.push_back(up);
  }
  if (rng.chance(1, 2)) task.join = static_cast<model::JoinRule>(rng.below(model::kJoinRuleCount));
}

model::RetryPolicy draw_retry(Rng& rng) {
  model::RetryPolicy retry;
  if (!rng.chance(2, 5)) return retry;
  retry.limit = static_cast<int>(1 + rng.below(3));
  retry.delay = seconds(static_cast<std::int64_t>(rng.below(90)));
  retry.backoff = rng.chance(1, 2) ? 2 : 1;
  if (rng.chance(1, 3)) retry.max_delay = seconds(100);
  if (rng.chance(1, 3)) retry.jitter = 0.5;
  if (rng.chance(1, 4)) retry.condition = "exit_code != 3";
  return retry;
}

// `beside`: what it may need, foreground tasks of its own section and group.
model::Task draw_task(Rng& rng, std::size_t index, const std::vector<TaskIndex>& beside,
                      bool finally) {
  model::Task task;
  task.name = fmt::format("{}{}", finally ? "f" : "t", index);
  task.is_finally = finally;
  task.action.kind = rng.chance(1, 6) ? model::ActionKind::Pass : model::ActionKind::Run;
  task.action.script = "true";
  draw_needs(rng, task, beside);
  task.retry = draw_retry(rng);
  task.on_interrupt = static_cast<model::OnInterrupt>(rng.below(4));
  task.allow_failure = rng.chance(1, 6);
  task.priority = static_cast<int>(rng.below(4)) - 1;
  if (rng.chance(1, 4)) task.pool = rng.chance(1, 2) ? "db" : "disk";
  task.slots = static_cast<int>(1 + rng.below(2));
  model::Skipping skipping;
  if (rng.chance(1, 5)) skipping.when = kOddRun;
  if (rng.chance(1, 5)) skipping.exit_codes = {2, 3};
  if (!(skipping == model::Skipping())) task.skipping = skipping;
  return task;
}

void make_foreach(Rng& rng, model::Task& task) {
  model::Flow flow;
  ValueList items;
  for (std::uint64_t i = rng.below(6); i > 0; --i) items.emplace_back(static_cast<std::int64_t>(i));
  flow.foreach.items = Value(std::move(items));
  flow.foreach.max_parallel = static_cast<int>(1 + rng.below(4));
  flow.foreach.tolerated = rng.chance(1, 3) ? 1 : 0;
  if (rng.chance(1, 3)) flow.foreach.threshold.failed = static_cast<int>(1 + rng.below(2));
  task.flow = std::move(flow);
}

// Its ways are filled when it is known who needs it.
void make_switch(model::Task& task) {
  task.action.kind = model::ActionKind::Switch;
  model::Flow flow;
  flow.arms = {{kOddRun, {}}, {"", {}}};
  task.flow = std::move(flow);
}

void draw_arms(Rng& rng, std::vector<model::Task>& tasks) {
  for (std::uint32_t i = 0; i < tasks.size(); ++i)
    for (const TaskIndex up : tasks[i].needs) {
      if (tasks[up.value].action.kind != model::ActionKind::Switch) continue;
      model::Flow flow = *tasks[up.value].flow;
      for (model::Arm& arm : flow.arms)
        if (rng.chance(1, 2)) arm.then.push_back(TaskIndex{i});
      tasks[up.value].flow = std::move(flow);
    }
}

// Makes the last task a group of some.
void make_group(Rng& rng, std::vector<model::Task>& tasks) {
  const TaskIndex group{static_cast<std::uint32_t>(tasks.size() - 1)};
  tasks.back().action.kind = model::ActionKind::Group;
  tasks.back().retry = model::RetryPolicy();
  std::vector<TaskIndex> beside;
  for (std::uint64_t i = 1 + rng.below(4); i > 0; --i) {
    model::Task task = draw_task(rng, tasks.size(), beside, tasks.front().is_finally);
    task.name = tasks[group.value].name + "." + task.name;
    task.group = group;
    beside.push_back(TaskIndex{static_cast<std::uint32_t>(tasks.size())});
    tasks.push_back(std::move(task));
    if (rng.chance(1, 6))
      make_switch(tasks.back());
    else if (rng.chance(1, 6))
      make_foreach(rng, tasks.back());
  }
  tasks[group.value].span = static_cast<std::uint32_t>(tasks.size() - group.value);
}

void make_container(Rng& rng, std::vector<model::Task>& tasks) {
  switch (rng.below(12)) {
    case 0: return make_switch(tasks.back());
    case 1: return make_foreach(rng, tasks.back());
    case 2: return make_group(rng, tasks);
    case 3: make_foreach(rng, tasks.back()); return make_group(rng, tasks);
    default: return;
  }
}

void make_background(Rng& rng, model::Task& task) {
  task.background = true;
  task.action.kind = model::ActionKind::Run;
  task.pool.clear();  // one that waits for a pool ends only when the others do: see slots.cpp
  if (rng.chance(1, 2)) task.every = seconds(static_cast<std::int64_t>(30 + rng.below(300)));
}

}  // namespace

std::shared_ptr<const model::Definition> draw_definition(
    Rng& rng, const std::string& name, int number, const std::vector<model::Trigger>& triggers) {
  auto definition = std::make_shared<model::Definition>();
  model::Workflow& workflow = definition->workflow;
  definition->hash = fmt::format("{}-{}", name, number);
  workflow.name = name;
  workflow.triggers = triggers;
  workflow.concurrency_limit = static_cast<int>(rng.below(4));
  if (workflow.concurrency_limit > 0) {
    workflow.conflict = static_cast<model::Conflict>(rng.below(3));
    if (rng.chance(1, 3)) workflow.concurrency_key = "${{ run.number % 2 }}";
  }
  if (workflow.conflict != model::Conflict::CancelRunning && rng.chance(1, 3))
    workflow.after_previous = model::AfterPrevious::Done;
  workflow.priority = static_cast<int>(rng.below(3));
  workflow.fail_fast = rng.chance(1, 5);
  if (rng.chance(1, 5)) workflow.timeout = minutes(static_cast<std::int64_t>(5 + rng.below(90)));
  const std::size_t main = draw_size(rng);
  std::vector<TaskIndex> top;
  while (workflow.tasks.size() < main) {
    const TaskIndex index{static_cast<std::uint32_t>(workflow.tasks.size())};
    workflow.tasks.push_back(draw_task(rng, index.value, top, false));
    top.push_back(index);
    make_container(rng, workflow.tasks);
  }
  // Nothing needs the last task yet, so it may become a background task.
  if (rng.chance(1, 4)) {
    auto background = draw_task(rng, workflow.tasks.size(), top, false);
    make_background(rng, background);
    workflow.tasks.push_back(std::move(background));
  }
  top.clear();
  const std::size_t finally = rng.chance(1, 3) ? 1 + rng.below(3) : 0;
  for (std::size_t i = 0; i < finally; ++i) {
    const TaskIndex index{static_cast<std::uint32_t>(workflow.tasks.size())};
    workflow.tasks.push_back(draw_task(rng, index.value, top, true));
    top.push_back(index);
  }
  draw_arms(rng, workflow.tasks);
  return definition;
}

std::vector<model::Trigger> draw_triggers(Rng& rng) {
  std::vector<model::Trigger> triggers;
  const std::uint64_t count = rng.below(3);
  for (std::uint64_t i = 0; i < count; ++i) {
    model::Trigger trigger;
    trigger.id = fmt::format("timer{}", i);
    trigger.timezone = rng.chance(1, 2) ? "UTC" : "Asia/Shanghai";
    if (rng.chance(1, 2)) {
      trigger.kind = model::TriggerKind::Every;
      trigger.every = minutes(static_cast<std::int64_t>(15 + rng.below(240)));
    } else {
      const char* const kinds[] = {"*/20 * * * *", "0 * * * *", "30 2 * * *", "15 */6 * * *"};
      trigger.cron = kinds[rng.below(4)];
    }
    model::TimerDetails details;
    details.catch_up.policy = static_cast<model::CatchUp::Policy>(rng.below(3));
    details.catch_up.window = hours(static_cast<std::int64_t>(1 + rng.below(72)));
    details.catch_up.max = static_cast<int>(1 + rng.below(4));
    trigger.timer = details;
    triggers.push_back(std::move(trigger));
  }
  return triggers;
}

namespace {
model::CompletionSource draw_completion(Rng& rng, const std::vector<std::string>& before) {
  model::CompletionSource source;
  source.workflows = {before[rng.below(before.size())]};
  source.all = rng.chance(1, 2);
  if (source.all && rng.chance(1, 2)) source.workflows = before;
  source.same_date = source.all && rng.chance(2, 3);
  source.failed = rng.chance(2, 3);
  source.cancelled = rng.chance(1, 3);
  return source;
}
}  // namespace

void draw_listeners(Rng& rng, const std::vector<std::string>& before,
                    std::vector<model::Trigger>& triggers) {
  for (const bool is_completion : {false, true}) {
    if (rng.chance(1, 2) || (is_completion && before.empty())) continue;
    model::Trigger trigger;
    trigger.id = is_completion ? "after" : "event";
    trigger.kind = is_completion ? model::TriggerKind::Workflow : model::TriggerKind::Event;
    trigger.timezone = "UTC";
    model::SourceDetails details;
    if (is_completion)
      details.completion = draw_completion(rng, before);
    else
      details.event.name = kEventNames[rng.below(2)];
    if (rng.chance(1, 3)) details.match = is_completion ? kEvenRun : kEvenNumber;
    trigger.source = details;
    triggers.push_back(std::move(trigger));
  }
}

Duration draw_task_duration(Rng& rng) {
  const std::int64_t most = rng.chance(1, 10) ? 1'200'000 : rng.chance(1, 2) ? 60'000 : 3'000;
  return milliseconds(1 + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(most))));
}

model::AttemptReport draw_report(Rng& rng, const model::StartAttempt& start) {
  model::AttemptReport report;
  report.id = start.id;
  const std::uint64_t roll = rng.below(100);
  if (roll < 76) {
    report.state = AttemptState::Succeeded;
    report.exit_code = 0;
    if (rng.chance(1, 2))
      report.outputs = ValueMap{{"n", static_cast<std::int64_t>(rng.below(1000))}};
  } else if (roll < 94) {
    report.state = AttemptState::Failed;
    report.reason = Reason::Exit;
    report.exit_code = static_cast<int>(1 + rng.below(4));
    report.error_tail = "it failed";
  } else if (roll < 97) {
    report.state = AttemptState::TimedOut;
    report.reason = Reason::Timeout;
    report.signal = 15;
  } else {
    report.state = AttemptState::Oom;
    report.reason = Reason::Oom;
    report.signal = 9;
  }
  return report;
}

}  // namespace gantry::sim
