// The keys of each kind of map, as rows of data: what the reader accepts, what the reference says
// of them, and by name those of the design that do not exist yet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"
#include "spec/ranges.h"
#include "spec/scopes.h"

namespace gantry::spec {

// What stands behind a key.
enum class Form : std::uint8_t {
  Text,        // as it is written; no ${{ }}
  Template,    // a text that may hold ${{ }}
  Expression,  // an expression by itself, without ${{ }}
  Flag,
  Mark,  // `true`, nothing or {}
  Whole,
  Number,
  Duration,
  Choice,            // one of `choices`
  ChoiceOrMap,       // one of them, or a map with the keys of `keys`
  Value,             // what the type of the param says
  Texts,             // a list
  Wholes,            // a list
  Templates,         // a list
  NamedTexts,        // name -> text
  NamedTemplates,    // name -> template
  NamedExpressions,  // name -> expression
  NamedValues,       // name -> value of the param of this name
  Map,               // the keys of `keys`
  Maps,              // name -> map with the keys of `keys`
  Items,             // a list of maps with the keys of `keys`
  Elements,          // a list of values, or a template that gives a list
  Dates,             // of a calendar: dates and ranges, a list or with names
  Spans,             // of a calendar: spans of a day, a list or by day of the week
};

struct KeySet;

struct Key {
  std::string_view name;
  Form form = Form::Text;
  Text about;
  std::string_view example;  // lines that may stand in the map
  bool needed = false;
  std::string (*fallback)() = nullptr;  // the default as the code has it
  Text usual = {};                      // the default in words; neither: none
  double min = 0, max = 0;              // of Whole(s), Number, and Duration in microseconds
  std::span<const std::string_view> choices = {};
  const KeySet* keys = nullptr;
  std::optional<ScopeKind> scope = {};  // of templates and expressions
  std::string_view since = "0.1.0";
};

struct KeySet {
  Text what;              // "a task"
  std::string_view path;  // before a key: "tasks.NAME."
  std::span<const Key> known;
  std::span<const std::string_view> later;
  std::span<const std::string_view> one_of = {};  // of these a map has exactly one
};

extern const KeySet kWorkflowKeys;
extern const KeySet kDefaultsKeys;
extern const KeySet kConcurrencyKeys;
extern const KeySet kTaskKeys;
extern const KeySet kRetryKeys;
extern const KeySet kWaitKeys;
extern const KeySet kWaitEventKeys;
extern const KeySet kArmKeys;  // of switch: keys_flow.cpp
extern const KeySet kRepeatKeys;
extern const KeySet kTolerateKeys;
extern const KeySet kThresholdKeys;
extern const KeySet kParamKeys;
extern const KeySet kTriggerKeys;
extern const KeySet kPeopleKeys;  // of people.yaml: keys_people.cpp
extern const KeySet kPersonKeys;
extern const KeySet kImKeys;
extern const KeySet kEventKeys;
extern const KeySet kWebhookKeys;
extern const KeySet kCompletionKeys;
extern const KeySet kFileKeys;
extern const KeySet kCatchUpKeys;
extern const KeySet kCalendarKeys;
extern const KeySet kCatchUpKeys;
extern const KeySet kNoKeys;  // of `pass: {}`

const Key* find_key(const KeySet& keys, std::string_view name);  // null: none

}  // namespace gantry::spec
