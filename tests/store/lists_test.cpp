// Lists: the SQLite store must answer every filter and page as the plain memory store does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "data.h"
#include "scratch.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace gantry::store {
namespace {

using namespace model;

// A fixed sequence that looks random.
class Dice {
 public:
  std::int64_t roll(std::int64_t sides) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int64_t>((state_ >> 33) % static_cast<std::uint64_t>(sides));
  }

 private:
  std::uint64_t state_ = 42;
};

const std::vector<std::string> kNames{"sales",         "finance/sales", "finance/eu/vat", "finance",
                                      "finance0/trap", "ops/backup",    "finance/eu/tax"};

std::vector<Change> many_runs(int count) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    for (Change& c : workflow_changes(static_cast<std::int64_t>(i) + 1, kNames[i]))
      changes.push_back(std::move(c));
  Dice dice;
  std::int64_t clock = 10'000;
  for (int run = 1; run <= count; ++run) {
    clock += dice.roll(10) == 0 ? -500 : dice.roll(20);  // the clock is set back now and then
    const auto workflow = dice.roll(static_cast<std::int64_t>(kNames.size()));
    RunOrigin o = origin_of(run, workflow + 1, kNames[static_cast<std::size_t>(workflow)]);
    o.created_at = Instant{clock};
    o.cause = static_cast<CauseKind>(dice.roll(4));
    if (workflow % 2 == 0) o.labels = {{"team", fmt::format("t{}", workflow % 3)}};
    if (dice.roll(4) == 0) o.labels.emplace_back("app", o.workflow_name);
    if (dice.roll(3) == 0) o.key = fmt::format("key-{}", dice.roll(5));
    changes.push_back(created(o));
    changes.push_back(change(RunChanged{run_row(run, static_cast<RunState>(dice.roll(6)))}));
    if (dice.roll(2) == 0) changes.push_back(change(RunClosed{RunNo{run}}));
  }
  return changes;
}

