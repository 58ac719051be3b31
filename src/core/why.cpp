#include "core/why.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "core/fold.h"
#include "core/previous.h"
#include "schedule/zone.h"

namespace gantry::core {

using model::RunState;
using model::TaskState;

namespace {

constexpr std::size_t kNamesShown = 5;

template <typename... Args>
std::string say(Lang lang, Text text, const Args&... args) {
  return fmt::format(fmt::runtime(text.in(lang)), args...);
}

}  // namespace

std::string list_in(Lang lang, const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown)));
  std::string out = join(shown, lang == Lang::Zh ? "、" : ", ");
  if (names.size() > kNamesShown)
    out += say(lang, {" and {} more", " 等共 {} 个"},
               lang == Lang::Zh ? names.size() : names.size() - kNamesShown);
  return out;
}

std::string state_in(Lang lang, TaskState state) {
  if (lang == Lang::En) return std::string(name_of(state));
  switch (state) {
    case TaskState::Pending: return "未就绪";
    case TaskState::Queued: return "排队中";
    case TaskState::Running: return "运行中";
    case TaskState::Waiting: return "等待中";
    case TaskState::Succeeded: return "成功";
    case TaskState::Skipped: return "已跳过";
    case TaskState::Failed: return "失败";
    case TaskState::Cancelled: return "已取消";
    case TaskState::UpstreamFailed: return "上游失败";
    case TaskState::Interrupted: return "已中断";
  }
  return "";
}

std::string how_ended(const model::TaskRow& row, Lang lang) {
  std::string out = state_in(lang, row.state);
  if (row.exit_code > 0) out += say(lang, {" with exit status {}", "，退出码 {}"}, row.exit_code);
  if (row.reason == model::Reason::Condition && row.attempts == 0)
    out += say(lang, {": its condition (when) was not true", "：其条件（when）不为真"});
  if (!row.message) return out;
  const std::string_view message = std::string_view(*row.message);
  const std::size_t end = message.find_last_not_of("\r\n");  // a log ends with a line end
  if (end != std::string_view::npos) out += say(lang, {": {}", "：{}"}, message.substr(0, end + 1));
  return out;
}

namespace {

class Explainer {
 public:
  Explainer(const Core& core, const Run& run, Lang lang, Now now)
      : core_(core), run_(run), lang_(lang), now_(now) {}

  std::vector<std::string> about_task(TaskRef ref) {
    const TaskRun& task = task_at(run_, ref);
    switch (task.row.state) {
      case TaskState::Pending: pending(ref); break;
      case TaskState::Queued: queued(ref); break;
      case TaskState::Running: running(ref); break;
      case TaskState::Waiting: waiting(ref); break;
      default: settled(ref); break;
    }
    return std::move(out_);
  }

