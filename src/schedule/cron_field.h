// One field of a cron expression. For cron_parse.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace gantry::schedule {

// The day fields have forms of their own.
enum class DayField { None, OfMonth, OfWeek };

struct FieldKind {
  Text name;
  int low = 0;
  int high = 0;
  std::span<const std::string_view> names{};  // of low, low + 1, ...
  DayField days = DayField::None;
};

// A part of the expression that remembers where it stands.
struct CronPiece {
  std::string_view text;
  std::size_t at = 0;  // bytes from the beginning of the expression

  CronPiece part(std::size_t from, std::size_t count = std::string_view::npos) const {
    return {text.substr(from, count), at + from};
  }
};

// Bit n of a set is set if n is named; the sets are those of CronFields, Sunday is 7 as well as 0
// in `values`.
struct FieldSet {
  std::uint64_t values = 0;
  std::uint32_t from_end = 0;
  std::uint32_t near = 0;
  bool last_workday = false;
  std::uint64_t nth = 0;
  std::uint32_t last = 0;
};

// `whole` is the expression, for the error, which names the field and the column in it.
Result<FieldSet> parse_cron_field(std::string_view whole, CronPiece field, const FieldKind& kind,
                                  std::string_view seed);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace gantry::schedule
