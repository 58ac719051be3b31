#include "spec/tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/states.h"
#include "spec/names.h"

namespace gantry::spec {

using model::ActionKind;
using model::Task;

namespace {

// Actions that do not exist yet; check_keys has refused them.
constexpr std::string_view kLaterActions[] = {"http",     "sql",  "file",  "workflow",
                                              "approval", "todo", "notify"};
// Keys that mean nothing for a task without a process.
constexpr std::string_view kProcessKeys[] = {
    "env",  "secrets", "workdir",    "retry",    "timeout", "grace", "on_interrupt",
    "pool", "slots",   "background", "priority", "shell",   "every", "skip_exit_codes"};

std::string full_name(const Draft& draft, TaskIndex group, const std::string& name) {
  return group == model::kNoTask ? name : draft.workflow.tasks[group.value].name + "." + name;
}

int depth_of(const Draft& draft, TaskIndex group) {
  int depth = 0;
  for (; group != model::kNoTask; group = draft.workflow.tasks[group.value].group) ++depth;
  return depth;
}

class TaskReader {
 public:
  TaskReader(const Source& source, const Node& key, const Node& map, bool is_finally,
             const TaskDefaults& defaults, Draft& draft, TaskIndex group)
      : source_(source),
        map_(map),
        fields_(source, map),
        defaults_(defaults),
        draft_(draft),
        index_(static_cast<std::uint32_t>(draft.workflow.tasks.size())) {
    task_.name = full_name(draft, group, key.text);
    task_.place = key.place;
    task_.group = group;
    task_.is_finally = is_finally;
    extra_.key = &key;
  }

  void read() {
    check_keys(source_, map_, kTaskKeys);
    read_for_people();
    extra_.needs = fields_.texts("needs");
    read_join();
    read_action();
    if (model::has_process(task_.action.kind))
      read_process();
    else
      refuse_process_keys();
    if (task_.action.kind == ActionKind::Group) read_group_retry();
    read_when();
    read_flow_keys(source_, fields_, index_, draft_, task_, extra_);
    read_outputs(source_, fields_, index_, draft_, task_);
    task_.allow_failure = fields_.flag("allow_failure").value_or(false);
    draft_.workflow.tasks.push_back(std::move(task_));
    draft_.tasks.push_back(std::move(extra_));
  }

 private:
  void report(Lint code, std::string_view key, const Error& what) {
    source_.problems.add(code, fields_.key_place(key), what);
  }

  void read_for_people() {
    model::About about;
    if (const auto title = fields_.filled_text("title")) {
      about.title = *title;
      draft_.add_text(*fields_.find("title"), ScopeKind::TaskTitle, index_);
    }
    about.description = fields_.plain_text("description").value_or("");
    about.owner = fields_.plain_text("owner").value_or("");
    task_.about = std::move(about);
  }

  void read_join() {
    const bool both = fields_.has("join") && fields_.has("trigger_rule");
    if (both)
      report(MisplacedKey, "trigger_rule",
             refuse({"'trigger_rule' is another word for 'join'; remove one",
                     "'trigger_rule' 与 'join' 同义；请删去其一"}));
    const std::string_view key = fields_.has("join") ? "join" : "trigger_rule";
    const auto text = fields_.text(key);
    if (!text) return;
    extra_.join_place = fields_.key_place(key);
    if (const auto rule = model::join_rule_of(*text)) {
      task_.join = *rule;
      return;
    }
    std::vector<std::string_view> names{"all", "any"};
    for (int i = 0; i < model::kJoinRuleCount; ++i)
      names.push_back(model::name_of(static_cast<model::JoinRule>(i)));
    source_.problems.add(BadValue, fields_.find(key)->place,
                         refuse({"there is no join rule '{}'", "没有汇合规则“{}”"}, *text),
                         source_.problems.suggest(*text, names));
  }

  // After the keys of the process, which may have taken exit codes from `defaults`.
  void read_when() {
    if (!fields_.has("when")) return;
    model::Skipping skipping = *task_.skipping;
    skipping.when = read_condition(source_, fields_, "when", ScopeKind::When, index_, draft_);
    task_.skipping = std::move(skipping);
  }

