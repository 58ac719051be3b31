#include "forms/chart_meaning.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "forms/decisions.h"

namespace gantry::forms {

using spec::Node;
using spec::NodeId;
using spec::NodeKind;

namespace {
// Keys of the front matter of a node that are not keys of its task.
constexpr std::string_view kOwnKeys[] = {"task", "cases", "needs", "approval"};
constexpr std::string_view kChoice = "-choice";  // what follows a task that a decision adds

class Meaning {
 public:
  Meaning(const Chart& chart, spec::Tree& tree, Diagnostics& problems)
      : chart_(chart),
        tree_(tree),
        growth_(tree),
        problems_(problems),
        front_(chart.nodes.size()),
        names_(chart.nodes.size()) {}

  std::optional<NodeId> mean(std::optional<NodeId> front) {
    if (front) read_front(*front);
    name_tasks();
    auto order = order_of(
        chart_, [this](NodeIndex node) { return is_approval(node); }, problems_);
    if (!order) return std::nullopt;
    order_ = std::move(*order);
    collect_edges();
    decide();
    note_unused();
    if (problems_.has_errors()) return std::nullopt;  // what follows would follow from these
    joins_ = joins_of_arms(order_, arms_);
    const NodeId root = make_root(front);
    if (growth_.finish(root)) return root;
    problems_.add(spec::TooManyNodes, {1, 1},
                  refuse({"the flowchart and its front matter are too large, or too deep",
                          "流程图及其前置数据太大或嵌套太深"}));
    return std::nullopt;
  }

 private:
  // What the front matter says

  void read_front(NodeId front) {
    const auto tasks = growth_.find(front, "tasks");
    if (!tasks || tree_.at(*tasks).kind == NodeKind::Null) return;
    const Node& map = tree_.at(*tasks);
    if (map.kind != NodeKind::Map) return report_no_map(map.place, "tasks");
    std::unordered_map<std::string_view, NodeIndex> indices;
    for (NodeIndex i = 0; i < chart_.nodes.size(); ++i) indices.emplace(chart_.nodes[i].id, i);
    for (std::size_t i = 0; i < map.children.size() && !problems_.full(); i += 2) {
      const Node& key = tree_.at(map.children[i]);
      const Node& value = tree_.at(map.children[i + 1]);
      const auto found = indices.find(key.text);
      if (found == indices.end())
        report_unknown(key);
      else if (value.kind == NodeKind::Map)
        front_[found->second] = front_of(map.children[i + 1]);
      else if (value.kind != NodeKind::Null)
        report_no_map(value.place, key.text);
    }
  }

  FrontTask front_of(NodeId map) const {
    FrontTask front;
    front.map = map;
    front.cases = entry(front, "cases");
    front.approval = entry(front, "approval");
    front.has_switch = entry(front, "switch").has_value();
    return front;
  }

  void report_no_map(SourcePlace place, std::string_view key) {
    problems_.add(
        spec::WrongType, place,
        refuse({"'{}' is a map of keys in the front matter", "前置数据中“{}”应为映射"}, key));
  }

  void report_unknown(const Node& key) {
    std::vector<std::string_view> ids;
    for (const ChartNode& node : chart_.nodes) ids.push_back(node.id);
    problems_.add(spec::UnknownTask, key.place,
                  refuse({"the flowchart has no node '{}'", "流程图没有节点“{}”"}, key.text),
                  problems_.suggest(key.text, ids));
  }

  std::optional<NodeId> entry(const FrontTask& front, std::string_view key) const {
    return front.map ? growth_.find(*front.map, key) : std::nullopt;
  }

  bool has(NodeIndex node, std::string_view key) const {
    return entry(front_[node], key).has_value();
  }
  bool is_approval(NodeIndex node) const {
    const auto& approval = front_[node].approval;
    return approval && tree_.at(*approval).kind == NodeKind::Map;
  }
  bool has_action(NodeIndex node) const {
    if (!front_[node].map) return false;
    const auto& children = tree_.at(*front_[node].map).children;
    for (std::size_t i = 0; i < children.size(); i += 2)
      if (is_action(tree_.at(children[i]).text)) return true;
    return false;
  }

  void name_tasks() {
    for (NodeIndex i = 0; i < names_.size(); ++i) {
      const auto name = entry(front_[i], "task");
      names_[i] = name && tree_.at(*name).is_scalar() ? tree_.at(*name).text : chart_.nodes[i].id;
    }
  }

