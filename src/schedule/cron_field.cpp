#include "schedule/cron_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/explain.h"
#include "base/hash.h"
#include "base/utf8.h"

namespace gantry::schedule {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return upper(x) == upper(y); });
}

namespace {
std::vector<CronPiece> split_at(CronPiece piece, char separator) {
  std::vector<CronPiece> parts;
  std::size_t from = 0;
  for (const std::string_view text : split(piece.text, separator)) {
    parts.push_back(piece.part(from, text.size()));
    from += text.size() + 1;
  }
  return parts;
}

class FieldParser {
 public:
  FieldParser(std::string_view whole, const FieldKind& kind, std::string_view seed)
      : whole_(whole), kind_(kind), seed_(seed) {}

  Result<FieldSet> parse(CronPiece field) const {
    FieldSet set;
    if (field.text == "?" && kind_.days != DayField::None) {
      add(set, {kind_.low, highest()}, 1);
      return set;
    }
    for (const CronPiece& item : split_at(field, ',')) TRY_STATUS(parse_item(item, set));
    return set;
  }

 private:
  struct Range {
    int first = 0;
    int last = 0;
  };

  Result<void> parse_item(CronPiece item, FieldSet& set) const {
    if (kind_.days == DayField::OfMonth) {
      TRY(const bool special, parse_month_day(item, set));
      if (special) return {};
    }
    if (kind_.days == DayField::OfWeek) {
      TRY(const bool special, parse_weekday(item, set));
      if (special) return {};
    }
    return parse_values(item, set);
  }

  // L, L-n, LW, nW; false if it is none of them.
  Result<bool> parse_month_day(CronPiece item, FieldSet& set) const {
    if (equal_ignoring_case(item.text, "LW")) return set.last_workday = true;
    if (equal_ignoring_case(item.text, "L")) return set.from_end |= 1u, true;
    if (item.text.size() > 2 && equal_ignoring_case(item.text.substr(0, 2), "L-")) {
      TRY(const int before, parse_number_in(item.part(2), 1, 30));
      return set.from_end |= 1u << before, true;
    }
    if (item.text.size() < 2 || !equal_ignoring_case(item.text.substr(item.text.size() - 1), "W"))
      return false;
    TRY(const int day, parse_value(item.part(0, item.text.size() - 1)));
    return set.near |= 1u << day, true;
  }

  // n#k, nL; false if it is neither.
  Result<bool> parse_weekday(CronPiece item, FieldSet& set) const {
    if (const auto hash = item.text.find('#'); hash != std::string_view::npos) {
      TRY(const int weekday, parse_value(item.part(0, hash)));
      TRY(const int which, parse_number_in(item.part(hash + 1), 1, 5));
      return set.nth |= std::uint64_t{1} << (7 * (which - 1) + weekday % 7), true;
    }
    if (!equal_ignoring_case(item.text.substr(std::max<std::size_t>(item.text.size(), 1) - 1), "L"))
      return false;
    if (item.text.size() == 1)
      return fail(item, refuse({"L needs a weekday here: 5L is the last Friday of the month",
                                "此处 L 前须有星期几：5L 表示当月最后一个星期五"}));
    TRY(const int weekday, parse_value(item.part(0, item.text.size() - 1)));
    return set.last |= 1u << weekday % 7, true;
  }

  Result<void> parse_values(CronPiece item, FieldSet& set) const {
    const auto slash = item.text.find('/');
    const bool stepped = slash != std::string_view::npos;
    const CronPiece values = item.part(0, slash);
    const bool hashed = equal_ignoring_case(values.text.substr(0, 1), "H");
    TRY(Range range, hashed ? parse_hash(values) : parse_range(values, stepped));
    int step = 1;
    if (stepped) {
      TRY(step, parse_step(item.part(slash + 1)));
    }
    if (hashed) {
      const int choices = stepped ? std::min(step, length(range)) : length(range);
      range.first += chosen(choices);
      if (!stepped) range.last = range.first;
    }
    add(set, range, step);
    return {};
  }

  static int length(Range range) { return range.last - range.first + 1; }

  static void add(FieldSet& set, Range range, int step) {
    for (int value = range.first; value <= range.last; value += step)
      set.values |= std::uint64_t{1} << value;
  }

  // H, H(a-b): the range to choose from.
  Result<Range> parse_hash(CronPiece piece) const {
    if (piece.text.size() == 1)
      return Range{kind_.low, kind_.days == DayField::OfMonth ? 28 : highest()};
    if (piece.text[1] != '(' || piece.text.back() != ')' || piece.text.find('-') == piece.text.npos)
      return fail(piece, refuse({"'{}' is none of H, H(a-b), H/n and H(a-b)/n",
                                 "“{}”不是 H、H(a-b)、H/n 或 H(a-b)/n"},
                                piece.text));
    return parse_range(piece.part(2, piece.text.size() - 3), false);
  }