  // The keys of actions that are there, in the order of the file.
  std::vector<const Node*> action_keys() const {
    std::vector<const Node*> found;
    for (std::size_t i = 0; i < map_.children.size(); i += 2) {
      const Node& key = source_.tree.at(map_.children[i]);
      const auto is_key = [&key](std::string_view name) { return key.text == name; };
      if (std::any_of(kTaskKeys.one_of.begin(), kTaskKeys.one_of.end(), is_key) ||
          std::any_of(std::begin(kLaterActions), std::end(kLaterActions), is_key))
        if (found.empty() || found.back()->text != key.text) found.push_back(&key);
    }
    return found;
  }

  void read_action() {
    const auto actions = action_keys();
    if (actions.empty()) return report_nothing();
    if (actions.size() > 1)
      source_.problems.add(TwoActions, actions[1]->place,
                           refuse({"the task '{}' has '{}' and '{}'; one task does one thing",
                                   "任务“{}”同时有“{}”和“{}”；一个任务只做一件事"},
                                  task_.name, actions[0]->text, actions[1]->text));
    if (fields_.has("run")) return read_run();
    if (fields_.has("exec")) return read_exec();
    if (fields_.has("pass")) return read_pass();
    if (fields_.has("switch")) task_.action.kind = ActionKind::Switch;
    if (fields_.has("tasks")) task_.action.kind = ActionKind::Group;
    if (fields_.has("wait")) read_wait(source_, fields_, index_, draft_, task_);
  }

  void report_nothing() {
    if (fields_.has("owner"))
      return source_.problems.add(
          NotAvailable, task_.place,
          refuse({"the task '{}' has an owner and no action, which makes it a todo; a todo is "
                  "not available in this version",
                  "任务“{}”有负责人而没有动作，即为待办；此版本还没有待办"},
                 task_.name));
    source_.problems.add(
        DoesNothing, task_.place,
        refuse({"the task '{}' does nothing; give it 'run', 'exec', 'pass', "
                "'switch', 'tasks' or 'wait'",
                "任务“{}”什么也不做；请给它 'run'、'exec'、'pass'、'switch'、'tasks' 或 'wait'"},
               task_.name));
  }

  void read_run() {
    task_.action.kind = ActionKind::Run;
    const auto script = fields_.filled_text("run");
    if (!script) return;
    const Node& node = *fields_.find("run");
    task_.action.script = *script;
    extra_.script = &node;
    const std::size_t at = script->find("${{");
    if (at == std::string::npos) return;
    source_.problems.add(
        ExpressionInRun, source_.tree.place_in(node, at),
        refuse(
            {"expressions are not put into scripts, since a value could become a command; use the "
             "variables PARAM_..., or name the value in 'env' and use \"$NAME\"",
             "表达式不会放进脚本，因为值可能变成命令；请用变量 PARAM_...，"
             "或在 'env' 中给值取名后用 \"$NAME\""}));
  }

  void read_exec() {
    task_.action.kind = ActionKind::Exec;
    const Node* list = fields_.list("exec");
    if (list == nullptr) return;
    extra_.argv = fields_.texts("exec");
    for (const Node* node : extra_.argv) {
      task_.action.argv.push_back(node->text);
      draft_.add_text(*node, ScopeKind::Task, index_);
    }
    if (list->children.empty() || (!extra_.argv.empty() && extra_.argv[0]->text.empty()))
      source_.problems.add(
          BadValue, list->place,
          refuse({"'exec' begins with the name of a program", "'exec' 的第一项是程序名"}));
  }

  void read_pass() {
    const Node& node = *fields_.raw("pass");
    const bool yes = node.kind == NodeKind::Bool && (node.text[0] == 't' || node.text[0] == 'T');
    if (node.kind == NodeKind::Map) return check_keys(source_, node, kNoKeys);
    if (!yes && node.kind != NodeKind::Null)
      source_.problems.add(
          WrongType, node.place,
          refuse({"'pass' is true; it has no keys yet", "'pass' 为 true；它还没有键"}));
  }

