// A workflow as what it says: one line per key, defaults applied, in an order that does not depend
// on the file's. Two workflows that mean the same have the same facts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/workflow.h"

namespace gantry::spec {

// What a fact belongs to: the workflow, one param, one trigger, one task, one file.
struct FactOwner {
  std::string section;  // "params", "triggers", "tasks", "finally", "files"; empty: the workflow
  std::string name;     // empty: the workflow
  auto operator<=>(const FactOwner&) const = default;
};

struct OwnerFacts {
  FactOwner owner;
  std::vector<std::pair<std::string, std::string>> keys;  // "timeout" -> "10m"; sorted
  bool operator==(const OwnerFacts&) const = default;
};

// Sorted by owner, the workflow first. Keys that say nothing are left out.
std::vector<OwnerFacts> facts_of(const model::Definition& definition);

}  // namespace gantry::spec