  // What the edges say

  void collect_edges() {
    arms_.of_edges.assign(order_.edges.size(), kNoArm);
    arms_.counts.assign(chart_.nodes.size(), 0);
    incoming_.resize(chart_.nodes.size());
    outgoing_.resize(chart_.nodes.size());
    back_.resize(chart_.nodes.size());
    for (std::uint32_t i = 0; i < order_.edges.size(); ++i) {
      incoming_[order_.edges[i].to].push_back(i);
      outgoing_[order_.edges[i].from].push_back(i);
    }
    for (const FlowEdge& edge : order_.back) {
      if (!back_[edge.from].empty() || has_on_reject(edge.from))
        problems_.add(spec::BadDecision, chart_.edges[edge.drawn].place,
                      refuse({"the approval '{}' leads back twice; one 'on_reject' alone counts",
                              "审批“{}”有两处退回；只能有一个 'on_reject'"},
                             chart_.nodes[edge.from].id));
      back_[edge.from].push_back(edge.to);
    }
  }

  bool has_on_reject(NodeIndex node) const {
    return growth_.find(*front_[node].approval, "on_reject").has_value();
  }

  bool is_decision(NodeIndex node) const {
    if (front_[node].has_switch) return false;  // its arms are written down
    if (front_[node].cases) return true;
    return chart_.nodes[node].outline == Outline::Decision &&
           std::any_of(outgoing_[node].begin(), outgoing_[node].end(),
                       [this](std::uint32_t edge) { return drawn(edge).label != kNoLabel; });
  }

  void decide() {
    for (NodeIndex node = 0; node < chart_.nodes.size(); ++node) {
      if (!is_decision(node)) continue;
      Decision decision =
          decision_of(node, outgoing_[node], chart_, order_, front_[node], tree_, arms_, problems_);
      decision.has_action = has_action(node);
      for (const std::uint32_t edge : outgoing_[node]) check_arm(edge);
      const bool adds_task = decision.is_person || decision.has_action;
      if (adds_task) choices_[node] = names_[node] + std::string(kChoice);
      if (decision.is_person && decision.has_action && !has(node, "todo")) report_no_cases(node);
      decisions_.emplace(node, std::move(decision));
    }
  }

  void check_arm(std::uint32_t edge) {
    const ChartEdge& it = drawn(edge);
    if (it.from == order_.edges[edge].from) return;
    problems_.add(spec::BadDecision, it.place,
                  refuse({"a decision can not lead out of its subgraph: '{}' lies outside",
                          "判断不能通向子图之外：“{}”在外面"},
                         chart_.nodes[it.to].id));
  }

  void report_no_cases(NodeIndex node) {
    problems_.add(spec::BadDecision, chart_.nodes[node].place,
                  refuse({"'{}' does something, so 'cases' has to say which way to take when",
                          "“{}”有自己的动作，因此需要用 'cases' 说明何时走哪条路"},
                         chart_.nodes[node].id));
  }

  const ChartEdge& drawn(std::uint32_t edge) const {
    return chart_.edges[order_.edges[edge].drawn];
  }

  // What only alters the drawing, once each.
  void note_unused() {
    for (const Aside& aside : chart_.asides) {
      if (problems_.full()) break;
      problems_.add(spec::DrawingOnly, aside.place,
                    refuse({"this only alters the drawing: {}", "此处只影响绘图：{}"},
                           aside.text.substr(0, aside.text.find_first_of("\r\n"))));
    }
    std::vector<bool> noted(chart_.labels.size(), false);
    for (const FlowEdge& edge : order_.edges) {
      const ChartEdge& it = chart_.edges[edge.drawn];
      const bool says_something =
          decisions_.contains(edge.from) || front_[it.from].has_switch || front_[it.from].approval;
      if (it.label == kNoLabel || says_something || noted[it.label]) continue;
      noted[it.label] = true;
      problems_.add(spec::DrawingOnly, chart_.labels[it.label].place,
                    refuse({"the label '{}' means nothing here: only those of decisions do",
                            "标签“{}”在此没有含义：只有判断节点的标签才有"},
                           chart_.labels[it.label].text));
    }
  }

  // The tree

