#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/explain.h"
#include "base/text.h"
#include "forms/chart_limits.h"
#include "forms/decisions.h"
#include "forms/growth.h"
#include "forms/write.h"

namespace gantry::forms {

using spec::Node;
using spec::NodeId;
using spec::NodeKind;
using spec::Tree;

namespace {
constexpr std::size_t kCaseLabelMax = 40;  // bytes of a condition that is its own label

struct Entry {
  NodeId key = 0;
  NodeId value = 0;
};

std::vector<Entry> entries_of(const Node& map) {
  std::vector<Entry> out;
  for (std::size_t i = 0; i + 1 < map.children.size(); i += 2)
    out.push_back({map.children[i], map.children[i + 1]});
  return out;
}

bool comes_back(std::string_view title) {
  return !title.empty() && trim(title) == title && title_of_label(label_of_title(title)) == title;
}

// One task on its way into the chart.
struct Drawn {
  std::string name;
  std::string id;
  NodeId map = 0;
  Outline outline = Outline::Plain;
  std::string label;
  std::vector<std::string> needs;           // names of siblings; drawn as edges
  std::map<std::string, std::string> arms;  // of a decision: the label of the edge to a sibling
  std::vector<std::pair<std::string, NodeId>> cases;
  std::vector<Drawn> members;        // of a subgraph
  std::set<std::string_view> shown;  // keys that the drawing shows
};

class ChartWriter {
 public:
  ChartWriter(const Tree& tree, const ChartLook& look) : tree_(tree), look_(look) {}

  Result<std::string> write() {
    const auto tasks = find_value(tree_, tree_.root_id(), "tasks");
    if (!tasks || !is_map_of_maps(*tasks))
      return refuse({"only a workflow whose tasks are maps of keys can be converted",
                     "只有任务均为映射的工作流才能转换"});
    std::vector<Drawn> all = collect(*tasks, 0);
    take_names(all);
    name_nodes(all);
    look_at(all);
    const std::string front = front_matter(all);
    std::string out = front.empty() ? "" : "---\n" + front + "---\n";
    out += fmt::format("flowchart {}\n", look_.direction);
    add_nodes(all, 2, out);
    add_edges(all, 2, out);
    for (const Aside& aside : look_.asides) out += "  " + aside.text + "\n";
    return out;
  }

 private:
  bool is_map_of_maps(NodeId id) const {
    const Node& map = tree_.at(id);
    if (map.kind != NodeKind::Map || map.children.empty()) return false;
    const auto all = entries_of(map);
    return std::all_of(all.begin(), all.end(), [this](const Entry& entry) {
      return tree_.at(entry.value).kind == NodeKind::Map;
    });
  }

  std::vector<Drawn> collect(NodeId tasks, int depth) const {
    std::vector<Drawn> out;
    for (const Entry& entry : entries_of(tree_.at(tasks))) {
      Drawn task;
      task.name = tree_.at(entry.key).text;
      task.map = entry.value;
      const auto inner = find_value(tree_, entry.value, "tasks");
      if (inner && depth + 1 < limits::kSubgraphDepthMax && is_map_of_maps(*inner)) {
        task.members = collect(*inner, depth + 1);
        task.shown.insert("tasks");
      }
      out.push_back(std::move(task));
    }
    return out;
  }

  // Ids are those of all levels: what is there twice, or is no id of Mermaid, gets another.
  void take_names(const std::vector<Drawn>& level) {
    for (const Drawn& task : level) {
      names_.insert(task.name);
      take_names(task.members);
    }
  }
  void name_nodes(std::vector<Drawn>& level) {
    for (Drawn& task : level) {
      const bool is_free = is_chart_id(task.name) && ids_.insert(task.name).second;
      task.id = is_free ? task.name : "";
      while (task.id.empty() || (!is_free && !ids_.insert(task.id).second)) {
        do task.id = fmt::format("n{}", ++aliases_);
        while (names_.contains(task.id));
      }
      name_nodes(task.members);
    }
  }

  std::optional<NodeId> find(const Drawn& task, std::string_view key) const {
    return find_value(tree_, task.map, key);
  }

  void look_at(std::vector<Drawn>& level) {
    std::unordered_map<std::string, std::size_t> order;
    for (std::size_t i = 0; i < level.size(); ++i) order.emplace(level[i].name, i);
    for (Drawn& task : level) {
      look_at_title(task);
      look_at_needs(task, order);
      look_at_pass(task);
    }
    std::vector<std::vector<std::size_t>> dependents(level.size());
    for (std::size_t i = 0; i < level.size(); ++i)
      for (const std::string& need : level[i].needs) dependents[order.at(need)].push_back(i);
    for (std::size_t i = 0; i < level.size(); ++i) {
      look_at_switch(level[i], level, dependents[i]);
      look_at(level[i].members);
    }
  }

