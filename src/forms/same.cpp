// Comparing trees by what they mean.
#include <algorithm>

#include "base/text.h"
#include "forms/write.h"

namespace gantry::forms {

using spec::Node;
using spec::NodeId;
using spec::NodeKind;
using spec::Tree;

namespace {
enum class Level { Root, Tasks, Task, Value };

bool is_number(const Node& node) {
  return node.kind == NodeKind::Int || node.kind == NodeKind::Float;
}

bool are_same_scalars(const Node& a, const Node& b) {
  if (is_number(a) && is_number(b))
    return a.text == b.text || (a.kind == b.kind && spec::float_value(a.text).has_value() &&
                                spec::float_value(a.text) == spec::float_value(b.text));
  if (a.kind != b.kind) return false;
  if (a.kind == NodeKind::Null) return true;
  return a.kind == NodeKind::Bool ? to_lower(a.text) == to_lower(b.text) : a.text == b.text;
}

class Comparison {
 public:
  Comparison(const Tree& a, const Tree& b) : a_(a), b_(b) {}

  std::optional<std::string> find(NodeId in_a, NodeId in_b, Level level) {
    const Node &a = a_.at(in_a), &b = b_.at(in_b);
    if (a.is_scalar() && b.is_scalar() && are_same_scalars(a, b)) return std::nullopt;
    if (a.kind != b.kind || a.is_scalar()) return "";
    return a.kind == NodeKind::List ? find_in_list(a, b) : find_in_map(a, b, level);
  }

 private:
  using Entry = std::pair<std::string_view, NodeId>;

  static bool means_nothing(const Tree& tree, const Entry& entry, Level level) {
    const Node& value = tree.at(entry.second);
    if (level != Level::Task) return false;
    if (entry.first == "needs") return value.kind == NodeKind::List && value.children.empty();
    return entry.first == "join" && (value.text == "all" || value.text == "all_success");
  }

  static std::vector<Entry> entries(const Tree& tree, const Node& map, Level level) {
    std::vector<Entry> out;
    for (std::size_t i = 0; i < map.children.size(); i += 2) {
      const Entry entry{tree.at(map.children[i]).text, map.children[i + 1]};
      if (!means_nothing(tree, entry, level)) out.push_back(entry);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  static Level below(Level level, std::string_view key) {
    if (level == Level::Root && (key == "tasks" || key == "finally")) return Level::Tasks;
    if (level == Level::Tasks) return Level::Task;
    return level == Level::Task && key == "tasks" ? Level::Tasks : Level::Value;
  }

  std::optional<std::string> find_in_map(const Node& a, const Node& b, Level level) {
    const auto in_a = entries(a_, a, level), in_b = entries(b_, b, level);
    for (std::size_t i = 0; i < std::max(in_a.size(), in_b.size()); ++i) {
      const bool both = i < in_a.size() && i < in_b.size() && in_a[i].first == in_b[i].first;
      if (!both) {
        const bool is_a = i < in_a.size() && (i >= in_b.size() || in_a[i].first < in_b[i].first);
        return std::string(is_a ? in_a[i].first : in_b[i].first);
      }
      const std::string_view key = in_a[i].first;
      if (auto at = find(in_a[i].second, in_b[i].second, below(level, key)))
        return std::string(key) + (at->empty() ? "" : "." + *at);
    }
    return std::nullopt;
  }

  std::optional<std::string> find_in_list(const Node& a, const Node& b) {
    if (a.children.size() != b.children.size()) return "";
    for (std::size_t i = 0; i < a.children.size(); ++i)
      if (auto at = find(a.children[i], b.children[i], Level::Value)) return at;
    return std::nullopt;
  }

  const Tree& a_;
  const Tree& b_;
};
}  // namespace

std::optional<std::string> differs_at(const Tree& a, const Tree& b) {
  return Comparison(a, b).find(a.root_id(), b.root_id(), Level::Root);
}

bool is_same(const Tree& a, NodeId in_a, const Tree& b, NodeId in_b) {
  return !Comparison(a, b).find(in_a, in_b, Level::Value);
}

}  // namespace gantry::forms
