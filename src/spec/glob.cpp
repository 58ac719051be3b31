#include "spec/glob.h"

#include <span>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"

namespace gantry::spec {

namespace {

char32_t take(std::string_view& text) {
  const CodePoint c = decode_utf8(text, 0);
  if (c.size == 0) {
    const char32_t byte = static_cast<unsigned char>(text.front()) | 0x80000000u;
    text.remove_prefix(1);
    return byte;
  }
  text.remove_prefix(static_cast<std::size_t>(c.size));
  return c.value;
}

// `pattern` stands behind the '['. Nothing is taken if the class is not closed.
bool take_class(std::string_view& pattern, char32_t c, bool& inside) {
  std::string_view rest = pattern;
  const bool negated = rest.starts_with('!') || rest.starts_with('^');
  if (negated) rest.remove_prefix(1);
  bool found = false;
  for (bool first = true; !rest.empty(); first = false) {
    if (rest.front() == ']' && !first) {
      rest.remove_prefix(1);
      pattern = rest;
      inside = found != negated;
      return true;
    }
    const char32_t low = take(rest);
    char32_t high = low;
    if (rest.size() > 1 && rest.front() == '-' && rest[1] != ']') {
      rest.remove_prefix(1);
      high = take(rest);
    }
    found = found || (c >= low && c <= high);
  }
  return false;
}

// One pattern element other than `*` against one character; both are taken.
bool take_one(std::string_view& pattern, std::string_view& part) {
  const char32_t c = take(part);
  if (pattern.front() == '[') {
    std::string_view rest = pattern.substr(1);
    bool inside = false;
    if (take_class(rest, c, inside)) {
      pattern = rest;
      return inside;
    }
  }
  const char32_t wanted = take(pattern);
  return wanted == U'?' || wanted == c;
}

using Parts = std::span<const std::string_view>;

// Whether `path` fits the front of `pattern`: all of it, or (below) with something left to match.
// Row by row, so that many `**` stay cheap.
bool matches(Parts pattern, Parts path, bool below) {
  std::vector<bool> row(pattern.size() + 1, false);
  const auto skip_empty = [&] {
    for (std::size_t i = 0; i < pattern.size(); ++i)
      if (row[i] && pattern[i] == "**") row[i + 1] = true;
  };
  row[0] = true;
  skip_empty();
  for (const std::string_view part : path) {
    std::vector<bool> next(row.size(), false);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!row[i]) continue;
      if (pattern[i] == "**")
        next[i] = next[i] || !part.starts_with('.');
      else if (matches_part(pattern[i], part))
        next[i + 1] = true;
    }
    row = std::move(next);
    skip_empty();
  }
  if (!below) return row.back();
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (row[i]) return true;
  return false;
}

}  // namespace

bool matches_part(std::string_view pattern, std::string_view part) {
  if (part.starts_with('.') && !pattern.starts_with('.')) return false;
  std::string_view star_pattern;
  std::string_view star_part;
  bool has_star = false;
  for (;;) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      star_pattern = pattern;
      star_part = part;
      has_star = true;
      continue;
    }
    if (part.empty() && pattern.empty()) return true;
    if (!part.empty() && !pattern.empty() && take_one(pattern, part)) continue;
    // The last star takes one character more.
    if (!has_star || star_part.empty()) return false;
    take(star_part);
    pattern = star_pattern;
    part = star_part;
  }
}

bool matches_path(std::string_view pattern, std::string_view path) {
  return matches(split(pattern, '/'), split(path, '/'), false);
}

bool may_match_below(std::string_view pattern, std::string_view path) {
  return matches(split(pattern, '/'), split(path, '/'), true);
}

}  // namespace gantry::spec
