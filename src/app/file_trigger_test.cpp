#include "app/file_trigger.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <set>

#include "base/files.h"

namespace gantry::app {
namespace {

// What a test says is there.
class FakeFinder final : public FileFinder {
 public:
  FoundFiles found;
  FoundFiles find(const spec::FilePattern&) override { return found; }
};

// Keeps the keys of what was handed in, as the store does.
class FakeDoor final : public EventDoor {
 public:
  std::vector<model::EventReceived> events;
  std::set<std::string> keys;
  Status answer = ok();

  Result<bool> is_known(const std::string&, const std::vector<std::string>& asked) override {
    for (const std::string& key : asked)
      if (keys.contains(key)) return true;
    return false;
  }
  std::vector<Status> hand_in(std::vector<model::EventReceived> given) override {
    const std::vector<Status> answers(given.size(), answer);
    for (model::EventReceived& event : given) {
      if (!answer.ok()) continue;
      for (const std::string& key : event.keys) EXPECT_TRUE(keys.insert(key).second) << key;
      events.push_back(std::move(event));
    }
    return answers;
  }
};

constexpr Instant kSince{seconds(1'000'000).us};

FoundFile file(const std::string& path, std::uint64_t inode, std::int64_t size = 1) {
  FoundFile out;
  out.path = path;
  out.device = 7;
  out.inode = inode;
  out.modified_ns = kSince.us * 1'000;
  out.size_bytes = size;
  out.changed_at = kSince + seconds(1);
  return out;
}

class FileTriggerTest : public ::testing::Test {
 protected:
  FileTrigger make(bool batch = false) {
    return FileTrigger({"flow", "t", {"/in/*.csv", seconds(2), batch}, kSince});
  }
  std::optional<Duration> look(FileTrigger& trigger, std::int64_t second) {
    return trigger.look(finder, door, kSince + seconds(second), seconds(second), days(7));
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const model::EventReceived& event : door.events)
      out.push_back(event.payload.find(std::string_view("path"))->as_string());
    return out;
  }
  FakeFinder finder;
  FakeDoor door;
};

TEST_F(FileTriggerTest, AFileFiresOnceWhenItHasSettled) {
  FileTrigger trigger = make();
  finder.found.files = {file("/in/a.csv", 1)};
  EXPECT_EQ(look(trigger, 10), seconds(2));
  EXPECT_TRUE(door.events.empty());
  EXPECT_EQ(look(trigger, 11), seconds(1));
  finder.found.files = {file("/in/a.csv", 1, 5)};  // it has grown
  EXPECT_EQ(look(trigger, 12), seconds(2));
  EXPECT_EQ(look(trigger, 14), std::nullopt);
  EXPECT_EQ(paths(), std::vector<std::string>{"/in/a.csv"});
  EXPECT_EQ(door.events[0].name, "flow/t");
  EXPECT_EQ(door.events[0].payload.find(std::string_view("size"))->as_int(), 5);
  look(trigger, 100);
  EXPECT_EQ(door.events.size(), 1u);
}

TEST_F(FileTriggerTest, AChangedFileFiresAgainARenamedOneDoesNot) {
  FileTrigger trigger = make();
  finder.found.files = {file("/in/a.csv", 1)};
  look(trigger, 10);
  look(trigger, 12);
  finder.found.files = {file("/in/b.csv", 1)};
  look(trigger, 20);
  look(trigger, 22);
  EXPECT_EQ(door.events.size(), 1u);
  finder.found.files = {file("/in/b.csv", 1, 9)};
  look(trigger, 30);
  look(trigger, 32);
  EXPECT_EQ(paths(), (std::vector<std::string>{"/in/a.csv", "/in/b.csv"}));
}

TEST_F(FileTriggerTest, AfterARestartTheStoreKnowsWhatWasTaken) {
  finder.found.files = {file("/in/a.csv", 1)};
  FileTrigger before = make();
  look(before, 10);
  look(before, 12);
  FileTrigger after = make();
  finder.found.files[0].device = 8;  // numbers of devices may change at a boot
  look(after, 20);
  look(after, 22);
  EXPECT_EQ(door.events.size(), 1u);
}

TEST_F(FileTriggerTest, WhatWasNotTakenIsHandedInAgain) {
  FileTrigger trigger = make();
  finder.found.files = {file("/in/a.csv", 1)};
  look(trigger, 10);
  door.answer = error(Code::Unavailable, "the engine is busy");
  EXPECT_TRUE(look(trigger, 12).has_value());
  EXPECT_TRUE(trigger.problem().has_value());
  door.answer = ok();
  look(trigger, 13);
  EXPECT_EQ(door.events.size(), 1u);
  EXPECT_FALSE(trigger.problem().has_value());
}

TEST_F(FileTriggerTest, FilesOfBeforeTheTriggerOrOfBeforeTheStoresMemoryAreNotTaken) {
  FileTrigger trigger = make();
  finder.found.files = {file("/in/old.csv", 1), file("/in/new.csv", 2)};
  finder.found.files[0].changed_at = kSince - seconds(1);
  look(trigger, 10);
  look(trigger, 12);
  EXPECT_EQ(paths(), std::vector<std::string>{"/in/new.csv"});
  door.keys.clear();  // retention
  FileTrigger later = make();
  const std::int64_t week = days(7).us / 1'000'000;
  look(later, week + 10);
  look(later, week + 20);
  EXPECT_EQ(door.events.size(), 1u);
}

TEST_F(FileTriggerTest, SeveralLinksToOneFileAreOneFile) {
  FileTrigger trigger = make();
  finder.found.files = {file("/in/a.csv", 1), file("/in/b.csv", 1)};
  look(trigger, 10);
  look(trigger, 12);
  EXPECT_EQ(paths(), std::vector<std::string>{"/in/a.csv"});
}

TEST_F(FileTriggerTest, ABatchIsOneEventOfABoundedSize) {
  FileTrigger trigger = make(true);
  for (std::uint64_t i = 0; i < limits::kFilesOfEventMax + 5; ++i)
    finder.found.files.push_back(file("/in/" + std::to_string(i), i));
  look(trigger, 10);
  look(trigger, 12);
  ASSERT_EQ(door.events.size(), 2u);
  EXPECT_EQ(door.events[0].payload.find(std::string_view("count"))->as_int(),
            static_cast<std::int64_t>(limits::kFilesOfEventMax));
  EXPECT_EQ(door.events[1].payload.find(std::string_view("files"))->as_list().size(), 5u);
}

TEST(FileMemory, ForgetsWhatIsGone) {
  FileMemory memory;
  memory.look({file("/in/a", 1), file("/in/b", 2)}, seconds(1));
  memory.look({file("/in/b", 2)}, seconds(2));
  EXPECT_EQ(memory.size(), 1u);
}

class DiskFinderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-files-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(folder_).ok()); }
  void put(const std::string& path) {
    const std::string full = folder_ + path;
    ASSERT_TRUE(make_directories(parent_path(full)).ok());
    ASSERT_TRUE(write_file_durably(full, "x").ok());
  }
  FoundFiles find(const std::string& pattern) {
    return DiskFinder().find(spec::split_file_pattern(folder_ + pattern));
  }
  std::string names(const std::string& pattern) {
    std::string out;
    for (const FoundFile& found : find(pattern).files)
      out += found.path.substr(folder_.size()) + " ";
    return out;
  }
  std::string folder_;
};

