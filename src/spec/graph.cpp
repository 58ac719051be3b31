#include "spec/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gantry::spec {

using model::Task;

namespace {

using Index = std::map<std::string_view, std::uint32_t, std::less<>>;

Index index_names(const Source& source, const Draft& draft) {
  Index index;
  const auto& tasks = draft.workflow.tasks;
  for (std::uint32_t i = 0; i < tasks.size(); ++i) {
    const auto [at, fresh] = index.emplace(tasks[i].name, i);
    // Twice within a section is a duplicate key already.
    if (!fresh && tasks[at->second].is_finally != tasks[i].is_finally)
      source.problems.add(DuplicateName, tasks[i].place,
                          refuse({"'{}' stands in 'tasks' (line {}) and in 'finally'",
                                  "“{}”既在 'tasks'（第 {} 行）又在 'finally' 中"},
                                 tasks[i].name, tasks[at->second].place.line));
  }
  return index;
}

class NeedsResolver {
 public:
  NeedsResolver(const Source& source, Draft& draft)
      : source_(source),
        draft_(draft),
        index_(index_names(source, draft)),
        last_user_(draft.workflow.tasks.size(), 0) {}

  void resolve(std::uint32_t index) {
    Task& task = draft_.workflow.tasks[index];
    const TaskDraft& extra = draft_.tasks[index];
    task.needs.reserve(extra.needs.size());
    for (const Node* node : extra.needs) resolve_one(index, task, *node);
    resolve_arms(index, task, extra);
    if (extra.join_place.line > 0 && extra.needs.empty())
      source_.problems.add(JoinWithoutNeeds, extra.join_place,
                           refuse({"'{}' needs no other task, so its join rule has no effect",
                                   "“{}”不依赖其他任务，汇合规则不起作用"},
                                  task.name));
  }

 private:
  // A name means a task beside this one.
  Index::const_iterator find_beside(const Task& task, const std::string& name) const {
    if (task.group == model::kNoTask) {
      const auto found = index_.find(name);
      const bool at_top =
          found == index_.end() || draft_.workflow.tasks[found->second].group == model::kNoTask;
      return at_top ? found : index_.end();
    }
    return index_.find(draft_.workflow.tasks[task.group.value].name + "." + name);
  }

  // Collects nothing once nothing more is shown: each call walks every task.
  std::string suggest_beside(const Task& task, const std::string& word) const {
    if (source_.problems.full()) return {};
    std::vector<std::string_view> names;
    for (const Task& other : draft_.workflow.tasks)
      if (other.group == task.group) names.push_back(model::local_name(other.name));
    return source_.problems.suggest(word, names);
  }

  void report_unknown(const Task& task, const Node& node) {
    const bool elsewhere = index_.contains(node.text);
    source_.problems.add(
        UnknownTask, node.place,
        elsewhere ? refuse({"'{}' stands in another group; name a task or group beside this one",
                            "“{}”在另一个组中；请写同一层的任务或组"},
                           node.text)
        : task.group == model::kNoTask
            ? refuse({"there is no task '{}'", "没有任务“{}”"}, node.text)
            : refuse({"the group '{}' has no task '{}'", "组“{}”中没有任务“{}”"},
                     draft_.workflow.tasks[task.group.value].name, node.text),
        elsewhere ? std::string() : suggest_beside(task, node.text));
  }

  // What an arm names is there, and needs the switch; each once.
  void resolve_arms(std::uint32_t index, Task& task, const TaskDraft& extra) {
    if (task.flow->arms.size() != extra.arms.size()) return;
    std::vector<model::Arm> arms = task.flow->arms;
    for (std::size_t i = 0; i < arms.size(); ++i)
      for (const Node* node : extra.arms[i]) resolve_arm(index, task, *node, arms[i]);
    model::Flow flow = *task.flow;
    flow.arms = std::move(arms);
    task.flow = std::move(flow);
  }

  void resolve_arm(std::uint32_t index, const Task& task, const Node& node, model::Arm& arm) {
    const auto found = find_beside(task, node.text);
    if (found == index_.end()) return report_unknown(task, node);
    const TaskIndex then{found->second};
    const auto& needs = draft_.tasks[then.value].needs;
    const std::string_view own = model::local_name(task.name);
    const auto names_it = [&](const Node* need) { return need->text == own; };
    if (then.value == index || std::none_of(needs.begin(), needs.end(), names_it))
      return source_.problems.add(
          UnknownTask, node.place,
          refuse({"'{}' does not need '{}', so it can not be a way on: add it to its 'needs'",
                  "“{}”不依赖“{}”，不能作为其分支：请把后者加入其 'needs'"},
                 node.text, own));
    if (std::find(arm.then.begin(), arm.then.end(), then) != arm.then.end())
      return source_.problems.add(
          DuplicateName, node.place,
          refuse({"'{}' stands here twice", "“{}”在这里出现了两次"}, node.text));
    arm.then.push_back(then);
  }

