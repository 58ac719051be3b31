// A workflow while it is being read: the model so far, and what can be checked only when all of
// it is known. Node pointers point into the tree, which outlives the draft.
#pragma once

#include <cstdint>
#include <vector>

#include "model/workflow.h"
#include "spec/scopes.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

struct TextUse {
  const Node* node = nullptr;
  ScopeKind scope = ScopeKind::Task;
  std::uint32_t index = 0;  // of the task or the param
};

struct TaskDraft {
  const Node* key = nullptr;  // its name
  std::vector<const Node*> needs;
  model::SourcePlace join_place;  // line 0: no join written
  const Node* script = nullptr;
  std::vector<const Node*> argv;
  std::vector<std::vector<const Node*>> arms;  // of a switch: the tasks of each
};

struct KnownCalendars;

struct Draft {
  model::Workflow workflow;
  const KnownCalendars* calendars = nullptr;  // null: they are not checked
  std::vector<TaskDraft> tasks;               // beside workflow.tasks
  std::vector<TextUse> texts;
  std::vector<const Node*> globs;  // of `files`

  // Remembers a text that holds expressions.
  void add_text(const Node& node, ScopeKind scope, std::uint32_t index = 0) {
    if (node.text.find("${{") != std::string::npos) texts.push_back({&node, scope, index});
  }
};

}  // namespace gantry::spec
