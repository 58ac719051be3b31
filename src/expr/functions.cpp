#include "expr/functions.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/explain.h"
#include "expr/operators.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
using Table = std::vector<const Function*>;

Table build_table() {
  Table table;
  for (const auto group :
       {conversion_functions(), string_functions(), time_functions(), math_functions(),
        encoding_functions(), optional_functions(), world_functions(), decimal_functions()})
    for (const Function& function : group) table.push_back(&function);
  std::sort(table.begin(), table.end(), [](auto* a, auto* b) { return a->name < b->name; });
  return table;
}

const Table& table() {
  static const Table kTable = build_table();
  return kTable;
}

constexpr std::array<std::string_view, 5> kNamespaces{"base64", "cel", "math", "optional",
                                                      "strings"};

re2::RE2::Options pattern_options() {
  constexpr std::int64_t kProgramBytesMax = 256 << 10;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kProgramBytesMax);
  return options;
}

Error pattern_error(const std::string& pattern, const re2::RE2& compiled) {
  return refuse(
      {"'{}' is not a regular expression (RE2 syntax): {}", "“{}”不是正则表达式（RE2 语法）：{}"},
      pattern, compiled.error());
}
}  // namespace

PatternCache::PatternCache() = default;
PatternCache::~PatternCache() = default;

Result<const re2::RE2*> PatternCache::get(const std::string& pattern, Meter& meter) {
  constexpr std::int64_t kSteps = 100;
  constexpr std::int64_t kStepsOfABadOne = 1'000;  // it may have been given up late
  auto& compiled = compiled_[pattern];
  if (!compiled) {
    TRY_STATUS(meter.spend(kSteps + static_cast<std::int64_t>(pattern.size()) / 8));
    compiled = std::make_unique<re2::RE2>(pattern, pattern_options());
    TRY_STATUS(meter.spend(compiled->ok() ? compiled->ProgramSize() : kStepsOfABadOne));
  }
  if (!compiled->ok()) return pattern_error(pattern, *compiled);
  return compiled.get();
}

// A pattern without operators is looked for as fast as a text; one with a small program soon has
// all the states of its automaton. Of a larger one the automaton may need a new state for each
// byte, and making it takes as long as the program has parts.
Result<bool> PatternCache::matches(const std::string& pattern, std::string_view text,
                                   Meter& meter) {
  constexpr std::int64_t kWorkPerStep = 128;
  constexpr std::int64_t kSmallProgram = 24, kSmallWork = 8;
  TRY(const re2::RE2* compiled, get(pattern, meter));
  const bool is_literal = pattern.find_first_of("\\.+*?()|[]{}^$") == std::string::npos;
  const std::int64_t program = compiled->ProgramSize();
  const std::int64_t work = is_literal ? 1 : program <= kSmallProgram ? kSmallWork : program;
  TRY_STATUS(meter.spend(static_cast<std::int64_t>(text.size()) * work / kWorkPerStep));
  return re2::RE2::PartialMatch({text.data(), text.size()}, *compiled);
}

Status check_pattern(const std::string& pattern) {
  const re2::RE2 compiled(pattern, pattern_options());
  if (!compiled.ok()) return pattern_error(pattern, compiled);
  return ok();
}

bool matches_whole(const std::string& pattern, std::string_view text) {
  const re2::RE2 compiled(pattern, pattern_options());
  return compiled.ok() && re2::RE2::FullMatch({text.data(), text.size()}, compiled);
}

bool Call::takes(std::initializer_list<Value::Kind> kinds) const {
  return std::equal(values.begin(), values.end(), kinds.begin(), kinds.end(),
                    [](const Value& value, Value::Kind kind) { return value.is(kind); });
}

Error Call::no_overload() const {
  std::string types;
  for (const Value& value : values)
    types += fmt::format("{}{}", types.empty() ? "" : ", ", type_name(value));
  return refuse(
      {"no overload of {} for ({}); convert the values first", "{} 不接受 ({})；请先转换类型"},
      name, types);
}

Error no_overload(std::string_view what, std::initializer_list<const Value*> operands) {
  std::string types;
  for (const Value* value : operands)
    types += fmt::format("{}{}", types.empty() ? "" : " and ", type_name(*value));
  return refuse({"no overload of {} for {}; convert one side, as in string(x) or double(x)",
                 "{} 不能用于 {}；请转换其中一边，如 string(x) 或 double(x)"},
                what, types);
}

const Function* find_function(std::string_view name, CallStyle style) {
  const auto less = [](const Function* f, std::string_view wanted) { return f->name < wanted; };
  for (auto at = std::lower_bound(table().begin(), table().end(), name, less);
       at != table().end() && (*at)->name == name; ++at)
    if ((*at)->style == style || (*at)->style == CallStyle::Both) return *at;
  return nullptr;
}

bool is_namespace(std::string_view name) {
  return std::find(kNamespaces.begin(), kNamespaces.end(), name) != kNamespaces.end();
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names{"has", "all", "exists", "exists_one", "map", "filter"};
  for (const Function* function : table()) names.push_back(function->name);
  return names;
}

}  // namespace gantry::expr
