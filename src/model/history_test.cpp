#include "model/history.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace gantry::model {
namespace {

class FewNames : public NameLookup {
 public:
  std::string_view task_name(RunNo, TaskIndex task) override {
    return task.value == 0 ? "extract" : "";
  }
  std::string_view workflow_name(WorkflowId id) override { return id.value == 1 ? "sales" : ""; }
};

HistoryRecord describe(ChangeBody body) {
  FewNames names;
  auto record = to_history({Instant{}, "engine", std::move(body)}, names);
  EXPECT_TRUE(parse_json(record.details).ok()) << record.details;
  return record;
}

TEST(History, SaysOnlyWhatIsNotTheDefault) {
  TaskRow row;
  row.run = RunNo{7};
  row.state = TaskState::Queued;
  const auto record = describe(TaskChanged{row});
  EXPECT_EQ(record.what, "task_changed");
  EXPECT_EQ(record.run, RunNo{7});
  EXPECT_EQ(record.task, "extract");
  EXPECT_EQ(record.details, R"({"state":"queued"})");
}

TEST(History, SaysEverythingOfAFailedTask) {
  TaskRow row;
  row.run = RunNo{7};
  row.item = ItemPath().child(3);
  row.state = TaskState::Failed;
  row.reason = Reason::Exit;
  row.generation = 2;
  row.attempts = 4;
  row.tries = 3;
  row.exit_code = 0;
  row.started_at = Instant{0};
  row.message = std::make_shared<const std::string>("no such table");
  const auto record = describe(TaskChanged{row});
  EXPECT_EQ(to_text(record.item), "3");
  EXPECT_EQ(
      record.details,
      R"({"state":"failed","reason":"exit","generation":2,"attempts":4,"tries":3,)"
      R"("exit_code":0,"started_at":"1970-01-01T00:00:00.000000Z","message":"no such table"})");
}

TEST(History, DescribesAttempts) {
  AttemptRow row;
  row.id = AttemptId{9};
  row.run = RunNo{7};
  row.number = 2;
  row.state = AttemptState::Killed;
  row.signal = 9;
  row.unkillable = true;
  row.cpu_us = 5;
  EXPECT_EQ(describe(AttemptChanged{row}).details,
            R"({"state":"killed","attempt":2,"id":9,"signal":9,"cpu_us":5,"unkillable":true})");
}

TEST(History, DescribesRuns) {
  RunOrigin origin;
  origin.run = RunNo{7};
  origin.workflow_name = "sales";
  origin.version_number = 3;
  origin.cause = CauseKind::Timer;
  origin.trigger = "nightly";
  origin.params = {{"secretish", "not repeated here"}};
  const auto created = describe(RunCreated{std::make_shared<const RunOrigin>(origin)});
  EXPECT_EQ(created.details,
            R"({"workflow":"sales","version":3,"cause":"timer","trigger":"nightly",)"
            R"("date":"1970-01-01"})");
  RunRow row;
  row.run = RunNo{7};
  row.state = RunState::Finishing;
  row.verdict = RunState::Failed;
  EXPECT_EQ(describe(RunChanged{row}).details, R"({"state":"finishing","verdict":"failed"})");
  EXPECT_EQ(describe(RunClosed{RunNo{7}}).details, "{}");
  EXPECT_EQ(describe(RunClosed{RunNo{7}}).run, RunNo{7});
}

TEST(History, NamesWorkflowsOrTheirNumber) {
  EXPECT_EQ(describe(TriggerMoved{{WorkflowId{1}, "t", Instant{0}}}).details,
            R"({"workflow":"sales","trigger":"t","cursor":"1970-01-01T00:00:00.000000Z"})");
  EXPECT_EQ(describe(FiringsMissed{{WorkflowId{2}, "t", Instant{0}, Instant{0}, 5}}).details,
            R"({"workflow":"#2","trigger":"t","first":"1970-01-01T00:00:00.000000Z",)"
            R"("last":"1970-01-01T00:00:00.000000Z","count":5})");
}

TEST(History, DescribesDefinitions) {
  auto definition = std::make_shared<Definition>();
  definition->workflow.name = "sales";
  definition->workflow.tasks.resize(2);
  definition->hash = "abc";
  EXPECT_EQ(describe(VersionStored{VersionId{1}, WorkflowId{1}, 4, definition}).details,
            R"({"workflow":"sales","version":4,"hash":"abc","tasks":2})");
  WorkflowRow row;
  row.name = "sales";
  row.enabled = false;
  row.triggers.resize(1);
  row.triggers[0].id = "n";
  row.triggers[0].cron = "* * * * *";
  row.triggers[0].timezone = "UTC";
  EXPECT_EQ(describe(WorkflowChanged{row}).details,
            R"({"workflow":"sales","version":0,"enabled":false,)"
            R"("triggers":[{"id":"n","cron":"* * * * *","timezone":"UTC"}]})");
}

}  // namespace
}  // namespace gantry::model
