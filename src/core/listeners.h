// Which triggers listen to what, found by name. Derived from the rows of workflows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expr/expression.h"
#include "model/change.h"

namespace gantry::core {

struct Listener {
  WorkflowId workflow;
  std::string trigger;
  auto operator<=>(const Listener&) const = default;
};

class Listeners {
 public:
  void put(const model::WorkflowRow& row);
  // In the order of workflows and ids; also triggers that are disabled.
  std::vector<Listener> of(const model::EventRow& event) const;
  // The condition of a listener; null: it has none, or one that does not parse (lint refused it).
  const expr::Expression* match_of(const Listener& listener) const;

 private:
  struct Ends {
    bool succeeded = true;
    bool failed = true;
    bool cancelled = true;
  };
  using Name = std::pair<model::EventFrom, std::string>;
  void add(const Name& name, const Listener& listener, Ends ends);

  std::map<Name, std::map<Listener, Ends>> by_name_;
  std::map<WorkflowId, std::vector<Name>> names_;  // of its triggers
  std::map<Listener, expr::Expression> matches_;
};

}  // namespace gantry::core
