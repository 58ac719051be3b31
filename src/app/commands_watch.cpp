// watch: what runs, as it changes. On a terminal a table that is drawn again, else a line per
// change.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "app/answers.h"
#include "app/commands.h"
#include "app/event_stream.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mutex.h"
#include "base/utf8.h"

namespace gantry::app {

namespace {

bool has_ended(const Value& run) {
  const auto state = model::run_state_of(member(run, "state"));
  return state && is_terminal(*state);
}

std::int64_t number_of(const Value& run) {
  const Value* number = run.find("number");
  return number != nullptr && number->is(Value::Kind::Int) ? number->as_int() : 0;
}

Ink ink_of(const std::string& state) {
  if (state == "succeeded") return Ink::Green;
  if (state == "failed" || state == "interrupted") return Ink::Red;
  return state == "running" ? Ink::Blue : Ink::Plain;
}

// "22:10:01 #42 sales-report running  title"; of a task its name stands in the middle.
std::string line_of(const Context& context, const StreamEvent& event) {
  const Value& data = event.data;
  const std::string state = member(data, "state");
  const std::string now = format_instant(SystemClock().wall()).substr(11, 8);
  const bool is_run = event.name == "run";
  std::string line =
      fmt::format("{} #{} {} {}", now, member(data, is_run ? "number" : "run"),
                  printable(is_run ? member(data, "workflow") : task_name(data)),
                  paint(context.terminal, ink_of(state), state_text(state, context.terminal.lang)));
  const std::string more = member(data, is_run ? "title" : "message");
  if (!more.empty()) line += "  " + printable(more);
  return line;
}

void print_event(const StreamEvent& event) {
  JsonWriter w;
  w.object().field("event", event.name);
  w.key("position").raw(event.id.empty() ? "null" : event.id);
  w.key("data").value(event.data).end();
  fmt::print("{}\n", w.text());
  std::fflush(stdout);
}

// Prints what is news: the same object in the same state is told once.
class Lines {
 public:
  explicit Lines(const Context& context) : context_(context) {}

  void tell(const StreamEvent& event) {
    if (event.name != "run" && event.name != "task") return;
    const Value& data = event.data;
    const std::string key = event.name + member(data, "number") + " " + member(data, "run") + " " +
                            member(data, "task") + " " + member(data, "item");
    const std::string state = member(data, "state");
    std::string& told = told_[key];
    if (told == state || state == "pending") return;
    told = state;
    fmt::print("{}\n", line_of(context_, event));
    std::fflush(stdout);
    if (event.name == "run" && has_ended(data)) told_.erase(key);
  }

