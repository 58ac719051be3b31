// The disk fails at every single operation in turn, until the whole passes untouched; then again
// during recovery from a crash.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/files.h"
#include "data.h"
#include "fault_vfs.h"
#include "scratch.h"
#include "store/sqlite_store.h"

namespace gantry::store {
namespace {

using namespace model;

void expect_sound(const std::string& path) {
  auto db = Database::open(path, {});
  ASSERT_TRUE(db.ok()) << db.error().message;
  auto statement = db.value().prepare("PRAGMA integrity_check");
  ASSERT_TRUE(statement.ok());
  Query q(statement.value());
  ASSERT_TRUE(q.next().value());
  EXPECT_EQ(q.text(0), "ok");
}

struct Content {
  std::string read;
  std::vector<std::string> loaded;
  bool operator==(const Content&) const = default;
};

Content content_of(Store& store) {
  auto loaded = load_all(store);
  EXPECT_TRUE(loaded.ok()) << loaded.error().message;
  auto reader = store.new_reader();
  EXPECT_TRUE(reader.ok()) << reader.error().message;
  auto read = describe_everything(*reader.value());
  EXPECT_TRUE(read.ok()) << read.error().message;
  return {read.value(), describe(loaded.value().changes)};
}

std::vector<Change> second_batch() {
  auto changes = finished_run(1, 1, "sales", 12);
  changes.push_back(created(full_origin(2)));
  changes.push_back(change(TaskChanged{full_task_row(2, 0)}));
  return changes;
}

class SqliteFaults : public testing::TestWithParam<std::tuple<DiskFault, bool>> {
 protected:
  DiskFault fault() const { return std::get<0>(GetParam()); }
  bool sticky() const { return std::get<1>(GetParam()); }
  SqliteOptions options() const { return {.vfs = vfs_.name(), .checkpoint_thread = false}; }

  // A store with one batch, opened through the VFS that will fail.
  std::unique_ptr<SqliteStore> prepare(const Scratch& scratch, Committer*& committer) {
    auto store = SqliteStore::open(scratch.path("store.db"), options());
    EXPECT_TRUE(store.ok()) << store.error().message;
    kept_ = std::make_unique<Committer>(*store.value());
    EXPECT_TRUE(kept_->open().ok());
    EXPECT_TRUE(kept_->commit(workflow_changes(1, "sales")).ok());
    committer = kept_.get();
    return std::move(store).value();
  }

