// What decides which tasks run, and how often: switch, foreach, repeat.
#include <algorithm>

#include "spec/names.h"
#include "spec/node_value.h"
#include "spec/tasks.h"

namespace gantry::spec {

using model::Task;

namespace {

class FlowReader {
 public:
  FlowReader(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
             Task& task, TaskDraft& extra)
      : source_(source),
        fields_(fields),
        index_(index),
        draft_(draft),
        task_(task),
        extra_(extra) {}

  void read() {
    if (task_.action.kind == model::ActionKind::Switch) read_switch();
    read_foreach();
    read_repeat();
    task_.flow = std::move(flow_);
  }

 private:
  void report(Lint code, std::string_view key, const Error& what) {
    source_.problems.add(code, fields_.key_place(key), what);
  }

  // ---- switch

  void read_switch() {
    const Node* list = fields_.list("switch");
    if (list == nullptr) return;
    if (list->children.empty())
      source_.problems.add(BadValue, list->place,
                           refuse({"'switch' is a list of ways on, such as {{when: ..., then: "
                                   "[TASK]}} and {{otherwise: [TASK]}}",
                                   "'switch' 是分支的列表，例如 {{when: ..., then: [TASK]}} 和 "
                                   "{{otherwise: [TASK]}}"}));
    std::vector<model::Arm> arms;
    for (const NodeId child : list->children) read_arm(source_.tree.at(child), arms);
    flow_.arms = std::move(arms);
  }

  void read_arm(const Node& node, std::vector<model::Arm>& arms) {
    if (node.kind != NodeKind::Map)
      return report_type(source_, node, "switch", {"a list of maps", "映射的列表"});
    check_keys(source_, node, kArmKeys);
    const Fields arm(source_, node);
    const bool is_rest = arm.has("otherwise");
    if (!arms.empty() && arms.back().when.empty())
      source_.problems.add(
          MisplacedKey, node.place,
          refuse({"'otherwise' is the last way on", "'otherwise' 应为最后一个分支"}));
    if (is_rest && (arm.has("when") || arm.has("then")))
      source_.problems.add(MisplacedKey, arm.key_place("otherwise"),
                           refuse({"'otherwise' stands alone: it is the tasks of that way",
                                   "'otherwise' 单独使用：其值即该分支的任务"}));
    if (!is_rest && (!arm.has("when") || !arm.has("then")))
      source_.problems.add(MissingKey, node.place,
                           refuse({"a way on has 'when' and 'then', or 'otherwise'",
                                   "分支须有 'when' 和 'then'，或 'otherwise'"}));
    model::Arm& out = arms.emplace_back();
    out.when = read_condition(source_, arm, "when", ScopeKind::When, index_, draft_);
    extra_.arms.push_back(arm.texts(is_rest ? "otherwise" : "then"));
  }

  // ---- foreach

  void read_foreach() {
    for (const std::string_view key : {"as", "max_parallel", "tolerate", "threshold"})
      if (fields_.has(key) && !fields_.has("foreach"))
        report(MisplacedKey, key,
               refuse({"'{}' belongs to 'foreach'", "'{}' 只用于 'foreach'"}, key));
    if (!fields_.has("foreach")) return;
    if (task_.background || task_.action.kind == model::ActionKind::Switch)
      return report(MisplacedKey, "foreach",
                    refuse({"a switch and a background task have no 'foreach'",
                            "switch 和后台任务不能有 'foreach'"}));
    model::Foreach foreach;
    read_items(foreach);
    read_as(foreach);
    if (const auto most = fields_.whole("max_parallel", kItemsRange))
      foreach
        .max_parallel = static_cast<int>(*most);
    read_tolerate(foreach);
    read_threshold(foreach.threshold);
    flow_.foreach = std::move(foreach);
  }

  void read_items(model::Foreach& foreach) {
    const Node* node = fields_.find("foreach");
    if (node == nullptr) return;
    if (node->kind == NodeKind::List) {
      foreach
        .items = to_value(source_, *node, "foreach");
      return;
    }
    if (node->kind == NodeKind::String && node->text.find("${{") != std::string::npos) {
      foreach
        .list = node->text;
      return draft_.add_text(*node, ScopeKind::Items, index_);
    }
    report_type(source_, *node, "foreach",
                {"a list, or an expression such as ${{ tasks.NAME.outputs.files }} that gives one",
                 "列表，或给出列表的表达式，例如 ${{ tasks.NAME.outputs.files }}"});
  }