  void look_at_title(Drawn& task) const {
    task.label = task.id == task.name ? "" : task.name;
    const auto title = find(task, "title");
    if (!title || tree_.at(*title).kind != NodeKind::String) return;
    const std::string& text = tree_.at(*title).text;
    if (!comes_back(text) || text == task.id || text == task.name) return;
    task.label = text;
    task.shown.insert("title");
  }

  // Drawn if all of them are siblings, each once.
  void look_at_needs(Drawn& task, const std::unordered_map<std::string, std::size_t>& order) const {
    const auto needs = find(task, "needs");
    if (!needs || tree_.at(*needs).kind != NodeKind::List) return;
    std::set<std::string_view> seen;
    for (const NodeId id : tree_.at(*needs).children) {
      const Node& need = tree_.at(id);
      const bool is_sibling = need.kind == NodeKind::String && order.contains(need.text) &&
                              need.text != task.name && seen.insert(need.text).second;
      if (!is_sibling) return task.needs.clear();
      task.needs.push_back(need.text);
    }
    task.shown.insert("needs");
  }

  void look_at_pass(Drawn& task) const {
    const auto pass = find(task, "pass");
    if (!pass || tree_.at(*pass).kind != NodeKind::Bool || tree_.at(*pass).text != "true") return;
    for (const Entry& entry : entries_of(tree_.at(task.map))) {
      const std::string& key = tree_.at(entry.key).text;
      if (key != "pass" && (is_action(key) || key == "owner" || key == "switch")) return;
    }
    task.outline = Outline::Round;
    task.shown.insert("pass");
  }

  bool has_action(const Drawn& task) const {
    const auto all = entries_of(tree_.at(task.map));
    return std::any_of(all.begin(), all.end(),
                       [this](const Entry& entry) { return is_action(tree_.at(entry.key).text); });
  }

  // Drawn as labelled edges if those say all of it: each dependent in one arm, in their order.
  void look_at_switch(Drawn& task, const std::vector<Drawn>& level,
                      const std::vector<std::size_t>& dependents) {
    const auto found = find(task, "switch");
    if (!found) return;
    task.outline = Outline::Decision;
    if (has_action(task)) return;
    Drawn trial = task;
    std::set<std::string> labels;
    std::vector<std::string> targets;
    for (const NodeId arm : tree_.at(*found).children)
      if (!look_at_arm(tree_.at(arm), arm == tree_.at(*found).children.back(), labels, trial))
        return;
    if (trial.arms.size() != dependents.size()) return;
    for (const std::size_t i : dependents)
      if (!trial.arms.contains(level[i].name)) return;
    if (!are_in_order(tree_.at(*found), level, dependents)) return;
    task.arms = std::move(trial.arms);
    task.cases = std::move(trial.cases);
    task.shown.insert("switch");
    has_decisions_ = true;
  }

  bool look_at_arm(const Node& arm, bool is_last, std::set<std::string>& labels,
                   Drawn& into) const {
    const auto all = entries_of(arm);
    const bool is_rest = all.size() == 1 && tree_.at(all[0].key).text == "otherwise" && is_last;
    const bool is_case = all.size() == 2 && tree_.at(all[0].key).text == "when" &&
                         tree_.at(all[1].key).text == "then";
    if (arm.kind != NodeKind::Map || (!is_rest && !is_case)) return false;
    const Node& targets = tree_.at(all.back().value);
    if (targets.kind != NodeKind::List || targets.children.empty()) return false;
    const std::string label = is_rest ? "otherwise" : label_of_case(tree_.at(all[0].value), labels);
    if (is_case) into.cases.emplace_back(label, all[0].value);
    for (const NodeId target : targets.children)
      if (tree_.at(target).kind != NodeKind::String ||
          !into.arms.emplace(tree_.at(target).text, label).second)
        return false;
    return true;
  }

  static std::string label_of_case(const Node& when, std::set<std::string>& labels) {
    const bool is_short = when.text.size() <= kCaseLabelMax && comes_back(when.text) &&
                          when.text != "otherwise" && when.text != "else";
    std::string label = is_short ? when.text : "";
    for (int n = static_cast<int>(labels.size()) + 1; label.empty() || labels.contains(label); ++n)
      label = fmt::format("case {}", n);
    labels.insert(label);
    return label;
  }

