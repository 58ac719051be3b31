// top: how busy the server is, what waits, what has run for longest.
#include <fmt/format.h>
#include <poll.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/run_view.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

namespace gantry::app {

namespace {
constexpr int kPeriodMs = 2'000;
constexpr int kFirstPeriodMs = 500;  // rates need two looks

std::int64_t number(const Value& object, std::string_view name) {
  const Value* value = object.find(name);
  return value != nullptr && value->is(Value::Kind::Int) ? value->as_int() : 0;
}

// Per second between two looks.
double rate(const Value& now, const Value& before, const char* name, double scale = 1) {
  const auto at = instant_member(now, "now");
  const auto from = instant_member(before, "now");
  if (!at || !from || *at <= *from) return 0;
  return static_cast<double>(number(now, name) - number(before, name)) * scale * 1e6 /
         static_cast<double>((*at - *from).us);
}

class Picture {
 public:
  Picture(const Context& context, const Value& load, const Value& before)
      : terminal_(context.terminal), load_(load), before_(before) {}

  std::string draw() {
    const auto at = instant_member(load_, "now");
    const auto from = instant_member(load_, "started_at");
    line({"gantry {}  up {}  {}", "gantry {}  已运行 {}  {}"}, member(load_, "version"),
         at && from ? short_duration(*at - *from) : "-", state());
    line({"cpu {:.0f} %  memory {} MiB  threads {}", "CPU {:.0f} %  内存 {} MiB  线程 {}"},
         rate(load_, before_, "cpu_us", 1e-4), number(load_, "memory_bytes") >> 20,
         number(load_, "threads"));
    line({"runs: {} running, {} queued  attempts: {} running",
          "运行：{} 个进行中，{} 个排队  尝试：{} 个进行中"},
         number(load_, "runs_running"), number(load_, "runs_queued"),
         number(load_, "attempts_running"));
    line({"per second: {:.1f} runs, {:.1f} attempts, {:.1f} changes",
          "每秒：{:.1f} 次运行，{:.1f} 次尝试，{:.1f} 条变更"},
         rate(load_, before_, "runs_made"), rate(load_, before_, "attempts_made"),
         rate(load_, before_, "changes"));
    pools();
    slowest();
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(Text text, const Args&... args) {
    out_ +=
        fit_width(fmt::format(fmt::runtime(text.in(terminal_.lang)), args...), terminal_.width) +
        "\n";
  }

  std::string state() const {
    if (member(load_, "status") != "ok")
      return paint(terminal_, Ink::Red,
                   Text{"the store can not be written", "存储无法写入"}.in(terminal_.lang));
    if (member(load_, "paused") == "true")
      return paint(terminal_, Ink::Yellow, Text{"paused", "已暂停"}.in(terminal_.lang));
    return std::string(Text{"well", "正常"}.in(terminal_.lang));
  }

  void pools() {
    out_ += "\n";
    for (const Value& pool : list("pools"))
      line({"pool {:<20} {} of {} used, {} wait", "资源池 {:<20} 已用 {}/{}，{} 个等待"},
           printable(member(pool, "name")), number(pool, "used"), number(pool, "slots"),
           number(pool, "queued"));
  }

  void slowest() {
    const ValueList all = list("longest");
    if (all.empty()) return;
    out_ += "\n";
    line({"running for longest", "运行最久"});
    const auto now = instant_member(load_, "now");
    for (const Value& attempt : all) {
      const auto begun = instant_member(attempt, "begun_at");
      line({"{:>8}  #{} {} {}", "{:>8}  #{} {} {}"},
           now && begun ? short_duration(*now - *begun) : "-", number(attempt, "run"),
           printable(member(attempt, "workflow")), printable(task_name(attempt)));
    }
  }

  ValueList list(std::string_view name) const {
    const Value* value = load_.find(name);
    return value != nullptr && value->is(Value::Kind::List) ? value->as_list() : ValueList{};
  }

  const Terminal& terminal_;
  const Value& load_;
  const Value& before_;
  std::string out_;
};
}  // namespace

int top(const Context& context, bool once) {
  return with_server(context, [&](Client& client) -> Status {
    const bool live = context.terminal.is_terminal && !once && !context.json;
    TRY(Value before, client.get("/api/v1/server/load"));
    if (context.json) {
      print_json(before);
      return ok();
    }
    ::poll(nullptr, 0, kFirstPeriodMs);
    for (;;) {
      TRY(Value load, client.get("/api/v1/server/load"));
      fmt::print("{}{}", live ? "\x1b[H\x1b[J" : "", Picture(context, load, before).draw());
      std::fflush(stdout);
      if (!live || std::ferror(stdout)) return ok();
      before = std::move(load);
      ::poll(nullptr, 0, kPeriodMs);
    }
  });
}

}  // namespace gantry::app
