// What tests of calendars share: one from a line of text.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "schedule/calendar.h"

namespace gantry::schedule {

inline CivilDate date(std::string_view text) {
  const auto parsed = parse_date(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : CivilDate{};
}

inline std::shared_ptr<const Calendar> made(const CalendarParts& parts) {
  auto calendar = Calendar::make(parts);
  EXPECT_TRUE(calendar.ok()) << (calendar.ok() ? "" : calendar.error().message);
  return calendar.ok() ? *calendar : nullptr;
}

// Monday to Friday, with these exceptions.
inline CalendarParts parts(std::string name, std::initializer_list<std::string_view> holidays,
                           std::initializer_list<std::string_view> workdays = {}) {
  CalendarParts out;
  out.name = std::move(name);
  for (const std::string_view day : holidays) out.holidays[date(day)] = "";
  for (const std::string_view day : workdays) out.workdays[date(day)] = "";
  return out;
}

// The National Day holiday of 2026 with the make-up days around it.
inline std::shared_ptr<const Calendar> october() {
  return made(parts("october",
                    {"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05",
                     "2026-10-06", "2026-10-07"},
                    {"2026-09-20", "2026-10-10"}));
}

}  // namespace gantry::schedule
