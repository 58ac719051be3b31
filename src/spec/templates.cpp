#include "spec/templates.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "expr/calls.h"
#include "expr/check.h"
#include "expr/template.h"
#include "spec/graph.h"

namespace gantry::spec {

using expr::Names;
using expr::Problem;
using expr::Reference;

namespace {

template <typename List>
std::shared_ptr<Names> names_of(const List& list) {
  auto names = std::make_shared<Names>();
  for (const auto& name : list) names->add(std::string(name));
  return names;
}

// A task named in an expression of another, to be asked of the graph.
struct TaskUse {
  UpstreamQuery query;
  model::SourcePlace place;
};

class TextChecker {
 public:
  TextChecker(const Source& source, const Draft& draft)
      : source_(source),
        draft_(draft),
        run_(names_of(kRunMembers)),
        run_at_end_(names_of(kRunMembers)),
        params_(std::make_shared<Names>()),
        early_params_(std::make_shared<Names>()),
        env_(std::make_shared<Names>()),
        tasks_(std::make_shared<Names>()),
        leaf_(std::make_shared<Names>()) {
    run_at_end_->add("state");
    for (const auto& param : draft.workflow.params) params_->add(param.name);
    for (const auto& [name, value] : draft.workflow.env) env_->add(name);
    const std::shared_ptr<const Names> members = names_of(kTaskMembers);
    const auto& tasks = draft.workflow.tasks;
    for (std::uint32_t i = 0; i < tasks.size(); ++i) {
      tasks_->add(tasks[i].name, members);
      index_.emplace(tasks[i].name, i);
      task_names_.push_back(tasks[i].name);
    }
    // What is not among them is reported here, where suggestions have a budget.
    tasks_->open = true;
  }

  void check(const TextUse& use) {
    if (is_bare(use.scope)) return check_bare(use);
    const auto parsed = expr::parse_template_or_problem(use.node->text);
    if (const auto* problem = std::get_if<Problem>(&parsed))
      return report(BadExpression, use, *problem);
    const auto& text = std::get<expr::Template>(parsed);
    for (const auto& part : text.parts())
      if (const auto* expression = std::get_if<expr::Expression>(&part))
        check_files(use, *expression);
    check_names(use, text.references(), text.check(scope_of(use)));
  }

  void check_order(bool acyclic) {
    if (!acyclic) return;
    std::vector<UpstreamQuery> queries;
    for (const TaskUse& use : uses_) queries.push_back(use.query);
    const auto answers = are_upstream(draft_.workflow, queries);
    for (std::size_t i = 0; i < uses_.size(); ++i)
      if (!answers[i]) report_order(uses_[i]);
  }

 private:
  const model::Task& task(std::uint32_t index) const { return draft_.workflow.tasks[index]; }

  void check_bare(const TextUse& use) {
    const auto parsed = expr::parse_or_problem(use.node->text);
    if (const auto* problem = std::get_if<Problem>(&parsed))
      return report(BadExpression, use, *problem);
    const auto& expression = std::get<expr::Expression>(parsed);
    check_files(use, expression);
    const Names scope = sees_tasks(use.scope) ? scope_of(use) : *names_of(names_of(use.scope));
    check_names(use, expr::references(expression), expr::check(expression, scope));
  }

  Names scope_of(const TextUse& use) {
    Names scope;
    scope.add("event").add("vars");
    if (use.scope == ScopeKind::TriggerParam) return scope;
    const bool at_end = sees_tasks(use.scope) && task(use.index).is_finally;
    scope.add("run", at_end ? run_at_end_ : run_);
    if (use.scope == ScopeKind::ParamDefault) {
      for (; early_count_ < use.index; ++early_count_)
        early_params_->add(draft_.workflow.params[early_count_].name);
      scope.add("params", early_params_);
      return scope;
    }
    scope.add("params", params_);
    if (use.scope == ScopeKind::RunTitle || use.scope == ScopeKind::WorkflowEnv) return scope;
    scope.add("env", env_);
    if (!sees_tasks(use.scope)) return scope;
    scope.add("tasks", tasks_);
    add_items(use, scope);
    add_own(use, scope);
    return scope;
  }

  // What the task itself has given so far.
  void add_own(const TextUse& use, Names& scope) const {
    if (use.scope == ScopeKind::Until)
      scope.add("outputs").add("exit_code", leaf_).add("round", leaf_);
    if (use.scope == ScopeKind::Moment) scope.add("now", leaf_);
    if (use.scope != ScopeKind::Output) return;
    scope.add("outputs");
    if (has_process(use)) scope.add("stdout", leaf_).add("exit_code", leaf_);
  }