  void read_as(model::Foreach& foreach) {
    const auto name = fields_.plain_text("as");
    if (!name) return;
    const auto own = names_of(ScopeKind::Task);
    const bool taken = std::find(own.begin(), own.end(), *name) != own.end() || *name == "index" ||
                       *name == "secrets" || *name == "vars" || *name == "outputs";
    if (!is_variable_name(*name))
      return report(BadName, "as",
                    refuse({"'{}' can not be a name in expressions: letters, digits and '_'",
                            "“{}”不能作为表达式中的名称：只能用字母、数字和“_”"},
                           *name));
    if (taken)
      return report(ReservedName, "as",
                    refuse({"'{}' has a meaning already", "“{}”已有含义"}, *name));
    foreach
      .as = *name == "item" ? "" : *name;
  }

  void read_tolerate(model::Foreach& foreach) {
    const Node* map = fields_.map("tolerate");
    if (map == nullptr) return;
    check_keys(source_, *map, kTolerateKeys);
    const Fields inner(source_, *map);
    if (const auto failed = inner.whole("failed", kToleratedRange))
      foreach
        .tolerated = static_cast<int>(*failed);
  }

  void read_threshold(model::Threshold& threshold) {
    const Node* map = fields_.map("threshold");
    if (map == nullptr) return;
    check_keys(source_, *map, kThresholdKeys);
    const Fields inner(source_, *map);
    if (const auto failed = inner.whole("failed", kItemsRange))
      threshold.failed = static_cast<int>(*failed);
    if (const auto min = inner.whole("min", kItemsRange)) threshold.min = static_cast<int>(*min);
    read_rate(inner, threshold);
    const auto then = inner.text("then");
    if (then && *then != "fail")
      source_.problems.add(
          *then == "rollback" ? NotAvailable : BadValue, inner.find("then")->place,
          refuse({"'then' is fail, not '{}'", "'then' 为 fail，而不是“{}”"}, *then));
    if (!inner.has("failed") && !inner.has("rate"))
      source_.problems.add(
          MissingKey, map->place,
          refuse({"'threshold' needs 'failed' or 'rate'", "'threshold' 需要 'failed' 或 'rate'"}));
  }

  // "10%", or 0.1.
  void read_rate(const Fields& inner, model::Threshold& threshold) {
    const auto text = inner.text("rate");
    if (!text) return;
    const bool percent = !text->empty() && text->back() == '%';
    const auto number = float_value(percent ? text->substr(0, text->size() - 1) : *text);
    const double rate = number ? *number / (percent ? 100 : 1) : 0;
    if (rate > 0 && rate <= 1) {
      threshold.rate = rate;
      return;
    }
    source_.problems.add(BadValue, inner.find("rate")->place,
                         refuse({"'rate' is a share such as 10% or 0.1, not '{}'",
                                 "'rate' 为比例，例如 10% 或 0.1，而不是“{}”"},
                                *text));
  }

  // ---- repeat

  void read_repeat() {
    const Node* map = fields_.map("repeat");
    if (map == nullptr) return;
    check_keys(source_, *map, kRepeatKeys);
    const Fields inner(source_, *map);
    if (task_.background || task_.action.kind == model::ActionKind::Switch)
      report(MisplacedKey, "repeat",
             refuse({"a switch and a background task have no 'repeat'",
                     "switch 和后台任务不能有 'repeat'"}));
    model::Repeat repeat;
    repeat.until = read_condition(source_, inner, "until", ScopeKind::Until, index_, draft_);
    if (!inner.has("until"))
      source_.problems.add(MissingKey, map->place,
                           refuse({"'repeat' needs 'until'", "'repeat' 需要 'until'"}));
    if (const auto every = inner.duration("every", kDelayRange)) repeat.every = *every;
    if (const auto limit = inner.whole("limit", kRoundsRange))
      repeat.limit = static_cast<int>(*limit);
    flow_.repeat = std::move(repeat);
  }

  const Source& source_;
  const Fields& fields_;
  const std::uint32_t index_;
  Draft& draft_;
  Task& task_;
  TaskDraft& extra_;
  model::Flow flow_;
};

}  // namespace

void read_flow_keys(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
                    Task& task, TaskDraft& extra) {
  FlowReader(source, fields, index, draft, task, extra).read();
}

}  // namespace gantry::spec
