// What several tests of this folder share: instants in UTC and schedules from text, or a failed
// test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "schedule/schedule.h"

namespace gantry::schedule {

// "2026-11-22 10:00" in UTC.
inline Instant utc(std::string_view text) {
  std::string rfc(text);
  rfc[10] = 'T';
  const auto instant = parse_instant(rfc + ":00Z");
  EXPECT_TRUE(instant.ok()) << text;
  return instant.ok() ? *instant : Instant{};
}

inline std::string show(Instant instant) {
  std::string text = format_instant(instant).substr(0, 16);
  text[10] = ' ';
  return text;
}

inline Cron cron_in(std::string_view text, std::string_view zone) {
  auto cron = parse_cron(text);
  auto found = find_zone(zone);
  EXPECT_TRUE(cron.ok()) << (cron.ok() ? "" : cron.error().message);
  EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().message);
  if (!cron.ok() || !found.ok()) return {};
  return Cron{cron->fields, *found};
}

inline std::optional<Instant> next_after(const Schedule& schedule, Instant after) {
  const auto firing = next_firing(schedule, after);
  return firing ? std::optional(firing->at) : std::nullopt;
}

// The firings after `from`, `count` of them or fewer.
template <typename Rule>
std::vector<std::string> firings(const Rule& rule, Instant from, int count) {
  std::vector<std::string> out;
  std::optional<Instant> at = next_after(rule, from);
  for (int i = 0; i < count && at; ++i, at = next_after(rule, *at)) out.push_back(show(*at));
  return out;
}

}  // namespace gantry::schedule