  // The reader finds the targets of an arm in the order of the file.
  bool are_in_order(const Node& arms, const std::vector<Drawn>& level,
                    const std::vector<std::size_t>& dependents) const {
    for (const NodeId id : arms.children) {
      std::size_t at = 0;
      for (const NodeId target : tree_.at(entries_of(tree_.at(id)).back().value).children) {
        while (at < dependents.size() && level[dependents[at]].name != tree_.at(target).text) ++at;
        if (at == dependents.size()) return false;
      }
    }
    return true;
  }

  // The front matter

  std::string front_matter(const std::vector<Drawn>& all) {
    Growth growth(tree_);
    const NodeId root = growth.map({1, 1});
    const NodeId tasks = growth.map({1, 1});
    for (const Entry& entry : entries_of(tree_.root()))
      if (tree_.at(entry.key).text != "tasks") growth.put(root, entry.key, entry.value);
    add_front(all, growth, tasks);
    if (!tree_.at(tasks).children.empty()) growth.put(root, "tasks", {1, 1}, tasks);
    return tree_.at(root).children.empty() ? "" : write_yaml(tree_, root);
  }

  void add_front(const std::vector<Drawn>& level, Growth& growth, NodeId tasks) {
    for (const Drawn& task : level) {
      const NodeId map = growth.map({1, 1});
      if (task.id != task.name) growth.put(map, "task", {1, 1}, growth.text(task.name, {1, 1}));
      for (const Entry& entry : entries_of(tree_.at(task.map)))
        if (!task.shown.contains(tree_.at(entry.key).text)) growth.put(map, entry.key, entry.value);
      add_cases(task, growth, map);
      const bool may_join = has_decisions_ && task.needs.size() > 1 && !find(task, "join") &&
                            !find(task, "trigger_rule");
      if (may_join) growth.put(map, "join", {1, 1}, growth.text("all", {1, 1}));
      if (!tree_.at(map).children.empty()) growth.put(tasks, task.id, {1, 1}, map);
      add_front(task.members, growth, tasks);
    }
  }

  static void add_cases(const Drawn& task, Growth& growth, NodeId map) {
    if (task.cases.empty()) return;
    const NodeId cases = growth.map({1, 1});
    for (const auto& [label, when] : task.cases) growth.put(cases, label, {1, 1}, when);
    growth.put(map, "cases", {1, 1}, cases);
  }

  // The drawing

  static std::string quoted(const std::string& label) {
    return "\"" + label_of_title(label) + "\"";
  }

  static std::string shape_of(const Drawn& task) {
    const std::string label = quoted(task.label.empty() ? task.id : task.label);
    switch (task.outline) {
      case Outline::Round: return "([" + label + "])";
      case Outline::Decision: return "{" + label + "}";
      case Outline::Plain: break;
    }
    return task.label.empty() ? "" : "[" + label + "]";
  }

  void add_nodes(const std::vector<Drawn>& level, std::size_t indent, std::string& out) const {
    const std::string space(indent, ' ');
    for (const Drawn& task : level) {
      if (task.members.empty()) {
        out += space + task.id + shape_of(task) + "\n";
        continue;
      }
      out += space + "subgraph " + task.id;
      if (!task.label.empty()) out += " [" + quoted(task.label) + "]";
      out += "\n";
      add_nodes(task.members, indent + 2, out);
      add_edges(task.members, indent + 2, out);
      out += space + "end\n";
    }
  }

  static void add_edges(const std::vector<Drawn>& level, std::size_t indent, std::string& out) {
    std::unordered_map<std::string_view, const Drawn*> by_name;
    for (const Drawn& task : level) by_name.emplace(task.name, &task);
    for (const Drawn& task : level) {
      for (const std::string& need : task.needs) {
        const Drawn& from = *by_name.at(need);
        const auto arm = from.arms.find(task.name);
        const std::string label =
            arm == from.arms.end() ? "" : fmt::format("|{}|", quoted(arm->second));
        out += fmt::format("{}{} -->{} {}\n", std::string(indent, ' '), from.id, label, task.id);
      }
    }
  }

  Tree tree_;  // a copy: the front matter is put together in it
  const ChartLook& look_;
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> ids_;
  int aliases_ = 0;
  bool has_decisions_ = false;
};
}  // namespace

Result<std::string> write_chart(const Tree& tree, const ChartLook& look) {
  return ChartWriter(tree, look).write();
}

}  // namespace gantry::forms