  FaultVfs vfs_;
  std::unique_ptr<Committer> kept_;
};

TEST_P(SqliteFaults, ACommitIsWholeOrNotAtAll) {
  int failures = 0;
  for (int nth = 1;; ++nth) {
    ASSERT_LT(nth, 1'000);
    const Scratch scratch;
    Committer* committer = nullptr;
    auto store = prepare(scratch, committer);
    const Content before = content_of(*store);
    vfs_.fail(nth, fault(), sticky());
    const Status status = committer->commit(second_batch());
    const bool fired = vfs_.fired();
    if (vfs_.sync_failed()) {
      EXPECT_FALSE(status.ok()) << "acknowledged after a failed fsync";
      EXPECT_EQ(store->commit({committer->epoch(), committer->next(), mark_of(1), {}}).error().code,
                Code::Unavailable);
    }
    vfs_.heal();
    failures += status.ok() ? 0 : 1;
    const Content after = content_of(*store);
    const auto last = store->last_batch();
    ASSERT_TRUE(last.ok()) << last.error().message;
    if (status.ok()) {
      EXPECT_EQ(last.value(), 2);
    }
    EXPECT_EQ(after == before, last.value() == 1) << "operation " << nth;
    ASSERT_TRUE(committer->open().ok());
    if (last.value() == 1) {
      ASSERT_TRUE(committer->commit(second_batch()).ok());
    }
    ASSERT_TRUE(committer->commit({}).ok());
    store.reset();
    expect_sound(scratch.path("store.db"));
    if (!fired) break;
  }
  EXPECT_GE(failures, 2);
}

TEST_P(SqliteFaults, ErrorsNameTheFileAndTheCause) {
  const Scratch scratch;
  Committer* committer = nullptr;
  auto store = prepare(scratch, committer);
  vfs_.fail(1, fault(), sticky());
  const Status status = committer->commit(second_batch());
  ASSERT_FALSE(status.ok());
  const bool full = fault() == DiskFault::Full;
  EXPECT_EQ(status.error().code, full ? Code::ResourceExhausted : Code::Unavailable);
  EXPECT_NE(status.error().message.find("store.db"), std::string::npos) << status.error().message;
  EXPECT_NE(status.error().message.find(full ? "disk is full" : "I/O error"), std::string::npos);
  vfs_.heal();
}

TEST_P(SqliteFaults, PackingAndCheckpointsLoseNothing) {
  for (int nth = 1;; ++nth) {
    ASSERT_LT(nth, 2'000);
    const Scratch scratch;
    Committer* committer = nullptr;
    auto store = prepare(scratch, committer);
    ASSERT_TRUE(committer->commit(second_batch()).ok());
    const Content before = content_of(*store);
    vfs_.fail(nth, fault(), sticky());
    const bool tidied = store->tidy().ok();
    const bool checkpointed = tidied && store->checkpoint().ok();
    const bool fired = vfs_.fired();
    vfs_.heal();
    EXPECT_TRUE(content_of(*store) == before) << "operation " << nth;
    ASSERT_TRUE(committer->open().ok());
    ASSERT_TRUE(store->tidy().ok());
    ASSERT_TRUE(store->checkpoint().ok());
    EXPECT_TRUE(content_of(*store) == before) << "operation " << nth;
    store.reset();
    expect_sound(scratch.path("store.db"));
    if (!fired) {
      EXPECT_TRUE(checkpointed);
      break;
    }
  }
}

// A process that ends with its log full of commits that are not in the database file.
void crash_with_commits(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = SqliteStore::open(path, {.checkpoint_thread = false});
    Committer committer(*store.value());
    const bool good = committer.open().ok() &&
                      committer.commit(workflow_changes(1, "sales")).ok() &&
                      committer.commit(second_batch()).ok() && store.value()->tidy().ok();
    ::_exit(good ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
}

void copy_store(const Scratch& from, const Scratch& to) {
  for (const char* name : {"store.db", "store.db-wal"}) {
    auto bytes = gantry::read_file(from.path(name));
    ASSERT_TRUE(bytes.ok()) << bytes.error().message;
    ASSERT_TRUE(write_file_durably(to.path(name), bytes.value()).ok());
  }
}

TEST_P(SqliteFaults, RecoveryItselfMayFail) {
  const Scratch crashed;
  crash_with_commits(crashed.path("store.db"));
  std::optional<Content> expected;
  for (int nth = 1;; ++nth) {
    ASSERT_LT(nth, 1'000);
    const Scratch scratch;
    copy_store(crashed, scratch);
    vfs_.fail(nth, fault(), sticky());
    {
      auto store = SqliteStore::open(scratch.path("store.db"), options());
      if (store.ok()) {
        static_cast<void>(load_all(*store.value()));
        static_cast<void>(store.value()->open_epoch());
      }
    }
    const bool fired = vfs_.fired();
    vfs_.heal();
    auto again = SqliteStore::open(scratch.path("store.db"), options());
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again.value()->last_batch().value(), 2);
    const Content content = content_of(*again.value());
    if (!expected) expected = content;
    EXPECT_TRUE(content == *expected) << "operation " << nth;
    again.value().reset();
    expect_sound(scratch.path("store.db"));
    if (!fired) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, SqliteFaults,
                         testing::Combine(testing::Values(DiskFault::Io, DiskFault::ShortWrite,
                                                          DiskFault::Full),
                                          testing::Bool()));

}  // namespace
}  // namespace gantry::store
