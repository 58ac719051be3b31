#include "spec/file_pattern.h"

#include <gtest/gtest.h>

namespace gantry::spec {
namespace {

TEST(FilePattern, IsAFolderAndNames) {
  const auto split = [](std::string_view text) {
    const FilePattern pattern = split_file_pattern(text);
    std::string out = pattern.folder;
    for (const std::string& name : pattern.names) out += " " + name;
    return out;
  };
  EXPECT_EQ(split("/srv/in/*.csv"), "/srv/in *.csv");
  EXPECT_EQ(split("/srv/in/ready"), "/srv/in ready");
  EXPECT_EQ(split("/srv/in/**/[ab]?.csv"), "/srv/in ** [ab]?.csv");
  EXPECT_EQ(split("/ready"), "/ ready");
}

TEST(FilePattern, MatchesAsAShellDoes) {
  EXPECT_TRUE(matches_name("*.csv", "a.csv"));
  EXPECT_FALSE(matches_name("*.csv", ".a.csv"));
  EXPECT_TRUE(matches_name(".*", ".a.csv"));
  EXPECT_TRUE(matches_name("[ab]?", "b1"));
  EXPECT_FALSE(matches_name("a", "A"));
  EXPECT_TRUE(matches_name("报表*", "报表1.csv"));
}

TEST(FilePattern, WhatCanNotBeIsTold) {
  for (const char* bad : {"in/*.csv", "~/in/*", "/srv/in/", "/srv/../x", "/srv//x", "/srv/./x",
                          "/srv/**", "/srv/**.csv", "/*/x", "/**/x", "", "/"}) {
    const Status status = check_file_pattern(bad);
    ASSERT_FALSE(status.ok()) << bad;
    EXPECT_FALSE(status.error().zh.empty()) << bad;
  }
  EXPECT_TRUE(check_file_pattern("/srv/in/**/*.csv").ok());
  EXPECT_TRUE(check_file_pattern("/ready").ok());
}

}  // namespace
}  // namespace gantry::spec
