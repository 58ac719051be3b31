// Retention: what goes, what stays, and that the checker can tell it from loss.
#include <gtest/gtest.h>

#include "data.h"
#include "scratch.h"
#include "store/checker.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace gantry::store {
namespace {

using namespace model;

// Run n is created at n * 1,000 and ends 10 us later; records about no run are of 1,000,000.
std::vector<Change> ended_run(std::int64_t run, const std::string& params = {}) {
  RunOrigin o = origin_of(run, 1, "sales");
  o.key = "key-" + std::to_string(run);
  if (!params.empty()) o.params = {{"p", params}};
  RunRow row = run_row(run, RunState::Failed);
  row.ended_at = Instant{run * 1'000 + 10};
  return {created(o), change(TaskChanged{task_row(run, 0, TaskState::Failed)}),
          change(RunChanged{row}), change(RunClosed{RunNo{run}})};
}

RetentionCut cut_at(std::int64_t runs_before, std::int64_t logs_before) {
  return {Instant{900'000}, Instant{runs_before}, Instant{logs_before}, {}};
}

enum class Which { Memory, Sqlite };

class Retention : public testing::TestWithParam<Which> {
 protected:
  Retention() {
    if (GetParam() == Which::Memory)
      store_ = std::make_unique<MemoryStore>();
    else
      store_ = std::move(SqliteStore::open(path_)).value();
    committer_ = std::make_unique<Committer>(*store_);
    EXPECT_TRUE(committer_->open().ok());
    commit(workflow_changes(1, "sales"));
  }
  void commit(const std::vector<Change>& changes) {
    const Status status = committer_->commit(changes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  void pack() {
    while (store_->tidy().value()) continue;
  }
  RetentionStep retain(const RetentionCut& cut) {
    RetentionStep all;
    do {
      auto step = store_->retain(cut);
      EXPECT_TRUE(step.ok()) << step.error().message;
      all.runs.insert(all.runs.end(), step->runs.begin(), step->runs.end());
      all.logs.insert(all.logs.end(), step->logs.begin(), step->logs.end());
      all.records += step->records;
      all.more = step->more;
    } while (all.more);
    return all;
  }
  std::vector<std::string> violations() {
    auto reader = std::move(store_->new_reader()).value();
    std::vector<std::string> out;
    const auto report = check_store(*reader).value();
    for (const Violation& v : report.violations) out.push_back(v.evidence);
    if (GetParam() == Which::Sqlite) {
      const auto file = check_sqlite_file(path_).value();
      for (const Violation& v : file) out.push_back(v.evidence);
    }
    return out;
  }

  Scratch scratch_;
  const std::string path_ = scratch_.path("store.db");
  std::unique_ptr<Store> store_;
  std::unique_ptr<Committer> committer_;
};

using Runs = std::vector<RunNo>;

TEST_P(Retention, OldRunsGoWithAllThatBelongsToThem) {
  for (int run = 1; run <= 5; ++run) commit(ended_run(run));
  pack();
  const RetentionStep step = retain(cut_at(3'010, 0));
  EXPECT_EQ(step.runs, (Runs{RunNo{1}, RunNo{2}}));
  EXPECT_EQ(step.records, 8);
  auto reader = std::move(store_->new_reader()).value();
  EXPECT_EQ(reader->run(RunNo{2}).error().code, Code::NotFound);
  EXPECT_EQ(reader->runs({.key = "key-2"}, {}).value().rows.size(), 0u);
  EXPECT_EQ(reader->runs({}, {}).value().rows.size(), 3u);
  EXPECT_EQ(reader->tasks(RunNo{3}).value().size(), 1u);
  EXPECT_EQ(violations(), std::vector<std::string>{});
  commit(ended_run(6));
  EXPECT_EQ(violations(), std::vector<std::string>{});
  EXPECT_EQ(retain(cut_at(3'010, 0)).runs, Runs{});
}

TEST_P(Retention, OpenRunsStayHoweverOld) {
  RunOrigin open = origin_of(1, 1, "sales");
  commit({created(open), change(RunChanged{run_row(1, RunState::Running)})});
  commit(ended_run(2));
  pack();
  EXPECT_EQ(retain(cut_at(100'000, 100'000)).runs, Runs{RunNo{2}});
  RunRow row = run_row(1, RunState::Failed);
  row.ended_at = Instant{50'000};
  commit({change(RunChanged{row}), change(RunClosed{RunNo{1}})});
  pack();
  EXPECT_EQ(retain(cut_at(100'000, 100'000)).runs, Runs{RunNo{1}});
}

TEST_P(Retention, ARunSaysThatItsLogWasRemoved) {
  for (int run = 1; run <= 4; ++run) commit(ended_run(run));
  pack();
  RetentionCut cut = cut_at(0, 2'000);
  cut.logs_up_to = RunNo{3};
  EXPECT_EQ(retain(cut).logs, (Runs{RunNo{1}, RunNo{2}, RunNo{3}}));
  EXPECT_EQ(retain(cut).logs, Runs{});
  auto reader = std::move(store_->new_reader()).value();
  EXPECT_EQ(reader->run(RunNo{3}).value().log_removed_at, Instant{900'000});
  EXPECT_EQ(reader->run(RunNo{4}).value().log_removed_at, std::nullopt);
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

TEST_P(Retention, OldRecordsAboutNoRunGo) {
  commit(ended_run(1));
  pack();
  EXPECT_EQ(retain(cut_at(2'000'000, 0)).records, 6);
  auto reader = std::move(store_->new_reader()).value();
  EXPECT_EQ(reader->history(RunNo{}, {}).value().rows.size(), 0u);
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

TEST_P(Retention, RunsThatAreNotPackedYetGoToo) {
  for (int run = 1; run <= 3; ++run) commit(ended_run(run));
  EXPECT_EQ(retain(cut_at(2'500, 0)).runs, (Runs{RunNo{1}, RunNo{2}}));
  EXPECT_EQ(violations(), std::vector<std::string>{});
  pack();
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

TEST_P(Retention, MissedFiringsGoWithTheirRecords) {
  commit({change(FiringsMissed{{WorkflowId{1}, "t", Instant{1}, Instant{2}, 3}})});
  const auto missed = [this] {
    auto reader = std::move(store_->new_reader()).value();
    return reader->missed("sales", 5).value().size();
  };
  EXPECT_EQ(missed(), 1u);
  retain(cut_at(2'000'000, 0));
  EXPECT_EQ(missed(), 0u);
}

TEST_P(Retention, AuditRecordsHaveATimeOfTheirOwn) {
  for (int at = 1; at <= 450; ++at) {
    AuditRow row;
    row.at = Instant{at};
    row.details = "{}";
    commit({change(AuditNoted{row})});
  }
  RetentionCut cut = cut_at(0, 0);
  EXPECT_EQ(retain(cut).records, 0);
  cut.audit_before = Instant{441};
  auto reader = std::move(store_->new_reader()).value();
  EXPECT_EQ(reader->retention_survey(cut).value().audit, 440);
  retain(cut);
  EXPECT_EQ(reader->audit({}, {}).value().rows.size(), 10u);
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

TEST_P(Retention, CredentialsThatEndedGoWithTheAuditOfTheirTime) {
  const auto put = [this](const std::string& id, std::optional<Instant> expires,
                          std::optional<Instant> revoked = {}) {
    CredentialRow row;
    row.id = id;
    row.secret_hash = "hash of " + id;
    row.expires_at = expires;
    row.revoked_at = revoked;
    commit({change(CredentialChanged{row})});
  };
  const auto left = [this] {
    std::string ids;
    auto reader = std::move(store_->new_reader()).value();
    const auto rows = std::move(reader->credentials()).value();
    for (const CredentialRow& row : rows) ids += row.id + " ";
    return ids;
  };
  put("expired", Instant{440});
  put("forever", {});
  put("later", Instant{441});
  put("revoked", {}, Instant{440});
  RetentionCut cut = cut_at(0, 0);
  retain(cut);
  EXPECT_EQ(left(), "expired forever later ");
  cut.audit_before = Instant{441};
  retain(cut);
  EXPECT_EQ(left(), "forever later ");
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

TEST_P(Retention, ASurveyTellsWhatWouldGo) {
  for (int run = 1; run <= 5; ++run) commit(ended_run(run));
  RetentionCut cut = cut_at(2'500, 3'500);
  cut.logs_up_to = RunNo{4};
  auto reader = std::move(store_->new_reader()).value();
  RetentionSurvey survey = reader->retention_survey(cut).value();
  EXPECT_EQ(survey.runs, 2);
  EXPECT_EQ(survey.logs, 2);
  retain(cut);
  survey = reader->retention_survey(cut).value();
  EXPECT_EQ(survey.runs + survey.logs, 0);
}

TEST_P(Retention, ManyStepsTakeEverything) {
  std::vector<Change> changes;
  for (int run = 1; run <= 1'234; ++run)
    for (Change& c : ended_run(run)) changes.push_back(std::move(c));
  commit(changes);
  pack();
  EXPECT_EQ(retain(cut_at(1'000'000, 0)).runs.size(), 999u);
  EXPECT_EQ(retain(cut_at(100'000'000, 0)).runs.size(), 235u);
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Stores, Retention, testing::Values(Which::Memory, Which::Sqlite),
                         [](const auto& made) {
                           return made.param == Which::Memory ? "Memory" : "Sqlite";
                         });

class SqliteRetentionTest : public Retention {};

TEST_P(SqliteRetentionTest, ALostRecordIsStillFound) {
  for (int run = 1; run <= 3; ++run) commit(ended_run(run));
  pack();
  retain(cut_at(2'500, 0));
  {
    auto db = Database::open(path_, {});
    ASSERT_TRUE(db->execute("DELETE FROM history WHERE position=1").ok());
  }
  EXPECT_EQ(violations(),
            std::vector<std::string>{"9 history records up to position 10 are missing, but "
                                     "retention took 8"});
}

TEST_P(SqliteRetentionTest, TheFileShrinks) {
  std::string noise;
  std::uint64_t state = 1;
  for (int run = 1; run <= 1'000; ++run) {
    noise.clear();
    for (int i = 0; i < 16'000; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      noise += static_cast<char>('0' + (state >> 33) % 64);
    }
    commit(ended_run(run, noise));
  }
  pack();
  const auto pages = [&] {
    auto db = Database::open(path_, {.query_only = true});
    return db->integer("PRAGMA page_count").value();
  };
  const std::int64_t before = pages();
  retain(cut_at(100'000'000, 0));
  EXPECT_LT(pages(), before / 2);
  EXPECT_EQ(violations(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Stores, SqliteRetentionTest, testing::Values(Which::Sqlite),
                         [](const auto&) { return "Sqlite"; });

}  // namespace
}  // namespace gantry::store
