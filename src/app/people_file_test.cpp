// What a home's people.yaml does as it comes, changes, breaks and goes.
#include "app/people_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/files.h"
#include "base/log.h"

namespace gantry::app {
namespace {

class PeopleFileTest : public testing::Test {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::Off);
    char name[] = "/tmp/gantry-people-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    file_ = std::make_unique<PeopleFile>(path());
  }
  void TearDown() override {
    set_log_level(LogLevel::Info);
    EXPECT_TRUE(remove_tree(folder_).ok());
  }
  std::string path() const { return folder_ + "/people.yaml"; }
  void write(std::string_view text) {
    ASSERT_TRUE(write_file_durably(path(), text).ok());
    file_->read();
  }
  std::size_t count() const { return file_->people()->all().size(); }

  std::string folder_;
  std::unique_ptr<PeopleFile> file_;
};

TEST_F(PeopleFileTest, WithoutAFileThereIsNobody) {
  EXPECT_EQ(count(), 0u);
  file_->read();
  EXPECT_EQ(count(), 0u);
  EXPECT_TRUE(file_->problems().empty());
}

TEST_F(PeopleFileTest, TheLastGoodPeopleStayWhileTheFileIsWrong) {
  write("people: [{id: anna}, {id: chen}]");
  const model::PeoplePtr before = file_->people();
  write("people: [{id: anna}, {id: chen, manager: nobody}]");
  EXPECT_EQ(file_->people(), before);
  ASSERT_EQ(file_->problems().size(), 1u);
  EXPECT_EQ(file_->problems()[0].code, "unknown-person");
  write("people: [{id: anna}]");
  EXPECT_EQ(count(), 1u);
  EXPECT_EQ(before->all().size(), 2u);  // whoever has it keeps it
  EXPECT_TRUE(file_->problems().empty());
}

TEST_F(PeopleFileTest, WhatCanNotBeReadIsAProblemUntilItCan) {
  write("people: [{id: anna}]");
  ::unlink(path().c_str());
  ASSERT_TRUE(make_directories(path(), 0700).ok());
  file_->read();
  EXPECT_EQ(count(), 1u);
  ASSERT_EQ(file_->problems().size(), 1u);
  EXPECT_EQ(file_->problems()[0].code, "unreadable");
  ASSERT_TRUE(remove_tree(path()).ok());
  write("people: [{id: anna}]");
  EXPECT_TRUE(file_->problems().empty());
}

TEST_F(PeopleFileTest, AFileThatGoesTakesItsPeopleAlong) {
  write("people: [{id: anna}]");
  ::unlink(path().c_str());
  file_->read();
  EXPECT_EQ(count(), 0u);
}

}  // namespace
}  // namespace gantry::app
