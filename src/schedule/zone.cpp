#include "schedule/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <exception>
#include <optional>

#include "base/explain.h"
#include "base/files.h"
#include "base/text.h"
#include "schedule/posix_tz.h"

namespace gantry::schedule {

struct ZoneRules {
  std::string name;
  const date::time_zone* zone = nullptr;  // owned by the date library until the process ends
  Instant last_listed;                    // the last transition the library knows
  std::optional<PosixTz> later;           // what counts from then on
};

namespace {
constexpr std::string_view kUtc = "UTC";
constexpr Instant kFirstInstant{-62135596800000000};  // 0001-01-01T00:00:00Z
constexpr Instant kLastInstant{253402214400000000};   // 9999-12-31T00:00:00Z
// The directories the date library looks into, in its order.
constexpr std::array<const char*, 2> kZoneDirectories{"/usr/share/zoneinfo",
                                                      "/usr/share/zoneinfo/uclibc"};
// Entries of the directory that are settings of one machine, not zones.
constexpr std::array<std::string_view, 3> kNotZones{"localtime", "posixrules", "Factory"};

Instant to_instant(date::sys_seconds at) { return {at.time_since_epoch().count() * 1000000}; }

date::sys_seconds to_sys_seconds(Instant instant) {
  return date::floor<std::chrono::seconds>(
      date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(instant.us)));
}

OffsetSpan listed_span(const date::time_zone& zone, Instant instant) {
  const date::sys_info info = zone.get_info(to_sys_seconds(instant));
  return {to_instant(info.begin), to_instant(info.end), seconds(info.offset.count())};
}

// The last line of a zone file of version 2 or later is the rule for all later years.
std::optional<PosixTz> read_later_rule(const std::string& name) {
  constexpr std::size_t kZoneFileBytesMax = 1u << 20;
  for (const char* directory : kZoneDirectories) {
    const auto file = read_file(join_path(directory, name), kZoneFileBytesMax);
    if (!file.ok()) continue;
    std::string_view text = *file;
    if (!text.starts_with("TZif") || text.size() < 6 || text[4] < '2' || text.back() != '\n')
      continue;
    text.remove_suffix(1);
    return parse_posix_tz(text.substr(text.rfind('\n') + 1));
  }
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_zone_name(std::string_view name) {
  return std::find(kNotZones.begin(), kNotZones.end(), name) == kNotZones.end();
}

std::vector<std::string_view> zone_names(const date::tzdb& database) {
  std::vector<std::string_view> names{kUtc};
  for (const auto& zone : database.zones)
    if (is_zone_name(zone.name())) names.push_back(zone.name());
  return names;
}

// "UTC+8" and "GMT+08:00" name the zone Etc/GMT-8: POSIX counts westwards.
std::string fixed_offset_zone(std::string_view name) {
  if (name.starts_with("utc") || name.starts_with("gmt")) name.remove_prefix(3);
  if (name.size() < 2 || (name[0] != '+' && name[0] != '-')) return "";
  const char sign = name[0] == '+' ? '-' : '+';
  name.remove_prefix(1);
  if (name.size() > 3 && (name.ends_with(":00") || name.ends_with("00"))) name = name.substr(0, 2);
  if (name.size() == 2 && name[0] == '0') name.remove_prefix(1);
  return fmt::format("Etc/GMT{}{}", sign, name);
}

// What the writer of `wrong` most likely meant; empty if nothing is near.
std::string suggestion(std::string_view wrong, const std::vector<std::string_view>& names) {
  std::string folded = lower(trim(wrong));
  std::replace(folded.begin(), folded.end(), ' ', '_');
  if (folded == "beijing" || folded == "asia/beijing") return "Asia/Shanghai";
  const std::string fixed = fixed_offset_zone(folded);
  std::vector<std::string> lowered;
  for (const std::string_view name : names) {
    if (lower(name) == folded || name == fixed) return std::string(name);
    lowered.push_back(lower(name));
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (base_name(lowered[i]) == folded) return std::string(names[i]);
  const std::string near = nearest(folded, {lowered.begin(), lowered.end()});
  const auto at = std::find(lowered.begin(), lowered.end(), near);
  return at == lowered.end() ? ""
                             : std::string(names[static_cast<std::size_t>(at - lowered.begin())]);
}

Error unknown_zone(std::string_view name, const date::tzdb& database) {
  const std::string near = suggestion(name, zone_names(database));
  if (near.empty())
    return explain(Code::NotFound,
                   {"'{}' is not a time zone; write an IANA name such as Asia/Shanghai",
                    "“{}”不是时区；请写 Asia/Shanghai 这样的 IANA 名称"},
                   name);
  return explain(Code::NotFound,
                 {"'{}' is not a time zone (did you mean {}?)", "“{}”不是时区（是不是 {}？）"},
                 name, near);
}

const date::time_zone* find_in(const date::tzdb& database, std::string_view name) {
  const auto at = std::lower_bound(
      database.zones.begin(), database.zones.end(), name,
      [](const date::time_zone& zone, std::string_view n) { return zone.name() < n; });
  return at != database.zones.end() && at->name() == name ? &*at : nullptr;
}

// May throw what the date library throws.
Result<Zone> load_zone(std::string_view name) {
  const date::tzdb& database = date::get_tzdb();
  const date::time_zone* zone = is_zone_name(name) ? find_in(database, name) : nullptr;
  if (zone == nullptr) return unknown_zone(name, database);
  auto rules = std::make_shared<ZoneRules>();
  rules->name = zone->name();
  rules->zone = zone;
  // Reads the file, so that no later lookup can fail.
  rules->last_listed = listed_span(*zone, kLastInstant).begin;
  rules->later = read_later_rule(rules->name);
  return Zone(std::move(rules));
}
}  // namespace

Result<Zone> find_zone(std::string_view name) {
  if (name == kUtc) return Zone();
  try {
    return load_zone(name);
  } catch (const std::exception& failure) {
    return explain(Code::Unavailable,
                   {"cannot read time zone {}: {}; is the package tzdata installed?",
                    "无法读取时区 {}：{}；是否安装了软件包 tzdata？"},
                   name, failure.what());
  }
}

std::optional<Duration> offset_of(std::string_view zone, Instant at) {
  const auto found = find_zone(zone);
  if (!found.ok()) return std::nullopt;
  return found->span_at(at).offset;
}

std::string zone_data_version() {
  constexpr std::string_view kMark = "# version ";
  constexpr std::size_t kDataBytesMax = 4u << 20;
  for (const char* directory : kZoneDirectories) {
    const auto file = read_file(join_path(directory, "tzdata.zi"), kDataBytesMax);
    if (file.ok() && file->starts_with(kMark)) {
      const std::string_view line = std::string_view(*file).substr(kMark.size());
      return std::string(trim(line.substr(0, line.find('\n'))));
    }
  }
  return "unknown";
}

std::string_view Zone::name() const { return rules_ ? std::string_view(rules_->name) : kUtc; }

OffsetSpan Zone::span_at(Instant instant) const {
  if (!rules_) return {kFirstInstant, Instant::max(), {}};
  instant = std::clamp(instant, kFirstInstant, kLastInstant);
  if (!rules_->later || instant < rules_->last_listed) return listed_span(*rules_->zone, instant);
  const PosixSpan span = posix_span_at(*rules_->later, instant);
  return {std::max(span.begin, rules_->last_listed), span.end, span.offset};
}

LocalTime local_time(const Zone& zone, Instant instant) {
  instant = std::clamp(instant, kFirstInstant, kLastInstant);
  return {instant.us + zone.span_at(instant).offset.us};
}

Instant first_instant(const Zone& zone, LocalTime local) {
  local = std::clamp(local, LocalTime{kFirstInstant.us}, LocalTime{kLastInstant.us});
  // No offset reaches 24 hours, so a day earlier no clock shows `local` yet.
  OffsetSpan span = zone.span_at(Instant{local.us} - days(1));
  while (span.end <= Instant{local.us} - span.offset) span = zone.span_at(span.end);
  return std::max(span.begin, Instant{local.us} - span.offset);
}

LocalTime first_unseen(const Zone& zone, Instant after) {
  const OffsetSpan span = zone.span_at(after);
  const LocalTime next{after.us + span.offset.us + 1};
  const OffsetSpan before = zone.span_at(span.begin - microseconds(1));
  if (before.offset <= span.offset) return next;
  return std::max(next, LocalTime{span.begin.us + before.offset.us});
}

Instant start_of_day(const Zone& zone, CivilDate date) {
  return first_instant(zone, {days_from_civil(date) * days(1).us});
}

CivilDate local_date(const Zone& zone, Instant instant) {
  return civil_from_days(split_days(local_time(zone, instant).us).day);
}

std::string format_local(const Zone& zone, Instant instant) {
  const auto [day, us] = split_days(local_time(zone, instant).us);
  const std::int64_t second = us / 1000000;
  const std::int64_t offset = zone.span_at(instant).offset.us / 1000000;
  const std::int64_t size = offset < 0 ? -offset : offset;
  std::string text = fmt::format("{} {:02}:{:02}:{:02} {}{:02}:{:02}",
                                 format_date(civil_from_days(day)), second / 3600, second / 60 % 60,
                                 second % 60, offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
  if (size % 60 != 0) text += fmt::format(":{:02}", size % 60);
  return text;
}

}  // namespace gantry::schedule