  bool has_process(const TextUse& use) const {
    return model::has_process(task(use.index).action.kind);
  }

  // What a foreach around the task gives.
  void add_items(const TextUse& use, Names& scope) const {
    const bool outside = use.scope == ScopeKind::Items || use.scope == ScopeKind::When;
    TaskIndex at = outside && task(use.index).flow->foreach.exists() ? task(use.index).group
                                                                     : TaskIndex{use.index};
    for (; at != model::kNoTask; at = task(at.value).group) {
      const model::Foreach& foreach = task(at.value).flow->foreach;
      if (!foreach.exists()) continue;
      scope.add("item").add("index");
      if (!foreach.as.empty()) scope.add(foreach.as);
    }
  }

  // `own`: complaints of the expression checker, less good than ours about the same name.
  void check_names(const TextUse& use, const std::vector<Reference>& references,
                   const std::vector<Problem>& own) {
    std::set<std::size_t> named;
    std::set<std::size_t> reported;
    for (const Reference& reference : references) {
      named.insert(reference.place.offset);
      if (!check_reference(use, reference)) reported.insert(reference.place.offset);
    }
    for (const Problem& problem : own) {
      if (reported.contains(problem.place.offset)) continue;
      report(named.contains(problem.place.offset) ? UnknownReference : BadExpression, use, problem);
    }
  }

  // Which files are read has to be known before the task runs.
  void check_files(const TextUse& use, const expr::Expression& expression) {
    const bool has_files = use.scope == ScopeKind::Output && has_process(use);
    for (const expr::NamedCall& call : expr::calls_of(expression, "file")) {
      if (const auto fault = fault_of_file(call, has_files))
        source_.problems.add(BadExpression, source_.tree.place_in(*use.node, call.place.offset),
                             *fault);
    }
  }

  static std::optional<Error> fault_of_file(const expr::NamedCall& call, bool has_files) {
    if (!has_files)
      return gantry::refuse(
          {"file() reads what a process left in its workspace: it belongs to "
           "'outputs' of a task with a process",
           "file() 读取进程留在工作目录中的文件：只用于带进程的任务的 'outputs'"});
    if (!call.text)
      return gantry::refuse({"file() takes a path in quotes, which is known before the task runs",
                             "file() 的参数是引号中的路径，须在任务运行前已知"});
    if (is_inside_path(*call.text)) return std::nullopt;
    return gantry::refuse({"file(): '{}' is not a path inside the run's workspace",
                           "file()：“{}”不是运行工作目录之内的路径"},
                          *call.text);
  }

  bool check_reference(const TextUse& use, const Reference& reference) {
    const std::string& root = reference.path[0];
    if (root == "secrets") return refuse_secret(use, reference);
    if (root == "tasks" && sees_tasks(use.scope)) return check_task(use, reference);
    if (root == "run" && reference.path.size() > 1 && reference.path[1] == "state" &&
        (!sees_tasks(use.scope) || !task(use.index).is_finally))
      return refuse(UnknownReference, use, reference,
                    gantry::refuse({"run.state is known in 'finally' only",
                                    "run.state 只在 'finally' 中可知"}));
    return true;
  }

  bool refuse(Lint code, const TextUse& use, const Reference& reference, const Error& what,
              std::string suggestion = {}) {
    source_.problems.add(code, source_.tree.place_in(*use.node, reference.place.offset), what,
                         std::move(suggestion));
    return false;
  }

  bool refuse_secret(const TextUse& use, const Reference& reference) {
    const std::string name = reference.path.size() > 1 ? reference.path[1] : "NAME";
    return refuse(
        SecretInExpression, use, reference,
        gantry::refuse({"secrets are not put into expressions; write 'secrets: [{}]' and use "
                        "the variable {} in the process",
                        "机密不会放进表达式；请写 'secrets: [{}]'，在进程中用变量 {}"},
                       name, name));
  }

  bool check_task(const TextUse& use, const Reference& reference) {
    if (reference.path.size() < 2)
      return refuse(
          UnknownReference, use, reference,
          gantry::refuse(
              {"write which task is meant, as in tasks.NAME.outputs.x or tasks[\"NAME\"].state",
               "请写明是哪个任务，例如 tasks.NAME.outputs.x 或 tasks[\"NAME\"].state"}));
    const std::string& name = reference.path[1];
    const auto found = find_task(use, name);
    if (!found)
      return refuse(UnknownReference, use, reference,
                    gantry::refuse({"there is no task '{}'", "没有任务“{}”"}, name),
                    source_.problems.suggest(name, task_names_));
    if (const TaskIndex foreach = foreach_between(use.index, *found); foreach != model::kNoTask)
      return refuse(
          UnknownReference, use, reference,
          gantry::refuse({"'{}' runs once per item of '{}'; from outside use tasks.{}.items",
                          "“{}”对“{}”的每一项运行一次；在其外请用 tasks.{}.items"},
                         name, task(foreach.value).name,
                         model::local_name(task(foreach.value).name)));
    const bool before_all = task(use.index).is_finally && !task(found->value).is_finally;
    const bool inside = use.scope == ScopeKind::Until && is_in(*found, TaskIndex{use.index});
    if (before_all || inside) return true;
    const auto [user, target] = side_by_side(TaskIndex{use.index}, *found);
    uses_.push_back(
        {{user.value, target.value}, source_.tree.place_in(*use.node, reference.place.offset)});
    return true;
  }

