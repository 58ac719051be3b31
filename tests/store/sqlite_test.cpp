// What only the SQLite store promises: killed writers, rivals in other processes, other files.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "data.h"
#include "scratch.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_store.h"

namespace gantry::store {
namespace {

using namespace model;

std::unique_ptr<SqliteStore> open_store(const std::string& path) {
  auto store = SqliteStore::open(path);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return std::move(store).value();
}

// Commits run after run and says each number on `acked` once it is durable.
[[noreturn]] void commit_for_ever(const std::string& path, int acked) {
  auto store = SqliteStore::open(path);
  Committer committer(*store.value());
  if (!committer.open().ok()) ::_exit(1);
  if (committer.next() == 1 && !committer.commit(workflow_changes(1, "sales")).ok()) ::_exit(1);
  for (;;) {
    const std::int64_t number = committer.next();
    if (!committer.commit(finished_run(number, 1, "sales", 3)).ok()) ::_exit(1);
    if (number % 5 == 0 && !store.value()->tidy().ok()) ::_exit(1);
    if (::write(acked, &number, sizeof number) != sizeof number) ::_exit(1);
  }
}

// Kills the writer after `count` acknowledged commits; returns the last acknowledged number.
std::int64_t kill_a_writer(const std::string& path, int count) {
  int acked[2];
  CHECK(::pipe2(acked, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  if (child == 0) commit_for_ever(path, acked[1]);
  ::close(acked[1]);
  std::int64_t last = 0;
  for (std::int64_t number = 0; ::read(acked[0], &number, sizeof number) == sizeof number;) {
    last = number;
    if (--count == 0) ::kill(child, SIGKILL);
  }
  ::close(acked[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer failed by itself";
  return last;
}

TEST(Sqlite, AKilledWriterLosesNothingItAcknowledged) {
  const Scratch scratch;
  const std::string path = scratch.path("store.db");
  for (int round = 1; round <= 8; ++round) {
    const std::int64_t acked = kill_a_writer(path, 7 * round);
    ASSERT_GT(acked, 0);
    auto store = open_store(path);
    const std::int64_t last = store->last_batch().value();
    EXPECT_GE(last, acked);
    EXPECT_LE(last, acked + 1);
    auto reader = std::move(store->new_reader()).value();
    for (std::int64_t run = 2; run <= last; ++run) {
      ASSERT_EQ(reader->tasks(RunNo{run}).value().size(), 3u) << run;
      ASSERT_EQ(reader->history(RunNo{run}, {}).value().rows.size(), 16u) << run;
    }
    EXPECT_EQ(reader->run(RunNo{last + 1}).error().code, Code::NotFound);
  }
}

TEST(Sqlite, AnotherProcessMayTakeTheLead) {
  const Scratch scratch;
  auto store = open_store(scratch.path("store.db"));
  Committer committer(*store);
  ASSERT_TRUE(committer.open().ok());
  ASSERT_TRUE(committer.commit(workflow_changes(1, "sales")).ok());
  auto rival = SqliteStore::open(scratch.path("store.db"), {.holder = "host-b, pid 7"});
  ASSERT_TRUE(rival.ok());
  ASSERT_TRUE(rival.value()->open_epoch().ok());
  const Status status = committer.commit({});
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("host-b, pid 7"), std::string::npos);
}

TEST(Sqlite, RefusesOtherDatabasesAndNewerFormats) {
  const Scratch scratch;
  {
    auto db = Database::open(scratch.path("other.db"), {});
    ASSERT_TRUE(db.value().execute("CREATE TABLE t (a)").ok());
  }
  EXPECT_EQ(SqliteStore::open(scratch.path("other.db")).error().code, Code::DataLoss);
  open_store(scratch.path("store.db")).reset();
  {
    auto db = Database::open(scratch.path("store.db"), {});
    ASSERT_TRUE(db.value().execute("PRAGMA user_version=99").ok());
  }
  const auto newer = SqliteStore::open(scratch.path("store.db"));
  EXPECT_EQ(newer.error().code, Code::FailedPrecondition);
  EXPECT_NE(newer.error().message.find("newer Gantry"), std::string::npos);
  ASSERT_TRUE(write_file_durably(scratch.path("text.db"), std::string(5'000, 'x')).ok());
  EXPECT_EQ(SqliteStore::open(scratch.path("text.db")).error().code, Code::DataLoss);
  EXPECT_EQ(SqliteStore::open("/does/not/exist/store.db").error().code, Code::Unavailable);
}

TEST(Sqlite, UsesTheSettingsItPromises) {
  const Scratch scratch;
  open_store(scratch.path("store.db")).reset();
  auto db = Database::open(scratch.path("store.db"), {});
  EXPECT_EQ(db.value().integer("PRAGMA application_id").value(), kApplicationId);
  EXPECT_EQ(db.value().integer("PRAGMA user_version").value(), kSchemaVersion);
  EXPECT_EQ(db.value().integer("PRAGMA auto_vacuum").value(), 2);
  EXPECT_EQ(db.value().integer("PRAGMA trusted_schema").value(), 0);
  EXPECT_EQ(db.value()
                .integer("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode='wal'")
                .value(),
            1);
}

TEST(Sqlite, SameContentIsStoredOnce) {
  const Scratch scratch;
  auto store = open_store(scratch.path("store.db"));
  Committer committer(*store);
  ASSERT_TRUE(committer.open().ok());
  auto definition = definition_of("sales", 2);
  ASSERT_TRUE(committer
                  .commit({change(VersionStored{VersionId{1}, WorkflowId{1}, 1, definition}),
                           change(VersionStored{VersionId{2}, WorkflowId{1}, 2, definition})})
                  .ok());
  auto db = Database::open(scratch.path("store.db"), {});
  EXPECT_EQ(db.value().integer("SELECT count(*) FROM content").value(), 3);
}

TEST(Sqlite, PackingEmptiesTheHotTables) {
  const Scratch scratch;
  auto store = open_store(scratch.path("store.db"));
  Committer committer(*store);
  ASSERT_TRUE(committer.open().ok());
  ASSERT_TRUE(committer.commit(workflow_changes(1, "sales")).ok());
  for (int run = 1; run <= 20; ++run)
    ASSERT_TRUE(committer.commit(finished_run(run, 1, "sales", 50)).ok());
  while (store->tidy().value()) continue;
  auto db = std::move(Database::open(scratch.path("store.db"), {})).value();
  for (const char* table : {"task", "attempt", "unpacked_run", "open_run"})
    EXPECT_EQ(db.integer(fmt::format("SELECT count(*) FROM {}", table)).value(), 0) << table;
  EXPECT_EQ(db.integer("SELECT count(*) FROM history").value(), 2);
  EXPECT_EQ(db.integer("SELECT sum(rows) FROM pack").value(), 20 * (204 + 50 + 50));
}

TEST(Sqlite, ADamagedPackIsAnErrorAndNotACrash) {
  const Scratch scratch;
  auto store = open_store(scratch.path("store.db"));
  Committer committer(*store);
  ASSERT_TRUE(committer.open().ok());
  ASSERT_TRUE(committer.commit(workflow_changes(1, "sales")).ok());
  ASSERT_TRUE(committer.commit(finished_run(1, 1, "sales", 5)).ok());
  ASSERT_TRUE(store->tidy().ok());
  {
    auto db = Database::open(scratch.path("store.db"), {});
    ASSERT_TRUE(db.value().execute("UPDATE pack SET data = x'0107FFFFFF'").ok());
  }
  auto reader = std::move(store->new_reader()).value();
  EXPECT_EQ(reader->tasks(RunNo{1}).error().code, Code::DataLoss);
  EXPECT_EQ(reader->history(RunNo{1}, {}).error().code, Code::DataLoss);
}

TEST(Sqlite, ReadersCanNotWrite) {
  const Scratch scratch;
  open_store(scratch.path("store.db")).reset();
  auto db = Database::open(scratch.path("store.db"), {.query_only = true});
  EXPECT_FALSE(db.value().execute("DELETE FROM store").ok());
  EXPECT_FALSE(Database::open(scratch.path("absent.db"), {.query_only = true}).ok());
}

TEST(Sqlite, TheLogStaysBoundedWhileCommitsNeverPause) {
  const Scratch scratch;
  auto store = open_store(scratch.path("store.db"));
  Committer committer(*store);
  ASSERT_TRUE(committer.open().ok());
  ASSERT_TRUE(committer.commit(workflow_changes(1, "sales")).ok());
  std::int64_t run = 0;
  TaskRow big = full_task_row(1, 0);
  std::string noise;
  for (int i = 0; i < 200'000; ++i) noise += static_cast<char>('!' + (i * 7919 + i / 97) % 90);
  for (int i = 0; i < 700; ++i) {
    ++run;
    big.run = RunNo{run};
    std::rotate(noise.begin(), noise.begin() + 1 + i, noise.end());
    big.outputs = ValueMap{{"text", noise}};
    ASSERT_TRUE(
        committer.commit({created(origin_of(run, 1, "sales")), change(TaskChanged{big})}).ok());
  }
  struct stat log {};
  ASSERT_EQ(::stat(scratch.path("store.db-wal").c_str(), &log), 0);
  EXPECT_LT(log.st_size, 128 << 20);
}

}  // namespace
}  // namespace gantry::store
