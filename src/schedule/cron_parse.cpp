#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/explain.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"
#include "schedule/cron.h"

namespace gantry::schedule {

namespace {
constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays{"SUN", "MON", "TUE", "WED",
                                                    "THU", "FRI", "SAT"};

struct FieldKind {
  Text name;
  int low = 0;
  int high = 0;
  std::span<const std::string_view> names{};  // of low, low + 1, ...
};
// Sunday is 7 as well as 0: the sets are folded after reading.
constexpr std::array<FieldKind, 5> kFields{{{{"minute", "分"}, 0, 59},
                                            {{"hour", "时"}, 0, 23},
                                            {{"day-of-month", "日"}, 1, 31},
                                            {{"month", "月"}, 1, 12, kMonths},
                                            {{"day-of-week", "星期"}, 0, 7, kWeekdays}}};
constexpr const FieldKind& kWeekdayField = kFields[4];

// A part of the expression that remembers where it stands.
struct Piece {
  std::string_view text;
  std::size_t at = 0;  // bytes from the beginning of the expression

  Piece part(std::size_t from, std::size_t count = std::string_view::npos) const {
    return {text.substr(from, count), at + from};
  }
};

std::vector<Piece> split_at(Piece piece, char separator) {
  std::vector<Piece> parts;
  std::size_t from = 0;
  for (const std::string_view text : split(piece.text, separator)) {
    parts.push_back(piece.part(from, text.size()));
    from += text.size() + 1;
  }
  return parts;
}

std::vector<Piece> split_at_blanks(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<Piece> parts;
  for (std::size_t at = text.find_first_not_of(kBlank); at != std::string_view::npos;
       at = text.find_first_not_of(kBlank, at)) {
    const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
    parts.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return parts;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return upper(x) == upper(y); });
}

class FieldParser {
 public:
  FieldParser(std::string_view whole, const FieldKind& kind) : whole_(whole), kind_(kind) {}

  Result<std::uint64_t> parse(Piece field) const {
    std::uint64_t set = 0;
    for (const Piece& item : split_at(field, ',')) {
      TRY(const std::uint64_t values, parse_item(item));
      set |= values;
    }
    return set;
  }

 private:
  struct Range {
    int first = 0;
    int last = 0;
  };

  Result<std::uint64_t> parse_item(Piece item) const {
    const auto slash = item.text.find('/');
    const bool stepped = slash != std::string_view::npos;
    TRY(const Range range, parse_range(item.part(0, slash), stepped));
    int step = 1;
    if (stepped) {
      TRY(step, parse_step(item.part(slash + 1)));
    }
    std::uint64_t set = 0;
    for (int value = range.first; value <= range.last; value += step)
      set |= std::uint64_t{1} << value;
    return set;
  }

  Result<Range> parse_range(Piece piece, bool stepped) const {
    if (piece.text == "*") return Range{kind_.low, highest()};
    const auto dash = piece.text.find('-');
    TRY(const int first, parse_value(piece.part(0, dash)));
    if (dash == std::string_view::npos)
      return Range{first, stepped ? std::max(first, highest()) : first};
    TRY(int last, parse_value(piece.part(dash + 1)));
    // A week may end on Sunday, which is 7 then: FRI-SUN.
    if (is_weekday() && last == 0 && first > 0) last = 7;
    if (first > last) return backwards(piece, first, last);
    return Range{first, last};
  }

  Result<int> parse_value(Piece piece) const {
    if (piece.text.empty()) return fail(piece, refuse({"a value is missing", "缺少值"}));
    for (std::size_t i = 0; i < kind_.names.size(); ++i)
      if (equal_ignoring_case(piece.text, kind_.names[i])) return kind_.low + static_cast<int>(i);
    TRY(const int value, parse_number(piece));
    if (value < kind_.low || value > kind_.high)
      return fail(piece, refuse({"{} is not in {}-{}", "{} 不在 {}-{} 之内"}, piece.text, kind_.low,
                                kind_.high));
    return value;
  }

  Result<int> parse_step(Piece piece) const {
    if (piece.text.empty())
      return fail(piece, refuse({"the step after / is missing", "/ 后缺少步长"}));
    TRY(const int step, parse_number(piece));
    if (step == 0) return fail(piece, refuse({"the step must be at least 1", "步长至少为 1"}));
    if (step > highest() - kind_.low)
      return fail(piece,
                  refuse({"the step {} is longer than the range {}-{}", "步长 {} 大于范围 {}-{}"},
                         piece.text, kind_.low, highest()));
    return step;
  }

