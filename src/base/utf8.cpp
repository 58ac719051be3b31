#include "base/utf8.h"

#include <algorithm>
#include <array>

namespace gantry {

namespace {
bool continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}
char32_t low6(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]) & 0x3Fu;
}
}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xC2 && lead < 0xE0 && continuation(text, at + 1))
    return {(static_cast<char32_t>(lead & 0x1F) << 6) | low6(text, at + 1), 2};
  if (lead >= 0xE0 && lead < 0xF0 && continuation(text, at + 1) && continuation(text, at + 2)) {
    const char32_t c =
        (static_cast<char32_t>(lead & 0x0F) << 12) | (low6(text, at + 1) << 6) | low6(text, at + 2);
    if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) return {c, 3};
  }
  if (lead >= 0xF0 && lead < 0xF5 && continuation(text, at + 1) && continuation(text, at + 2) &&
      continuation(text, at + 3)) {
    const char32_t c = (static_cast<char32_t>(lead & 0x07) << 18) | (low6(text, at + 1) << 12) |
                       (low6(text, at + 2) << 6) | low6(text, at + 3);
    if (c >= 0x10000 && c <= 0x10FFFF) return {c, 4};
  }
  return {};
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (point.size == 0) return false;
    at += static_cast<std::size_t>(point.size);
  }
  return true;
}

std::string repair_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    append_utf8(out, point.size == 0 ? U'\uFFFD' : point.value);
    at += static_cast<std::size_t>(std::max(point.size, 1));
  }
  return out;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

namespace {
struct Range {
  char32_t first, last;
};
// The ranges of Unicode's East Asian Width W and F that occur in practice.
constexpr std::array<Range, 31> kWide{
    {{0x1100, 0x115F},  {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x23F0, 0x23F0}, {0x23F3, 0x23F3},
     {0x25FD, 0x25FE},  {0x2614, 0x2615}, {0x26A1, 0x26A1}, {0x26AA, 0x26AB}, {0x26D4, 0x26D4},
     {0x2705, 0x2705},  {0x270A, 0x270B}, {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E},
     {0x2753, 0x2755},  {0x2757, 0x2757}, {0x2795, 0x2797}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50},
     {0x2E80, 0x303E},  {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
     {0xAC00, 0xD7A3},  {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6},
     {0x1F300, 0x1FAFF}}};

int width_of(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x300 && c <= 0x36F) || c == 0x200B ||
      c == 0xFE0F)
    return 0;
  const bool wide =
      std::any_of(kWide.begin(), kWide.end(), [c](Range r) { return c >= r.first && c <= r.last; });
  return wide || (c >= 0x20000 && c <= 0x3FFFD) ? 2 : 1;
}
}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    width += point.size == 0 ? 1 : width_of(point.value);
    at += static_cast<std::size_t>(std::max(point.size, 1));
  }
  return width;
}

std::string fit_width(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns <= 0) return "";
  std::string out;
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const int w = point.size == 0 ? 1 : width_of(point.value);
    if (width + w > columns - 1) break;
    const auto size = static_cast<std::size_t>(std::max(point.size, 1));
    out += text.substr(at, size);
    width += w;
    at += size;
  }
  return out + "…";
}

}  // namespace gantry
