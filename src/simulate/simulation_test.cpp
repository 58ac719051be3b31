#include "simulate/simulation.h"

#include <gtest/gtest.h>

#include "spec/load.h"

namespace gantry::simulate {
namespace {

std::shared_ptr<const model::Definition> definition_of(std::string_view yaml) {
  const auto loaded = spec::load_stored(yaml, "w");
  EXPECT_TRUE(loaded.definition);
  return std::make_shared<const model::Definition>(*loaded.definition);
}

Settings settings() {
  Settings settings;
  settings.from = parse_instant("2026-01-31T00:00:00Z").value();
  return settings;
}

Report run(std::string_view yaml, std::string_view script = "", const ValueMap& params = {}) {
  Outcomes outcomes;
  if (!script.empty()) outcomes = Outcomes::parse(script, "script.yaml").value();
  return Simulation(definition_of(yaml), outcomes, settings()).run_once(params).value();
}

// "a running, a succeeded" without the run itself.
std::string told(const Report& report) {
  std::string out;
  for (const Moment& moment : report.moments)
    if (!moment.task.empty())
      out += (out.empty() ? "" : ", ") + moment.task + " " + moment.state +
             (moment.reason.empty() ? "" : " " + moment.reason);
  return out;
}

Duration length(const Report& report) { return report.ended_at - settings().from; }

TEST(Simulation, TasksTakeTheirTimeSideBySide) {
  const Report report = run("tasks:\n  a: {run: x}\n  b: {run: x}\n  c: {run: x, needs: [a, b]}\n",
                            "a: {takes: 5m}\nb: {takes: 2h}\n");
  EXPECT_EQ(told(report), "a running, b running, a succeeded, b succeeded, c running, c succeeded");
  EXPECT_EQ(length(report), hours(2) + seconds(1));
  EXPECT_EQ(report.runs.begin()->second.row.state, model::RunState::Succeeded);
}

TEST(Simulation, FailuresAreRetriedAndTimeoutsKept) {
  const Report report =
      run("tasks:\n  a: {run: x, timeout: 1m, retry: {limit: 1, delay: 30s}}\n  b: {run: x, needs: "
          "[a]}\n",
          "a: [{exit: 3}, {takes: 1h}]\n");
  EXPECT_EQ(told(report),
            "a running, a waiting, a running, a failed timeout, b upstream_failed upstream");
  EXPECT_EQ(length(report), seconds(1) + seconds(30) + minutes(1));
  EXPECT_EQ(report.runs.begin()->second.row.state, model::RunState::Failed);
}

TEST(Simulation, WhatOutputsReadIsScripted) {
  const std::string_view yaml =
      "tasks:\n  a: {run: x, outputs: {n: int(stdout), f: file('y')}}\n"
      "  b: {pass: true, needs: [a], when: tasks.a.outputs.n > 1}\n";
  EXPECT_EQ(told(run(yaml, "a: {stdout: '2', files: {y: z}}")),
            "a running, a succeeded, b succeeded");
  EXPECT_EQ(told(run(yaml, "a: {stdout: '2'}")),
            "a running, a failed outputs, b upstream_failed upstream");
}

TEST(Simulation, BackgroundTasksEndWithTheOthers) {
  const Report report =
      run("tasks:\n  a: {run: x}\n  beat: {run: x, background: true}\n", "a: {takes: 1h}\n");
  EXPECT_FALSE(report.stuck);
  EXPECT_EQ(length(report), hours(1));
  EXPECT_EQ(report.runs.begin()->second.row.state, model::RunState::Succeeded);
}

TEST(Simulation, AStandstillIsExplained) {
  const Report report = run("tasks:\n  a: {run: x, pool: nowhere}\n");
  EXPECT_TRUE(report.stuck);
  ASSERT_FALSE(report.why_en.empty());
  EXPECT_EQ(report.why_en.size(), report.why_zh.size());
  EXPECT_EQ(length(report), Duration{0});
}

TEST(Simulation, TimersMakeTheirRuns) {
  const auto definition = definition_of(
      "triggers: [{id: daily, cron: '0 2 * * *'}, {id: hourly, every: 12h}]\n"
      "tasks: {a: {run: x}}\n");
  const auto until = settings().from + days(3);
  const Report all = Simulation(definition, {}, settings()).watch_timers(until, 100).value();
  EXPECT_EQ(all.runs.size(), 3u + 6u);
  const Report some = Simulation(definition, {}, settings()).watch_timers(until, 4).value();
  EXPECT_EQ(some.runs.size(), 4u);
}

TEST(Simulation, WrongParamsAreRefused) {
  const auto report =
      Simulation(definition_of("params: {n: {type: int}}\ntasks: {a: {run: x}}\n"), {}, settings())
          .run_once({{"n", "x"}});
  EXPECT_FALSE(report.ok());
}

TEST(Outcomes, AScriptIsChecked) {
  for (const char* bad : {"a: 5", "a: []", "a: [5]", "a: {exits: 1}", "a: {exit: 300}",
                          "a: {takes: soon}", "a: {", "- a"})
    EXPECT_FALSE(Outcomes::parse(bad, "s.yaml").ok()) << bad;
  const auto script = Outcomes::parse("a: [{exit: 1}, {outputs: {n: [1]}}]", "s.yaml").value();
  EXPECT_EQ(script.of("a", 1).exit_code, 1);
  EXPECT_EQ(script.of("a", 2).outputs, Value(ValueMap{{"n", ValueList{1}}}));
  EXPECT_EQ(script.of("a", 9).exit_code, 0);
  EXPECT_EQ(script.of("b", 1).takes, seconds(1));
}

}  // namespace
}  // namespace gantry::simulate
