#include "spec/load.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "spec/diagnostics.h"
#include "spec/draft.h"
#include "spec/graph.h"
#include "spec/load_tree.h"
#include "spec/names.h"
#include "spec/params.h"
#include "spec/tasks.h"
#include "spec/templates.h"
#include "spec/triggers.h"
#include "spec/version_files.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

void check_workflow_name(const std::string& name, Diagnostics& problems) {
  for (const std::string_view part : split(name, '/'))
    if (const auto fault = fault_of_id(part))
      return problems.add(
          BadName, {1, 1},
          within(Text{"the workflow's name, which is its path", "工作流的名称（即其路径）"},
                 *fault));
}

namespace {

void read_labels(const Source& source, const Fields& fields, model::Workflow& workflow) {
  const Node* map = fields.map("labels");
  for (std::size_t i = 0; map != nullptr && i < map->children.size(); i += 2) {
    const Node& key = source.tree.at(map->children[i]);
    const Node& value = source.tree.at(map->children[i + 1]);
    if (const auto fault = fault_of_id(key.text)) source.problems.add(BadName, key.place, *fault);
    const auto text = read_text(source, value, key.text);
    if (text && !refuse_expression(source, value, key.text))
      workflow.labels.emplace_back(key.text, *text);
  }
}

void read_conflict(const Source& source, const Fields& fields, model::Workflow& workflow) {
  const auto text = fields.text("conflict");
  if (!text) return;
  const auto conflict = model::conflict_of(*text);
  if (conflict)
    workflow.conflict = *conflict;
  else
    source.problems.add(BadValue, fields.find("conflict")->place,
                        refuse({"'conflict' is queue, skip or cancel_running, not '{}'",
                                "'conflict' 为 queue、skip 或 cancel_running，而不是“{}”"},
                               *text),
                        source.problems.suggest(*text, {"queue", "skip", "cancel_running"}));
}

void read_concurrency(const Source& source, const Fields& fields, Draft& draft) {
  const Node* map = fields.map("concurrency");
  if (map == nullptr) return;
  check_keys(source, *map, kConcurrencyKeys);
  const Fields inner(source, *map);
  if (const auto limit = inner.whole("limit", kConcurrencyRange))
    draft.workflow.concurrency_limit = static_cast<int>(*limit);
  if (const auto key = inner.filled_text("key")) {
    draft.workflow.concurrency_key = *key;
    draft.add_text(*inner.find("key"), ScopeKind::RunTitle);
  }
  read_conflict(source, inner, draft.workflow);
  if (inner.find("limit") == nullptr)
    source.problems.add(MissingKey, map->place,
                        refuse({"'concurrency' needs 'limit'", "'concurrency' 需要 'limit'"}));
}

void read_after_previous(const Source& source, const Fields& fields, model::Workflow& workflow) {
  const auto text = fields.text("after_previous");
  if (!text) return;
  const auto rule = model::after_previous_of(*text);
  if (!rule || *rule == model::AfterPrevious::Any)
    return source.problems.add(BadValue, fields.find("after_previous")->place,
                               refuse({"'after_previous' is succeeded or done, not '{}'",
                                       "'after_previous' 为 succeeded 或 done，而不是“{}”"},
                                      *text),
                               source.problems.suggest(*text, {"succeeded", "done"}));
  workflow.after_previous = *rule;
  if (workflow.conflict == model::Conflict::CancelRunning)
    source.problems.add(
        MisplacedKey, fields.key_place("after_previous"),
        refuse({"'conflict: cancel_running' cancels the run that 'after_previous' waits for",
                "'conflict: cancel_running' 会取消 'after_previous' 所等待的运行"}));
}

void read_globs(const Source& source, const Fields& fields, Draft& draft) {
  for (const Node* node : fields.texts("files"))
    if (!refuse_expression(source, *node, "files")) draft.globs.push_back(node);
}

void read_head(const Source& source, const Fields& fields, Draft& draft) {
  model::Workflow& workflow = draft.workflow;
  if (const auto title = fields.filled_text("title")) {
    workflow.title = *title;
    draft.add_text(*fields.find("title"), ScopeKind::RunTitle);
  }
  workflow.description = fields.plain_text("description").value_or("");
  workflow.owner = fields.plain_text("owner").value_or("");
  workflow.enabled = fields.flag("enabled").value_or(true);
  workflow.fail_fast = fields.flag("fail_fast").value_or(false);
  if (const auto zone = fields.plain_text("timezone"))
    if (check_zone(source, *fields.find("timezone"), *zone)) workflow.timezone = *zone;
  if (const auto timeout = fields.duration("timeout", kTimeoutRange)) workflow.timeout = *timeout;
  if (const auto priority = fields.whole("priority", kPriorityRange))
    workflow.priority = static_cast<int>(*priority);
  read_labels(source, fields, workflow);
  read_concurrency(source, fields, draft);
  read_after_previous(source, fields, workflow);
  if (const Node* params = fields.map("params")) read_params(source, *params, draft);
  read_env(source, fields, ScopeKind::WorkflowEnv, 0, draft, workflow.env);
  read_secrets(source, fields, workflow.secrets);
  read_globs(source, fields, draft);
  if (const Node* triggers = fields.list("triggers")) read_triggers(source, *triggers, draft);
}

// A secret that all tasks get is not named again for each, and clashes with no variable.
void merge_secrets(Draft& draft) {
  for (model::Task& task : draft.workflow.tasks) {
    model::Setup setup = *task.setup;
    for (const std::string& secret : draft.workflow.secrets) std::erase(setup.secrets, secret);
    task.setup = std::move(setup);
  }
}

void read_sections(const Source& source, const Fields& fields, Draft& draft) {
  TaskDefaults defaults;
  if (const Node* map = fields.map("defaults")) defaults = read_defaults(source, *map, draft);
  if (const Node* tasks = fields.map("tasks")) {
    read_tasks(source, *tasks, false, defaults, draft);
    if (tasks->children.empty())
      source.problems.add(NoTasks, fields.key_place("tasks"),
                          refuse({"the workflow has no tasks", "工作流没有任务"}));
  }
  if (!fields.has("tasks"))
    source.problems.add(NoTasks, {1, 1},
                        refuse({"the workflow has no 'tasks'", "工作流没有 'tasks'"}));
  if (const Node* map = fields.map("finally")) read_tasks(source, *map, true, defaults, draft);
  merge_secrets(draft);
}

void read_workflow(const Source& source, Draft& draft) {
  check_keys(source, source.tree.root(), kWorkflowKeys);
  const Fields fields(source, source.tree.root());
  read_head(source, fields, draft);
  read_sections(source, fields, draft);
  resolve_needs(source, draft);
  check_texts(source, draft, check_cycles(source, draft));
}

}  // namespace

