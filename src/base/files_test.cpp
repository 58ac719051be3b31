#include "base/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace gantry {
namespace {

using Names = std::vector<std::string>;

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = testing::TempDir() + "gantry-files-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  ~Files() override { EXPECT_TRUE(remove_tree(root_).ok()); }

  std::string at(std::string_view name) const { return join_path(root_, name); }
  void write(std::string_view name, std::string_view text) {
    ASSERT_TRUE(write_file_durably(at(name), text).ok());
  }
  mode_t mode_of(std::string_view name) {
    struct stat st {};
    EXPECT_EQ(::stat(at(name).c_str(), &st), 0);
    return st.st_mode & 07777;
  }

  std::string root_;
};

TEST_F(Files, WritesAndReads) {
  const std::string bytes("a\0b\xff\n", 5);
  write("f", bytes);
  const auto back = read_file(at("f"));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, bytes);
  EXPECT_EQ(mode_of("f"), 0600u);
  write("f", "");
  EXPECT_EQ(*read_file(at("f")), "");
  EXPECT_EQ(*list_directory(root_), Names{"f"});
}

TEST_F(Files, ReadsUpToTheLimit) {
  const std::string bytes(200000, 'x');
  write("f", bytes);
  EXPECT_TRUE(read_file(at("f"), 200000).ok());
  const auto over = read_file(at("f"), 199999);
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().code, Code::ResourceExhausted);
  EXPECT_EQ(over.error().message, at("f") + " is over the limit of 199999 bytes");
}

TEST_F(Files, ErrorsNameThePath) {
  const auto absent = read_file(at("absent"));
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, Code::NotFound);
  EXPECT_EQ(absent.error().message, "cannot open " + at("absent") + ": No such file or directory");
  EXPECT_FALSE(read_file(root_).ok());
  EXPECT_EQ(list_directory(at("absent")).error().code, Code::NotFound);
  EXPECT_FALSE(write_file_durably(at("absent/f"), "x").ok());
  EXPECT_FALSE(sync_directory(at("absent")).ok());
}

