// One evaluation of one tree; see evaluate.h for what it promises.
#pragma once

#include <vector>

#include "expr/ast.h"
#include "expr/functions.h"
#include "expr/meter.h"
#include "expr/scope.h"

namespace gantry::expr {

// Refuses keys of other kinds than CEL allows, and keys that stand there already.
Status add_entry(ValueMap& entries, Value key, Value value);

class Evaluator {
 public:
  Evaluator(const Ast& ast, const Scope& scope)
      : ast_(ast), scope_(scope), slots_(static_cast<std::size_t>(ast.slots)) {}
  Result<Value> run();
  std::int64_t steps_spent() const { return meter_.steps_spent(); }

 private:
  // A chain a.b[c] + d && e leans to the left without limit; it is walked in a loop. `steps` are
  // the nodes above `base`, outermost first.
  struct Chain {
    const Node* base = nullptr;
    std::vector<const Node*> steps;
  };

  Result<Value> eval(NodeId id);
  Chain chain(NodeId id) const;
  Result<Value> base_value(Chain& chain);
  Result<Value> leaf(const Node& node);
  Result<Value> step(const Node& node, Result<Value> left);
  Result<Value> strict_step(const Node& node, const Value& left);

  Result<Value> name(const Node& node);
  Result<std::optional<Value>> dotted_name(Chain& chain);
  Result<std::optional<Value>> scope_member(Chain& chain);
  Result<std::optional<Value>> scope_index(Chain& chain);
  Result<Value> logic(const Node& node, Result<Value> left);
  Result<Value> choice(const Node& node);
  Result<Value> list(const Node& node);
  Result<Value> map(const Node& node);
  Result<Value> call(const Node& node, std::vector<Value> values, std::size_t next);
  Result<Value> index(const Node& node, const Value& target);
  Result<Value> indexed(const Node& node, const Value& target, const Value& key);
  Result<Value> select(const Node& node, const Value& target);
  Status pay_search(const Value& target);

  // loops.cpp
  Result<Value> macro(const Node& node, const Value& range);
  Result<Value> bind(const Node& node);
  Result<Value> loop(const Node& node, const Value& range);
  Result<Value> optional_map(const Node& node, const Value& optional);

  Result<Value> placed(const Node& node, Result<Value> result) const;
  Error fail(const Node& node, const Error& error) const;
  const Node& node(NodeId id) const { return ast_.nodes[id]; }

  friend class Loop;
  const Ast& ast_;
  const Scope& scope_;
  std::vector<Value> slots_;  // the variables of macros
  Meter meter_;
  PatternCache patterns_;
};

}  // namespace gantry::expr