std::vector<RunFilter> filters() {
  std::vector<RunFilter> all;
  const std::vector<std::vector<RunState>> states{
      {}, {RunState::Failed}, {RunState::Failed, RunState::Queued, RunState::Failed}};
  for (const char* workflow :
       {"", "/", "sales", "finance/", "finance/eu/", "finance", "absent", "a/"})
    for (const auto& some : states)
      for (const std::optional<CauseKind> cause :
           {std::optional<CauseKind>(), std::optional(CauseKind::Timer)})
        for (const char* key : {"", "key-2"})
          for (const int window : {0, 1, 2, 3}) {
            RunFilter f{workflow, some, cause, key, {}, {}, {}, window % 2 == 1};
            if ((window & 1) != 0) f.created_from = Instant{10'400};
            if ((window & 2) != 0) f.created_before = Instant{10'900};
            all.push_back(f);
            f.oldest_first = !f.oldest_first;
            f.labels = {{"team", "t0"}};
            all.push_back(f);
            f.labels = {{"app"}, {"team"}};
            all.push_back(f);
          }
  return all;
}

Result<std::vector<std::int64_t>> pages_of(Reader& reader, const RunFilter& filter, int limit) {
  std::vector<std::int64_t> runs;
  Page page{limit, ""};
  do {
    TRY(const auto rows, reader.runs(filter, page));
    if (rows.rows.size() > static_cast<std::size_t>(limit)) return invalid("page too long");
    for (const RunView& v : rows.rows) runs.push_back(v.origin.run.value);
    page.cursor = rows.next_cursor;
  } while (!page.cursor.empty());
  return runs;
}

class Lists : public testing::Test {
 protected:
  void fill(const std::vector<Change>& changes) {
    memory_ = std::make_unique<MemoryStore>();
    sqlite_ = std::move(SqliteStore::open(scratch_.path("store.db"))).value();
    for (Store* store : {static_cast<Store*>(memory_.get()), static_cast<Store*>(sqlite_.get())}) {
      Committer committer(*store);
      ASSERT_TRUE(committer.open().ok());
      const Status status = committer.commit(changes);
      ASSERT_TRUE(status.ok()) << status.error().message;
    }
    plain_ = std::move(memory_->new_reader()).value();
    reader_ = std::move(sqlite_->new_reader()).value();
  }

  Scratch scratch_;
  std::unique_ptr<MemoryStore> memory_;
  std::unique_ptr<SqliteStore> sqlite_;
  std::unique_ptr<Reader> plain_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(Lists, EveryFilterGivesTheSameRunsInBothStores) {
  fill(many_runs(400));
  int not_empty = 0;
  for (const RunFilter& filter : filters())
    for (const int limit : {7, 1'000}) {
      const auto expected = pages_of(*plain_, filter, limit);
      const auto got = pages_of(*reader_, filter, limit);
      ASSERT_TRUE(got.ok()) << got.error().message;
      EXPECT_EQ(got.value(), expected.value())
          << filter.workflow << " states " << filter.states.size() << " key " << filter.key;
      not_empty += expected.value().empty() ? 0 : 1;
    }
  EXPECT_GT(not_empty, 200);
}

TEST_F(Lists, RunsAreNewestFirst) {
  fill(many_runs(50));
  const auto runs = pages_of(*reader_, {}, 7).value();
  ASSERT_EQ(runs.size(), 50u);
  for (std::size_t i = 0; i < runs.size(); ++i)
    EXPECT_EQ(runs[i], 50 - static_cast<std::int64_t>(i));
}

TEST_F(Lists, RunsAreOldestFirstIfAsked) {
  fill(many_runs(50));
  RunFilter filter;
  filter.oldest_first = true;
  const auto runs = pages_of(*reader_, filter, 7).value();
  ASSERT_EQ(runs.size(), 50u);
  for (std::size_t i = 0; i < runs.size(); ++i)
    EXPECT_EQ(runs[i], static_cast<std::int64_t>(i) + 1);
}

TEST_F(Lists, ACursorBelongsToOneOrder) {
  fill(many_runs(20));
  const auto newest = reader_->runs({}, {5, ""}).value();
  RunFilter oldest;
  oldest.oldest_first = true;
  for (Reader* r : {plain_.get(), reader_.get()})
    EXPECT_EQ(r->runs(oldest, {5, newest.next_cursor}).error().code, Code::InvalidArgument);
}

TEST_F(Lists, LabelsMatchAsAWhole) {
  std::vector<Change> changes = workflow_changes(1, "sales");
  const std::vector<std::vector<NamedText>> labels{
      {}, {{"a", "x=y"}}, {{"a", "x"}, {"b", ""}}, {{"aa", "x"}}, {{"b", "x"}, {"a", "x"}}};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    RunOrigin o = origin_of(static_cast<std::int64_t>(i) + 1, 1, "sales");
    o.labels = labels[i];
    changes.push_back(created(o));
  }
  fill(changes);
  const auto with = [](std::vector<LabelFilter> wanted) {
    RunFilter filter;
    filter.labels = std::move(wanted);
    return filter;
  };
  using Runs = std::vector<std::int64_t>;
  for (Reader* r : {plain_.get(), reader_.get()}) {
    EXPECT_EQ(pages_of(*r, with({{"a"}}), 2).value(), (Runs{5, 3, 2}));
    EXPECT_EQ(pages_of(*r, with({{"a", "x"}}), 2).value(), (Runs{5, 3}));
    EXPECT_EQ(pages_of(*r, with({{"a", "x"}, {"b"}}), 2).value(), (Runs{5, 3}));
    EXPECT_EQ(pages_of(*r, with({{"b", ""}}), 2).value(), Runs{3});
    EXPECT_EQ(pages_of(*r, with({{"c"}}), 2).value(), Runs{});
    EXPECT_EQ(r->run(RunNo{5}).value().origin.labels, labels[4]);
  }
}

TEST_F(Lists, LastRunOfAWorkflow) {
  fill(many_runs(100));
  for (const std::string& name : kNames)
    EXPECT_EQ(reader_->last_run_of(name).value(), plain_->last_run_of(name).value());
  EXPECT_EQ(reader_->last_run_of("absent").error().code, Code::NotFound);
}

TEST_F(Lists, GarbageCursorsAndLimitsAreRefused) {
  fill(many_runs(20));
  const auto first = reader_->runs({}, {5, ""}).value();
  for (Reader* r : {plain_.get(), reader_.get()}) {
    for (const char* bad : {"x", "AAAA", "%00", "15"}) {
      EXPECT_EQ(r->runs({}, {5, bad}).error().code, Code::InvalidArgument);
      EXPECT_EQ(r->history(RunNo{1}, {5, bad}).error().code, Code::InvalidArgument);
      EXPECT_EQ(r->workflows("", {5, bad}).error().code, Code::InvalidArgument);
      EXPECT_EQ(r->versions("sales", {5, bad}).error().code, Code::InvalidArgument);
    }
    EXPECT_EQ(r->history(RunNo{1}, {5, first.next_cursor}).error().code, Code::InvalidArgument);
    EXPECT_EQ(r->runs({}, {0, ""}).error().code, Code::InvalidArgument);
    EXPECT_EQ(r->runs({}, {limits::kPageMax + 1, ""}).error().code, Code::InvalidArgument);
    EXPECT_EQ(r->missed("sales", 0).error().code, Code::InvalidArgument);
  }
}

TEST_F(Lists, WhatIsNotThereIsNotFound) {
  fill(many_runs(1));
  for (Reader* r : {plain_.get(), reader_.get()}) {
    EXPECT_EQ(r->run(RunNo{99}).error().code, Code::NotFound);
    EXPECT_EQ(r->tasks(RunNo{99}).error().code, Code::NotFound);
    EXPECT_EQ(r->attempts(RunNo{99}).error().code, Code::NotFound);
    EXPECT_EQ(r->history(RunNo{99}, {}).error().code, Code::NotFound);
    EXPECT_EQ(r->workflow("absent").error().code, Code::NotFound);
    EXPECT_EQ(r->versions("absent", {}).error().code, Code::NotFound);
    EXPECT_EQ(r->version(VersionId{99}).error().code, Code::NotFound);
    EXPECT_EQ(r->version_by_number("absent", 1).error().code, Code::NotFound);
    EXPECT_EQ(r->version_tasks(VersionId{99}).error().code, Code::NotFound);
    EXPECT_EQ(r->definition(VersionId{99}).error().code, Code::NotFound);
    EXPECT_EQ(r->missed("absent", 5).error().code, Code::NotFound);
  }
}

TEST_F(Lists, WorkflowsByNameWithTheirCursors) {
  auto changes = many_runs(1);
  changes.push_back(change(TriggerMoved{{WorkflowId{2}, "b", Instant{2}}}));
  changes.push_back(change(TriggerMoved{{WorkflowId{2}, "a", Instant{1}}}));
  fill(changes);
  for (Reader* r : {plain_.get(), reader_.get()}) {
    std::vector<std::string> names;
    Page page{2, ""};
    do {
      const auto rows = r->workflows("finance/", page).value();
      for (const WorkflowView& v : rows.rows) names.push_back(v.row.name);
      page.cursor = rows.next_cursor;
    } while (!page.cursor.empty());
    EXPECT_EQ(names,
              (std::vector<std::string>{"finance/eu/tax", "finance/eu/vat", "finance/sales"}));
    EXPECT_EQ(r->workflows("", {100, ""}).value().rows.size(), kNames.size());
    const auto one = r->workflow("finance/sales").value();
    ASSERT_EQ(one.cursors.size(), 2u);
    EXPECT_EQ(one.cursors[0].trigger, "a");
    EXPECT_EQ(one.cursors[1].cursor, Instant{2});
  }
}

TEST_F(Lists, VersionsAndDefinitions) {
  std::vector<Change> changes = workflow_changes(1, "sales");
  for (int n = 2; n <= 5; ++n)
    changes.push_back(
        change(VersionStored{VersionId{n}, WorkflowId{1}, n, definition_of("sales", n)}, "alice"));
  changes.push_back(change(FiringsMissed{{WorkflowId{1}, "t", Instant{1}, Instant{2}, 3}}));
  changes.push_back(change(FiringsMissed{{WorkflowId{1}, "t", Instant{4}, Instant{5}, 6}}));
  fill(changes);
  for (Reader* r : {plain_.get(), reader_.get()}) {
    std::vector<std::int64_t> numbers;
    Page page{2, ""};
    do {
      const auto rows = r->versions("sales", page).value();
      for (const VersionView& v : rows.rows) numbers.push_back(v.number);
      page.cursor = rows.next_cursor;
    } while (!page.cursor.empty());
    EXPECT_EQ(numbers, (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
    const auto version = r->version(VersionId{4}).value();
    EXPECT_EQ(version.workflow_name, "sales");
    EXPECT_EQ(version.actor, "alice");
    EXPECT_EQ(version.hash, "hash-of-sales");
    EXPECT_EQ(r->version_by_number("sales", 4).value().id, VersionId{4});
    EXPECT_EQ(r->version_by_number("sales", 6).error().code, Code::NotFound);
    EXPECT_EQ(r->version_tasks(VersionId{4}).value(),
              (std::vector<VersionTask>{{"task-0", "", 1, false},
                                        {"task-1", "warehouse", 2, false},
                                        {"task-2", "", 1, true, 0, false, false, true},
                                        {"task-3", "", 1, false}}));
    Definition expected = *definition_of("sales", 4);
    expected.workflow = {};
    EXPECT_EQ(r->definition(VersionId{4}).value(), expected);
    const auto missed = r->missed("sales", 1).value();
    ASSERT_EQ(missed.size(), 1u);
    EXPECT_EQ(missed[0], (MissedRow{WorkflowId{1}, "t", Instant{4}, Instant{5}, 6}));
  }
}

}  // namespace
}  // namespace gantry::store
