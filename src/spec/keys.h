// The keys of each kind of map: those that exist now, and those of the design that do not exist
// yet and are refused by name.
#pragma once

#include <span>
#include <string_view>

namespace gantry::spec {

struct KeySet {
  std::string_view what;  // "a task"
  std::span<const std::string_view> known;
  std::span<const std::string_view> later;
};

extern const KeySet kWorkflowKeys;
extern const KeySet kDefaultsKeys;
extern const KeySet kConcurrencyKeys;
extern const KeySet kTaskKeys;
extern const KeySet kRetryKeys;
extern const KeySet kParamKeys;
extern const KeySet kTriggerKeys;
extern const KeySet kNoKeys;  // of `pass: {}`

}  // namespace gantry::spec
