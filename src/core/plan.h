// Plan: a version made ready for running: dependents as index ranges, expressions parsed. Shared
// by all runs of the version, immutable.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "expr/expression.h"
#include "expr/template.h"
#include "model/workflow.h"

namespace gantry::core {

// The texts of a task that hold expressions; absent where all are literal.
struct TaskTemplates {
  std::vector<expr::Template> argv;
  std::vector<std::pair<std::string, expr::Template>> env;
  expr::Template workdir{{}, 0};
  std::optional<expr::Expression> retry_if;
  std::optional<expr::Expression> when;
  std::optional<expr::Template> items;                // of a foreach, unless they are written
  std::optional<expr::Expression> until;              // of repeat
  std::vector<std::optional<expr::Expression>> arms;  // of a switch; none: otherwise
  std::vector<std::pair<std::string, expr::Expression>> outputs;
  std::optional<expr::Template> wait_span;  // of `wait`
  std::optional<expr::Template> wait_until;
  std::optional<expr::Expression> wait_when;
  std::optional<expr::Expression> wait_match;
  std::vector<std::string> captures;  // what the outputs read: expr::captures_of
};

// What the engine asks of every task as others settle, apart from the rest of it: a graph of a
// million tasks is walked in any order, and these stay in the processor's cache.
struct TaskTraits {
  std::int32_t priority = 0;
  model::JoinRule join = model::JoinRule::AllSuccess;
  bool is_finally : 1 = false;
  bool background : 1 = false;
  bool allow_failure : 1 = false;
  bool is_pass : 1 = false;
  bool is_wait : 1 = false;
  bool has_pool : 1 = false;
  bool has_condition : 1 = false;
  bool is_switch : 1 = false;
  bool is_group : 1 = false;
  bool is_foreach : 1 = false;
  bool is_nested : 1 = false;  // in a group, or a foreach
  std::uint8_t loops = 0;      // how many foreach it is in, itself included
};

class Plan {
  struct Key {};

 public:
  explicit Plan(Key) {}  // only make() has a Key
  // InvalidArgument if an expression does not parse (lint has refused such a text before).
  // `files_hash` names the version whose files a workspace needs; empty if it has none.
  static Result<std::shared_ptr<const Plan>> make(std::shared_ptr<const model::Workflow> workflow,
                                                  std::string files_hash = {});

  const std::string& files_hash() const { return files_hash_; }
  const model::Workflow& workflow() const { return *workflow_; }
  std::size_t size() const { return workflow_->tasks.size(); }
  const model::Task& task(TaskIndex index) const { return workflow_->tasks[index.value]; }
  TaskTraits traits(TaskIndex index) const { return traits_[index.value]; }
  std::span<const TaskIndex> dependents(TaskIndex index) const;
  const TaskTemplates* templates(TaskIndex index) const;  // null: all texts are literal
  const std::vector<std::pair<std::string, expr::Template>>& env() const { return env_; }
  const expr::Template& title() const { return title_; }
  const expr::Template& concurrency_key() const { return concurrency_key_; }
  std::optional<TaskIndex> find(std::string_view task_name) const;
  // "load", of an item "load[3]"; nothing if no task can be called so.
  std::optional<TaskRef> find_ref(std::string_view text) const;
  std::string name_of(TaskRef ref) const;
  TaskIndex group_of(TaskIndex index) const { return task(index).group; }

  // Of a foreach: the one task that stands for all its items, not one of them.
  bool is_foreach(TaskRef ref) const;
  // Whether a task has such an item: it is in as many foreach as the path is long.
  bool exists(TaskRef ref) const;
  bool is_container(TaskRef ref) const { return traits(ref.task).is_group || is_foreach(ref); }
  // The group or foreach that is made of it; nothing if it is at the top.
  std::optional<TaskRef> container_of(TaskRef ref) const;
  // The foreach of whose item it is a part. It must be one.
  TaskIndex foreach_around(TaskRef ref) const;
  // The tasks right in a group, in the order of the file.
  std::vector<TaskIndex> children(TaskIndex group) const;
  bool has_finally() const { return has_finally_; }

 private:
  struct NameEntry {
    std::uint32_t hash = 0;  // of the task's name
    TaskIndex task;
    auto operator<=>(const NameEntry&) const = default;
  };

  void note_traits();
  void note_foreach();
  void link_dependents();
  void index_names();

  std::shared_ptr<const model::Workflow> workflow_;
  std::string files_hash_;
  std::vector<TaskTraits> traits_;
  std::vector<std::uint32_t> dependents_begin_;  // size() + 1 offsets into dependents_
  std::vector<TaskIndex> dependents_;
  std::vector<std::unique_ptr<const TaskTemplates>> templates_;  // empty if no task has any
  std::vector<NameEntry> by_name_;                               // sorted
  std::vector<TaskIndex> foreach_of_;  // the innermost it is in; empty if there is none
  std::vector<std::pair<std::string, expr::Template>> env_;
  expr::Template title_{{}, 0};
  expr::Template concurrency_key_{{}, 0};
  bool has_finally_ = false;
};

}  // namespace gantry::core
