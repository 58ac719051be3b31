// What lines of a log are searched for: a text, or a regular expression in RE2's syntax, whose
// time is linear in the length of the line. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace gantry::runner {

class LogPattern {
 public:
  // `ignore_case` follows Unicode's simple case folding.
  static Result<LogPattern> text(std::string text, bool ignore_case);
  // InvalidArgument says what is wrong with it.
  static Result<LogPattern> regex(const std::string& expression, bool ignore_case);

  bool matches(std::string_view line) const;
  // Lines before this byte of `lines` do not match; npos: none does.
  std::size_t candidate(std::string_view lines, std::size_t from) const;

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> compiled_;  // null: text_ as it is
  bool is_text_ = true;
};

}  // namespace gantry::runner
