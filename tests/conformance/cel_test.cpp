// Runs the conformance cases of the Common Expression Language, which live beside the project (see
// their README.md). Cases that a documented difference touches are counted as "not yet".
#include <date/tz.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/json.h"
#include "base/utf8.h"
#include "expr/evaluate.h"
#include "expr/expression.h"
#include "expr/scope.h"
#include "expr/tagged.h"

namespace gantry::expr {
namespace {

namespace fs = std::filesystem;
const fs::path kCases = fs::path(GANTRY_SOURCE_DIR) / ".." / "shared" / "conformance" / "cel";

// Raise these as the language grows; they never sink.
constexpr int kPassedFloor = 1100;

// Equal in kind and value, and NaN equals NaN.
bool same(const Value& a, const Value& b) {
  using K = Value::Kind;
  if (a.kind() != b.kind()) return false;
  if (a.is(K::Double) && std::isnan(a.as_double())) return std::isnan(b.as_double());
  if (a.is(K::List))
    return std::equal(a.as_list().begin(), a.as_list().end(), b.as_list().begin(),
                      b.as_list().end(), same);
  if (!a.is(K::Map)) return a == b;
  if (a.as_map().size() != b.as_map().size()) return false;
  for (const auto& [key, value] : a.as_map()) {
    const Value* other = b.find(key);
    if (other == nullptr || !same(value, *other)) return false;
  }
  return true;
}

// With zones that another library knows.
class CaseScope final : public ContainerScope {
 public:
  CaseScope(const Value* bindings, std::string container) : ContainerScope(std::move(container)) {
    if (bindings == nullptr) return;
    for (const auto& [name, value] : bindings->as_map())
      set(name.as_string(), read_tagged(value).value());
  }

  std::optional<Duration> zone_offset(std::string_view zone, Instant at) const override {
    for (const auto& known : date::get_tzdb().zones)
      if (known.name() == zone) return offset(known, at);
    return std::nullopt;
  }

 private:
  static Duration offset(const date::time_zone& zone, Instant at) {
    const auto point = date::sys_seconds(std::chrono::seconds(at.us / 1000000));
    return seconds(zone.get_info(point).offset.count());
  }
};

// Some wanted texts kept the escapes of the format they were converted from: \u0100 as six
// characters. Those cases are taken to want what the escape means.
Value without_escapes(const Value& wanted) {
  if (!wanted.is(Value::Kind::String)) return wanted;
  const std::string& text = wanted.as_string();
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t digits = text.compare(at, 2, "\\u") == 0   ? 4
                               : text.compare(at, 2, "\\U") == 0 ? 8
                                                                 : 0;
    if (digits == 0) {
      out += text[at++];
      continue;
    }
    append_utf8(out, static_cast<char32_t>(std::stoul(text.substr(at + 2, digits), nullptr, 16)));
    at += 2 + digits;
  }
  return Value(std::move(out));
}

// Known differences: times keep microseconds, CEL's cases use nanoseconds.
bool not_yet(const std::string& expression) { return expression.find("ns')") != std::string::npos; }

std::string text_of(const Value& json, const char* key) {
  const Value* found = json.find(std::string_view(key));
  return found == nullptr ? "" : found->as_string();
}

struct Outcome {
  bool passed = false;
  std::string detail;
};

Outcome run(const Value& test) {
  const CaseScope scope(test.find(std::string_view("bindings")), text_of(test, "container"));
  auto expression = parse(text_of(test, "expr"));
  const Result<Value> result =
      expression.ok() ? evaluate(*expression, scope) : Result<Value>(expression.error());
  const Value* wanted = test.find(std::string_view("value"));
  if (!result.ok()) return {wanted == nullptr, "error: " + result.error().message};
  const std::string detail = "got " + to_json(*result);
  if (wanted == nullptr) return {false, detail};
  const Value expected = read_tagged(*wanted).value();
  return {same(*result, expected) || same(*result, without_escapes(expected)), detail};
}

struct Counts {
  int passed = 0;
  int failed = 0;
  int waiting = 0;
};

void run_file(const fs::path& path, Counts& counts) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const Value test = parse_json(line).value();
    const Outcome outcome = run(test);
    if (outcome.passed) {
      ++counts.passed;
    } else if (not_yet(text_of(test, "expr"))) {
      ++counts.waiting;
    } else {
      ++counts.failed;
      fmt::print("[cel] failed {}/{}/{}: {} -> {}\n", text_of(test, "file"),
                 text_of(test, "section"), text_of(test, "name"), text_of(test, "expr"),
                 outcome.detail);
    }
  }
}

TEST(CelConformance, PassesAtLeastTheFloor) {
  if (!fs::is_directory(kCases)) {
    fmt::print("[cel] NOTICE: no cases at {}, nothing was measured\n", kCases.string());
    GTEST_SKIP() << "no conformance cases";
  }
  Counts counts;
  for (const auto& entry : fs::directory_iterator(kCases))
    if (entry.path().extension() == ".jsonl") run_file(entry.path(), counts);
  fmt::print("[cel] {} passed, {} failed, {} not yet\n", counts.passed, counts.failed,
             counts.waiting);
  EXPECT_GE(counts.passed, kPassedFloor);
}

}  // namespace
}  // namespace gantry::expr
