#include "base/utf8.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace gantry {
namespace {

TEST(Utf8, EveryCodePointSurvives) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, c);
    const CodePoint point = decode_utf8(text, 0);
    ASSERT_EQ(point.value, c);
    ASSERT_EQ(static_cast<std::size_t>(point.size), text.size());
  }
}

TEST(Utf8, RefusesWhatUnicodeForbids) {
  for (const char* text : {"\x80",
                           "\xbf",
                           "\xc0\x80",
                           "\xc1\xbf",
                           "\xc2",
                           "\xc2\x41",
                           "\xe0\x80\x80",
                           "\xe0\x9f\xbf",
                           "\xe5\xad",
                           "\xed\xa0\x80",
                           "\xed\xbf\xbf",
                           "\xf0\x80\x80\x80",
                           "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80",
                           "\xf0\x9f\x98",
                           "\xf5\x80\x80\x80",
                           "\xf8\x88\x80\x80\x80",
                           "\xfe",
                           "\xff",
                           "a\xff"})
    EXPECT_FALSE(is_utf8(text)) << text;
  for (const char* text :
       {"", "a", "é", "字", "😀", "\xf4\x8f\xbf\xbf", "\xee\x80\x80", "\xed\x9f\xbf"})
    EXPECT_TRUE(is_utf8(text)) << text;
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, DecodesNothingPastTheEnd) {
  EXPECT_EQ(decode_utf8("", 0).size, 0);
  EXPECT_EQ(decode_utf8("a", 1).size, 0);
  EXPECT_EQ(decode_utf8("a", 99).size, 0);
  EXPECT_EQ(decode_utf8(std::string_view("字", 2), 0).size, 0);  // its third byte is not ours
}

TEST(Utf8, RepairsByteByByte) {
  EXPECT_EQ(repair_utf8("ok 字"), "ok 字");
  EXPECT_EQ(repair_utf8("a\xff"), "a\uFFFD");
  EXPECT_EQ(repair_utf8("\xe5\xad字"), "\uFFFD\uFFFD字");
  EXPECT_EQ(repair_utf8("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
  Rng rng(1);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes;
    for (std::uint64_t n = rng.below(20); n > 0; --n)
      bytes += static_cast<char>(0x70 + rng.below(0x90));
    const std::string repaired = repair_utf8(bytes);
    ASSERT_TRUE(is_utf8(repaired));
    ASSERT_EQ(repaired == bytes, is_utf8(bytes));
    ASSERT_EQ(repair_utf8(repaired), repaired);
  }
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("a字é😀"), 4u);
}

TEST(Utf8, MeasuresColumns) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("工作流"), 6);
  EXPECT_EQ(display_width("한국"), 4);
  EXPECT_EQ(display_width("：，。"), 6);
  EXPECT_EQ(display_width("e\u0301"), 1);
  EXPECT_EQ(display_width("😀"), 2);
  EXPECT_EQ(display_width("✓✗●○│─"), 6);
  EXPECT_EQ(display_width("✅❌"), 4);
  EXPECT_EQ(display_width("a\x7f\x1b"
                          "b"),
            2);
  EXPECT_EQ(display_width("\u0085"), 0);
  EXPECT_EQ(display_width("\xff"), 1);
}

TEST(Utf8, FitsColumns) {
  EXPECT_EQ(fit_width("abc", 3), "abc");
  EXPECT_EQ(fit_width("abcd", 3), "ab…");
  EXPECT_EQ(fit_width("工作流", 6), "工作流");
  EXPECT_EQ(fit_width("工作流", 5), "工作…");
  EXPECT_EQ(fit_width("工作流", 4), "工…");
  EXPECT_EQ(fit_width("abc", 1), "…");
  EXPECT_EQ(fit_width("abc", 0), "");
  EXPECT_EQ(fit_width("abc", -5), "");
  EXPECT_EQ(fit_width("", 0), "");
  for (int columns = 1; columns < 12; ++columns)
    EXPECT_LE(display_width(fit_width("a工b作c流d程", columns)), columns);
}

}  // namespace
}  // namespace gantry
