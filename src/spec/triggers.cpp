#include "spec/triggers.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "model/codec.h"
#include "schedule/schedule.h"
#include "spec/names.h"
#include "spec/params.h"
#include "spec/sources.h"
#include "spec/timers.h"
#include "spec/trigger_calendar.h"

namespace gantry::spec {

using model::Trigger;
using model::TriggerKind;

namespace {

// parse_cron says ", column 7: ..."; that column counts within the expression.
std::size_t column_in(std::string_view message) {
  constexpr std::string_view kColumn = ", column ";
  const auto at = message.find(kColumn);
  if (at == std::string_view::npos) return 1;
  const std::string_view digits = message.substr(at + kColumn.size());
  std::size_t column = 1;
  std::from_chars(digits.data(), digits.data() + digits.size(), column);
  return std::max<std::size_t>(column, 1);
}

// An id that stays as long as the trigger's text does.
std::string derived_id(const Trigger& trigger) {
  std::string text = fmt::format("{}|{}|{}|{}|{}", trigger.cron, trigger.every.us,
                                 trigger.from ? format_instant(*trigger.from) : "",
                                 trigger.timezone, to_json(trigger.params));
  if (trigger.at) text += "|at=" + format_instant(*trigger.at);
  if (!model::is_timer(trigger.kind)) text += "|" + model::encode_triggers({trigger});
  if (!trigger.timer->calendar.empty())
    text += fmt::format("|{}|{}", trigger.timer->calendar, name_of(trigger.timer->on_holiday));
  const std::string at = trigger.at ? "|at=" + format_instant(*trigger.at) : "";
  constexpr std::size_t kDigits = 12;
  return sha256_hex(text + text_of(*trigger.timer)).substr(0, kDigits);
}

class TriggerReader {
 public:
  TriggerReader(const Source& source, const Node& map, Draft& draft)
      : source_(source), map_(map), fields_(source, map), draft_(draft) {}

  void read() {
    check_keys(source_, map_, kTriggerKeys);
    trigger_.enabled = fields_.flag("enabled").value_or(true);
    trigger_.timezone = draft_.workflow.timezone;
    if (const auto zone = fields_.plain_text("timezone"))
      if (check_zone(source_, *fields_.find("timezone"), *zone)) trigger_.timezone = *zone;
    read_kind();
    read_trigger_calendar(source_, fields_, draft_, trigger_);
    read_values();
    read_id();
    check_cron();
    draft_.workflow.triggers.push_back(std::move(trigger_));
  }

 private:
  void read_kind() {
    std::string_view kind;
    for (const std::string_view one : kTriggerKeys.one_of) {
      if (!fields_.has(one)) continue;
      if (!kind.empty())
        source_.problems.add(MisplacedKey, fields_.key_place(one),
                             refuse({"a trigger has either '{}' or '{}'; make two triggers",
                                     "一个触发器只能有 '{}' 或 '{}'；请写成两个触发器"},
                                    kind, one));
      if (kind.empty()) kind = one;
    }
    if (kind.empty() && !has_later_kind())
      source_.problems.add(MissingKey, map_.place,
                           refuse({"a trigger needs one of 'cron', 'every', 'at', 'event', 'file', "
                                   "'webhook' and 'workflow'",
                                   "触发器需要 'cron'、'every'、'at'、'event'、'file'、'webhook'、"
                                   "'workflow' 之一"}));
    if (fields_.has("from") && !fields_.has("every"))
      source_.problems.add(MisplacedKey, fields_.key_place("from"),
                           refuse({"'from' belongs to 'every'", "'from' 只用于 'every'"}));
    if (fields_.has("cron")) read_cron();
    if (fields_.has("every")) read_every();
    if (fields_.has("at")) trigger_.kind = TriggerKind::At;
    read_source(source_, fields_, draft_, trigger_);
    if (model::is_timer(trigger_.kind))
      read_timer(source_, fields_, trigger_);
    else
      refuse_timer_keys();
  }

  void refuse_timer_keys() {
    for (const std::string_view key : {"start", "end", "jitter", "catchup"})
      if (fields_.has(key))
        source_.problems.add(MisplacedKey, fields_.key_place(key),
                             refuse({"'{}' belongs to 'cron', 'every' and 'at'",
                                     "'{}' 只用于 'cron'、'every' 和 'at'"},
                                    key));
  }

  bool has_later_kind() const { return fields_.has("alert"); }

  void read_cron() {
    const auto text = fields_.plain_text("cron");
    if (!text) return;
    trigger_.kind = TriggerKind::Cron;
    trigger_.cron = *text;
    cron_given_ = true;
  }

