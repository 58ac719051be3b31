#include "expr/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "base/text.h"
#include "expr/ast.h"
#include "expr/functions.h"
#include "expr/references.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
struct Hint {
  std::string en, zh;
};

Hint suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  constexpr std::size_t kListed = 12;
  if (const std::string slip = nearest(name, known); !slip.empty())
    return {fmt::format("; did you mean '{}'?", slip), fmt::format("；是不是“{}”？", slip)};
  if (known.empty() || known.size() > kListed) return {};
  std::string list;
  for (const std::string_view word : known)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", word);
  return {fmt::format("; there is {}", list), fmt::format("；现有 {}", list)};
}

std::vector<std::string_view> member_names(const Names& names) {
  std::vector<std::string_view> list;
  for (const auto& [name, subtree] : names.members) list.push_back(name);
  return list;
}

class Checker {
 public:
  Checker(const Expression& expression, const Names& roots)
      : expression_(expression), ast_(expression.ast()), roots_(roots) {}

  std::vector<Problem> run() {
    check_dashes();
    for (const Reference& reference : references(expression_))
      if (!covered(reference.place.offset)) check_reference(reference);
    for (const Node& node : ast_.nodes)
      if (node.kind == NodeKind::Call) check_call(node);
    std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
      return a.place.offset < b.place.offset;
    });
    return std::move(problems_);
  }

 private:
  void complain(std::size_t offset, const Error& what) {
    problems_.push_back(problem_at(*ast_.source, offset, what));
  }

  bool covered(std::size_t offset) const {
    return std::find(covered_.begin(), covered_.end(), offset) != covered_.end();
  }

  // The subtree of the path's first `depth` names; null if unknown, or open and therefore anything.
  const Names* descend(const std::vector<std::string>& path, std::size_t depth) const {
    const Names* names = &roots_;
    for (std::size_t i = 0; i < depth; ++i) {
      const auto found = names->members.find(path[i]);
      if (found == names->members.end()) return nullptr;
      names = found->second.get();
    }
    return names;
  }

  void check_reference(const Reference& reference) {
    const Names* names = &roots_;
    for (std::size_t i = 0; i < reference.path.size(); ++i) {
      const std::string& name = reference.path[i];
      const auto found = names->members.find(name);
      if (found != names->members.end()) {
        names = found->second.get();
        continue;
      }
      const bool last = i + 1 == reference.path.size();
      if (names->open || (last && reference.tested && i > 0)) return;
      if (i == 0 && simple_type(name)) return;
      return complain(reference.place.offset, unknown(reference, i, *names));
    }
  }

  static Error unknown(const Reference& reference, std::size_t i, const Names& names) {
    const std::string& name = reference.path[i];
    const Hint hint = suggestion(name, member_names(names));
    if (i == 0)
      return refuse({"unknown name '{0}'{1}", "未知的名称“{0}”{2}"}, name, hint.en, hint.zh);
    Reference owner = reference;
    owner.path.resize(i);
    return refuse({"'{0}' has no '{1}'{2}", "“{0}”没有“{1}”{3}"}, to_text(owner), name, hint.en,
                  hint.zh);
  }

  void check_call(const Node& node) {
    if (node.function == nullptr) {
      const Hint hint = suggestion(node.name, function_names());
      return complain(node.offset, refuse({"unknown function '{0}'{1}", "未知的函数“{0}”{2}"},
                                          node.name, hint.en, hint.zh));
    }
    const auto count = static_cast<int>(node.children.size());
    if (count < node.function->arguments_min || count > node.function->arguments_max)
      return complain(node.offset, wrong_count(node));
    if (node.name == "matches") check_regular_expression(ast_.nodes[node.children[1]]);
  }

  static Error wrong_count(const Node& node) {
    const int target = node.method ? 1 : 0;
    const int low = node.function->arguments_min - target;
    const int high = node.function->arguments_max - target;
    const auto given = node.children.size() - static_cast<std::size_t>(target);
    if (low == high)
      return refuse(
          {"{0}() takes {1} argument{2}, not {3}", "{0}() 需要 {1} 个参数，而不是 {3} 个"},
          node.name, low, low == 1 ? "" : "s", given);
    if (high > 100)
      return refuse(
          {"{}() takes at least {} arguments, not {}", "{}() 至少需要 {} 个参数，而不是 {} 个"},
          node.name, low, given);
    return refuse(
        {"{}() takes {} to {} arguments, not {}", "{}() 需要 {} 到 {} 个参数，而不是 {} 个"},
        node.name, low, high, given);
  }

  void check_regular_expression(const Node& pattern) {
    if (pattern.kind != NodeKind::Literal || !pattern.value.is(Value::Kind::String)) return;
    if (auto good = check_pattern(pattern.value.as_string()); !good.ok())
      complain(pattern.offset, good.error());
  }

  // tasks.load-data.state reads as tasks.load minus data.state; say so if there is a load-data.
  void check_dashes() {
    for (NodeId id = static_cast<NodeId>(ast_.nodes.size()); id-- > 0;)
      if (ast_.nodes[id].op == Operator::Subtract) check_dash(id);
  }

  void check_dash(NodeId id) {
    constexpr std::size_t kDashesMax = 16;
    std::string rest;
    std::vector<std::size_t> names;
    for (std::size_t dashes = 0; ast_.nodes[id].op == Operator::Subtract && dashes < kDashesMax;
         ++dashes) {
      const Node& right = leftmost(ast_.nodes[id].children[1]);
      if (right.kind != NodeKind::Name) return;
      rest = "-" + right.name + rest;
      names.push_back(right.offset);
      id = ast_.nodes[id].children[0];
    }
    auto reference = reference_at(ast_, id);
    if (!reference || covered(reference->place.offset)) return;
    const std::size_t last = reference->path.size() - 1;
    reference->path[last] += rest;
    const Names* owner = descend(reference->path, last);
    if (owner == nullptr || !owner->members.contains(reference->path[last])) return;
    covered_.insert(covered_.end(), names.begin(), names.end());
    covered_.push_back(reference->place.offset);
    complain(reference->place.offset, refuse({"this subtracts; for the name with a dash write {}",
                                              "这里是减法；带短横的名称请写成 {}"},
                                             to_text(*reference)));
  }

  const Node& leftmost(NodeId id) const {
    const Node* node = &ast_.nodes[id];
    while (node->kind == NodeKind::Select || node->kind == NodeKind::Index)
      node = &ast_.nodes[node->children[0]];
    return *node;
  }

  const Expression& expression_;
  const Ast& ast_;
  const Names& roots_;
  std::vector<Problem> problems_;
  std::vector<std::size_t> covered_;  // names that a complaint about a dash has explained
};
}  // namespace

Names& Names::add(std::string name, std::shared_ptr<const Names> subtree) {
  if (!subtree) subtree = std::make_shared<const Names>(Names{.open = true, .members = {}});
  members.insert_or_assign(std::move(name), std::move(subtree));
  return *this;
}

std::vector<Problem> check(const Expression& expression, const Names& roots) {
  return Checker(expression, roots).run();
}

}  // namespace gantry::expr
