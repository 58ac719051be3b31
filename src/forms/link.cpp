#include "forms/link.h"

#include <algorithm>

#include "base/text.h"

namespace gantry::forms {

namespace {
constexpr std::string_view kHeads = "xo<";
constexpr std::string_view kEnds = "xo>";

bool is_one_of(char c, std::string_view set) {
  return c != '\0' && set.find(c) != std::string_view::npos;
}

bool begins_body(std::string_view text) {
  return text.starts_with("--") || text.starts_with("==") || text.starts_with("-.") ||
         text.starts_with("~~~");
}

std::size_t run_of(const Cursor& at, char c) {
  std::size_t n = 0;
  while (at.peek(n) == c) ++n;
  return n;
}

// Takes the body of a link if it is whole; false: a text follows.
bool take_body(Cursor& at) {
  const bool is_dotted = at.sees("-.") || at.peek() == '.';
  if (is_dotted) {
    const std::size_t dash = at.peek() == '-' ? 1 : 0;
    std::size_t n = dash;
    while (at.peek(n) == '.') ++n;
    const bool whole = at.peek(n) == '-';
    at.skip(whole ? n + 1 : n);
    if (whole && is_one_of(at.peek(), kEnds)) at.skip(1);
    return whole;
  }
  const std::size_t n = run_of(at, at.peek());
  at.skip(n);
  if (is_one_of(at.peek(), kEnds)) {
    at.skip(1);
    return true;
  }
  return n >= 3;
}

// Where the second half of a link with a text inside begins.
std::size_t end_of_text(const Cursor& at, std::string_view half) {
  const std::string_view rest = at.rest();
  const std::size_t line_end = std::min(rest.find_first_of("\r\n"), rest.size());
  return std::min(rest.substr(0, line_end).find(half), line_end);
}

bool read_text_inside(Cursor& at, std::string_view half, Link& link, Diagnostics& problems) {
  at.skip_blanks();
  link.label_place = at.place();
  if (at.peek() == '"') {
    link.label = read_label(at, "", problems);
    at.skip_blanks();
    if (!link.label) return false;
  } else {
    link.label = title_of_label(trim(at.take_bytes(end_of_text(at, half))));
  }
  if (at.sees(half) && take_body(at)) return true;
  problems.add(spec::MermaidSyntax, link.place,
               refuse({"this link has no end: write A -- text --> B or A -->|text| B",
                       "此连线没有结尾：请写成 A -- 文字 --> B 或 A -->|文字| B"}));
  return false;
}
}  // namespace

bool at_link(const Cursor& at) {
  const std::string_view rest = at.rest();
  return begins_body(rest) ||
         (!rest.empty() && is_one_of(rest[0], kHeads) && begins_body(rest.substr(1)));
}

std::optional<Link> read_link(Cursor& at, Diagnostics& problems) {
  Link link;
  link.place = at.place();
  if (is_one_of(at.peek(), kHeads)) {
    link.is_double = at.peek() == '<';
    at.skip(1);
  }
  if (at.peek() == '~') {
    link.is_shown = false;
    at.skip(run_of(at, '~'));
    return link;
  }
  const std::string_view half = at.sees("-.") ? ".-" : at.sees("--") ? "--" : "==";
  if (!take_body(at) && !read_text_inside(at, half, link, problems)) return std::nullopt;
  at.skip_blanks();
  if (!at.take("|")) return link;
  at.skip_blanks();
  link.label_place = at.place();
  link.label = read_label(at, "|", problems);
  return link.label ? std::optional(link) : std::nullopt;
}

namespace {
std::optional<std::string> fail_at(SourcePlace place, Diagnostics& problems, const Error& what) {
  problems.add(spec::MermaidSyntax, place, what);
  return std::nullopt;
}

Error not_closed(std::string_view close) {
  return refuse({"the text that begins here has no '{}' behind it; put texts with brackets, quotes "
                 "or bars into quotes: A[\"f(x)\"]",
                 "此处开始的文字后面缺少“{}”；含有括号、引号或竖线的文字请加引号：A[\"f(x)\"]"},
                close);
}

std::optional<std::string> read_quoted(Cursor& at, std::string_view close, Diagnostics& problems) {
  const SourcePlace begin = at.place();
  at.skip(1);
  const std::size_t size = at.rest().find('"');
  if (size == std::string_view::npos)
    return fail_at(begin, problems,
                   refuse({"the quote that opens here is never closed", "此处的引号没有结束"}));
  std::string label = title_of_label(at.take_bytes(size));
  at.skip(1);
  if (close.empty()) return label;
  at.skip_space();
  if (!at.take(close)) return fail_at(begin, problems, not_closed(close));
  return label;
}
}  // namespace

std::optional<std::string> read_label(Cursor& at, std::string_view close, Diagnostics& problems) {
  at.skip_space();
  if (at.peek() == '"') return read_quoted(at, close, problems);
  const SourcePlace begin = at.place();
  const std::string_view rest = at.rest();
  // Stops at the first sign that can not stand in such a text, so that all of them together are
  // read once.
  std::size_t size = 0;
  while (size < rest.size() && !rest.substr(size).starts_with(close) &&
         !is_one_of(rest[size], "[](){}|\""))
    ++size;
  if (size == rest.size() || !rest.substr(size).starts_with(close))
    return fail_at(begin, problems, not_closed(close));
  std::string label = title_of_label(trim(at.take_bytes(size)));
  at.skip(close.size());
  return label;
}

}  // namespace gantry::forms
