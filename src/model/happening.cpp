#include "model/happening.h"

#include <array>

#include "model/codec.h"

namespace gantry::model {

namespace {
constexpr std::array<std::string_view, 4> kFrom{"emit", "webhook", "file", "workflow"};
constexpr std::array<std::string_view, 7> kFates{"run",     "filtered", "skipped", "refused",
                                                 "waiting", "nobody",   "woke"};

template <typename E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

Result<TriggerFate> fate_in(const Value& map) {
  const auto text = [&](std::string_view key) {
    const Value* member = map.find(key);
    return member != nullptr && member->is(Value::Kind::String) ? member->as_string()
                                                                : std::string();
  };
  const auto number = [&](std::string_view key) {
    const Value* member = map.find(key);
    return member != nullptr && member->is(Value::Kind::Int) ? member->as_int() : 0;
  };
  const auto fate = fate_of(text("fate"));
  if (!fate) return error(Code::DataLoss, "unknown fate '" + text("fate") + "'");
  return TriggerFate{WorkflowId{number("id")}, text("workflow"), text("trigger"),  *fate,
                     RunNo{number("run")},     text("reason"),   text("reason_zh")};
}
}  // namespace

std::string_view name_of(EventFrom from) { return kFrom[static_cast<std::size_t>(from)]; }
std::string_view name_of(Fate fate) { return kFates[static_cast<std::size_t>(fate)]; }
std::optional<EventFrom> event_from_of(std::string_view name) {
  return find<EventFrom>(kFrom, name);
}
std::optional<Fate> fate_of(std::string_view name) { return find<Fate>(kFates, name); }

std::string encode_fates(const std::vector<TriggerFate>& fates) {
  ValueList list;
  for (const TriggerFate& f : fates) {
    ValueMap map{{"fate", std::string(name_of(f.fate))}};
    if (f.workflow.value != 0) map.emplace_back("id", f.workflow.value);
    if (!f.workflow_name.empty()) map.emplace_back("workflow", f.workflow_name);
    if (!f.trigger.empty()) map.emplace_back("trigger", f.trigger);
    if (f.run.value != 0) map.emplace_back("run", f.run.value);
    if (!f.reason.empty()) map.emplace_back("reason", f.reason);
    if (!f.reason_zh.empty()) map.emplace_back("reason_zh", f.reason_zh);
    list.emplace_back(std::move(map));
  }
  return encode_value(Value(std::move(list)));
}

Result<std::vector<TriggerFate>> decode_fates(std::string_view text) {
  TRY(const Value value, decode_value(text));
  if (!value.is(Value::Kind::List)) return error(Code::DataLoss, "fates are not a list");
  std::vector<TriggerFate> fates;
  for (const Value& one : value.as_list()) {
    TRY(TriggerFate fate, fate_in(one));
    fates.push_back(std::move(fate));
  }
  return fates;
}

}  // namespace gantry::model