  // The key of an action without a process.
  std::string_view action_key() const {
    switch (task_.action.kind) {
      case ActionKind::Group: return "tasks";
      case ActionKind::Switch: return "switch";
      case ActionKind::Wait: return "wait";
      default: return "pass";
    }
  }

  void refuse_process_keys() {
    const bool is_group = task_.action.kind == ActionKind::Group;
    const std::string_view action = action_key();
    if (!fields_.has(action)) return;  // the missing action is reported
    for (const std::string_view key : kProcessKeys)
      if (fields_.has(key) && !(is_group && key == "retry")) refuse_key(key, action);
    const bool gives = action == "pass" || action == "wait";
    if (fields_.has("outputs") && !gives) refuse_key("outputs", action);
    if (fields_.has("repeat") && gives) refuse_key("repeat", action);
  }

  void refuse_key(std::string_view key, std::string_view action) {
    report(MisplacedKey, key,
           refuse({"'{}' has no meaning for '{}'", "“{}”对 '{}' 没有意义"}, key, action));
  }

  // The whole group runs again. Why it failed is said by the tasks in it.
  void read_group_retry() {
    model::RetryPolicy retry;
    read_retry(source_, fields_, draft_, retry);
    if (!retry.condition.empty())
      source_.problems.add(MisplacedKey, fields_.key_place("retry"),
                           refuse({"'retry' of a group has no 'if'", "组的 'retry' 没有 'if'"}));
    task_.retry = std::move(retry);
  }

  void read_process() {
    task_.background = fields_.flag("background").value_or(false);
    take_defaults();
    read_shell();
    read_process_keys(source_, fields_, ScopeKind::Task, index_, draft_, task_);
    check_secrets_and_env();
    read_background();
    if (!task_.timeout && !task_.background)
      source_.problems.add(TimeoutMissing, task_.place,
                           refuse({"the task '{}' may run forever; a 'timeout' would end it",
                                   "任务“{}”可能一直运行下去；设 'timeout' 可使其结束"},
                                  task_.name));
  }

  void take_defaults() {
    const Task& from = defaults_.task;
    task_.setup = from.setup;
    task_.retry = from.retry;
    task_.skipping = from.skipping;
    task_.grace = from.grace;
    task_.on_interrupt = from.on_interrupt;
    task_.priority = from.priority;
    task_.pool = from.pool;
    task_.slots = from.slots;
    // What runs beside the others ends with them, not after a time meant for tasks that end.
    if (!task_.background) task_.timeout = from.timeout;
  }

  void read_shell() {
    const bool is_run = task_.action.kind == ActionKind::Run;
    if (is_run) task_.action.shell = defaults_.task.action.shell;
    if (!is_run && fields_.has("shell"))
      report(MisplacedKey, "shell", refuse({"'shell' belongs to 'run'", "'shell' 只用于 'run'"}));
    if (const auto shell = fields_.plain_text("shell"); shell && is_run)
      task_.action.shell = *shell;
  }

  void check_secrets_and_env() {
    for (const std::string& secret : task_.setup->secrets)
      for (const auto& [name, value] : task_.setup->env)
        if (name == secret)
          source_.problems.add(DuplicateName, task_.place,
                               refuse({"the task '{}' has both a secret and an env '{}'",
                                       "任务“{}”的机密和 env 中都有“{}”"},
                                      task_.name, name));
  }

  void read_background() {
    if (task_.background && task_.group != model::kNoTask)
      report(MisplacedKey, "background",
             refuse({"a task in a group does not run in the background of it",
                     "组内的任务不能在后台运行"}));
    if (task_.background && task_.is_finally)
      report(MisplacedKey, "background",
             refuse({"'background' belongs to tasks, not to 'finally'",
                     "'background' 只用于 tasks，不用于 'finally'"}));
    if (!task_.background && fields_.has("every"))
      report(
          MisplacedKey, "every",
          refuse({"'every' belongs to 'background: true'", "'every' 只用于 'background: true'"}));
    if (const auto every = fields_.duration("every", kRoundRange); every && task_.background)
      task_.every = *every;
  }

