#include "app/run_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/utf8.h"

namespace gantry::app {

using model::TaskState;

namespace {

constexpr int kIndentMax = 8;

struct Look {
  const char* symbol;
  Ink ink;
};

Look look_of(const TaskPicture& task) {
  switch (task.state) {
    case TaskState::Pending: return {"·", Ink::Dim};
    case TaskState::Queued: return {"◌", Ink::Blue};
    case TaskState::Running: return {"▶", Ink::Blue};
    case TaskState::Waiting: return {"◔", Ink::Yellow};
    case TaskState::Succeeded: return {"✓", Ink::Green};
    case TaskState::Skipped: return {"↷", Ink::Dim};
    case TaskState::Cancelled: return {"⊘", Ink::Yellow};
    case TaskState::UpstreamFailed: return {"↯", Ink::Yellow};
    case TaskState::Failed:
    case TaskState::Interrupted:
      return {task.allow_failure ? "!" : "✗", task.allow_failure ? Ink::Yellow : Ink::Red};
  }
  return {"?", Ink::Plain};
}

// What a reader wants to see first when there is not room for all.
int importance(const TaskPicture& task) {
  switch (task.state) {
    case TaskState::Failed:
    case TaskState::Interrupted: return 0;
    case TaskState::Running: return 1;
    case TaskState::Waiting: return 2;
    case TaskState::Queued: return 3;
    case TaskState::UpstreamFailed:
    case TaskState::Cancelled: return 4;
    case TaskState::Succeeded: return 5;
    case TaskState::Pending: return 6;
    case TaskState::Skipped: return 7;
  }
  return 8;
}

std::string took(const TaskPicture& task, Instant now) {
  if (!task.started_at) return "";
  const Instant end = task.ended_at ? *task.ended_at : now;
  return short_duration(std::max(Duration{0}, end - *task.started_at));
}

std::string notes(const TaskPicture& task, Lang lang) {
  std::vector<std::string> notes;
  const auto say = [&](Text text) { notes.emplace_back(text.in(lang)); };
  if (task.state != TaskState::Succeeded && task.state != TaskState::Pending)
    notes.push_back(state_text(name_of(task.state), lang));
  if (task.background) say({"background", "后台"});
  if (task.attempts > 1 && task.background)
    notes.push_back(
        fmt::format(fmt::runtime(Text{"round {}", "第 {} 轮"}.in(lang)), task.attempts));
  else if (task.attempts > 1)
    notes.push_back(
        fmt::format(fmt::runtime(Text{"attempt {} of {}", "第 {} 次尝试，共 {} 次"}.in(lang)),
                    task.attempts, task.tries_max));
  if (task.exit_code > 0)
    notes.push_back(
        fmt::format(fmt::runtime(Text{"exit status {}", "退出码 {}"}.in(lang)), task.exit_code));
  if (task.reason == model::Reason::Timeout && task.state == TaskState::Failed)
    say({"timeout", "超时"});
  return join(notes, lang == Lang::Zh ? "，" : ", ");
}

std::string pad(const std::string& text, int width) {
  return text +
         std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
}

class Drawing {
 public:
  Drawing(const RunPicture& run, const Terminal& terminal, Instant now)
      : run_(run), terminal_(terminal), now_(now) {
    for (const TaskPicture& task : run.tasks)
      name_width_ = std::max(name_width_, display_width(printable(task.name)) + 2 * indent(task));
    name_width_ = std::min(name_width_, std::max(12, terminal.width / 2));
  }

  std::vector<std::string> lines(int height) {
    std::vector<std::string> out{header()};
    const int room = height <= 0 ? static_cast<int>(run_.tasks.size()) : std::max(1, height - 2);
    const auto shown = choose(static_cast<std::size_t>(room));
    for (const std::size_t i : shown) out.push_back(line(run_.tasks[i]));
    if (shown.size() < run_.tasks.size() || height > 0) out.push_back(summary());
    return out;
  }

 private:
  static int indent(const TaskPicture& task) { return std::min(task.depth, kIndentMax); }

  std::string header() const {
    std::string text = fmt::format("{} #{}", printable(run_.workflow), run_.number);
    if (!run_.title.empty()) text += "  " + printable(run_.title);
    text += "  " + state_text(run_.state, terminal_.lang);
    if (run_.started_at)
      text += "  " + short_duration(std::max(
                         Duration{0}, (run_.ended_at ? *run_.ended_at : now_) - *run_.started_at));
    return paint(terminal_, Ink::Bold, fit_width(text, terminal_.width));
  }