LoadResult load_tree(const Tree& tree, Diagnostics& problems, std::string_view text,
                     const std::string& name, const FileSource* files,
                     const KnownCalendars* calendars) {
  const Source source{tree, problems};
  Draft draft;
  draft.workflow.name = name;
  draft.calendars = calendars;
  read_workflow(source, draft);
  model::Definition definition;
  definition.text = std::string(text);
  if (files != nullptr) {
    definition.files = read_version_files(source, draft, *files);
    definition.hash = version_hash(text, definition.files);
  }
  LoadResult result;
  if (!problems.has_errors()) {
    definition.workflow = std::move(draft.workflow);
    result.definition = std::move(definition);
  }
  result.diagnostics = problems.take();
  return result;
}

namespace {
LoadResult load_with(std::string_view text, const std::string& name, const std::string& file,
                     const FileSource* files, const KnownCalendars* calendars) {
  Diagnostics problems(file);
  check_workflow_name(name, problems);
  const std::string_view body = without_mark(text);
  if (!check_text(body, problems)) return {std::nullopt, problems.take()};
  const auto tree = parse_yaml(body, problems);
  if (!tree) return {std::nullopt, problems.take()};
  return load_tree(*tree, problems, text, name, files, calendars);
}
}  // namespace

LoadResult load(std::string_view text, const std::string& name, const std::string& file,
                const FileSource& files, const KnownCalendars* calendars) {
  return load_with(text, name, file, &files, calendars);
}

LoadResult load_stored(std::string_view text, const std::string& name) {
  return load_with(text, name, name, nullptr, nullptr);
}

}  // namespace gantry::spec
