#include "spec/names.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace gantry::spec {
namespace {

TEST(Ids, AreLettersOfAnyScriptDigitsUnderscoreAndDash) {
  for (const char* good :
       {"a", "load-data_2", "部门审批", "Größe", "データ", "отчёт", "9", "-", "ａ１"})
    EXPECT_FALSE(fault_of_id(good)) << good << ": " << fault_of_id(good)->message;
  for (const char* bad : {"", "a b", "a.b", "a/b", "a\nb", "a:b", "部门，", "“x”", "a\u00a0b",
                          "x\u200b", "→", "😀", "[0]", "\xff", "a\xe4"})
    EXPECT_TRUE(fault_of_id(bad)) << bad;
  EXPECT_FALSE(fault_of_id(std::string(limits::kNameBytesMax, 'x')));
  EXPECT_TRUE(fault_of_id(std::string(limits::kNameBytesMax + 1, 'x')));
}

TEST(VariableNames, AreThoseOfPosix) {
  EXPECT_TRUE(is_variable_name("_A1"));
  for (const char* bad : {"", "1A", "A-B", "A B", "部", "A="})
    EXPECT_FALSE(is_variable_name(bad)) << bad;
}

}  // namespace
}  // namespace gantry::spec
