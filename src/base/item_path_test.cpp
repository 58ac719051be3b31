#include "base/item_path.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(ItemPathTest, KnowsItsLevels) {
  const ItemPath none;
  EXPECT_TRUE(none.is_none());
  EXPECT_EQ(none.depth(), 0);
  const ItemPath third = none.child(2);
  EXPECT_EQ(third.depth(), 1);
  EXPECT_EQ(third.index(), 2u);
  EXPECT_EQ(third.parent(), none);
  const ItemPath inner = third.child(0).child(9'999).child(7);
  EXPECT_EQ(inner.depth(), ItemPath::kLevelsMax);
  EXPECT_EQ(inner.index(), 7u);
  EXPECT_EQ(inner.first(1), third);
  EXPECT_EQ(inner.parent().index(), 9'999u);
  EXPECT_LT(third, inner);
}

TEST(ItemPathTest, IsAText) {
  EXPECT_EQ(to_text(ItemPath()), "");
  EXPECT_EQ(to_text(ItemPath().child(3).child(0)), "3.0");
  EXPECT_EQ(item_path_of("3.0"), ItemPath().child(3).child(0));
  EXPECT_EQ(item_path_of(""), ItemPath());
  for (const char* text : {"-1", "a", "1.", ".1", "1..2", "40000", "1.2.3.4.5", "1 "})
    EXPECT_EQ(item_path_of(text), std::nullopt) << text;
  EXPECT_EQ(name_with("load", ItemPath().child(1)), "load[1]");
  EXPECT_EQ(name_with("load", {}), "load");
}

}  // namespace
}  // namespace gantry
