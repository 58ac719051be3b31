// The functions of the language: one table, one file per group. All are pure and bounded.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "expr/meter.h"
#include "expr/pattern.h"
#include "expr/scope.h"

namespace re2 {
class RE2;
}

namespace gantry::expr {

// Regular expressions compiled during one evaluation, so that a loop compiles its pattern once.
class PatternCache {
 public:
  PatternCache();
  ~PatternCache();
  PatternCache(const PatternCache&) = delete;
  PatternCache& operator=(const PatternCache&) = delete;
  // Whether a part of the text matches. Costs steps by the size of the pattern's program.
  Result<bool> matches(const std::string& pattern, std::string_view text, Meter& meter);

 private:
  Result<const re2::RE2*> get(const std::string& pattern, Meter& meter);

  std::map<std::string, std::unique_ptr<re2::RE2>> compiled_;
};

// One call. A method gets what stands before its dot as values[0].
struct Call {
  std::string_view name;
  std::span<const Value> values;
  const Scope& scope;
  Meter& meter;
  PatternCache& patterns;

  std::size_t size() const { return values.size(); }
  const Value& operator[](std::size_t i) const { return values[i]; }
  bool takes(std::initializer_list<Value::Kind> kinds) const;  // exactly these kinds
  Error no_overload() const;  // "no overload of NAME for (int, string)"
};

enum class CallStyle { Global, Method, Both };

struct Function {
  std::string_view name;  // with its namespace: "math.greatest"
  CallStyle style = CallStyle::Global;
  int arguments_min = 1;  // a method's target counts
  int arguments_max = 1;
  Result<Value> (*body)(const Call&) = nullptr;
  bool passes_through = false;  // gives back an argument, builds nothing
};
constexpr int kAnyNumber = 1 << 20;

// `style` is how it is called: Global or Method. Null if there is none.
const Function* find_function(std::string_view name, CallStyle style);
bool is_namespace(std::string_view name);        // "math", "cel", ...
std::vector<std::string_view> function_names();  // for suggestions

// The groups.
std::span<const Function> conversion_functions();
std::span<const Function> string_functions();
std::span<const Function> time_functions();
std::span<const Function> math_functions();
std::span<const Function> encoding_functions();
std::span<const Function> optional_functions();
std::span<const Function> world_functions();
std::span<const Function> decimal_functions();

// Shared between groups.
Result<Value> convert_to_string(const Value& value);  // string(value)
std::string format_double(double number);             // shortest form that reads back
Result<Value> format_text(const Call& call);          // "%s".format([...])
Result<Duration> zone_offset(const Call& call);       // of values[1] at values[0]

}  // namespace gantry::expr
