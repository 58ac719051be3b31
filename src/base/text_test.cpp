#include "base/text.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Text, Splits) {
  EXPECT_EQ(split("a,b", ','), (Parts{"a", "b"}));
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split(",", ','), (Parts{"", ""}));
  EXPECT_EQ(split("a,,b,", ','), (Parts{"a", "", "b", ""}));
}

TEST(Text, Trims) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim("x"), "x");
}

TEST(Text, Joins) {
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join({"a"}, ", "), "a");
  EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
}

TEST(Text, SuggestsOnlyWhatIsNear) {
  const Parts keys{"needs", "timeout", "retry", "run"};
  EXPECT_EQ(nearest("timout", keys), "timeout");
  EXPECT_EQ(nearest("need", keys), "needs");
  EXPECT_EQ(nearest("rnu", keys), "run");  // two neighbours in the wrong order are one edit
  EXPECT_EQ(nearest("rxy", keys), "");     // two edits are too many for three letters
  EXPECT_EQ(nearest("ru", keys), "run");
  EXPECT_EQ(nearest("timeout", keys), "timeout");
  EXPECT_EQ(nearest("description", keys), "");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest("部门审核", {"部门审批", "财务"}), "部门审批");
  EXPECT_EQ(nearest(std::string(1000000, 'x'), keys), "");
}

TEST(Text, PrefersTheNearestThenTheFirst) {
  EXPECT_EQ(nearest("cat", {"car", "cat"}), "cat");
  EXPECT_EQ(nearest("cat", {"car", "bat"}), "car");
}

TEST(Text, Languages) {
  EXPECT_EQ(lang_of("zh_CN.UTF-8"), Lang::Zh);
  EXPECT_EQ(lang_of("en_US.UTF-8"), Lang::En);
  EXPECT_EQ(lang_of(""), Lang::En);
  EXPECT_EQ((Text{"run", "运行"}).in(Lang::Zh), "运行");
  EXPECT_EQ((Text{"run", "运行"}).in(Lang::En), "run");
}

}  // namespace
}  // namespace gantry
