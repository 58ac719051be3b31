#include "spec/names.h"

#include <algorithm>

#include "base/explain.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace gantry::spec {

namespace {
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Range {
  char32_t first;
  char32_t last;
};
// Blocks of Unicode without letters: spaces, punctuation, symbols, pictures, private use. What is
// not listed counts as a letter; the rare sign that slips through harms nobody.
constexpr Range kNoLetters[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},       {0xB6, 0xB9},       {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x1680, 0x1680},   {0x2000, 0x2070},   {0x20A0, 0x20CF}, {0x2190, 0x2BFF},
    {0x2E00, 0x2E7F}, {0x2FF0, 0x3004},   {0x3008, 0x3020},   {0x3030, 0x3030}, {0x303D, 0x303F},
    {0x30FB, 0x30FB}, {0x3200, 0x33FF},   {0xD800, 0xF8FF},   {0xFD3E, 0xFD3F}, {0xFE00, 0xFE1F},
    {0xFE30, 0xFE6F}, {0xFEFF, 0xFF0F},   {0xFF1A, 0xFF20},   {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65},
    {0xFFE0, 0xFFFF}, {0x1F000, 0x1FBEF}, {0xE0000, 0x10FFFF}};

bool is_name_character(char32_t c) {
  if (c < 0x80) {
    const char ascii = static_cast<char>(c);
    return is_letter(ascii) || is_digit(ascii) || ascii == '_' || ascii == '-';
  }
  return std::none_of(std::begin(kNoLetters), std::end(kNoLetters),
                      [c](const Range& range) { return c >= range.first && c <= range.last; });
}
Error cannot_stand(char32_t c, std::string_view bytes) {
  if (c == U' ')
    return refuse({"a space can not stand in a name; names have letters, digits, '_' and '-'",
                   "名称中不能有空格；名称由字母、数字、“_”和“-”组成"});
  if (c < 0x20)
    return refuse({"U+{:04X} can not stand in a name; names have letters, digits, '_' and '-'",
                   "名称中不能有 U+{:04X}；名称由字母、数字、“_”和“-”组成"},
                  static_cast<unsigned>(c));
  return refuse({"'{}' can not stand in a name; names have letters, digits, '_' and '-'",
                 "名称中不能有“{}”；名称由字母、数字、“_”和“-”组成"},
                bytes);
}
}  // namespace

std::optional<Error> fault_of_id(std::string_view text) {
  if (text.empty()) return refuse({"a name can not be empty", "名称不能为空"});
  if (text.size() > limits::kNameBytesMax)
    return refuse({"a name has at most {} bytes, this one {}", "名称最多 {} 字节，此处为 {} 字节"},
                  limits::kNameBytesMax, text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = decode_utf8(text, i);
    const auto size = static_cast<std::size_t>(std::max(c.size, 1));
    if (c.size == 0 || !is_name_character(c.value))
      return cannot_stand(c.value, text.substr(i, size));
    i += size;
  }
  return std::nullopt;
}

bool is_own_variable(std::string_view name) {
  return name.starts_with("GANTRY_") || name.starts_with("PARAM_");
}

bool is_variable_name(std::string_view text) {
  if (text.empty() || is_digit(text.front()) || text.size() > limits::kNameBytesMax) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

}  // namespace gantry::spec