  std::vector<std::string> about_run() {
    if (run_.row.quarantined) add({"{}", "{}"}, run_.row.message);
    const bool held = add_held();
    if (run_.row.state == RunState::Queued) return held ? std::move(out_) : queued_run();
    for_each_task(run_, [&](const TaskRun& task) {
      const TaskState state = task.row.state;
      if (state == TaskState::Pending || is_terminal(state)) return;
      if (state == TaskState::Queued && held) return;
      if (state == TaskState::Running && run_.plan->is_container(ref_of(task.row))) return;
      if (out_.size() < kNamesShown) about_task_named(ref_of(task.row));
    });
    if (out_.empty()) add({"nothing holds it up", "没有等待任何事项"});
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void add(Text text, const Args&... args) {
    out_.push_back(say(lang_, text, args...));
  }

  // Says so if a person has stopped new starts.
  bool add_held() {
    const model::WorkflowRow& workflow = core_.state().workflows.at(run_.origin->workflow).row;
    const model::ServerRow& server = core_.state().server;
    const std::int64_t no = run_.row.run.value;
    const std::size_t before = out_.size();
    if (run_.row.paused)
      add({"run {} is paused: gantry resume {}", "运行 {} 已暂停：gantry resume {}"}, no, no);
    if (workflow.paused)
      add({"workflow {} is paused ({}): gantry resume {}",
           "工作流 {} 已暂停（{}）：gantry resume {}"},
          workflow.name, workflow.hold_note, workflow.name);
    if (server.paused)
      add({"the server is paused ({}): gantry resume --all",
           "服务器已暂停（{}）：gantry resume --all"},
          server.note);
    return out_.size() > before;
  }

  void about_task_named(TaskRef ref) {
    const std::size_t before = out_.size();
    Explainer inner(core_, run_, lang_, now_);
    for (std::string& line : inner.about_task(ref))
      out_.push_back(name(ref) + (lang_ == Lang::Zh ? "：" : ": ") + line);
    CHECK(out_.size() > before);
  }

  // Says so if it waits for the run that its trigger made before it.
  bool add_previous() {
    const auto previous = previous_of(core_.state(), run_);
    if (!previous) return false;
    const std::int64_t before = previous->run.value;
    if (previous->failed)
      add({"run {}, which {} made before this one, did not succeed (after_previous): gantry retry "
           "{}, or gantry resume {} to start this one all the same",
           "{1} 的上一次运行 {0} 没有成功（after_previous）：gantry retry {2}，或用 gantry resume "
           "{3} "
           "仍然启动本次运行"},
          before, run_.origin->trigger, before, run_.row.run.value);
    else
      add({"waits for run {}, which {} made before this one (after_previous)",
           "等待 {1} 的上一次运行 {0}（after_previous）"},
          before, run_.origin->trigger);
    return true;
  }

  std::vector<std::string> queued_run() {
    if (add_previous()) return std::move(out_);
    const WorkflowState& workflow = core_.state().workflows.at(run_.origin->workflow);
    const std::string& key = run_.origin->concurrency_key;
    std::vector<std::string> open;
    for (const RunNo no : workflow.lanes.at(lane_of(*run_.origin)).open)
      open.push_back(fmt::to_string(no.value));
    const std::string whose =
        key.empty() ? workflow.row.name : fmt::format("{} [{}]", workflow.row.name, key);
    add({"concurrency of {} is full ({} of {}: runs {})", "工作流 {} 的并发已满（{}/{}：运行 {}）"},
        whose, open.size(), workflow.row.concurrency_limit, list_in(lang_, open));
    return std::move(out_);
  }

  void pending(TaskRef ref) {
    const model::Task& task = run_.plan->task(ref.task);
    if (task.is_finally && run_.row.state != RunState::Finishing)
      return add({"it belongs to finally and waits for the end of all tasks",
                  "它属于 finally，等待所有任务结束"});
    const auto container = run_.plan->container_of(ref);
    const bool begun = !container || task_at(run_, *container).row.state == TaskState::Running;
    if (!begun)
      return add({"it belongs to {} and waits for it", "它属于 {}，等待其开始"},
                 upstream(*container));
    if (container && container->task == ref.task)
      return add({"waits until other items of {} have ended", "等待 {} 的其他项结束"},
                 run_.plan->name_of(*container));
    std::vector<std::string> open;
    for (const TaskIndex up : task.needs)
      if (!is_terminal(task_at(run_, {up, ref.item}).row.state))
        open.push_back(upstream({up, ref.item}));
    add({"waits for {} (join rule {})", "等待 {}（汇合规则 {}）"}, list_in(lang_, open),
        name_of(task.join));
  }

  std::string upstream(TaskRef ref) const {
    const model::TaskRow& row = task_at(run_, ref).row;
    if (row.state == TaskState::Running && row.attempts > 0)
      return say(lang_, {"{} (running, attempt {} of {})", "{}（运行中，第 {} 次尝试，共 {} 次）"},
                 name(ref), row.tries + 1, run_.plan->task(ref.task).retry->limit + 1);
    return fmt::format("{} ({})", name(ref), state_in(lang_, row.state));
  }

  void queued(TaskRef ref) {
    if (add_held()) return;
    const model::Task& task = run_.plan->task(ref.task);
    const Limits& limits = core_.limits();
    const State& state = core_.state();
    if (!task.pool.empty() && add_pool(task)) return;
    if (state.local_slots_used >= limits.local_slots)
      return add({"all {} local slots are in use", "本机 {} 个槽位已全部占用"}, limits.local_slots);
    const bool backfill = run_.origin->backfill.value != 0;
    const int slots = local_slots_for(limits, backfill);
    if (backfill && state.local_slots_used >= slots)
      return add({"all {} of the {} local slots that backfills may use are in use",
                  "补数可用的 {} 个槽位（本机共 {} 个）已全部占用"},
                 slots, limits.local_slots);
    add({"it is about to start", "即将启动"});
  }

  // Says so if the pool of this task has no room for it.
  bool add_pool(const model::Task& task) {
    const auto slots = core_.slots_of(task.pool);
    if (!slots) {
      add({"pool {} is not configured: add it to gantry.yaml, or set its slots: gantry pools {} "
           "--slots N",
           "资源池 {} 未配置：请加入 gantry.yaml，或设置槽位：gantry pools {} --slots N"},
          task.pool, task.pool);
      return true;
    }
    const auto use = core_.state().pools.find(task.pool);
    const int used = use == core_.state().pools.end() ? 0 : use->second.used;
    if (*slots > 0 && used + std::min(task.slots, *slots) <= *slots) return false;
    if (*slots == 0 && used == 0)
      add({"pool {} has no slots: nothing of it starts", "资源池 {} 的槽位为 0：其任务都不启动"},
          task.pool);
    else
      add({"pool {} is full ({} of {} slots: runs {})", "资源池 {} 已满（{}/{}：运行 {}）"},
          task.pool, used, *slots, list_in(lang_, runs_in_pool(task.pool)));
    if (*slots > 0 && task.slots > *slots)
      add({"it wants {} slots and gets all {} once nothing of pool {} runs",
           "它需要 {} 个槽位，待资源池空闲时占用全部 {} 个（资源池 {}）"},
          task.slots, *slots, task.pool);
    add_limit(task.pool);
    return true;
  }

  // Says who set the slots of a pool, if somebody did.
  void add_limit(const std::string& pool) {
    const auto set = core_.state().pool_limits.find(pool);
    if (set == core_.state().pool_limits.end()) return;
    const model::PoolLimitRow& row = set->second;
    add({"{} set its slots ({}); back to the configuration: gantry pools {} --reset",
         "其槽位由 {} 设定（{}）；恢复配置：gantry pools {} --reset"},
        row.set_by, row.note.empty() ? std::string("-") : row.note, pool);
  }

  std::vector<std::string> runs_in_pool(const std::string& pool) const {
    std::vector<std::string> runs;
    for (const auto& [id, attempt] : core_.state().attempts) {
      const auto run = core_.state().runs.find(attempt.row.run);
      if (run == core_.state().runs.end() || !run->second.plan) continue;
      if (run->second.plan->task(attempt.row.task).pool != pool) continue;
      const std::string no = fmt::format("{}", attempt.row.run.value);
      if (runs.empty() || runs.back() != no) runs.push_back(no);
    }
    return runs;
  }

  void contains(TaskRef ref) {
    const Container& container = run_.containers.at(ref);
    std::vector<std::string> open;
    for_each_task(run_, [&](const TaskRun& task) {
      if (run_.plan->container_of(ref_of(task.row)) != ref) return;
      const TaskState state = task.row.state;
      if (!is_terminal(state) && state != TaskState::Pending)
        open.push_back(upstream(ref_of(task.row)));
    });
    add({"running: {} of its tasks or items have not ended: {}",
         "运行中：有 {} 个任务或项未结束：{}"},
        container.tally.open, list_in(lang_, open));
  }

  void running(TaskRef ref) {
    if (run_.plan->is_container(ref)) return contains(ref);
    const model::TaskRow& row = task_at(run_, ref).row;
    const auto live = core_.state().attempts.find(row.attempt);
    if (live != core_.state().attempts.end() && live->second.row.stop_requested)
      return add({"it is being stopped", "正在停止"});
    add({"running, attempt {} of {}", "运行中，第 {} 次尝试，共 {} 次"}, row.tries + 1,
        run_.plan->task(ref.task).retry->limit + 1);
  }

  // Of a task whose action is `wait`.
  void waiting_for(const model::TaskRow& row) {
    const model::Wait& wait = *run_.plan->task(row.task).wait;
    if (!wait.span.empty())
      add({"it waits for another {} (for: {})", "还要等待 {}（for：{}）"}, left_until(row.wake_at),
          wait.span);
    else if (!wait.until.empty())
      add({"it waits until {}", "等待到 {}"}, in_zone(row.wakes->wall));
    else if (!wait.when.empty())
      add({"it waits until this is true: {}; that is asked again in {}",
           "等待条件成立：{}；将在 {} 后再次判断"},
          wait.when, left_until(row.wake_at));
    else
      add({"it waits for the event {}", "等待事件 {}"}, wait.event);
    if (!wait.match.empty()) add({"of which this is true: {}", "且满足：{}"}, wait.match);
    if (wait.timeout) add({"it gives up in {}", "将在 {} 后放弃"}, left_until(row.wakes->give_up));
  }

  std::string left_until(Steady at) const {
    return format_duration({std::max<std::int64_t>(0, (at - now_.steady).us / 1000000 * 1000000)});
  }

  std::string in_zone(Instant at) const {
    const auto zone = schedule::find_zone(run_.plan->workflow().timezone);
    return zone.ok() ? schedule::format_local(*zone, at) : format_instant(at);
  }

  void waiting(TaskRef ref) {
    const model::TaskRow& row = task_at(run_, ref).row;
    if (run_.plan->traits(ref.task).is_wait) return waiting_for(row);
    if (row.wake_at == Steady::max())
      return add({"nobody knows how its last attempt ended; it waits for a decision: gantry "
                  "resolve {} {} --as "
                  "succeeded|failed|skipped",
                  "上一次尝试的结局不明，等待人工裁决：gantry resolve {} {} --as "
                  "succeeded|failed|skipped"},
                 run_.row.run.value, name(ref));
    const bool repeats = !run_.plan->task(ref.task).flow->repeat.until.empty();
    if ((run_.plan->task(ref.task).every || repeats) && row.tries == 0)
      return add({"its next round begins in {}", "下一轮将在 {} 后开始"}, left_until(row.wake_at));
    add({"it failed and is tried again in {} (attempt {} of {})",
         "已失败，将在 {} 后重试（第 {} 次尝试，共 {} 次）"},
        left_until(row.wake_at), row.tries + 1, run_.plan->task(ref.task).retry->limit + 1);
  }

  void settled(TaskRef ref) {
    const model::TaskRow& row = task_at(run_, ref).row;
    if (row.state == TaskState::UpstreamFailed ||
        (row.state == TaskState::Skipped && row.reason == model::Reason::Upstream))
      return add({"{}: {}", "{}：{}"}, state_in(lang_, row.state),
                 list_in(lang_, settled_upstream(ref)));
    add({"{}", "{}"}, how_ended(row, lang_));
  }

  std::vector<std::string> settled_upstream(TaskRef ref) const {
    std::vector<std::string> out;
    for (const TaskIndex index : run_.plan->task(ref.task).needs) {
      const TaskRef up{index, ref.item};
      const TaskState state = task_at(run_, up).row.state;
      if (is_terminal(state) && state != TaskState::Succeeded) out.push_back(upstream(up));
    }
    return out;
  }

  std::string name(TaskRef ref) const { return run_.plan->name_of(ref); }

  const Core& core_;
  const Run& run_;
  const Lang lang_;
  const Now now_;
  std::vector<std::string> out_;
};

}  // namespace

Result<std::vector<std::string>> why(const Core& core, RunNo no, const std::string& task, Lang lang,
                                     Now now) {
  const auto run = core.state().runs.find(no);
  if (run == core.state().runs.end() || !run->second.plan)
    return explain(Code::NotFound, {"run {} is not open", "运行 {} 已结束"}, no.value);
  Explainer explainer(core, run->second, lang, now);
  if (task.empty()) return explainer.about_run();
  const auto ref = run->second.plan->find_ref(task);
  if (!ref || find_task(run->second, *ref) == nullptr)
    return explain(Code::NotFound, {"run {} has no task '{}'", "运行 {} 没有任务“{}”"}, no.value,
                   task);
  return explainer.about_task(*ref);
}

}  // namespace gantry::core
