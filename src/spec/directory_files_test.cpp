#include "spec/directory_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/limits.h"

namespace gantry::spec {
namespace {

class DirectoryFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "gantry-files-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    ASSERT_TRUE(make_directories(root_ + "/flows/sql/deep").ok());
    write("outside.txt", "secret");
    write("flows/run.sh", "echo", 0755);
    write("flows/sql/a.sql", "a");
    write("flows/sql/deep/b.sql", "b");
    write("flows/sql/.hidden.sql", "h");
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(root_).ok()); }

  void write(const std::string& path, std::string_view text, mode_t mode = 0644) {
    ASSERT_TRUE(write_file_durably(root_ + "/" + path, text, mode).ok());
    ASSERT_EQ(::chmod((root_ + "/" + path).c_str(), mode), 0);
  }
  void link(const std::string& target, const std::string& path) {
    ASSERT_EQ(::symlink(target.c_str(), (root_ + "/" + path).c_str()), 0);
  }
  DirectoryFileSource source() {
    auto opened = DirectoryFileSource::open(root_ + "/flows");
    EXPECT_TRUE(opened.ok());
    return std::move(*opened);
  }
  Code failure(const std::string& path) {
    auto file = source().read(path);
    EXPECT_FALSE(file.ok()) << path;
    return file.ok() ? Code::Internal : file.error().code;
  }

  std::string root_;
};

TEST_F(DirectoryFiles, ReadsContentAndExecutableBit) {
  const auto file = source().read("run.sh");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, (model::VersionFile{"run.sh", sha256_hex("echo"), true, "echo"}));
  EXPECT_FALSE(source().read("sql/a.sql")->executable);
}

TEST_F(DirectoryFiles, NeverLeavesTheFolder) {
  link("../outside.txt", "flows/up");
  link(root_ + "/outside.txt", "flows/absolute");
  link("..", "flows/parent");
  EXPECT_EQ(failure("../outside.txt"), Code::PermissionDenied);
  EXPECT_EQ(failure("/etc/passwd"), Code::PermissionDenied);
  EXPECT_EQ(failure("sql/../../outside.txt"), Code::PermissionDenied);
  EXPECT_EQ(failure("up"), Code::PermissionDenied);
  EXPECT_EQ(failure("absolute"), Code::PermissionDenied);
  EXPECT_EQ(failure("parent/outside.txt"), Code::PermissionDenied);
}

TEST_F(DirectoryFiles, FollowsLinksThatStayInside) {
  link("sql/a.sql", "flows/inside");
  const auto file = source().read("inside");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->content, "a");
}

TEST_F(DirectoryFiles, SaysWhyAFileCanNotBeRead) {
  link("loop", "flows/loop");
  ASSERT_EQ(::mkfifo((root_ + "/flows/pipe").c_str(), 0600), 0);
  EXPECT_EQ(failure("absent"), Code::NotFound);
  EXPECT_EQ(failure("run.sh/x"), Code::NotFound);
  EXPECT_EQ(failure("sql"), Code::FailedPrecondition);
  EXPECT_EQ(failure("pipe"), Code::FailedPrecondition) << "and does not wait for a writer";
  EXPECT_EQ(failure("loop"), Code::PermissionDenied);
  write("flows/big", std::string(limits::kVersionBytesMax + 1, 'x'));
  EXPECT_EQ(failure("big"), Code::ResourceExhausted);
  EXPECT_FALSE(DirectoryFileSource::open(root_ + "/nothing").ok());
}

TEST_F(DirectoryFiles, GlobsAreSortedAndFollowNoLinks) {
  link("../..", "flows/sql/up");
  using Paths = std::vector<std::string>;
  EXPECT_EQ(*source().glob("sql/**"), (Paths{"sql/a.sql", "sql/deep/b.sql"}));
  EXPECT_EQ(*source().glob("**/*.sql"), (Paths{"sql/a.sql", "sql/deep/b.sql"}));
  EXPECT_EQ(*source().glob("sql/*.sql"), Paths{"sql/a.sql"});
  EXPECT_EQ(*source().glob("sql/.*"), Paths{"sql/.hidden.sql"});
  EXPECT_EQ(*source().glob("*"), Paths{"run.sh"});
  EXPECT_EQ(*source().glob("nothing/*"), Paths{});
}

}  // namespace
}  // namespace gantry::spec
