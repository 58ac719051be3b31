// The macros at work: loops over lists and maps, cel.bind, optMap.
#include <fmt/format.h>

#include "base/explain.h"
#include "expr/access.h"
#include "expr/evaluator.h"
#include "expr/operators.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

bool is_quantifier(MacroKind kind) {
  return kind == MacroKind::All || kind == MacroKind::Exists || kind == MacroKind::ExistsOne;
}
}  // namespace

Status add_entry(ValueMap& entries, Value key, Value value) {
  const bool allowed = key.is(K::Bool) || key.is(K::Int) || key.is(K::Uint) || key.is(K::String);
  if (!allowed)
    return refuse({"a {} can not be a key; keys are bool, int, uint or string",
                   "{} 不能作键；键可以是 bool、int、uint 或 string"},
                  type_name(key));
  for (const auto& entry : entries)
    if (entry.first == key)
      return refuse({"the key {} stands twice in one map", "同一个映射中键 {} 出现两次"},
                    to_text(key));
  entries.emplace_back(std::move(key), std::move(value));
  return ok();
}

// One run of one loop: what it has gathered so far.
class Loop {
 public:
  Loop(Evaluator& evaluator, const Node& node) : evaluator_(evaluator), node_(node) {}

  Result<Value> over_list(const ValueList& list) {
    for (std::size_t i = 0; i < list.size() && !done_; ++i)
      TRY_STATUS(visit(Value(static_cast<std::int64_t>(i)), list[i], list[i]));
    return finish();
  }

  Result<Value> over_map(const ValueMap& map) {
    for (const auto& [key, value] : map) {
      if (done_) break;
      TRY_STATUS(visit(key, value, key));
    }
    return finish();
  }

 private:
  // With two variables they are index or key and value; with one it is the element or the key.
  Status visit(const Value& key, const Value& value, const Value& single) {
    if (auto paid = evaluator_.meter_.spend(); !paid.ok())
      return evaluator_.fail(node_, paid.error());
    const bool two = node_.second_slot != kNoSlot;
    slot(node_.slot) = two ? key : single;
    if (two) slot(node_.second_slot) = value;
    if (is_quantifier(node_.macro)) return test(evaluator_.eval(node_.children[1]));
    if (node_.macro == MacroKind::Filter) return keep(single);
    if (node_.filtered) {
      TRY(const bool wanted, condition());
      if (!wanted) return ok();
    }
    TRY(Value made, evaluator_.eval(node_.children.back()));
    return gather(key, std::move(made));
  }

  Value& slot(int number) { return evaluator_.slots_[static_cast<std::size_t>(number)]; }

  // all and exists combine like && and ||; exists_one looks at everything.
  Status test(Result<Value> verdict) {
    if (verdict.ok() && !verdict->is(K::Bool)) verdict = not_bool(*verdict);
    if (!verdict.ok()) {
      if (verdict.error().code == Code::ResourceExhausted || node_.macro == MacroKind::ExistsOne)
        return verdict.error();
      if (!error_) error_ = verdict.error();
      return ok();
    }
    if (verdict->as_bool()) ++hits_;
    done_ = (node_.macro == MacroKind::All && !verdict->as_bool()) ||
            (node_.macro == MacroKind::Exists && hits_ > 0);
    return ok();
  }

  Result<bool> condition() {
    TRY(const Value verdict, evaluator_.eval(node_.children[1]));
    if (!verdict.is(K::Bool)) return not_bool(verdict);
    return verdict.as_bool();
  }

  Status keep(const Value& element) {
    TRY(const bool wanted, condition());
    if (wanted) list_.push_back(element);
    return ok();
  }

  Status gather(const Value& key, Value made) {
    if (node_.macro == MacroKind::TransformMap) return add(key, std::move(made));
    if (node_.macro == MacroKind::TransformMapEntry) return add_all(made);
    list_.push_back(std::move(made));
    return ok();
  }

  Status add(const Value& key, Value value) {
    TRY_STATUS(evaluator_.meter_.spend(static_cast<std::int64_t>(map_.size() / 64)));
    if (auto added = add_entry(map_, key, std::move(value)); !added.ok())
      return evaluator_.fail(node_, added.error());
    return ok();
  }

  Status add_all(const Value& entries) {
    if (!entries.is(K::Map))
      return evaluator_.fail(
          node_, refuse({"transformMapEntry needs a map such as {{key: value}} for each entry",
                         "transformMapEntry 的每一项需要 {{key: value}} 这样的映射"}));
    for (const auto& [key, value] : entries.as_map()) TRY_STATUS(add(key, value));
    return ok();
  }

  Error not_bool(const Value& verdict) const {
    return evaluator_.fail(node_, refuse({"{}() needs a bool for each element, not a {}",
                                          "{}() 的每个元素需要 bool，而不是 {}"},
                                         node_.name, type_name(verdict)));
  }

  Result<Value> finish() {
    if (is_quantifier(node_.macro)) return quantified();
    const bool is_map =
        node_.macro == MacroKind::TransformMap || node_.macro == MacroKind::TransformMapEntry;
    Value result = is_map ? Value(std::move(map_)) : Value(std::move(list_));
    if (auto fits = evaluator_.meter_.fits(result); !fits.ok())
      return evaluator_.fail(node_, fits.error());
    return result;
  }

  Result<Value> quantified() {
    if (node_.macro == MacroKind::ExistsOne) return Value(hits_ == 1);
    if (done_) return Value(node_.macro == MacroKind::Exists);
    if (error_) return *error_;
    return Value(node_.macro == MacroKind::All);
  }

  Evaluator& evaluator_;
  const Node& node_;
  ValueList list_;
  ValueMap map_;
  int hits_ = 0;
  bool done_ = false;
  std::optional<Error> error_;
};

Result<Value> Evaluator::macro(const Node& node, const Value& range) {
  if (node.macro == MacroKind::OptMap || node.macro == MacroKind::OptFlatMap)
    return optional_map(node, range);
  return loop(node, range);
}

Result<Value> Evaluator::loop(const Node& node, const Value& range) {
  if (range.is(K::List)) return Loop(*this, node).over_list(range.as_list());
  if (range.is(K::Map) && !is_optional(range)) return Loop(*this, node).over_map(range.as_map());
  return fail(node,
              refuse({"{}() needs a list or a map, not a {}", "{}() 需要列表或映射，而不是 {}"},
                     node.name, type_name(range)));
}

Result<Value> Evaluator::bind(const Node& node) {
  TRY(Value value, eval(node.children[0]));
  slots_[static_cast<std::size_t>(node.slot)] = std::move(value);
  return eval(node.children[1]);
}

Result<Value> Evaluator::optional_map(const Node& node, const Value& optional) {
  if (!is_optional(optional))
    return fail(node,
                refuse({"{}() needs an optional value, not a {}", "{}() 需要可选值，而不是 {}"},
                       node.name, type_name(optional)));
  const Value* inside = content(optional);
  if (inside == nullptr) return none();
  slots_[static_cast<std::size_t>(node.slot)] = *inside;
  TRY(Value made, eval(node.children[1]));
  if (node.macro == MacroKind::OptMap) return some(std::move(made));
  if (is_optional(made)) return made;
  return fail(node, refuse({"optFlatMap() needs an expression that gives an optional value",
                            "optFlatMap() 需要结果为可选值的表达式"}));
}

}  // namespace gantry::expr
