#include "spec/timers.h"

#include <fmt/format.h>

#include "model/codec.h"

namespace gantry::spec {

namespace {
using Policy = model::CatchUp::Policy;

std::optional<Policy> read_policy(const Source& source, const Node& node, std::string_view key) {
  const auto text = read_text(source, node, key);
  if (!text) return std::nullopt;
  const auto policy = model::catch_up_policy_of(*text);
  if (!policy)
    source.problems.add(
        BadValue, node.place,
        refuse({"'{}' is none, latest or all, not '{}'", "'{}' 为 none、latest 或 all，而不是“{}”"},
               key, *text),
        source.problems.suggest(*text, {"none", "latest", "all"}));
  return policy;
}

model::CatchUp read_catch_up_map(const Source& source, const Node& map) {
  model::CatchUp out;
  check_keys(source, map, kCatchUpKeys);
  const Fields fields(source, map);
  if (const Node* policy = fields.find("policy"))
    out.policy = read_policy(source, *policy, "policy").value_or(out.policy);
  out.window = fields.duration("window", kCatchUpWindowRange).value_or(out.window);
  if (const auto max = fields.whole("max", kCatchUpMaxRange)) out.max = static_cast<int>(*max);
  if (fields.has("max") && out.policy != Policy::All)
    source.problems.add(MisplacedKey, fields.key_place("max"),
                        refuse({"'max' belongs to 'policy: all'", "'max' 只用于 'policy: all'"}));
  if (fields.has("window") && out.policy == Policy::None)
    source.problems.add(MisplacedKey, fields.key_place("window"),
                        refuse({"'policy: none' has no 'window'", "'policy: none' 没有 'window'"}));
  return out;
}

model::CatchUp read_catch_up(const Source& source, const Fields& fields) {
  model::CatchUp out;
  const Node* node = fields.find("catchup");
  if (node == nullptr) return out;
  if (node->kind == NodeKind::Map) return read_catch_up_map(source, *node);
  out.policy = read_policy(source, *node, "catchup").value_or(out.policy);
  return out;
}
}  // namespace

std::optional<Instant> read_instant(const Source& source, const Fields& fields,
                                    std::string_view key) {
  const auto text = fields.plain_text(key);
  if (!text) return std::nullopt;
  const auto instant = parse_instant(*text);
  if (instant.ok()) return *instant;
  source.problems.add(BadDate, fields.find(key)->place,
                      refuse({"'{}' is an instant like 2026-01-01T00:00:00+08:00, not '{}'",
                              "'{}' 应为 2026-01-01T00:00:00+08:00 这样的时刻，而不是“{}”"},
                             key, *text));
  return std::nullopt;
}

void read_timer(const Source& source, const Fields& fields, model::Trigger& trigger) {
  trigger.at = read_instant(source, fields, "at");
  model::TimerDetails details = *trigger.timer;
  details.start = read_instant(source, fields, "start");
  details.end = read_instant(source, fields, "end");
  details.jitter = fields.duration("jitter", kSpreadRange).value_or(details.jitter);
  details.catch_up = read_catch_up(source, fields);
  for (const std::string_view key : {"start", "end"})
    if (trigger.at && fields.has(key))
      source.problems.add(
          MisplacedKey, fields.key_place(key),
          refuse({"'at' is one instant and has no '{}'", "'at' 是一个时刻，没有 '{}'"}, key));
  if (details.start && details.end && *details.start >= *details.end)
    source.problems.add(BadValue, fields.find("end")->place,
                        refuse({"'end' is not after 'start'", "'end' 不晚于 'start'"}));
  trigger.timer = std::move(details);
}

std::string text_of(const model::TimerDetails& details) {
  std::string out;
  if (details.start) out += "|start=" + format_instant(*details.start);
  if (details.end) out += "|end=" + format_instant(*details.end);
  if (details.jitter > Duration{}) out += fmt::format("|jitter={}", details.jitter.us);
  return out;
}

}  // namespace gantry::spec
