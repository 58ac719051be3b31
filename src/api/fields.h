// Fields: what a route takes as query parameters or as members of a JSON body. One description
// serves the check of every request and the OpenAPI document.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "base/value.h"

namespace gantry::api {

enum class FieldKind {
  String,    // min..max code points
  Integer,   // min..max
  Boolean,   // true, false, 1, 0; in a query also without a value
  Time,      // RFC 3339
  Date,      // "2026-01-31"
  Duration,  // "30s"; min..max microseconds
  Choice,    // one of `choices`
  Choices,   // several of `choices`: repeated or with commas
  Strings,   // texts of min..max code points: repeated
  Object,    // a JSON object; only in bodies
  Integers,  // a JSON list of 1 to kPageMax numbers of min..max, no two alike; only in bodies
  Dates,     // a JSON list of 1 to max dates; only in bodies
};

// Values of Choices or Strings that are looked at.
inline constexpr std::int64_t kFieldValuesMax = 100;

struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::String;
  Text help = {};
  bool required = false;
  std::int64_t min = 0;
  std::int64_t max = 0;  // of Integer, Duration, String, Dates
  std::vector<std::string_view> choices = {};
};

// Checked values by name; what was not given is absent. Choices and Strings are lists of strings.
using Values = std::map<std::string, Value, std::less<>>;

const Value* value_in(const Values& values, std::string_view name);  // null: not given
std::string text_in(const Values& values, std::string_view name);    // empty: not given
bool flag_in(const Values& values, std::string_view name);           // false: not given
std::optional<Instant> instant_in(const Values& values, std::string_view name);
std::optional<CivilDate> date_in(const Values& values, std::string_view name);

// InvalidArgument names the parameter, with a suggestion for an unknown one.
Result<Values> check_query(const std::vector<Field>& fields,
                           const std::vector<std::pair<std::string, std::string>>& query);
// `body` is a parsed JSON value; null stands for no body.
Result<Values> check_body(const std::vector<Field>& fields, const Value& body);

}  // namespace gantry::api
