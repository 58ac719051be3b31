#include "expr/evaluate.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "expr/access.h"
#include "expr/evaluator.h"
#include "expr/operators.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

bool leans_left(const Node& node) {
  switch (node.kind) {
    case NodeKind::Select:
    case NodeKind::Has:
    case NodeKind::Index:
    case NodeKind::Unary:
    case NodeKind::Binary:
    case NodeKind::And:
    case NodeKind::Or: return true;
    case NodeKind::Macro: return node.macro != MacroKind::Bind;
    case NodeKind::Call: return node.method;
    default: return false;
  }
}
}  // namespace

Result<Value> evaluate(const Expression& expression, const Scope& scope) {
  return Evaluator(expression.ast(), scope).run();
}

Result<Value> evaluate(const Expression& expression, const Scope& scope, std::int64_t& steps) {
  Evaluator evaluator(expression.ast(), scope);
  auto result = evaluator.run();
  steps = evaluator.steps_spent();
  return result;
}

Result<Value> Evaluator::run() {
  TRY(auto result, eval(ast_.root));
  if (is_optional(result))
    return fail(node(ast_.root),
                refuse({"the result is an optional value; end it with .orValue(...)",
                        "结果是可选值；请在末尾写 .orValue(...)"}));
  if (auto fits = Meter().fits(result); !fits.ok()) return fail(node(ast_.root), fits.error());
  return result;
}

Evaluator::Chain Evaluator::chain(NodeId id) const {
  Chain chain{&node(id), {}};
  while (leans_left(*chain.base)) {
    chain.steps.push_back(chain.base);
    chain.base = &node(chain.base->children[0]);
  }
  return chain;
}

Result<Value> Evaluator::eval(NodeId id) {
  Chain path = chain(id);
  Result<Value> result = base_value(path);
  while (!path.steps.empty()) {
    const Node& next = *path.steps.back();
    path.steps.pop_back();
    if (auto paid = meter_.spend(); !paid.ok()) return fail(next, paid.error());
    result = step(next, std::move(result));
  }
  return result;
}

// Takes from the chain the steps that the scope answers together with the root name.
Result<Value> Evaluator::base_value(Chain& path) {
  const Node& base = *path.base;
  if (auto paid = meter_.spend(); !paid.ok()) return fail(base, paid.error());
  if (base.kind != NodeKind::Name || base.slot != kNoSlot || path.steps.empty()) return leaf(base);
  TRY(auto whole, scope_.has_dotted_names() ? dotted_name(path) : scope_member(path));
  if (whole) return *std::move(whole);
  return name(base);
}

Result<std::optional<Value>> Evaluator::dotted_name(Chain& path) {
  std::vector<std::string> names{path.base->name};
  for (auto at = path.steps.rbegin(); at != path.steps.rend(); ++at) {
    if ((*at)->kind != NodeKind::Select || (*at)->optional) break;
    names.push_back(names.back() + "." + (*at)->name);
  }
  for (std::size_t taken = names.size() - 1; taken > 0; --taken) {
    auto found = scope_.lookup(names[taken]);
    if (!found) continue;
    path.steps.resize(path.steps.size() - taken);
    return found;
  }
  return std::optional<Value>();
}

Result<std::optional<Value>> Evaluator::scope_member(Chain& path) {
  const Node& next = *path.steps.back();
  if (next.kind == NodeKind::Index) return scope_index(path);
  if (next.kind != NodeKind::Select && next.kind != NodeKind::Has) return std::optional<Value>();
  auto found = scope_.lookup_member(path.base->name, next.name);
  if (!found) return found;
  path.steps.pop_back();
  if (next.kind == NodeKind::Has) return std::optional(Value(true));
  return next.optional ? std::optional(some(*std::move(found))) : found;
}

// root[key]: the key is evaluated once, whoever answers.
Result<std::optional<Value>> Evaluator::scope_index(Chain& path) {
  const Node& next = *path.steps.back();
  path.steps.pop_back();
  TRY(const Value key, eval(next.children[1]));
  auto found =
      key.is(K::String) ? scope_.lookup_member(path.base->name, key.as_string()) : std::nullopt;
  if (found) return next.optional ? std::optional(some(*std::move(found))) : found;
  TRY(const Value root, name(*path.base));
  TRY(Value value, indexed(next, root, key));
  return std::optional(std::move(value));
}

Result<Value> Evaluator::leaf(const Node& node) {
  switch (node.kind) {
    case NodeKind::Literal: return node.value;
    case NodeKind::Name: return name(node);
    case NodeKind::Choice: return choice(node);
    case NodeKind::List: return list(node);
    case NodeKind::Map: return map(node);
    case NodeKind::Call: return call(node, {}, 0);
    case NodeKind::Macro: return bind(node);
    default: CHECK(false && "an entry of a list or map outside of one");
  }
  return Value();
}

Result<Value> Evaluator::name(const Node& node) {
  if (node.slot != kNoSlot) return slots_[static_cast<std::size_t>(node.slot)];
  if (auto found = scope_.lookup(node.name)) return *std::move(found);
  if (auto type = simple_type(node.name)) return *std::move(type);
  return fail(node, explain(Code::NotFound,
                            {"unknown name '{}'; text is written in quotes",
                             "未知的名称“{}”；文本要写在引号里"},
                            node.name));
}

Result<Value> Evaluator::step(const Node& node, Result<Value> left) {
  if (node.kind == NodeKind::And || node.kind == NodeKind::Or) return logic(node, std::move(left));
  if (!left.ok()) return left;
  return strict_step(node, *left);
}

