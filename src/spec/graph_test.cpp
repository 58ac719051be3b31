#include "spec/graph.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace gantry::spec {
namespace {

model::Workflow random_graph(Rng& rng, std::uint32_t count) {
  model::Workflow workflow;
  workflow.tasks.resize(count);
  for (std::uint32_t i = 1; i < count; ++i)
    for (std::uint32_t up = 0; up < i; ++up)
      if (rng.below(count) < 2) workflow.tasks[i].needs.push_back(TaskIndex{up});
  return workflow;
}

bool needs_somehow(const model::Workflow& workflow, std::uint32_t task, std::uint32_t target) {
  for (const TaskIndex up : workflow.tasks[task].needs)
    if (up.value == target || needs_somehow(workflow, up.value, target)) return true;
  return false;
}

// More targets than fit into one pass.
TEST(AreUpstream, AgreesWithTheDefinition) {
  Rng rng(7);
  for (const std::uint32_t count : {1u, 5u, 40u, 300u}) {
    const model::Workflow workflow = random_graph(rng, count);
    std::vector<UpstreamQuery> queries;
    for (int i = 0; i < 2'000; ++i)
      queries.push_back({static_cast<std::uint32_t>(rng.below(count)),
                         static_cast<std::uint32_t>(rng.below(count))});
    const auto answers = are_upstream(workflow, queries);
    int yes = 0;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      ASSERT_EQ(answers[i], needs_somehow(workflow, queries[i].task, queries[i].target)) << count;
      yes += answers[i] ? 1 : 0;
    }
    EXPECT_TRUE(count < 40 || yes > 3) << yes;
  }
}

TEST(AreUpstream, DoesNotRecurse) {
  model::Workflow workflow;
  workflow.tasks.resize(100'000);
  for (std::uint32_t i = 1; i < 100'000; ++i) workflow.tasks[i].needs = {TaskIndex{i - 1}};
  EXPECT_EQ(are_upstream(workflow, {{99'999, 0}, {0, 99'999}}), (std::vector<bool>{true, false}));
}

}  // namespace
}  // namespace gantry::spec
