#include "runner/log_pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cstring>

namespace gantry::runner {

namespace {

constexpr std::int64_t kPatternMemoryMax = 8 << 20;

Result<std::shared_ptr<const re2::RE2>> compile(const std::string& expression, bool literal,
                                                bool ignore_case) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryMax);
  options.set_literal(literal);
  options.set_case_sensitive(!ignore_case);
  auto compiled = std::make_shared<const re2::RE2>(expression, options);
  if (!compiled->ok())
    return invalid(fmt::format("'{}' is not a regular expression (RE2 syntax): {}", expression,
                               compiled->error()));
  return std::shared_ptr<const re2::RE2>(std::move(compiled));
}

}  // namespace

Result<LogPattern> LogPattern::text(std::string text, bool ignore_case) {
  LogPattern out;
  if (ignore_case) {
    TRY(out.compiled_, compile(text, true, true));
  }
  out.text_ = std::move(text);
  return out;
}

Result<LogPattern> LogPattern::regex(const std::string& expression, bool ignore_case) {
  LogPattern out;
  TRY(out.compiled_, compile(expression, false, ignore_case));
  out.is_text_ = false;
  return out;
}

bool LogPattern::matches(std::string_view line) const {
  if (!compiled_) return line.find(text_) != line.npos;
  return re2::RE2::PartialMatch({line.data(), line.size()}, *compiled_);
}

std::size_t LogPattern::candidate(std::string_view lines, std::size_t from) const {
  // What an expression means at the ends of a line is lost in many lines: each has to be asked.
  if (!is_text_ || from >= lines.size()) return from < lines.size() ? from : lines.npos;
  if (compiled_) {
    re2::StringPiece found;
    const re2::StringPiece all(lines.data(), lines.size());
    if (!compiled_->Match(all, from, lines.size(), re2::RE2::UNANCHORED, &found, 1))
      return lines.npos;
    return static_cast<std::size_t>(found.data() - lines.data());
  }
  const void* found =
      ::memmem(lines.data() + from, lines.size() - from, text_.data(), text_.size());
  if (found == nullptr) return lines.npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - lines.data());
}

}  // namespace gantry::runner