Result<Value> Evaluator::strict_step(const Node& node, const Value& left) {
  switch (node.kind) {
    case NodeKind::Select:
    case NodeKind::Has: return select(node, left);
    case NodeKind::Index: return index(node, left);
    case NodeKind::Unary: return placed(node, apply(node.op, left));
    case NodeKind::Macro: return macro(node, left);
    case NodeKind::Call: return call(node, {left}, 1);
    default: break;
  }
  TRY(const Value right, eval(node.children[1]));
  return placed(node, apply(node.op, left, right, meter_));
}

Result<Value> Evaluator::index(const Node& at, const Value& target) {
  TRY(const Value key, eval(at.children[1]));
  return indexed(at, target, key);
}

Result<Value> Evaluator::indexed(const Node& at, const Value& target, const Value& key) {
  if (auto paid = pay_search(target); !paid.ok()) return fail(at, paid.error());
  return placed(at, index_value(target, key, at.optional));
}

// Finding a key is linear in the size of the map.
Status Evaluator::pay_search(const Value& target) {
  constexpr std::size_t kKeysPerStep = 64;
  if (!target.is(K::Map)) return ok();
  return meter_.spend(static_cast<std::int64_t>(target.as_map().size() / kKeysPerStep));
}

Result<Value> Evaluator::select(const Node& at, const Value& target) {
  if (auto paid = pay_search(target); !paid.ok()) return fail(at, paid.error());
  if (at.kind == NodeKind::Has) return placed(at, has_field(target, at.name));
  return placed(at, select_field(target, at.name, at.optional));
}

// cel-spec, "Logical Operators": the side that decides wins over an error of the other side.
Result<Value> Evaluator::logic(const Node& node, Result<Value> left) {
  const bool deciding = node.kind == NodeKind::Or;
  const auto decides = [&](const Result<Value>& side) {
    return side.ok() && side->is(K::Bool) && side->as_bool() == deciding;
  };
  if (decides(left)) return left;
  Result<Value> right = eval(node.children[1]);
  if (decides(right)) return right;
  if (!left.ok()) return left;
  if (!right.ok()) return right;
  if (left->is(K::Bool) && right->is(K::Bool)) return Value(!deciding);
  return fail(node, no_overload(deciding ? "||" : "&&", {&*left, &*right}));
}

Result<Value> Evaluator::choice(const Node& node) {
  TRY(const Value condition, eval(node.children[0]));
  if (!condition.is(K::Bool))
    return fail(node, refuse({"the condition of ? : is a {}, not a bool; compare it with something",
                              "? : 的条件是 {} 而不是 bool；请写成比较"},
                             type_name(condition)));
  return eval(node.children[condition.as_bool() ? 1 : 2]);
}

Result<Value> Evaluator::list(const Node& at) {
  ValueList entries;
  for (const NodeId child : at.children) {
    const bool optional = node(child).kind == NodeKind::Optional;
    TRY(Value value, eval(optional ? node(child).children[0] : child));
    if (!optional) {
      entries.push_back(std::move(value));
    } else if (!is_optional(value)) {
      return fail(node(child),
                  refuse({"an entry behind ? needs an optional value, such as map.?key",
                          "? 之后的一项需要可选值，如 map.?key"}));
    } else if (const Value* inside = content(value)) {
      entries.push_back(*inside);
    }
  }
  Value result(std::move(entries));
  if (auto fits = meter_.fits(result); !fits.ok()) return fail(at, fits.error());
  return result;
}

Result<Value> Evaluator::map(const Node& at) {
  ValueMap entries;
  const auto count = static_cast<std::int64_t>(at.children.size());
  if (auto paid = meter_.spend(count * count / 256); !paid.ok()) return fail(at, paid.error());
  for (std::size_t i = 0; i < at.children.size(); i += 2) {
    TRY(Value key, eval(at.children[i]));
    const Node& value_node = node(at.children[i + 1]);
    const bool optional = value_node.kind == NodeKind::Optional;
    TRY(Value value, eval(optional ? value_node.children[0] : at.children[i + 1]));
    if (optional && !is_optional(value))
      return fail(value_node, refuse({"an entry behind ? needs an optional value, such as map.?key",
                                      "? 之后的一项需要可选值，如 map.?key"}));
    if (optional && content(value) == nullptr) continue;
    if (optional) value = Value(*content(value));
    if (auto added = add_entry(entries, std::move(key), std::move(value)); !added.ok())
      return fail(node(at.children[i]), added.error());
  }
  Value result(std::move(entries));
  if (auto fits = meter_.fits(result); !fits.ok()) return fail(at, fits.error());
  return result;
}

Result<Value> Evaluator::call(const Node& at, std::vector<Value> values, std::size_t next) {
  for (; next < at.children.size(); ++next) {
    TRY(Value value, eval(at.children[next]));
    values.push_back(std::move(value));
  }
  if (at.function == nullptr)
    return fail(at, explain(Code::NotFound,
                            {"unknown function '{}'; see the list of functions",
                             "未知的函数“{}”；请查阅函数列表"},
                            at.name));
  const auto count = static_cast<int>(values.size());
  const Call request{at.name, values, scope_, meter_, patterns_};
  if (count < at.function->arguments_min || count > at.function->arguments_max)
    return fail(at, request.no_overload());
  auto result = at.function->body(request);
  if (!result.ok()) return fail(at, result.error());
  if (at.function->passes_through) return result;
  if (auto fits = meter_.fits(*result); !fits.ok()) return fail(at, fits.error());
  return result;
}

Result<Value> Evaluator::placed(const Node& at, Result<Value> result) const {
  if (!result.ok()) return fail(at, result.error());
  return result;
}

Error Evaluator::fail(const Node& at, const Error& error) const {
  Error placed = to_error(problem_at(*ast_.source, at.offset, error));
  placed.code = error.code;
  return placed;
}

}  // namespace gantry::expr