  // A name means what stands beside the task, else what stands around that, and so on. `until` of a
  // group sees what stands in it first.
  std::optional<TaskIndex> find_task(const TextUse& use, const std::string& name) const {
    TaskIndex group = use.scope == ScopeKind::Until ? TaskIndex{use.index} : task(use.index).group;
    for (; group != model::kNoTask; group = task(group.value).group)
      if (const auto found = index_.find(task(group.value).name + "." + name);
          found != index_.end())
        return TaskIndex{found->second};
    const auto found = index_.find(name);
    return found == index_.end() ? std::nullopt : std::optional(TaskIndex{found->second});
  }

  bool is_in(TaskIndex index, TaskIndex group) const {
    return index > group && index.value < group.value + task(group.value).span;
  }

  // The foreach that has the task in its items and not the one that asks.
  TaskIndex foreach_between(std::uint32_t user, TaskIndex target) const {
    for (TaskIndex at = task(target.value).group; at != model::kNoTask; at = task(at.value).group)
      if (task(at.value).flow->foreach.exists() && !is_in(TaskIndex{user}, at) && at.value != user)
        return at;
    return model::kNoTask;
  }

  // The two, or the groups they are in, that stand in the same group.
  std::pair<TaskIndex, TaskIndex> side_by_side(TaskIndex user, TaskIndex target) const {
    while (task(user.value).group != task(target.value).group) {
      const TaskIndex over_user = task(user.value).group;
      const bool lift_user =
          over_user != model::kNoTask &&
          (task(target.value).group == model::kNoTask || !is_in(target, over_user));
      if (lift_user)
        user = over_user;
      else
        target = task(target.value).group;
    }
    return {user, target};
  }

  void report_order(const TaskUse& use) {
    const std::string& name = task(use.query.target).name;
    const std::string& user = task(use.query.task).name;
    if (use.query.task == use.query.target)
      return source_.problems.add(
          NotUpstream, use.place,
          gantry::refuse(
              {"the task '{}' can not use its own result", "任务“{}”不能使用它自己的结果"}, name));
    if (task(use.query.target).is_finally && !task(use.query.task).is_finally)
      return source_.problems.add(
          NotUpstream, use.place,
          gantry::refuse({"'{}' is in 'finally', which begins when all tasks have ended",
                          "“{}”在 'finally' 中，要等所有任务结束才开始"},
                         name));
    source_.problems.add(
        NotUpstream, use.place,
        gantry::refuse({"'{}' may not have ended when '{}' starts; add it to 'needs'",
                        "“{0}”可能在“{1}”开始时尚未结束；请把它加进 'needs'"},
                       name, user));
  }

  void report(Lint code, const TextUse& use, const Problem& problem) {
    source_.problems.add(
        code, source_.tree.place_in(*use.node, problem.place.offset),
        Error{Code::InvalidArgument, problem.message,
              fmt::format("表达式有误：{}", problem.zh.empty() ? problem.message : problem.zh)});
  }

  const Source& source_;
  const Draft& draft_;
  std::shared_ptr<Names> run_;
  std::shared_ptr<Names> run_at_end_;
  std::shared_ptr<Names> params_;
  std::shared_ptr<Names> early_params_;  // those before the default that is being checked
  std::uint32_t early_count_ = 0;
  std::shared_ptr<Names> env_;
  std::shared_ptr<Names> tasks_;
  std::shared_ptr<Names> leaf_;  // a name without members
  std::map<std::string, std::uint32_t, std::less<>> index_;
  std::vector<std::string_view> task_names_;
  std::vector<TaskUse> uses_;
};

}  // namespace

void check_texts(const Source& source, const Draft& draft, bool acyclic) {
  if (draft.texts.empty()) return;
  TextChecker checker(source, draft);
  for (const TextUse& use : draft.texts) {
    if (source.problems.full()) return;
    checker.check(use);
  }
  checker.check_order(acyclic);
}

}  // namespace gantry::spec