  // The field is a part of what is hashed: `H H` is not always on the diagonal.
  int chosen(int choices) const {
    const std::string digits =
        sha256_hex(fmt::format("{}\n{}", seed_, kind_.name.en)).substr(0, 15);
    std::uint64_t hash = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), hash, 16);
    return static_cast<int>(hash % static_cast<std::uint64_t>(choices));
  }

  Result<Range> parse_range(CronPiece piece, bool stepped) const {
    if (piece.text == "*") return Range{kind_.low, highest()};
    if (begins_with_dash(piece))
      return fail(piece,
                  refuse({"'-' before the first field keeps cron from logging, in crontabs "
                          "of some systems only; leave it out",
                          "第一个字段前的“-”只在某些系统的 crontab 中表示不记日志；请去掉它"}));
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

  bool begins_with_dash(CronPiece piece) const {
    return piece.text.starts_with('-') && piece.at == whole_.find_first_not_of(" \t");
  }

  Result<int> parse_value(CronPiece piece) const {
    if (piece.text.empty()) return fail(piece, refuse({"a value is missing", "缺少值"}));
    for (std::size_t i = 0; i < kind_.names.size(); ++i)
      if (equal_ignoring_case(piece.text, kind_.names[i])) return kind_.low + static_cast<int>(i);
    return parse_number_in(piece, kind_.low, kind_.high);
  }

  Result<int> parse_number_in(CronPiece piece, int low, int high) const {
    TRY(const int value, parse_number(piece));
    if (piece.text.empty() || value < low || value > high)
      return fail(piece,
                  refuse({"{} is not in {}-{}", "{} 不在 {}-{} 之内"}, piece.text, low, high));
    return value;
  }

  Result<int> parse_step(CronPiece piece) const {
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

  Result<int> parse_number(CronPiece piece) const {
    constexpr int kTooLarge = 1'000'000;
    const bool digits = piece.text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) return fail(piece, not_expected(piece.text));
    int value = 0;
    const auto [end, failure] =
        std::from_chars(piece.text.data(), piece.text.data() + piece.text.size(), value);
    return failure == std::errc() ? value : kTooLarge;
  }

  Error backwards(CronPiece piece, int first, int last) const {
    if (first > highest())  // 7, which is Sunday as 0 is
      return fail(piece, refuse({"the range {} runs backwards; write {}-{}",
                                 "范围 {} 是倒的；请写成 {}-{}"},
                                piece.text, kind_.low, last));
    return fail(piece, refuse({"the range {} runs backwards; write {}-{},{}-{}",
                               "范围 {} 是倒的；请写成 {}-{},{}-{}"},
                              piece.text, first, highest(), kind_.low, last));
  }

  Error not_expected(std::string_view text) const {
    if (kind_.days == DayField::OfMonth)
      return refuse({"'{}' is not a number in {}-{} or one of L, L-n, nW and LW",
                     "“{}”不是 {}-{} 之内的数字，也不是 L、L-n、nW 或 LW"},
                    text, kind_.low, kind_.high);
    if (kind_.names.empty())
      return refuse({"'{}' is not a number in {}-{}", "“{}”不是 {}-{} 之内的数字"}, text, kind_.low,
                    kind_.high);
    return refuse({"'{}' is not a number in {}-{} or a name in {}-{}",
                   "“{}”不是 {}-{} 之内的数字，也不是 {}-{} 之内的名称"},
                  text, kind_.low, kind_.high, kind_.names.front(), kind_.names.back());
  }

  Error fail(CronPiece piece, const Error& what) const {
    const std::size_t column = count_code_points(whole_.substr(0, piece.at)) + 1;
    return {
        Code::InvalidArgument,
        fmt::format("cron '{}': {}, column {}: {}", whole_, kind_.name.en, column, what.message),
        fmt::format("cron “{}”：{}，第 {} 列：{}", whole_, kind_.name.zh, column, what.zh)};
  }

  bool is_weekday() const { return kind_.days == DayField::OfWeek; }
  int highest() const { return is_weekday() ? 6 : kind_.high; }

  std::string_view whole_;
  const FieldKind& kind_;
  std::string_view seed_;
};
}  // namespace

Result<FieldSet> parse_cron_field(std::string_view whole, CronPiece field, const FieldKind& kind,
                                  std::string_view seed) {
  return FieldParser(whole, kind, seed).parse(field);
}

}  // namespace gantry::schedule