  const Source& source_;
  const Node& map_;
  Fields fields_;
  const TaskDefaults& defaults_;
  Draft& draft_;
  std::uint32_t index_;
  Task task_;
  TaskDraft extra_;
};

}  // namespace

TaskDefaults read_defaults(const Source& source, const Node& map, Draft& draft) {
  TaskDefaults defaults;
  check_keys(source, map, kDefaultsKeys);
  const Fields fields(source, map);
  read_process_keys(source, fields, ScopeKind::Defaults, 0, draft, defaults.task);
  defaults.task.action.shell = fields.plain_text("shell").value_or("");
  return defaults;
}

namespace {

// The tasks of the one that was just read, if it is a group.
void read_group(const Source& source, const Node& map, const TaskDefaults& defaults, Draft& draft,
                TaskIndex index) {
  const Fields fields(source, map);
  const Task& read = draft.workflow.tasks[index.value];
  if (loops_around(draft.workflow.tasks, read) > ItemPath::kLevelsMax)
    source.problems.add(
        TooDeep, read.place,
        refuse({"more than {} foreach are within each other", "foreach 嵌套超过 {} 层"},
               ItemPath::kLevelsMax));
  if (read.action.kind != ActionKind::Group) return;
  const bool is_finally = read.is_finally;
  if (const Node* tasks = fields.map("tasks")) {
    if (tasks->children.empty())
      source.problems.add(NoTasks, fields.key_place("tasks"),
                          refuse({"the group has no tasks", "该组没有任务"}));
    read_tasks(source, *tasks, is_finally, defaults, draft, index);
  }
  draft.workflow.tasks[index.value].span =
      static_cast<std::uint32_t>(draft.workflow.tasks.size() - index.value);
}

}  // namespace

void read_tasks(const Source& source, const Node& map, bool is_finally,
                const TaskDefaults& defaults, Draft& draft, TaskIndex group) {
  if (depth_of(draft, group) > limits::kGroupDepthMax)
    return source.problems.add(TooDeep, map.place,
                               refuse({"groups are nested more than {} deep", "组的嵌套超过 {} 层"},
                                      limits::kGroupDepthMax));
  for (std::size_t i = 0; i < map.children.size(); i += 2) {
    const Node& key = source.tree.at(map.children[i]);
    const Node& value = source.tree.at(map.children[i + 1]);
    if (!key.is_scalar() || key.text == "<<") continue;
    if (draft.workflow.tasks.size() >= limits::kTasksMax)
      return source.problems.add(
          TooManyTasks, key.place,
          refuse({"a workflow has at most {} tasks", "一个工作流最多有 {} 个任务"},
                 limits::kTasksMax));
    if (const auto fault = fault_of_id(key.text)) source.problems.add(BadName, key.place, *fault);
    if (value.kind == NodeKind::Map) {
      const TaskIndex index{static_cast<std::uint32_t>(draft.workflow.tasks.size())};
      TaskReader(source, key, value, is_finally, defaults, draft, group).read();
      read_group(source, value, defaults, draft, index);
      continue;
    }
    source.problems.add(WrongType, value.kind == NodeKind::Null ? key.place : value.place,
                        refuse({"the task '{}' is a map such as {{run: ./x.sh}}",
                                "任务“{}”应为映射，例如 {{run: ./x.sh}}"},
                               key.text));
    // Its name counts, so that those who need it are not wrong too.
    model::Task task;
    task.name = full_name(draft, group, key.text);
    task.place = key.place;
    task.group = group;
    task.is_finally = is_finally;
    draft.workflow.tasks.push_back(std::move(task));
    draft.tasks.push_back(
        {.key = &key, .needs = {}, .join_place = {}, .script = nullptr, .argv = {}, .arms = {}});
  }
}

}  // namespace gantry::spec