TEST_F(DiskFinderTest, FindsWhatAShellWould) {
  for (const char* path : {"/a.csv", "/b.txt", "/.c.csv", "/x/d.csv", "/x/y/e.csv", "/.z/f.csv"})
    put(path);
  EXPECT_EQ(names("/*.csv"), "/a.csv ");
  EXPECT_EQ(names("/*/*.csv"), "/x/d.csv ");
  EXPECT_EQ(names("/**/*.csv"), "/a.csv /x/d.csv /x/y/e.csv ");
  EXPECT_EQ(names("/**/y/*"), "/x/y/e.csv ");
  EXPECT_EQ(names("/.*.csv"), "/.c.csv ");
  EXPECT_EQ(names("/x/d.csv"), "/x/d.csv ");
}

TEST_F(DiskFinderTest, FollowsNoLinkBelowItsFolder) {
  put("/x/a.csv");
  ASSERT_TRUE(make_directories(folder_ + "/in").ok());
  ASSERT_EQ(::symlink("../x/a.csv", (folder_ + "/in/l.csv").c_str()), 0);
  ASSERT_EQ(::symlink("../x", (folder_ + "/in/x").c_str()), 0);
  ASSERT_EQ(::symlink("x", (folder_ + "/link").c_str()), 0);
  EXPECT_EQ(names("/in/**/*.csv"), "");
  EXPECT_EQ(names("/link/*.csv"), "/link/a.csv ");  // the folder is what was written
}

TEST_F(DiskFinderTest, WhatCanNotBeReadIsTold) {
  const FoundFiles gone = find("/gone/*.csv");
  EXPECT_FALSE(gone.is_folder_there);
  ASSERT_TRUE(gone.problem.has_value());
  EXPECT_EQ(gone.problem->code, Code::NotFound);
  EXPECT_FALSE(gone.problem->zh.empty());
  put("/bad\xff.csv");
  put("/good.csv");
  EXPECT_EQ(names("/*.csv"), "/good.csv ");
  EXPECT_TRUE(find("/*.csv").problem.has_value());
}

}  // namespace
}  // namespace gantry::app