  // After the id, because `H` depends on it.
  void check_cron() {
    if (!cron_given_) return;
    const std::string seed = schedule::cron_seed(draft_.workflow.name, trigger_.id);
    const auto cron = schedule::parse_cron(trigger_.cron, seed);
    if (cron.ok()) return;
    const Node& node = *fields_.find("cron");
    const std::size_t column = column_in(cron.error().message);
    const Lines line(trigger_.cron);
    const std::size_t offset = line.offset({1, static_cast<int>(column)});
    source_.problems.add(BadCron, source_.tree.place_in(node, offset), cron.error());
  }

  void read_every() {
    trigger_.kind = TriggerKind::Every;
    if (const auto every = fields_.duration("every", kEveryRange)) trigger_.every = *every;
    trigger_.from = read_instant(source_, fields_, "from");
  }

  void read_values() {
    const Node* map = fields_.map("params");
    for (std::size_t i = 0; map != nullptr && i < map->children.size(); i += 2)
      read_value(source_.tree.at(map->children[i]), source_.tree.at(map->children[i + 1]));
    for (const model::Param& param : draft_.workflow.params) {
      const bool given = map != nullptr && Fields(source_, *map).has(param.name);
      if (param.required && !param.fallback && !given)
        source_.problems.add(MissingParam, map_.place,
                             refuse({"the param '{}' is required and has no default, so this "
                                     "trigger must give it in 'params'",
                                     "参数“{}”是必填的且没有默认值，触发器须在 'params' 中给出它"},
                                    param.name));
    }
  }

  void read_value(const Node& key, const Node& value) {
    std::vector<std::string_view> names;
    for (const model::Param& param : draft_.workflow.params) {
      names.push_back(param.name);
      if (param.name != key.text) continue;
      if (value.is_scalar() && !model::is_timer(trigger_.kind) &&
          value.text.find("${{") != std::string::npos) {
        draft_.add_text(value, ScopeKind::TriggerParam);
        trigger_.params.emplace_back(Value(key.text), Value(value.text));
        return;
      }
      if (value.is_scalar() && refuse_expression(source_, value, "params")) return;
      if (auto typed = read_param_value(source_, param, value, key.text))
        trigger_.params.emplace_back(Value(key.text), std::move(*typed));
      return;
    }
    source_.problems.add(UnknownParam, key.place,
                         refuse({"the workflow has no param '{}'", "工作流没有参数“{}”"}, key.text),
                         source_.problems.suggest(key.text, names));
  }

  void read_id() {
    const auto id = fields_.text("id");
    trigger_.id = id ? *id : derived_id(trigger_);
    if (id)
      if (const auto fault = fault_of_id(*id))
        source_.problems.add(BadName, fields_.find("id")->place, *fault);
    for (const Trigger& other : draft_.workflow.triggers)
      if (other.id == trigger_.id)
        return source_.problems.add(
            DuplicateName, id ? fields_.find("id")->place : map_.place,
            id ? refuse({"two triggers have the id '{}'", "有两个触发器的 id 都是“{}”"}, *id)
               : refuse({"two triggers are the same; give them an 'id' or remove one",
                         "有两个触发器完全相同；请各给一个 'id' 或删去其一"}));
  }

  const Source& source_;
  const Node& map_;
  Fields fields_;
  Draft& draft_;
  Trigger trigger_;
  bool cron_given_ = false;  // as text, good or bad
};

}  // namespace

bool check_zone(const Source& source, const Node& node, std::string_view name) {
  const auto zone = schedule::find_zone(name);
  if (!zone.ok()) source.problems.add(BadZone, node.place, zone.error());
  return zone.ok();
}

void read_triggers(const Source& source, const Node& list, Draft& draft) {
  constexpr std::size_t kTriggersMax = 1'000;
  if (list.children.size() > kTriggersMax)
    return source.problems.add(
        OutOfRange, list.place,
        refuse({"a workflow has at most {} triggers", "一个工作流最多有 {} 个触发器"},
               kTriggersMax));
  for (const NodeId id : list.children) {
    const Node& item = source.tree.at(id);
    if (item.kind == NodeKind::Map)
      TriggerReader(source, item, draft).read();
    else
      source.problems.add(WrongType, item.place,
                          refuse({"a trigger is a map such as {{id: nightly, cron: \"0 2 * * *\"}}",
                                  "触发器应为映射，例如 {{id: nightly, cron: \"0 2 * * *\"}}"}));
  }
}

}  // namespace gantry::spec
