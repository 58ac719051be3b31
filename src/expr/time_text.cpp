#include "expr/time_text.h"

#include <fmt/format.h>

#include <array>

#include "base/explain.h"
#include "expr/operators.h"

namespace gantry::expr {

namespace {
constexpr std::int64_t kSecondUs = 1000000;

// ".5" for 500000 of 1000000; nothing for zero.
std::string fraction(std::int64_t us) {
  if (us == 0) return "";
  std::string digits = fmt::format(".{:06}", us);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array<Unit, 8> kUnits{{{"d", 86400000000000},
                                      {"h", 3600000000000},
                                      {"m", 60000000000},
                                      {"s", 1000000000},
                                      {"ms", 1000000},
                                      {"us", 1000},
                                      {"\xC2\xB5s", 1000},
                                      {"ns", 1}}};

struct Amount {
  Wide whole = 0;
  Wide fraction = 0;
  Wide scale = 1;
  bool ok = false;
};

Amount read_amount(std::string_view& text) {
  constexpr std::int64_t kScaleMax = 1000000000;
  constexpr Wide kWholeMax = Wide{1} << 70;
  Amount amount;
  const auto digit = [&] { return !text.empty() && text[0] >= '0' && text[0] <= '9'; };
  for (; digit(); text.remove_prefix(1)) {
    amount.ok = true;
    if (amount.whole < kWholeMax) amount.whole = amount.whole * 10 + (text[0] - '0');
  }
  if (text.empty() || text[0] != '.') return amount;
  text.remove_prefix(1);
  for (; digit(); text.remove_prefix(1)) {
    amount.ok = true;
    if (amount.scale == kScaleMax) continue;
    amount.fraction = amount.fraction * 10 + (text[0] - '0');
    amount.scale *= 10;
  }
  return amount;
}

const Unit* read_unit(std::string_view& text) {
  const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
  text.remove_prefix(name.size());
  for (const Unit& unit : kUnits)
    if (unit.name == name) return &unit;
  return nullptr;
}
}  // namespace

std::int64_t floor_seconds(Instant instant) {
  const std::int64_t second = instant.us / kSecondUs;
  return instant.us % kSecondUs < 0 ? second - 1 : second;
}

std::string format_cel_timestamp(Instant instant) {
  constexpr std::size_t kToSeconds = 19;  // "2009-02-13T23:31:30"
  const std::int64_t us = instant.us - floor_seconds(instant) * kSecondUs;
  return format_instant(instant).substr(0, kToSeconds) + fraction(us) + "Z";
}

std::string format_cel_duration(Duration duration) {
  const bool negative = duration.us < 0;
  const std::uint64_t us = negative ? 0 - static_cast<std::uint64_t>(duration.us)
                                    : static_cast<std::uint64_t>(duration.us);
  return fmt::format("{}{}{}s", negative ? "-" : "", us / kSecondUs,
                     fraction(static_cast<std::int64_t>(us % kSecondUs)));
}

Result<Value> parse_cel_duration(std::string_view text) {
  const auto bad = [&] {
    return refuse({"'{}' is not a duration; write it as 10s, 1h30m, 250ms or -1.5s",
                   "“{}”不是时长；请写成 10s、1h30m、250ms 或 -1.5s"},
                  text.substr(0, 40));
  };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Value(Duration{});
  if (rest.empty()) return bad();
  Wide total_ns = 0;
  while (!rest.empty()) {
    const Amount amount = read_amount(rest);
    const Unit* unit = read_unit(rest);
    if (!amount.ok || unit == nullptr) return bad();
    total_ns += amount.whole * unit->ns + amount.fraction * unit->ns / amount.scale;
    if (total_ns > (Wide{1} << 80)) break;  // too large already; keeps the sum from overflowing
  }
  return checked_duration((negative ? -total_ns : total_ns) / 1000);
}

Result<Duration> parse_fixed_zone(std::string_view zone) {
  const auto bad = [&] {
    return refuse({"'{}' is not an offset such as +08:00", "“{}”不是 +08:00 这样的偏移"},
                  zone.substr(0, 40));
  };
  if (zone == "UTC" || zone == "Z") return Duration{};
  const bool west = zone.starts_with('-');
  if (west || zone.starts_with('+')) zone.remove_prefix(1);
  if (zone.size() != 5 || zone[2] != ':') return bad();
  for (const std::size_t i : {0u, 1u, 3u, 4u})
    if (zone[i] < '0' || zone[i] > '9') return bad();
  const auto pair = [&](std::size_t at) { return (zone[at] - '0') * 10 + (zone[at + 1] - '0'); };
  if (pair(0) > 23 || pair(3) > 59) return bad();
  const Duration offset = hours(pair(0)) + minutes(pair(3));
  return west ? Duration{-offset.us} : offset;
}

}  // namespace gantry::expr
