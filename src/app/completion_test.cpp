#include "app/completion.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gantry::app {
namespace {

using Words = std::vector<std::string>;

class CompletionTest : public ::testing::Test {
 protected:
  Candidates at(const Words& words) { return complete(commands, words); }
  bool offers(const Words& words, const std::string& word) {
    const auto found = at(words).words;
    return std::find(found.begin(), found.end(), word) != found.end();
  }
  Context context;
  const std::vector<Command> commands = all_commands(context);
};

TEST_F(CompletionTest, CommandsByTheirBeginning) {
  EXPECT_TRUE(offers({""}, "runs"));
  EXPECT_TRUE(offers({"tr"}, "trigger"));
  EXPECT_FALSE(offers({"tr"}, "runs"));
}

TEST_F(CompletionTest, OptionsOfACommandAndOfAll) {
  EXPECT_TRUE(offers({"runs", "--"}, "--limit"));
  EXPECT_TRUE(offers({"runs", "--"}, "--home"));
  EXPECT_FALSE(offers({"runs", "--"}, "--once"));
}

TEST_F(CompletionTest, NamesForPlaces) {
  EXPECT_EQ(at({"trigger", ""}).also, Offers::Workflows);
  EXPECT_EQ(at({"cancel", ""}).also, Offers::Runs);
  EXPECT_EQ(at({"lint", ""}).also, Offers::Files);
  EXPECT_EQ(at({"cancel", "42", ""}).also, Offers::Nothing);
}

TEST_F(CompletionTest, ATaskIsOfTheRunBefore) {
  const Candidates found = at({"why", "42", ""});
  EXPECT_EQ(found.also, Offers::Tasks);
  EXPECT_EQ(found.run, "42");
}

TEST_F(CompletionTest, AnOptionsValueTakesNoPlace) {
  EXPECT_EQ(at({"logs", "--attempt", "2", ""}).also, Offers::Runs);
  EXPECT_EQ(at({"runs", "--home", ""}).also, Offers::Folders);
  EXPECT_EQ(at({"resolve", "42", "load", "--as", ""}).words,
            (Words{"succeeded", "failed", "skipped"}));
}

TEST_F(CompletionTest, EveryCommandHasAnExampleInBothLanguages) {
  for (const Command& command : commands) {
    EXPECT_NE(command.example.find("gantry "), std::string::npos) << command.name;
    EXPECT_FALSE(command.about.en.empty() || command.about.zh.empty()) << command.name;
    for (const Argument& argument : command.arguments)
      EXPECT_FALSE(argument.help.en.empty() || argument.help.zh.empty())
          << command.name << " " << argument.names;
  }
}

}  // namespace
}  // namespace gantry::app
