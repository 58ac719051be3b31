#include "shim/outputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace gantry::shim {

namespace {

class CapturesTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_), nullptr); }
  void TearDown() override {
    for (const std::string& path : made_) ::unlink(path.c_str());
    ::rmdir(folder_);
  }
  std::string file(const std::string& name, const std::string& text) {
    const std::string path = in_folder(name);
    std::FILE* out = std::fopen(path.c_str(), "we");
    EXPECT_NE(out, nullptr);
    std::fwrite(text.data(), 1, text.size(), out);
    std::fclose(out);
    return path;
  }
  std::string in_folder(const std::string& name) {
    made_.push_back(std::string(folder_) + "/" + name);
    return made_.back();
  }

 private:
  char folder_[32] = "/tmp/gantry-captures-XXXXXX";
  std::vector<std::string> made_;
};

}  // namespace

TEST_F(CapturesTest, TextsComeInTheOrderAskedFor) {
  const std::string path = file("a", "of a\n");
  const Captures captures = read_captures({path, "", path}, "printed", 100);
  EXPECT_EQ(captures.error, "");
  EXPECT_EQ(captures.texts, (std::vector<std::string>{"of a\n", "printed", "of a\n"}));
}

TEST_F(CapturesTest, TheLimitIsThatOfAllTogether) {
  const std::string path = file("a", "12345");
  EXPECT_EQ(read_captures({path, ""}, "12345", 10).error, "");
  const Captures captures = read_captures({path, ""}, "123456", 10);
  EXPECT_TRUE(captures.texts.empty());
  EXPECT_NE(captures.error.find("standard output"), std::string::npos) << captures.error;
  EXPECT_NE(captures.error.find("10 bytes"), std::string::npos) << captures.error;
  EXPECT_NE(read_captures({path}, "", 4).error.find(path), std::string::npos);
}

TEST_F(CapturesTest, OnlyFilesThatAreThereAreTaken) {
  EXPECT_NE(read_captures({in_folder("none")}, "", 10).error, "");
  EXPECT_NE(read_captures({"/tmp"}, "", 10).error, "");
  const std::string link = in_folder("link");
  ASSERT_EQ(::symlink(file("a", "x").c_str(), link.c_str()), 0);
  EXPECT_NE(read_captures({link}, "", 10).error.find("link"), std::string::npos);
}

}  // namespace gantry::shim
