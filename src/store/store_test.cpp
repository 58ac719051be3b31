// Unit tests of the small parts; what a Store does as a whole is in tests/store.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/files.h"
#include "store/blob.h"
#include "store/cursor.h"
#include "store/file_system.h"
#include "store/pack_rows.h"
#include "store/sqlite_rows.h"
#include "store/store_lock.h"

namespace gantry::store {
namespace {

std::string scratch_file(const std::string& name) {
  std::string pattern = testing::TempDir() + "/gantry-unit-XXXXXX";
  return join_path(::mkdtemp(pattern.data()), name);
}

TEST(Cursor, ComesBack) {
  EXPECT_EQ(read_number_cursor("runs", make_cursor("runs", -5), 0).value(), -5);
  EXPECT_EQ(read_text_cursor("workflows", make_cursor("workflows", "a:b/c")).value(), "a:b/c");
  EXPECT_EQ(read_number_cursor("runs", "", 17).value(), 17);
}

TEST(Cursor, RefusesEverythingElse) {
  std::string flipped = make_cursor("runs", 5);
  flipped[3] = flipped[3] == 'A' ? 'B' : 'A';
  for (const std::string& bad :
       {std::string("5"), std::string("%%%"), std::string("a"), std::string(5'000, 'A'), flipped,
        make_cursor("runs", "5x"), make_cursor("history", 5), make_cursor("run", "s:5"),
        make_cursor("runs", 5).substr(0, 6)}) {
    const auto read = read_number_cursor("runs", bad, 0);
    ASSERT_FALSE(read.ok()) << bad;
    EXPECT_EQ(read.error().code, Code::InvalidArgument);
  }
}

TEST(Cursor, NeedsNoEscapingInAUrl) {
  for (int i = 0; i < 500; ++i)
    EXPECT_EQ(make_cursor("runs", i * 7919).find_first_of("+/=%"), std::string::npos);
}

TEST(Cursor, LimitsPages) {
  EXPECT_TRUE(check_limit(1).ok());
  EXPECT_TRUE(check_limit(limits::kPageMax).ok());
  EXPECT_EQ(check_limit(0).error().code, Code::InvalidArgument);
  EXPECT_EQ(check_limit(limits::kPageMax + 1).error().code, Code::InvalidArgument);
}

TEST(Blob, ComesBack) {
  std::string noise;
  for (int i = 0; i < 5'000; ++i) noise += static_cast<char>((i * i * 31 + i) >> 3);
  for (const std::string& content :
       {std::string(), std::string("short"), std::string(100'000, 'x'), noise})
    EXPECT_EQ(read_blob(make_blob(content)).value(), content);
  EXPECT_LT(make_blob(std::string(100'000, 'x')).size(), 1'000u);
}

TEST(Blob, RefusesDamage) {
  const std::string good = make_blob(std::string(10'000, 'x'));
  for (const std::string& bad : {std::string(), std::string("\x07zzz"), good.substr(0, 5),
                                 good.substr(0, good.size() - 1), std::string("\x02")}) {
    const auto read = read_blob(bad);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, Code::DataLoss);
  }
}

TEST(PackedRows, RefuseDamage) {
  for (const std::string& bad :
       {std::string("\1"), std::string("\1\5"), std::string("\1\1\3"), std::string("\1\1\2\5ab"),
        std::string("\1\1\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        std::string("\1\xff\x7f")}) {
    PackedRows rows(bad);
    const auto next = rows.next();
    ASSERT_FALSE(next.ok());
    EXPECT_EQ(next.error().code, Code::DataLoss);
  }
}

TEST(PackedRows, GiveNullForColumnsAddedLater) {
  const std::string bytes("\2\1\1\x07", 4);
  PackedRows rows(bytes);
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.kind(), PackKind::Task);
  EXPECT_EQ(rows.integer(0), -4);
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_EQ(rows.text(1), "");
  EXPECT_FALSE(rows.next().value());
}

TEST(SqliteRows, RefuseStatesOfTheFuture) {
  const std::string bytes("\2\4\1\2\1\2\1\2\1\x70", 10);  // a task in state 56
  PackedRows rows(bytes);
  ASSERT_TRUE(rows.next().value());
  const auto task = task_of(rows);
  ASSERT_FALSE(task.ok());
  EXPECT_EQ(task.error().code, Code::DataLoss);
}

TEST(SqliteRows, FolderIsAllButTheLastPart) {
  EXPECT_EQ(folder_of("a/b/c"), "a/b");
  EXPECT_EQ(folder_of("c"), "");
}

Result<FileSystem> probe(long magic, const std::string& type) { return FileSystem{magic, type}; }

TEST(FileSystem, RefusesNetworks) {
  for (const auto& [magic, type] : std::vector<std::pair<long, std::string>>{
           {0x6969, "nfs4"}, {0xFF534D42, "cifs"}, {0x65735546, "fuse.sshfs"}, {0x65735546, ""}}) {
    const auto status =
        require_local_file_system("/data", [&](const std::string&) { return probe(magic, type); });
    ASSERT_FALSE(status.ok()) << type;
    EXPECT_EQ(status.error().code, Code::FailedPrecondition);
    EXPECT_NE(status.error().message.find("/data is on a network file system ("),
              std::string::npos);
    if (type == "fuse.sshfs") {
      EXPECT_NE(status.error().message.find("(fuse.sshfs)"), std::string::npos);
    }
  }
}

TEST(FileSystem, AcceptsLocalOnes) {
  for (const auto& [magic, type] : std::vector<std::pair<long, std::string>>{
           {0xEF53, "ext4"}, {0x58465342, "xfs"}, {0x65735546, "fuse.fuse-overlayfs"}})
    EXPECT_TRUE(require_local_file_system("/data", [&](const std::string&) {
                  return probe(magic, type);
                }).ok());
}

TEST(FileSystem, ProbesTheRealOne) {
  const auto fs = probe_file_system("/proc");
  ASSERT_TRUE(fs.ok());
  EXPECT_EQ(fs.value().magic, 0x9fa0);
  EXPECT_EQ(fs.value().type, "proc");
  EXPECT_FALSE(probe_file_system("/does/not/exist").ok());
}

TEST(StoreLock, IsHeldOnce) {
  const std::string path = scratch_file("lock");
  {
    const auto first = StoreLock::take(path);
    ASSERT_TRUE(first.ok()) << first.error().message;
    const auto second = StoreLock::take(path);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, Code::FailedPrecondition);
    EXPECT_NE(second.error().message.find("pid " + std::to_string(::getpid())), std::string::npos);
  }
  EXPECT_TRUE(StoreLock::take(path).ok());
}

TEST(StoreLock, GoesWithItsProcess) {
  const std::string path = scratch_file("lock");
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = StoreLock::take(path);
    const char answer = lock.ok() ? 'y' : 'n';
    static_cast<void>(!::write(ready[1], &answer, 1));
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(StoreLock::take(path).ok());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(StoreLock::take(path).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(StoreLock, SaysWhyItCanNotBeTaken) {
  const auto lock = StoreLock::take("/does/not/exist/lock");
  ASSERT_FALSE(lock.ok());
  EXPECT_NE(lock.error().message.find("/does/not/exist/lock"), std::string::npos);
}

}  // namespace
}  // namespace gantry::store