  void resolve_one(std::uint32_t index, Task& task, const Node& node) {
    const auto found = find_beside(task, node.text);
    if (found == index_.end()) return report_unknown(task, node);
    if (found->second == index)
      return source_.problems.add(
          NeedsSelf, node.place,
          refuse({"the task '{}' needs itself", "任务“{}”依赖它自己"}, task.name));
    if (last_user_[found->second] == index + 1)
      return source_.problems.add(
          DuplicateName, node.place,
          refuse({"'{}' stands here twice", "“{}”在这里出现了两次"}, node.text));
    last_user_[found->second] = index + 1;
    const Task& upstream = draft_.workflow.tasks[found->second];
    if (upstream.is_finally != task.is_finally)
      return source_.problems.add(NeedsOtherSection, node.place, other_section(task, upstream));
    if (upstream.background)
      return source_.problems.add(
          NeedsBackground, node.place,
          refuse({"'{}' runs in the background until the others end, so nothing can wait for it",
                  "“{}”在后台运行，直到其他任务结束，因此不能等待它"},
                 node.text));
    task.needs.push_back(TaskIndex{found->second});
  }

  static Error other_section(const Task& task, const Task& upstream) {
    if (task.is_finally)
      return refuse({"'{}' is in 'tasks'; all of those have ended when 'finally' begins",
                     "“{}”在 'tasks' 中；'finally' 开始时它们都已结束"},
                    upstream.name);
    return refuse({"'{}' is in 'finally', which begins when all tasks have ended",
                   "“{}”在 'finally' 中，要等所有任务结束才开始"},
                  upstream.name);
  }

  const Source& source_;
  Draft& draft_;
  Index index_;
  std::vector<std::uint32_t> last_user_;  // the last task that needs it, plus one
};

// Depth first over `needs` with an explicit path.
class CycleFinder {
 public:
  CycleFinder(const Source& source, const Draft& draft)
      : source_(source),
        draft_(draft),
        marks_(draft.workflow.tasks.size(), Mark::Fresh),
        next_(draft.workflow.tasks.size(), 0) {}

  bool run() {
    for (std::uint32_t i = 0; i < marks_.size(); ++i)
      if (marks_[i] == Mark::Fresh) visit(i);
    return !found_;
  }

 private:
  enum class Mark : std::uint8_t { Fresh, OnPath, OnReportedCycle, Done };

  bool on_path(Mark mark) const { return mark == Mark::OnPath || mark == Mark::OnReportedCycle; }

  void visit(std::uint32_t start) {
    enter(start);
    while (!path_.empty()) {
      const std::uint32_t task = path_.back();
      const auto& needs = draft_.workflow.tasks[task].needs;
      if (next_[task] == needs.size()) {
        marks_[task] = Mark::Done;
        path_.pop_back();
        continue;
      }
      const std::uint32_t up = needs[next_[task]++].value;
      if (marks_[up] == Mark::Fresh) enter(up);
      if (on_path(marks_[up]) && up != path_.back()) close(task, up);
    }
  }

  void enter(std::uint32_t task) {
    marks_[task] = Mark::OnPath;
    path_.push_back(task);
  }

  void close(std::uint32_t task, std::uint32_t up) {
    found_ = true;
    if (marks_[up] == Mark::OnReportedCycle || marks_[task] == Mark::OnReportedCycle) return;
    const auto begin = std::find(path_.rbegin(), path_.rend(), up).base() - 1;
    report(task, up, std::vector<std::uint32_t>(begin, path_.end()));
    for (auto at = begin; at != path_.end(); ++at) marks_[*at] = Mark::OnReportedCycle;
  }

  // The path goes from a task to what it needs; people read it the other way round.
  void report(std::uint32_t task, std::uint32_t up, std::vector<std::uint32_t> cycle) {
    constexpr std::size_t kShown = 6;
    std::reverse(cycle.begin(), cycle.end());
    std::string text = name(cycle.back());
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      if (cycle.size() > kShown + 1 && i == kShown / 2)
        text += fmt::format(" -> ... (+{}) ...", cycle.size() - kShown);
      if (cycle.size() > kShown + 1 && i >= kShown / 2 && i < cycle.size() - kShown / 2) continue;
      text += " -> " + name(cycle[i]);
    }
    source_.problems.add(
        NeedsCycle, place_of_need(task, up),
        refuse({"these tasks wait for each other: {}", "这些任务互相等待：{}"}, text));
  }

