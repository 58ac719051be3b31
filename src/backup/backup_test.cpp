// Taking and restoring: what is in a backup, what a restored home is like, what a crash leaves.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

// tidy: allow include - only tests include this fixture
#include "backup/backup_fixture.h"
#include "store/sqlite_database.h"
#include "store/store_lock.h"

namespace gantry::backup {
namespace {

class BackupTest : public HomeTest {};

std::vector<std::string> paths_of(const Contents& contents) {
  std::vector<std::string> paths;
  for (const ArchivedFile& file : contents.files) paths.push_back(file.path);
  return paths;
}

TEST_F(BackupTest, HoldsWhatAHomeNeedsAndNothingElse) {
  const auto contents = read_archive(take("b"), 1 << 30);
  ASSERT_TRUE(contents.ok()) << contents.error().message;
  EXPECT_EQ(paths_of(*contents),
            (std::vector<std::string>{
                "data/gantry.db", "home/gantry.yaml", "home/workflows/sales/a.yaml",
                "home/workflows/" + std::string(120, 'w') + ".yaml", "data/server-id",
                "data/versions/abc/run.sh", "data/logs/1/a.1.1.log"}));
  EXPECT_EQ(contents->facts.product, "9.9");
  EXPECT_EQ(contents->facts.taken_at, kNow);
  EXPECT_EQ(contents->facts.position, 1);
  EXPECT_EQ(contents->facts.open_runs, 1);
  EXPECT_EQ(contents->facts.secrets, std::vector<std::string>{"key"});
  EXPECT_FALSE(contents->with_secrets);
}

TEST_F(BackupTest, LogsAndSecretsAreAChoice) {
  EXPECT_EQ(paths_of(*read_archive(take("b", false), 1 << 30)).back(), "data/versions/abc/run.sh");
  const auto contents = read_archive(take("c", false, true), 1 << 30);
  ASSERT_TRUE(contents.ok()) << contents.error().message;
  EXPECT_EQ(paths_of(*contents).back(), "secrets/key");
  EXPECT_TRUE(contents->with_secrets);
}

TEST_F(BackupTest, OneServerOneIdentity) {
  const auto id = [this](const std::string& name) {
    return read_archive(path(name), 1 << 30)->facts.server;
  };
  take("b");
  take("c");
  EXPECT_EQ(id("b"), id("c"));
  EXPECT_EQ(id("b").size(), 32u);
}

TEST_F(BackupTest, LeavesNothingBeside) {
  const std::string before = tree("home");
  take("b");
  take("c");
  std::string after = tree("home");
  after.erase(after.find("data/server-id\n"), 15);
  EXPECT_EQ(after, before);
}

TEST_F(BackupTest, ARestoredHomeIsPausedAndItsOwn) {
  take("b", true, true);
  const auto restored = restore("b", "new");
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(restored->store.incarnation, 2);
  EXPECT_EQ(restored->moved_to, "");
  EXPECT_EQ(tree("new"),
            "data/\ndata/gantry.db\ndata/logs/\ndata/logs/1/\n"
            "data/logs/1/a.1.1.log\ndata/server-id\ndata/versions/\n"
            "data/versions/abc/\ndata/versions/abc/run.sh\ngantry.yaml\nsecrets/\n"
            "secrets/key\nworkflows/\nworkflows/sales/\nworkflows/sales/a.yaml\n"
            "workflows/" +
                std::string(120, 'w') + ".yaml\n");
  EXPECT_EQ(read("new/data/logs/1/a.1.1.log"), read("home/data/logs/1/a.1.1.log"));
  EXPECT_EQ(read("new/secrets/key"), "hush-hush");
  EXPECT_EQ(mode_of("new/secrets/key"), 0600u);
  EXPECT_EQ(mode_of("new/gantry.yaml"), 0600u);
  EXPECT_EQ(mode_of("new/data/versions/abc/run.sh"), 0500u);
  EXPECT_EQ(mode_of("new/data"), 0700u);
  EXPECT_EQ(mode_of("new"), 0700u);
  auto store = store::SqliteStore::open(path("new/data/gantry.db"));
  const auto reader = (*store)->new_reader();
  EXPECT_TRUE((*reader)->server()->paused);
  EXPECT_NE((*reader)->server()->note.find("restored from the backup of"), std::string::npos);
}

TEST_F(BackupTest, OnlyAnEmptyHomeIsTaken) {
  take("b");
  write("new/notes.txt", "mine");
  const std::string before = tree("");
  const auto refused = restore("b", "new");
  EXPECT_EQ(refused.error().code, Code::FailedPrecondition);
  EXPECT_NE(refused.error().message.find("--force"), std::string::npos);
  EXPECT_EQ(tree(""), before);
  const auto restored = restore("b", "new", true);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(read("new/gantry.yaml"), "slots: 3\n");
  ASSERT_TRUE(restored->moved_to.starts_with(path("new.before-")));
  EXPECT_EQ(read(base_name(restored->moved_to) + "/notes.txt"), "mine");
}

TEST_F(BackupTest, EmptyFoldersOfAHomeAreNothing) {
  take("b");
  ASSERT_TRUE(make_directories(path("new/workflows")).ok());
  const auto restored = restore("b", "new");
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(restored->moved_to, "");
  EXPECT_EQ(list_directory(scratch_).value(), (std::vector<std::string>{"b", "home", "new"}));
}

TEST_F(BackupTest, AHomeInUseIsNotTaken) {
  take("b");
  const Fd shim(::open(path("home/data/attempts/1/5").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(shim.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_NE(restore("b", "home", true).error().message.find("1 tasks"), std::string::npos);
  ::flock(shim.get(), LOCK_UN);
  {
    const auto server = store::StoreLock::take(path("home/data/lock"));
    ASSERT_TRUE(server.ok());
    EXPECT_EQ(restore("b", "home", true).error().code, Code::FailedPrecondition);
  }
  EXPECT_TRUE(restore("b", "home", true).ok());
}

TEST_F(BackupTest, DataElsewhereIsExchangedAlone) {
  take("b", true, true);
  RestoreOptions options;
  options.archive = path("b");
  options.home = {path("etc"), path("var")};
  options.now = kNow;
  write("etc/gantry.yaml", "slots: 9\n");
  ASSERT_TRUE(make_directories(path("var")).ok());
  const auto restored = restore_backup(options);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(restored->settings, path("var/restored-home"));
  EXPECT_EQ(read("etc/gantry.yaml"), "slots: 9\n");
  EXPECT_EQ(read("var/restored-home/gantry.yaml"), "slots: 3\n");
  EXPECT_EQ(read("var/restored-home/secrets/key"), "hush-hush");
  EXPECT_EQ(read("var/server-id").size(), 33u);
}

TEST_F(BackupTest, ACrashLeavesTheOldHomeOrTheNew) {
  take("b");
  int step = 0;
  for (bool ended = false; !ended; ++step) {
    SCOPED_TRACE(step);
    write("old/notes.txt", "mine");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      RestoreOptions options;
      options.archive = path("b");
      options.home = places("old");
      options.now = kNow;
      options.force = true;
      int left = step;
      options.on_step = [&left](std::string_view) {
        if (left-- == 0) ::_exit(7);
      };
      ::_exit(restore_backup(options).ok() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ended = WEXITSTATUS(status) == 0;
    ASSERT_TRUE(ended || WEXITSTATUS(status) == 7);
    const bool is_new = read("old/gantry.yaml") == "slots: 3\n";
    EXPECT_EQ(is_new, read("old/notes.txt") != "mine");
    if (is_new) {
      EXPECT_EQ(store::store_facts(path("old/data/gantry.db"))->incarnation, 2);
    }
    int kept = is_new ? 0 : 1;
    const auto names = list_directory(scratch_);
    for (const std::string& name : *names) {
      if (!name.starts_with("old")) continue;
      if (name != "old") kept += read(name + "/notes.txt") == "mine" ? 1 : 0;
      ASSERT_TRUE(remove_tree(path(name)).ok());
    }
    EXPECT_EQ(kept, 1);
  }
  EXPECT_EQ(step, 10);  // nine steps, and none
}

TEST_F(BackupTest, ACopyOfAStoreInUseIsOneMoment) {
  auto writer = store::Database::open(path("home/data/gantry.db"), {});
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->execute("CREATE TABLE blobs (b BLOB)").ok());
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(writer->execute("INSERT INTO blobs VALUES (zeroblob(1000000))").ok());
  int asked = 0;
  const auto write_on = [&] {
    ++asked;
    return writer->execute(
        "UPDATE store SET position=position+1; INSERT INTO blobs VALUES "
        "(zeroblob(1000000))");
  };
  const Status copied =
      store::snapshot_store(path("home/data/gantry.db"), path("copy.db"), write_on);
  ASSERT_TRUE(copied.ok()) << copied.error().message;
  EXPECT_GE(asked, 4);
  EXPECT_EQ(store::store_facts(path("copy.db"))->position, 1);
  auto copy = store::Database::open(path("copy.db"), {});
  EXPECT_EQ(copy->integer("SELECT count(*) FROM blobs").value(), 20);
  EXPECT_EQ(writer->integer("SELECT position FROM store").value(), 1 + asked);
}

}  // namespace
}  // namespace gantry::backup
