#include "forms/decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gantry::forms {

using spec::Node;
using spec::NodeId;

namespace {
constexpr std::string_view kActions[] = {"run",  "exec",     "pass",   "http",     "sql",  "file",
                                         "wait", "workflow", "notify", "approval", "todo", "tasks"};
constexpr std::string_view kOtherwise[] = {"otherwise", "else", "否则", "其他", "其它"};

bool means_otherwise(std::string_view label) {
  return std::find(std::begin(kOtherwise), std::end(kOtherwise), label) != std::end(kOtherwise);
}

class ArmReader {
 public:
  ArmReader(NodeIndex node, const Chart& chart, const FrontTask& front, const spec::Tree& tree,
            Diagnostics& problems)
      : chart_(chart), front_(front), tree_(tree), problems_(problems) {
    decision_.node = node;
    decision_.is_person = !front.cases;
  }

  void read_cases() {
    if (!front_.cases) return;
    const Node& cases = tree_.at(*front_.cases);
    if (cases.kind != spec::NodeKind::Map)
      return problems_.add(
          spec::WrongType, cases.place,
          refuse({"'cases' is a map of labels and conditions", "'cases' 应为标签到条件的映射"}));
    for (std::size_t i = 0; i < cases.children.size(); i += 2) {
      const Node& label = tree_.at(cases.children[i]);
      arm_of(label.text, label.place);
      decision_.arms.back().when = cases.children[i + 1];
    }
  }

  // The arm of an edge; those without a label are the rest.
  std::uint32_t read_edge(const ChartEdge& edge, NodeIndex to) {
    if (edge.label == kNoLabel && decision_.is_person)
      problems_.add(spec::BadDecision, edge.place,
                    refuse({"an edge of a decision has a label: -->|yes|",
                            "判断节点的连线需要标签：-->|是|"}));
    const bool labelled = edge.label != kNoLabel;
    const std::string label = labelled ? chart_.labels[edge.label].text : "otherwise";
    const std::uint32_t arm =
        arm_of(label, labelled ? chart_.labels[edge.label].place : edge.place);
    auto& targets = decision_.arms[arm].to;
    if (targets.empty() || targets.back() != to) targets.push_back(to);
    return arm;
  }

  Decision finish() {
    std::stable_partition(decision_.arms.begin(), decision_.arms.end(),
                          [](const Decision::Arm& arm) { return arm.when.has_value(); });
    const auto is_rest = [](const Decision::Arm& arm) { return !arm.when; };
    if (!decision_.is_person &&
        std::count_if(decision_.arms.begin(), decision_.arms.end(), is_rest) > 1)
      report_rest();
    for (const Decision::Arm& arm : decision_.arms)
      if (arm.to.empty() && !problems_.full())
        problems_.add(spec::BadDecision, arm.place,
                      refuse({"no edge of '{}' has the label '{}'", "“{}”没有标签为“{}”的连线"},
                             chart_.nodes[decision_.node].id, arm.label),
                      problems_.suggest(arm.label, labels()));
    return std::move(decision_);
  }

 private:
  std::uint32_t arm_of(const std::string& label, SourcePlace place) {
    const bool is_rest = !decision_.is_person && means_otherwise(label);
    const auto [found, is_new] = by_label_.try_emplace(
        is_rest ? "otherwise" : label, static_cast<std::uint32_t>(decision_.arms.size()));
    if (is_new) decision_.arms.push_back({found->first, place, {}, {}});
    return found->second;
  }

  void report_rest() {
    for (const Decision::Arm& arm : decision_.arms)
      if (!arm.when && arm.label != "otherwise")
        problems_.add(
            spec::BadDecision, arm.place,
            refuse({"'cases' of '{}' does not say when '{}' is taken; one label alone may "
                    "be left out, it is then what is taken otherwise",
                    "“{}”的 'cases' 没有说明何时走“{}”；只能省略一个标签，即其余情况"},
                   chart_.nodes[decision_.node].id, arm.label));
  }

  std::vector<std::string_view> labels() const {
    std::vector<std::string_view> out;
    for (const Decision::Arm& arm : decision_.arms)
      if (!arm.to.empty()) out.push_back(arm.label);
    return out;
  }

  const Chart& chart_;
  const FrontTask& front_;
  const spec::Tree& tree_;
  Diagnostics& problems_;
  Decision decision_;
  std::map<std::string, std::uint32_t> by_label_;
};

bool is_plain_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string outcome_is(const std::string& task, const std::string& label) {
  const std::string of = is_plain_name(task) ? "." + task : fmt::format("[{}]", quoted(task));
  return fmt::format("tasks{}.outputs.outcome == {}", of, quoted(label));
}
}  // namespace

bool is_action(std::string_view key) {
  return std::find(std::begin(kActions), std::end(kActions), key) != std::end(kActions);
}

Decision decision_of(NodeIndex node, const std::vector<std::uint32_t>& edges, const Chart& chart,
                     const ChartOrder& order, const FrontTask& front, const spec::Tree& tree,
                     Arms& arms, Diagnostics& problems) {
  ArmReader reader(node, chart, front, tree, problems);
  reader.read_cases();
  for (const std::uint32_t edge : edges)
    arms.of_edges[edge] =
        reader.read_edge(chart.edges[order.edges[edge].drawn], order.edges[edge].to);
  Decision decision = reader.finish();
  arms.counts[node] = static_cast<std::uint32_t>(decision.arms.size());
  return decision;
}

NodeId switch_of(const Decision& decision, const std::vector<std::string>& names, SourcePlace place,
                 Growth& growth) {
  const NodeId list = growth.list(place);
  for (const Decision::Arm& arm : decision.arms) {
    const NodeId map = growth.map(arm.place);
    const NodeId targets = growth.list(arm.place);
    for (const NodeIndex to : arm.to) growth.push(targets, growth.text(names[to], arm.place));
    const bool is_rest = !decision.is_person && !arm.when;
    if (arm.when) growth.put(map, "when", arm.place, *arm.when);
    if (decision.is_person)
      growth.put(map, "when", arm.place,
                 growth.text(outcome_is(names[decision.node], arm.label), arm.place));
    growth.put(map, is_rest ? "otherwise" : "then", arm.place, targets);
    growth.push(list, map);
  }
  return list;
}

NodeId outcomes_of(const Decision& decision, SourcePlace place, Growth& growth) {
  const NodeId outcomes = growth.list(place);
  for (const Decision::Arm& arm : decision.arms)
    growth.push(outcomes, growth.text(arm.label, arm.place));
  const NodeId todo = growth.map(place);
  growth.put(todo, "outcomes", place, outcomes);
  return todo;
}

}  // namespace gantry::forms