  Result<int> parse_number(Piece piece) const {
    constexpr int kTooLarge = 1'000'000;
    const bool digits = piece.text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) return fail(piece, not_expected(piece.text));
    int value = 0;
    const auto [end, failure] =
        std::from_chars(piece.text.data(), piece.text.data() + piece.text.size(), value);
    return failure == std::errc() ? value : kTooLarge;
  }

  Error backwards(Piece piece, int first, int last) const {
    return fail(piece, refuse({"the range {} runs backwards; write {}-{},{}-{}",
                               "范围 {} 是倒的；请写成 {}-{},{}-{}"},
                              piece.text, first, highest(), kind_.low, last));
  }

  Error not_expected(std::string_view text) const {
    if (kind_.names.empty())
      return refuse({"'{}' is not a number in {}-{}", "“{}”不是 {}-{} 之内的数字"}, text, kind_.low,
                    kind_.high);
    return refuse({"'{}' is not a number in {}-{} or a name in {}-{}",
                   "“{}”不是 {}-{} 之内的数字，也不是 {}-{} 之内的名称"},
                  text, kind_.low, kind_.high, kind_.names.front(), kind_.names.back());
  }

  Error fail(Piece piece, const Error& what) const {
    const std::size_t column = count_code_points(whole_.substr(0, piece.at)) + 1;
    return {
        Code::InvalidArgument,
        fmt::format("cron '{}': {}, column {}: {}", whole_, kind_.name.en, column, what.message),
        fmt::format("cron “{}”：{}，第 {} 列：{}", whole_, kind_.name.zh, column, what.zh)};
  }

  bool is_weekday() const { return kind_.name.en == kWeekdayField.name.en; }
  int highest() const { return is_weekday() ? 6 : kind_.high; }

  std::string_view whole_;
  const FieldKind& kind_;
};

int longest_month_of(std::uint64_t months) {
  constexpr std::array<int, 13> kLongest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int longest = 0;
  for (std::size_t month = 1; month <= 12; ++month)
    if ((months >> month & 1) != 0) longest = std::max(longest, kLongest[month]);
  return longest;
}

bool can_ever_fire(const CronFields& fields) {
  const int longest = longest_month_of(fields.months);
  const std::uint32_t reachable = fields.days & ((std::uint32_t{2} << longest) - 1);
  return fields.either_day || reachable != 0;
}

CronFields fields_of(const std::array<std::uint64_t, 5>& sets, const std::vector<Piece>& pieces) {
  const auto star = [&](std::size_t field) { return pieces[field].text.starts_with('*'); };
  CronFields fields;
  fields.minutes = sets[0];
  fields.hours = static_cast<std::uint32_t>(sets[1]);
  fields.days = static_cast<std::uint32_t>(sets[2]);
  fields.months = static_cast<std::uint32_t>(sets[3]);
  fields.weekdays = static_cast<std::uint32_t>((sets[4] | sets[4] >> 7) & 0x7F);
  fields.elapsed_time = star(0) || star(1);
  fields.either_day = !star(2) && !star(4);
  return fields;
}
}  // namespace

Result<Cron> parse_cron(std::string_view text) {
  if (text.size() > limits::kCronBytesMax)
    return refuse({"a cron expression of {} bytes is over the limit of {}",
                   "cron 表达式有 {} 字节，超过上限 {}"},
                  text.size(), limits::kCronBytesMax);
  const std::vector<Piece> pieces = split_at_blanks(text);
  if (pieces.size() != kFields.size())
    return refuse({"cron '{}' has {} fields; write 5: minute hour day-of-month month day-of-week",
                   "cron “{}”有 {} 个字段；应为 5 个：分 时 日 月 星期"},
                  text, pieces.size());
  std::array<std::uint64_t, kFields.size()> sets{};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    TRY(sets[i], FieldParser(text, kFields[i]).parse(pieces[i]));
  }
  const CronFields fields = fields_of(sets, pieces);
  if (!can_ever_fire(fields))
    return refuse({"cron '{}' never fires: day-of-month {} is in no month {}",
                   "cron “{}”永远不会触发：{} 日不在 {} 月中"},
                  text, pieces[2].text, pieces[3].text);
  return Cron{fields, Zone()};
}

}  // namespace gantry::schedule
