#include "app/text_diff.h"

#include <gtest/gtest.h>

namespace gantry::app {
namespace {

TEST(TextDiff, EveryLineWithItsSign) {
  EXPECT_EQ(text_diff("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(text_diff("", "a\nb\n"), "+a\n+b\n");
  EXPECT_EQ(text_diff("a\nb\n", ""), "-a\n-b\n");
  EXPECT_EQ(text_diff("a\nb\nc\n", "a\nx\nc\n"), " a\n-b\n+x\n c\n");
  EXPECT_EQ(text_diff("b\nc\n", "a\nb\n"), "+a\n b\n-c\n");
}

}  // namespace
}  // namespace gantry::app