 private:
  const Context& context_;
  std::map<std::string, std::string> told_;
};

// The open runs on a terminal: what ends scrolls away above them.
class Screen {
 public:
  explicit Screen(const Context& context) : context_(context), terminal_(context.terminal) {
    clock_ = std::thread([this] { tick(); });
  }
  ~Screen() {
    {
      const MutexLock lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    clock_.join();
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void load(const std::vector<Value>& open) {
    const MutexLock lock(mutex_);
    runs_.clear();
    for (const Value& run : open) runs_[number_of(run)] = run;
    draw("");
  }

  void take(const StreamEvent& event) {
    if (event.name != "run") return;
    const MutexLock lock(mutex_);
    const std::int64_t number = number_of(event.data);
    if (!has_ended(event.data)) {
      runs_[number] = event.data;
      return draw("");
    }
    runs_.erase(number);
    draw(line_of(context_, event) + "\x1b[K\n");
  }

 private:
  void tick() {
    mutex_.lock();
    while (!over_) {
      changed_.wait_for(mutex_, std::chrono::seconds(1));
      if (!over_) draw("");
    }
    mutex_.unlock();
  }

  void draw(const std::string& above) REQUIRES(mutex_) {
    refresh_size(terminal_);
    std::string out = drawn_ > 0 ? fmt::format("\x1b[{}F", drawn_) : "";
    out += above;
    const auto room = static_cast<std::size_t>(std::max(3, terminal_.height - 2));
    std::size_t shown = 0;
    for (const auto& [number, run] : runs_) {
      if (shown == room) break;
      ++shown;
      out += row(number, run) + "\x1b[K\n";
    }
    out += fmt::format(fmt::runtime(Text{"{} open runs", "{} 个未结束的运行"}.in(terminal_.lang)),
                       runs_.size());
    fmt::print("{}\x1b[K\n\x1b[J", out);
    std::fflush(stdout);
    drawn_ = static_cast<int>(shown) + 1;
  }

  std::string row(std::int64_t number, const Value& run) const {
    const std::string state = member(run, "state");
    const auto since = instant_member(run, "started_at");
    const std::string took = since ? short_duration(SystemClock().wall() - *since) : "-";
    const std::string text =
        fit_width(fmt::format("#{:<7} {:>7}  {}  {}", number, took,
                              printable(member(run, "workflow")), printable(member(run, "title"))),
                  terminal_.width - 14);
    return paint(terminal_, ink_of(state),
                 fmt::format("{:<12}", state_text(state, terminal_.lang))) +
           text;
  }

  const Context& context_;
  Terminal terminal_;
  Mutex mutex_;
  Condition changed_;
  std::map<std::int64_t, Value> runs_ GUARDED_BY(mutex_);
  int drawn_ GUARDED_BY(mutex_) = 0;
  bool over_ GUARDED_BY(mutex_) = false;
  std::thread clock_;
};

Result<std::vector<Value>> open_runs(const Context& context) {
  std::vector<Value> out;
  TRY(const auto client, connect_now(context));
  TRY(const Value page,
      client->get("/api/v1/runs?state=queued,running,finishing&sort=oldest&limit=1000"));
  for (Value& run : items_of(page)) out.push_back(std::move(run));
  return out;
}

Status watch_all(const Context& context) {
  Lines lines(context);
  std::optional<Screen> screen;
  if (context.terminal.is_terminal && !context.json) screen.emplace(context);
  return follow_events(context, "runs", [&](const StreamEvent& event) {
    const bool loads = event.name == "ready" || event.name == "resync";
    if (context.json) {
      print_event(event);
    } else if (screen && loads) {
      if (const auto open = open_runs(context); open.ok()) screen->load(*open);
    } else if (screen) {
      screen->take(event);
    } else if (loads) {
      const auto open = open_runs(context);
      for (const Value& run : open.ok() ? *open : std::vector<Value>())
        lines.tell({"run", "", run});
    } else {
      lines.tell(event);
    }
    return !std::ferror(stdout);
  });
}

// With its tasks, until it has ended.
Status watch_run(const Context& context, Client& client, const std::string& run, int& code) {
  TRY(const Value view, client.get(run_path(run)));
  const std::int64_t number = number_of(view);
  const std::string path = run_path(fmt::format("{}", number));
  if (context.terminal.is_terminal && !context.json) {
    TRY(const RunOutcome outcome, wait_for_run(context, client, number));
    code = exit_code_of_run(outcome.state);
    return ok();
  }
  Lines lines(context);
  const auto tell = [&](const StreamEvent& event) {
    if (context.json)
      print_event(event);
    else
      lines.tell(event);
    const bool ended = event.name == "run" && has_ended(event.data);
    if (ended) code = exit_code_of_run(member(event.data, "state"));
    return !ended && !std::ferror(stdout);
  };
  return follow_events(context, fmt::format("run:{}", number), [&](const StreamEvent& event) {
    if (event.name != "ready" && event.name != "resync") return tell(event);
    const auto asking = connect_now(context);
    const auto now = asking.ok() ? (*asking)->get(path) : Result<Value>(asking.error());
    if (!now.ok()) return true;
    const auto tasks = (*asking)->get(path + "/tasks?limit=1000");
    for (const Value& task : tasks.ok() ? items_of(*tasks) : ValueList{}) tell({"task", "", task});
    return tell({"run", "", *now});
  });
}

}  // namespace

int watch(const Context& context, const std::string& run) {
  int code = kSucceeded;
  const int done = with_server(context, [&](Client& client) {
    return run.empty() ? watch_all(context) : watch_run(context, client, run, code);
  });
  return done == kSucceeded ? code : done;
}

}  // namespace gantry::app