  NodeId make_root(std::optional<NodeId> front) {
    const NodeId root = growth_.map({1, 1});
    std::vector<std::vector<NodeIndex>> members(chart_.nodes.size() + 1);
    for (NodeIndex i = 0; i < chart_.nodes.size(); ++i) {
      const NodeIndex group = chart_.nodes[i].group;
      members[group == kNoNode ? chart_.nodes.size() : group].push_back(i);
    }
    members_ = std::move(members);
    if (front) copy_root(*front, root);
    const SourcePlace place = chart_.nodes.empty() ? SourcePlace{1, 1} : chart_.nodes.front().place;
    if (!chart_.nodes.empty())
      growth_.put(root, "tasks", place, make_tasks(members_.back(), place));
    return root;
  }

  // `config` is how Mermaid draws; `tasks` is made from the nodes.
  void copy_root(NodeId front, NodeId root) {
    const auto children = tree_.at(front).children;
    for (std::size_t i = 0; i < children.size(); i += 2) {
      const Node& key = tree_.at(children[i]);
      if (key.text == "config")
        problems_.add(spec::DrawingOnly, key.place,
                      refuse({"'config' only alters the drawing", "'config' 只影响绘图"}));
      else if (key.text != "tasks" || chart_.nodes.empty())
        growth_.put(root, children[i], children[i + 1]);
    }
  }

  NodeId make_tasks(const std::vector<NodeIndex>& nodes, SourcePlace place) {
    const NodeId tasks = growth_.map(place);
    std::unordered_map<std::string, NodeIndex> taken;
    for (const NodeIndex node : nodes) {
      check_name(names_[node], node, taken);
      growth_.put(tasks, names_[node], chart_.nodes[node].place, make_task(node));
      const auto choice = choices_.find(node);
      if (choice == choices_.end()) continue;
      check_name(choice->second, node, taken);
      growth_.put(tasks, choice->second, chart_.nodes[node].place, make_choice(node));
    }
    return tasks;
  }

  void check_name(const std::string& name, NodeIndex node,
                  std::unordered_map<std::string, NodeIndex>& taken) {
    const auto [found, is_new] = taken.try_emplace(name, node);
    if (is_new) return;
    problems_.add(spec::DuplicateKey, chart_.nodes[node].place,
                  refuse({"there are two tasks '{}'; the other is drawn on line {}",
                          "有两个任务“{}”；另一个画在第 {} 行"},
                         name, chart_.nodes[found->second].place.line));
  }

  NodeId make_task(NodeIndex node) {
    const ChartNode& it = chart_.nodes[node];
    const NodeId task = growth_.map(it.place);
    put_title(node, task);
    put_needs(node, task);
    if (joins_[node] && !has(node, "join") && !has(node, "trigger_rule"))
      growth_.put(task, "join", it.place, growth_.text("any", it.place));
    put_front(node, task);
    put_approval(node, task);
    if (it.is_group) put_members(node, task);
    const auto decision = decisions_.find(node);
    if (decision != decisions_.end()) put_decision(decision->second, task);
    const bool is_idle = !has_action(node) && !has(node, "owner") && !has(node, "switch") &&
                         !it.is_group && decision == decisions_.end();
    if (it.outline == Outline::Round && is_idle)
      growth_.put(task, "pass", it.place, growth_.plain("true", it.place));
    return task;
  }

  void put_title(NodeIndex node, NodeId task) {
    const ChartNode& it = chart_.nodes[node];
    const bool says_more =
        it.label && !it.label->empty() && *it.label != it.id && *it.label != names_[node];
    if (!says_more) return;
    const auto title = entry(front_[node], "title");
    if (!title)
      return growth_.put(task, "title", it.label_place, growth_.text(*it.label, it.label_place));
    if (tree_.at(*title).text != *it.label)
      problems_.add(spec::DrawingOnly, it.label_place,
                    refuse({"the front matter has another 'title' for '{}', which counts",
                            "前置数据中“{}”另有 'title'，以它为准"},
                           it.id));
  }

