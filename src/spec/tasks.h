// `tasks`, `finally` and `defaults`.
#pragma once

#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

// What `defaults` says, in the members that a task takes over from it.
struct TaskDefaults {
  model::Task task;
};

TaskDefaults read_defaults(const Source& source, const Node& map, Draft& draft);

// Both sections go through the same list, so that a name is used once in a workflow.
void read_tasks(const Source& source, const Node& map, bool is_finally,
                const TaskDefaults& defaults, Draft& draft, TaskIndex group = model::kNoTask);

// The process keys of a task and of `defaults` (task_process.cpp). What is absent stays.
void read_process_keys(const Source& source, const Fields& fields, ScopeKind scope,
                       std::uint32_t index, Draft& draft, model::Task& task);

// `switch`, `foreach` and what belongs to it, `repeat` (task_flow.cpp).
void read_flow_keys(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
                    model::Task& task, TaskDraft& extra);

void read_retry(const Source& source, const Fields& fields, Draft& draft,
                model::RetryPolicy& retry);

// An expression without ${{ }}; empty if there is none.
std::string read_condition(const Source& source, const Fields& fields, std::string_view key,
                           ScopeKind scope, std::uint32_t index, Draft& draft);
// `wait` (task_wait.cpp).
void read_wait(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
               model::Task& task);
// `outputs` of a task: expressions by name.
void read_outputs(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
                  model::Task& task);
// Adds the variables of an `env`; a name that is there already is replaced.
void read_env(const Source& source, const Fields& fields, ScopeKind scope, std::uint32_t index,
              Draft& draft, std::vector<model::NamedText>& env);
// Adds the names of `secrets` that are not there yet.
void read_secrets(const Source& source, const Fields& fields, std::vector<std::string>& secrets);

}  // namespace gantry::spec
