#include "core/previous.h"

#include <gtest/gtest.h>

#include "core/core_testing.h"

namespace gantry::core {
namespace {

// Each firing that waits for the one before costs the same, however many wait.
TEST(AfterPrevious, ManyWaitForTheRunBefore) {
  constexpr int kWaiting = 30'000;
  Bench bench({16, {}, kWaiting + 10});
  model::Workflow workflow = Bench::workflow({{"a", {}}});
  workflow.after_previous = model::AfterPrevious::Done;
  model::Trigger trigger;
  trigger.id = "t";
  trigger.kind = model::TriggerKind::Every;
  trigger.every = seconds(1);
  trigger.timezone = "UTC";
  workflow.triggers = {trigger};
  bench.define(std::move(workflow));
  for (int i = 0; i < kWaiting; ++i) bench.advance(seconds(1));
  EXPECT_EQ(bench.core.state().runs.size(), static_cast<std::size_t>(kWaiting));
  EXPECT_EQ(bench.running(), "a");
  bench.end("a", model::AttemptState::Succeeded);
  EXPECT_EQ(bench.running(), "a");
  EXPECT_EQ(bench.core.state().runs.size(), static_cast<std::size_t>(kWaiting) - 1);
}

}  // namespace
}  // namespace gantry::core