  // Those that the front matter names, then the edges.
  void put_needs(NodeIndex node, NodeId task) {
    const auto written = entry(front_[node], "needs");
    if (written && (tree_.at(*written).kind != NodeKind::List || incoming_[node].empty()))
      return growth_.put(task, "needs", tree_.at(*written).place, *written);
    if (incoming_[node].empty()) return;
    const SourcePlace place = drawn(incoming_[node].front()).place;
    const NodeId needs = growth_.list(place);
    if (written)
      for (const NodeId item : std::vector<NodeId>(tree_.at(*written).children))
        growth_.push(needs, item);
    std::unordered_set<NodeIndex> seen;
    for (const std::uint32_t edge : incoming_[node]) {
      const NodeIndex from = order_.edges[edge].from;
      if (!seen.insert(from).second) continue;
      const auto choice = choices_.find(from);
      const std::string& name = choice == choices_.end() ? names_[from] : choice->second;
      growth_.push(needs, growth_.text(name, drawn(edge).place));
    }
    growth_.put(task, "needs", place, needs);
  }

  void put_front(NodeIndex node, NodeId task) {
    if (!front_[node].map) return;
    const auto children = tree_.at(*front_[node].map).children;
    for (std::size_t i = 0; i < children.size(); i += 2) {
      const Node& key = tree_.at(children[i]);
      const bool is_own =
          std::find(std::begin(kOwnKeys), std::end(kOwnKeys), key.text) != std::end(kOwnKeys);
      const bool is_drawn = key.text == "tasks" && chart_.nodes[node].is_group;
      if (is_drawn)
        problems_.add(spec::DuplicateKey, key.place,
                      refuse({"what is in the subgraph '{}' is drawn; give its nodes their keys by "
                              "their ids",
                              "子图“{}”的内容由图给出；请按节点 id 给出它们的键"},
                             chart_.nodes[node].id));
      else if (!is_own)
        growth_.put(task, children[i], children[i + 1]);
    }
  }

  void put_approval(NodeIndex node, NodeId task) {
    const auto approval = front_[node].approval;
    if (!approval) return;
    const Node written = tree_.at(*approval);
    if (back_[node].empty()) return growth_.put(task, "approval", written.place, *approval);
    const NodeId whole = growth_.map(written.place);
    for (std::size_t i = 0; i < written.children.size(); i += 2)
      growth_.put(whole, written.children[i], written.children[i + 1]);
    const NodeId on_reject = growth_.map(written.place);
    growth_.put(on_reject, "back_to", written.place,
                growth_.text(names_[back_[node].front()], written.place));
    growth_.put(whole, "on_reject", written.place, on_reject);
    growth_.put(task, "approval", written.place, whole);
  }

  void put_members(NodeIndex node, NodeId task) {
    const SourcePlace place = chart_.nodes[node].place;
    growth_.put(task, "tasks", place, make_tasks(members_[node], place));
  }

  void put_decision(const Decision& decision, NodeId task) {
    const SourcePlace place = chart_.nodes[decision.node].place;
    const bool asks = decision.is_person && !decision.has_action;
    if (asks) growth_.put(task, "todo", place, outcomes_of(decision, place, growth_));
    if (!choices_.contains(decision.node))
      growth_.put(task, "switch", place, switch_of(decision, names_, place, growth_));
  }

  // The switch behind a task that acts or asks.
  NodeId make_choice(NodeIndex node) {
    const SourcePlace place = chart_.nodes[node].place;
    const NodeId task = growth_.map(place);
    const NodeId needs = growth_.list(place);
    growth_.push(needs, growth_.text(names_[node], place));
    growth_.put(task, "needs", place, needs);
    growth_.put(task, "switch", place, switch_of(decisions_.at(node), names_, place, growth_));
    return task;
  }

  const Chart& chart_;
  spec::Tree& tree_;
  Growth growth_;
  Diagnostics& problems_;
  std::vector<FrontTask> front_;
  std::vector<std::string> names_;  // of the tasks
  ChartOrder order_;
  Arms arms_;
  std::vector<std::vector<std::uint32_t>> incoming_, outgoing_;  // of order_.edges
  std::vector<std::vector<NodeIndex>> back_;                     // where an approval leads back to
  std::map<NodeIndex, Decision> decisions_;
  std::map<NodeIndex, std::string> choices_;  // names of the tasks that decisions add
  std::vector<bool> joins_;
  std::vector<std::vector<NodeIndex>> members_;  // of each subgraph, of the chart last
};
}  // namespace

std::optional<NodeId> meaning_of(const Chart& chart, std::optional<NodeId> front, spec::Tree& tree,
                                 Diagnostics& problems) {
  return Meaning(chart, tree, problems).mean(front);
}

}  // namespace gantry::forms
