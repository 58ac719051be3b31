#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "spec/yaml_tree.h"

namespace gantry::spec {

namespace {
bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::size_t count_digits(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  return n;
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

bool has_prefix_and_digits(std::string_view text, std::string_view prefix,
                           std::string_view digits) {
  if (!text.starts_with(prefix) || text.size() == prefix.size()) return false;
  return text.find_first_not_of(digits, prefix.size()) == std::string_view::npos;
}

bool is_int(std::string_view text) {
  if (has_prefix_and_digits(text, "0x", "0123456789abcdefABCDEF")) return true;
  if (has_prefix_and_digits(text, "0o", "01234567")) return true;
  const std::string_view digits = without_sign(text);
  return !digits.empty() && count_digits(digits) == digits.size();
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  text = without_sign(text);
  if (is_one_of(text, {".inf", ".Inf", ".INF"})) return true;
  const std::size_t before = count_digits(text);
  text.remove_prefix(before);
  std::size_t after = 0;
  if (text.starts_with('.')) {
    after = count_digits(text.substr(1));
    text.remove_prefix(1 + after);
  }
  if (before + after == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text = without_sign(text.substr(1));
  return !text.empty() && count_digits(text) == text.size();
}
}  // namespace

NodeKind resolve_plain(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return NodeKind::Null;
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return NodeKind::Bool;
  if (is_int(text)) return NodeKind::Int;
  if (is_float(text)) return NodeKind::Float;
  return NodeKind::String;
}

std::optional<std::int64_t> int_value(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) base = 16;
  if (text.starts_with("0o")) base = 8;
  if (base != 10) text.remove_prefix(2);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> float_value(std::string_view text) {
  if (const auto whole = int_value(text)) return static_cast<double>(*whole);
  const bool negative = text.starts_with('-');
  const std::string_view bare = without_sign(text);
  if (bare.size() == 4 && bare[0] == '.' && (bare[1] == 'i' || bare[1] == 'I'))
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  if (bare.size() == 4 && bare[0] == '.' && (bare[1] == 'n' || bare[1] == 'N'))
    return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, failure] = std::from_chars(bare.data(), bare.data() + bare.size(), value);
  if (failure != std::errc() || end != bare.data() + bare.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace gantry::spec