  const std::string& name(std::uint32_t task) const { return draft_.workflow.tasks[task].name; }

  model::SourcePlace place_of_need(std::uint32_t task, std::uint32_t up) const {
    for (const Node* node : draft_.tasks[task].needs)
      if (node->text == model::local_name(name(up))) return node->place;
    return draft_.workflow.tasks[task].place;
  }

  const Source& source_;
  const Draft& draft_;
  std::vector<Mark> marks_;
  std::vector<std::size_t> next_;  // of each task the next of its needs
  std::vector<std::uint32_t> path_;
  bool found_ = false;
};

// Every task after all it needs.
std::vector<std::uint32_t> topological_order(const model::Workflow& workflow) {
  const auto count = workflow.tasks.size();
  std::vector<std::uint32_t> order;
  std::vector<std::size_t> next(count, 0);
  std::vector<bool> entered(count, false);
  std::vector<std::uint32_t> path;
  for (std::uint32_t start = 0; start < count; ++start) {
    if (entered[start]) continue;
    entered[start] = true;
    path.push_back(start);
    while (!path.empty()) {
      const std::uint32_t task = path.back();
      const auto& needs = workflow.tasks[task].needs;
      if (next[task] == needs.size()) {
        order.push_back(task);
        path.pop_back();
        continue;
      }
      const std::uint32_t up = needs[next[task]++].value;
      if (entered[up]) continue;
      entered[up] = true;
      path.push_back(up);
    }
  }
  return order;
}

constexpr std::size_t kWords = 4;
constexpr std::size_t kBatch = kWords * 64;
using Mask = std::array<std::uint64_t, kWords>;

// Answers the queries whose targets are among `targets` (sorted, at most kBatch) in one pass.
class UpstreamBatch {
 public:
  UpstreamBatch(const model::Workflow& workflow, std::span<const std::uint32_t> order,
                std::span<const std::uint32_t> targets)
      : targets_(targets), above_(workflow.tasks.size()) {
    std::vector<int> bit(workflow.tasks.size(), -1);
    for (std::size_t i = 0; i < targets.size(); ++i) bit[targets[i]] = static_cast<int>(i);
    for (const std::uint32_t task : order)
      for (const TaskIndex up : workflow.tasks[task].needs) {
        for (std::size_t w = 0; w < kWords; ++w) above_[task][w] |= above_[up.value][w];
        if (const int b = bit[up.value]; b >= 0)
          above_[task][static_cast<std::size_t>(b) / 64] |= std::uint64_t{1} << (b % 64);
      }
  }

  std::optional<bool> answer(const UpstreamQuery& query) const {
    const auto at = std::lower_bound(targets_.begin(), targets_.end(), query.target);
    if (at == targets_.end() || *at != query.target) return std::nullopt;
    const auto b = static_cast<std::size_t>(at - targets_.begin());
    return (above_[query.task][b / 64] >> (b % 64) & 1) != 0;
  }

 private:
  std::span<const std::uint32_t> targets_;
  std::vector<Mask> above_;
};

bool needs_directly(const Task& task, std::uint32_t target) {
  return std::find(task.needs.begin(), task.needs.end(), TaskIndex{target}) != task.needs.end();
}

}  // namespace

void resolve_needs(const Source& source, Draft& draft) {
  NeedsResolver resolver(source, draft);
  for (std::uint32_t i = 0; i < draft.tasks.size(); ++i) resolver.resolve(i);
}

bool check_cycles(const Source& source, const Draft& draft) {
  return CycleFinder(source, draft).run();
}

std::vector<bool> are_upstream(const model::Workflow& workflow,
                               const std::vector<UpstreamQuery>& queries) {
  std::vector<bool> answers(queries.size(), false);
  std::vector<std::size_t> open;
  std::vector<std::uint32_t> targets;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    answers[i] = needs_directly(workflow.tasks[queries[i].task], queries[i].target);
    if (answers[i]) continue;
    open.push_back(i);
    targets.push_back(queries[i].target);
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  if (targets.empty()) return answers;
  std::sort(open.begin(), open.end(),
            [&](std::size_t a, std::size_t b) { return queries[a].target < queries[b].target; });
  const auto order = topological_order(workflow);
  auto next = open.begin();
  for (std::size_t i = 0; i < targets.size(); i += kBatch) {
    const auto part = std::span(targets).subspan(i, std::min(kBatch, targets.size() - i));
    const UpstreamBatch batch(workflow, order, part);
    for (; next != open.end(); ++next) {
      const auto answer = batch.answer(queries[*next]);
      if (!answer) break;
      answers[*next] = *answer;
    }
  }
  return answers;
}

}  // namespace gantry::spec
