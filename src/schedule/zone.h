// Time zones by IANA name: the offset from UTC at any instant, and the way back from local time.
//
// The data are the system's (tzdata), read through Howard Hinnant's date library. That library
// stops at the last transition a zone file lists (2037 as Debian compiles them, much earlier in
// "slim" files); from there on the POSIX rule at the end of the file counts (RFC 8536, 3.3), which
// posix_tz.h evaluates. "UTC" is built in and needs no tzdata.
//
// All here is defined for the years 1 to 9999; what lies outside is taken as the nearest inside.
//
// A Zone is a small value: a shared pointer to rules that never change. Equal means same name (an
// alias such as PRC differs from Asia/Shanghai). Safe to use from many threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace gantry::schedule {

struct ZoneRules;

// A span of time with one offset: begin <= t < end.
struct OffsetSpan {
  Instant begin;
  Instant end;
  Duration offset;  // local = UTC + offset; less than 24 hours either way
};

// A reading of the clock on the wall in microseconds, counted as if the zone were UTC.
struct LocalTime {
  std::int64_t us = 0;
  auto operator<=>(const LocalTime&) const = default;
};

class Zone {
 public:
  Zone() = default;  // UTC
  explicit Zone(std::shared_ptr<const ZoneRules> rules) : rules_(std::move(rules)) {}

  std::string_view name() const;
  OffsetSpan span_at(Instant instant) const;
  bool operator==(const Zone& other) const { return name() == other.name(); }

 private:
  std::shared_ptr<const ZoneRules> rules_;  // null: UTC
};

// NotFound with a suggestion if there is no such zone; Unavailable if the system has no tzdata.
Result<Zone> find_zone(std::string_view name);
// From UTC at this instant; nothing if there is no such zone.
std::optional<Duration> offset_of(std::string_view zone, Instant at);

// Release of the system's zone data ("2025b"), to be recorded beside what was computed with it;
// "unknown" if the system does not say.
std::string zone_data_version();

LocalTime local_time(const Zone& zone, Instant instant);
// The first instant at which the zone's clock shows `local` or later: in a repeated hour the first
// of the two, in a gap the first instant after it.
Instant first_instant(const Zone& zone, LocalTime local);
// The first local time that first_instant() leads past `after`: in the second passing of a repeated
// hour what comes after it, as all before has been.
LocalTime first_unseen(const Zone& zone, Instant after);
// The local midnight that begins `date`, or what follows it where midnight falls into a gap.
Instant start_of_day(const Zone& zone, CivilDate date);

CivilDate local_date(const Zone& zone, Instant instant);
// For people: "2026-11-22 10:00:00 +08:00".
std::string format_local(const Zone& zone, Instant instant);

}  // namespace gantry::schedule
