#include "runner/command_line.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace gantry::runner {

using Argv = std::vector<std::string>;

TEST(ScriptCall, TheDefaultIsStrictBash) {
  EXPECT_EQ(script_call("x", "", "/bin/bash").argv,
            (Argv{"/bin/bash", "-euo", "pipefail", "-c", "x"}));
  EXPECT_EQ(script_call("x", "", "").argv, (Argv{"sh", "-eu", "-c", "x"}));
}

TEST(ScriptCall, KnownInterpretersTakeTheScriptAsArgument) {
  EXPECT_EQ(script_call("x", "sh", "").argv, (Argv{"sh", "-c", "x"}));
  EXPECT_EQ(script_call("x", "/usr/bin/python3  -u", "").argv,
            (Argv{"/usr/bin/python3", "-u", "-c", "x"}));
}

TEST(ScriptCall, OthersAndLongScriptsNeedAFile) {
  const ScriptCall other = script_call("x", "perl -w", "");
  EXPECT_TRUE(other.needs_file);
  EXPECT_EQ(other.argv, (Argv{"perl", "-w"}));
  const ScriptCall over = script_call(std::string((100 << 10) + 1, '#'), "", "/bin/bash");
  EXPECT_TRUE(over.needs_file);
  EXPECT_EQ(over.argv, (Argv{"/bin/bash", "-euo", "pipefail"}));
  EXPECT_FALSE(script_call(std::string(100 << 10, '#'), "", "/bin/bash").needs_file);
}

TEST(Environment, LaterEntriesWin) {
  EXPECT_EQ(*environment({{"B", "1"}, {"A", "x=y"}, {"B", "2"}}), (Argv{"A=x=y", "B=2"}));
}

TEST(Environment, WhatCanNotBeInOneIsRefused) {
  EXPECT_FALSE(environment({{"", "x"}}).ok());
  EXPECT_FALSE(environment({{"A=B", "x"}}).ok());
  EXPECT_FALSE(environment({{"A", std::string("x\0y", 3)}}).ok());
  const auto large = environment({{"A", std::string(limits::kEnvironmentBytesMax, 'x')}});
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().code, Code::ResourceExhausted);
}

TEST(Arguments, MustExistAndHoldNoNul) {
  EXPECT_FALSE(check_arguments({}).ok());
  EXPECT_FALSE(check_arguments({""}).ok());
  EXPECT_FALSE(check_arguments({"a", std::string("\0", 1)}).ok());
  EXPECT_TRUE(check_arguments({"a", ""}).ok());
}

}  // namespace gantry::runner
