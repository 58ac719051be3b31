#include "base/rare.h"

#include <gtest/gtest.h>

#include <string>

namespace gantry {
namespace {

TEST(Rare, IsTheDefaultUntilItIsSet) {
  Rare<std::string> text;
  EXPECT_EQ(*text, "");
  EXPECT_TRUE(text->empty());
  text = std::string("a");
  EXPECT_EQ(*text, "a");
  text = std::string();
  EXPECT_EQ(text, Rare<std::string>());
}

TEST(Rare, TakesTwoWords) { EXPECT_EQ(sizeof(Rare<std::string>), 2 * sizeof(void*)); }

TEST(Rare, CopiesShareUntilOneIsSet) {
  const Rare<std::string> one(std::string("a"));
  Rare<std::string> two = one;
  EXPECT_EQ(&*one, &*two);
  two = std::string("a");
  EXPECT_EQ(&*one, &*two) << "the same value is no reason to hold it twice";
  two = std::string("b");
  EXPECT_EQ(*one, "a");
  EXPECT_EQ(*two, "b");
}

TEST(Rare, ComparesValues) {
  const Rare<std::string> one(std::string("a"));
  EXPECT_EQ(one, Rare<std::string>(std::string("a")));
  EXPECT_FALSE(one == Rare<std::string>(std::string("b")));
  EXPECT_FALSE(one == Rare<std::string>());
}

}  // namespace
}  // namespace gantry