TEST_F(Files, AFailedWriteLeavesTheOldFileAndNothingElse) {
  write("f", "old");
  ASSERT_TRUE(make_directories(at("d/x")).ok());
  EXPECT_FALSE(write_file_durably(at("d"), "x").ok());  // a directory can not be replaced
  EXPECT_EQ(*list_directory(root_), (Names{"d", "f"}));

  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto full = write_file_durably(at("f"), std::string(5000, 'n'));
    ::_exit(!full.ok() && full.error().message.find(at("f")) != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(*read_file(at("f")), "old");
  EXPECT_EQ(*list_directory(root_), (Names{"d", "f"}));
}

TEST_F(Files, ALeftoverTemporaryFileDoesNotMatter) {
  write("f.tmp", "half");
  ::chmod(at("f.tmp").c_str(), 0644);
  write("f", "secret");
  EXPECT_EQ(mode_of("f"), 0600u);
  EXPECT_EQ(*list_directory(root_), Names{"f"});
}

TEST_F(Files, ATemporaryLinkIsNotFollowed) {
  write("target", "mine");
  ASSERT_EQ(::symlink(at("target").c_str(), at("f.tmp").c_str()), 0);
  write("f", "new");
  EXPECT_EQ(*read_file(at("target")), "mine");
  EXPECT_EQ(*read_file(at("f")), "new");
}

TEST_F(Files, OpensWithCloseOnExec) {
  write("f", "x");
  const auto fd = open_file(at("f"), O_RDONLY);
  ASSERT_TRUE(fd.ok());
  EXPECT_NE(::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(Files, MakesDirectories) {
  EXPECT_TRUE(make_directories(at("a/b/c")).ok());
  EXPECT_TRUE(make_directories(at("a/b/c")).ok());
  EXPECT_TRUE(make_directories(at("a/d/")).ok());
  EXPECT_TRUE(make_directories("/").ok());
  EXPECT_EQ(mode_of("a/b"), 0700u);
  write("file", "x");
  EXPECT_EQ(make_directories(at("file")).error().code, Code::FailedPrecondition);
  EXPECT_FALSE(make_directories(at("file/below")).ok());
  EXPECT_FALSE(make_directories("").ok());
}

TEST_F(Files, ListsSorted) {
  for (const char* name : {"b", "a", ".hidden", "字"}) write(name, "");
  EXPECT_EQ(*list_directory(root_), (Names{".hidden", "a", "b", "字"}));
}

TEST_F(Files, RemovesTrees) {
  EXPECT_TRUE(remove_tree(at("absent")).ok());
  write("file", "x");
  EXPECT_TRUE(remove_tree(at("file")).ok());
  ASSERT_TRUE(make_directories(at("t/a/b")).ok());
  write("t/a/f", "x");
  ::chmod(at("t/a/b").c_str(), 0);
  ::chmod(at("t/a").c_str(), 0500);
  ::chmod(at("t").c_str(), 0);
  EXPECT_TRUE(remove_tree(at("t")).ok());
  EXPECT_EQ(*list_directory(root_), Names{});
}

// Root ignores modes, so the same as a user without rights.
TEST_F(Files, RemovesUnreadableTreesWithoutBeingRoot) {
  ::chmod(root_.c_str(), 0777);
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(2);
    if (!make_directories(at("t/a/b/c")).ok()) ::_exit(3);
    ::chmod(at("t/a/b").c_str(), 0);
    ::chmod(at("t/a").c_str(), 0);
    ::chmod(at("t").c_str(), 0500);
    const auto removed = remove_tree(at("t"));
    ::_exit(removed.ok() && !exists(at("t")) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(Files, RemovesLinksNotWhatTheyPointTo) {
  ASSERT_TRUE(make_directories(at("precious")).ok());
  write("precious/f", "x");
  ASSERT_TRUE(make_directories(at("t")).ok());
  ASSERT_EQ(::symlink(at("precious").c_str(), at("t/link").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere", at("t/broken").c_str()), 0);
  EXPECT_TRUE(remove_tree(at("t")).ok());
  ASSERT_EQ(::symlink(at("precious").c_str(), at("link").c_str()), 0);
  EXPECT_TRUE(remove_tree(at("link")).ok());
  EXPECT_EQ(*list_directory(root_), Names{"precious"});
  EXPECT_EQ(*read_file(at("precious/f")), "x");
}

// A task can build what no path can name: deeper than PATH_MAX, and with names that we use.
TEST_F(Files, RemovesTreesOfAnyDepth) {
  ASSERT_TRUE(make_directories(at("t/gantry-moved-0/x")).ok());
  Fd below(::open(at("t").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 1500; ++i) {
    ASSERT_EQ(::mkdirat(below.get(), "directory", 0700), 0);
    below.reset(::openat(below.get(), "directory", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  below.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{256, 256};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::_exit(remove_tree(at("t")).ok() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(exists(at("t")));
}

TEST(Paths, JoinAndSplit) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(join_path("/", "b"), "/b");
  EXPECT_EQ(parent_path("/a/b"), "/a");
  EXPECT_EQ(parent_path("/a"), "/");
  EXPECT_EQ(parent_path("a"), ".");
  EXPECT_EQ(base_name("/a/b.yaml"), "b.yaml");
  EXPECT_EQ(base_name("b"), "b");
  EXPECT_EQ(base_name("a/"), "");
}

TEST(Paths, KnowWhatStaysInside) {
  for (const char* path : {"a", "a/b", ".a", "..a", "a..", "a/...", "字/b", "./a"})
    EXPECT_TRUE(is_inside_path(path)) << path;
  for (const char* path : {"", "/", "/a", "..", "../a", "a/..", "a/../b", "a//b", "a/"})
    EXPECT_FALSE(is_inside_path(path)) << path;
  EXPECT_FALSE(is_inside_path(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace gantry
