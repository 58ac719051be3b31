// Codecs: values and small structures as JSON text, for the store.
//
// Every Value comes back as it was, kind included. Kinds that JSON lacks are written as a map with
// one key that begins with '$': {"$uint":"5"}, {"$bytes":"base64"}, {"$timestamp":us},
// {"$duration":us}, {"$type":"int"}, {"$double":"nan"}, and {"$map":[[key,value],...]} for maps
// whose keys are not all strings (or that could be mistaken for one of these). A finite double is
// a number with a point or an exponent, so that 1.0 does not come back as the int 1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "model/workflow.h"

namespace gantry::model {

std::string encode_value(const Value& value);
Result<Value> decode_value(std::string_view text);

std::string encode_map(const ValueMap& map);
Result<ValueMap> decode_map(std::string_view text);

std::string encode_triggers(const std::vector<Trigger>& triggers);
Result<std::vector<Trigger>> decode_triggers(std::string_view text);

std::string_view name_of(TriggerKind kind);        // "cron", "every", "at" ...
std::string_view name_of(OnHoliday rule);          // "skip", "before", "after"
std::string_view name_of(CatchUp::Policy policy);  // "none", "latest", "all"
std::string_view name_of(HookAuth auth);           // "hmac", "github" ...
std::string_view name_of(ActionKind kind);         // "pass", "run", "exec", "switch", "group"
std::optional<TriggerKind> trigger_kind_of(std::string_view name);
std::optional<OnHoliday> on_holiday_of(std::string_view name);
std::optional<CatchUp::Policy> catch_up_policy_of(std::string_view name);
std::optional<HookAuth> hook_auth_of(std::string_view name);
std::optional<ActionKind> action_kind_of(std::string_view name);

}  // namespace gantry::model