  std::string line(const TaskPicture& task) const {
    const Look look = look_of(task);
    const std::string name =
        std::string(static_cast<std::size_t>(2 * indent(task)), ' ') + printable(task.name);
    const std::string left =
        fmt::format("{} {} {:>7}", look.symbol, pad(fit_width(name, name_width_), name_width_),
                    took(task, now_));
    std::string right = notes(task, terminal_.lang);
    if (!task.message.empty() && task.state != TaskState::Succeeded)
      right += (terminal_.lang == Lang::Zh ? "：" : ": ") + printable(first_line(task.message));
    const std::string text = fit_width(right.empty() ? left : left + "  " + right, terminal_.width);
    return paint(terminal_, look.ink, text);
  }

  static std::string first_line(const std::string& text) {
    return std::string(trim(std::string_view(text).substr(0, text.find('\n'))));
  }

  std::vector<std::size_t> choose(std::size_t room) const {
    std::vector<std::size_t> order(run_.tasks.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (order.size() <= room) return order;
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return importance(run_.tasks[a]) < importance(run_.tasks[b]);
    });
    order.resize(room);
    std::sort(order.begin(), order.end());
    return order;
  }

  std::string summary() const {
    std::map<TaskState, int> counts;
    for (const TaskPicture& task : run_.tasks) ++counts[task.state];
    std::vector<std::string> parts;
    for (const auto& [state, count] : counts)
      parts.push_back(fmt::format("{} {}", count, state_text(name_of(state), terminal_.lang)));
    return paint(terminal_, Ink::Dim, fit_width(join(parts, ", "), terminal_.width));
  }

  const RunPicture& run_;
  const Terminal& terminal_;
  const Instant now_;
  int name_width_ = 4;
};

}  // namespace

std::vector<std::string> draw_run(const RunPicture& run, const Terminal& terminal, int height,
                                  Instant now) {
  return Drawing(run, terminal, now).lines(height);
}

void set_depths(std::vector<TaskPicture>& tasks) {
  constexpr int kDepthMax = 64;
  for (bool moved = true; moved;) {
    moved = false;
    for (TaskPicture& task : tasks) {
      for (const std::size_t up : task.needs) {
        const int depth = std::min(tasks[up].depth + 1, kDepthMax);
        moved = moved || depth > task.depth;
        task.depth = std::max(task.depth, depth);
      }
    }
  }
}

namespace {
using Words = std::map<std::string_view, std::string_view>;

// What is not among them stays as it is.
std::string translated(const Words& words, std::string_view word, Lang lang) {
  const auto found = words.find(word);
  return std::string(lang == Lang::En || found == words.end() ? word : found->second);
}
}  // namespace

std::string state_text(std::string_view state, Lang lang) {
  static const Words kChinese{{"queued", "排队中"},      {"running", "运行中"},
                              {"finishing", "收尾中"},   {"succeeded", "成功"},
                              {"failed", "失败"},        {"cancelled", "已取消"},
                              {"pending", "未就绪"},     {"waiting", "等待中"},
                              {"skipped", "已跳过"},     {"upstream_failed", "上游失败"},
                              {"interrupted", "已中断"}, {"timed_out", "超时"},
                              {"killed", "已终止"},      {"oom", "内存不足"},
                              {"not_started", "未启动"}};
  return translated(kChinese, state, lang);
}

std::string cause_text(std::string_view cause, Lang lang) {
  static const Words kChinese{{"request", "请求"},   {"timer", "定时"},      {"catch_up", "补跑"},
                              {"local", "本地"},     {"wrap", "包装"},       {"backfill", "回填"},
                              {"event", "事件"},     {"webhook", "Webhook"}, {"file", "文件"},
                              {"workflow", "工作流"}};
  return translated(kChinese, cause, lang);
}

std::string short_duration(Duration duration) {
  const double s = static_cast<double>(duration.us) / 1e6;
  if (s < 60) return fmt::format("{:.1f}s", s);
  const auto whole = static_cast<std::int64_t>(s);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

}  // namespace gantry::app
