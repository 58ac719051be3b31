// The commands that look: runs, show, tree, logs, why, history, workflows.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/clock.h"
#include "base/json.h"

namespace gantry::app {

namespace {

using Body = std::function<Status(Client&)>;

// Connects, runs the body, turns an error into a message and an exit code.
int with_server(const Context& context, const Body& body) {
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  auto client = Client::connect(*home, context.terminal.lang);
  if (!client.ok()) return complain(client.error());
  const Status done = body(**client);
  return done.ok() ? kSucceeded : complain(done.error());
}

std::string run_path(const std::string& run) { return "/api/v1/runs/" + escape_segment(run); }

void print_json(const Value& value) { fmt::print("{}\n", to_json(value)); }

ValueList items_of(const Value& page) {
  const Value* items = page.find("items");
  return items != nullptr && items->is(Value::Kind::List) ? items->as_list() : ValueList{};
}

std::string shown_time(const Value& object, std::string_view name) {
  const std::string text = member(object, name);
  return text.size() < 19 ? "-" : text.substr(0, 10) + " " + text.substr(11, 8);
}

std::string shown_duration(const Value& object) {
  const auto from = instant_member(object, "started_at");
  const auto to = instant_member(object, "ended_at");
  if (!from) return "-";
  return short_duration((to ? *to : SystemClock().wall()) - *from);
}

std::string text(const Context& context, Text t) {
  return std::string(t.in(context.terminal.lang));
}

std::string query_of(const RunsOptions& options) {
  std::string query = fmt::format("?limit={}", options.limit);
  const auto add = [&query](const char* name, const std::string& value) {
    if (!value.empty()) query += fmt::format("&{}={}", name, escape_segment(value));
  };
  add("workflow", options.workflow);
  add("state", options.state);
  add("cause", options.cause);
  return query;
}

}  // namespace

int runs(const Context& context, const RunsOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get("/api/v1/runs" + query_of(options)));
    if (context.json) {
      print_json(items_of(page));
      return ok();
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& run : items_of(page))
      rows.push_back({member(run, "number"), printable(member(run, "workflow")),
                      state_text(member(run, "state"), context.terminal.lang), member(run, "cause"),
                      shown_time(run, "created_at"), shown_duration(run),
                      printable(member(run, "title"))});
    print_table(context.terminal,
                {text(context, {"RUN", "编号"}), text(context, {"WORKFLOW", "工作流"}),
                 text(context, {"STATE", "状态"}), text(context, {"CAUSE", "起因"}),
                 text(context, {"CREATED (UTC)", "创建时间 (UTC)"}),
                 text(context, {"TOOK", "用时"}), text(context, {"TITLE", "标题"})},
                rows);
    return ok();
  });
}

int show(const Context& context, const std::string& run) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value view, client.get(run_path(run)));
    TRY(const Value tasks, client.get(run_path(run) + "/tasks?limit=1000"));
    if (context.json) {
      ValueMap whole = view.as_map();
      whole.emplace_back("tasks", Value(items_of(tasks)));
      print_json(Value(std::move(whole)));
      return ok();
    }
    TRY(const RunPicture picture, read_picture(client, run));
    for (const char* name : {"number", "workflow", "version", "title", "state", "reason", "message",
                             "cause", "initiator", "params"})
      if (const std::string value = member(view, name); !value.empty())
        fmt::print("{:<11} {}\n", name, printable(value));
    for (const char* name : {"created_at", "started_at", "ended_at"})
      fmt::print("{:<11} {}\n", name, shown_time(view, name));
    for (const std::string& line : draw_run(picture, context.terminal, 0, SystemClock().wall()))
      fmt::print("{}\n", line);
    return ok();
  });
}

int tree(const Context& context, const std::string& run) {
  return with_server(context, [&](Client& client) -> Status {
    if (context.json) {
      TRY(const Value tasks, client.get(run_path(run) + "/tasks?limit=1000"));
      print_json(items_of(tasks));
      return ok();
    }
    TRY(const RunPicture picture, read_picture(client, run));
    for (const std::string& line : draw_run(picture, context.terminal, 0, SystemClock().wall()))
      fmt::print("{}\n", line);
    return ok();
  });
}

int history(const Context& context, const std::string& run) {
  return with_server(context, [&](Client& client) -> Status {
    std::string cursor;
    bool first = true;
    if (context.json) fmt::print("[");
    do {
      TRY(const Value page,
          client.get(run_path(run) + "/history?limit=1000" +
                     (cursor.empty() ? "" : "&cursor=" + escape_segment(cursor))));
      for (const Value& record : items_of(page)) {
        if (context.json)
          fmt::print("{}{}", std::exchange(first, false) ? "" : ",\n", to_json(record));
        else
          fmt::print("{} {:<10} {:<16} {:<20} {}\n", member(record, "at"), member(record, "actor"),
                     member(record, "what"), printable(member(record, "task")),
                     member(record, "details"));
      }
      cursor = member(page, "next_cursor");
    } while (!cursor.empty());
    if (context.json) fmt::print("]\n");
    return ok();
  });
}

int workflows(const Context& context, const std::string& prefix) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get("/api/v1/workflows?limit=1000" +
                                     (prefix.empty() ? "" : "&prefix=" + escape_segment(prefix))));
    if (context.json) {
      print_json(items_of(page));
      return ok();
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& workflow : items_of(page)) {
      const Value* triggers = workflow.find("triggers");
      const std::size_t count =
          triggers != nullptr && triggers->is(Value::Kind::List) ? triggers->as_list().size() : 0;
      rows.push_back({printable(member(workflow, "name")), member(workflow, "version"),
                      fmt::format("{}", count), member(workflow, "enabled")});
    }
    print_table(context.terminal,
                {text(context, {"WORKFLOW", "工作流"}), text(context, {"VERSION", "版本"}),
                 text(context, {"TRIGGERS", "触发器"}), text(context, {"ENABLED", "启用"})},
                rows);
    return ok();
  });
}

int why(const Context& context, const std::string& run, const std::string& task) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value answer,
        client.get(run_path(run) + "/why" + (task.empty() ? "" : "?task=" + escape_segment(task))));
    if (context.json) {
      print_json(answer);
      return ok();
    }
    if (const Value* reasons = answer.find("reasons");
        reasons != nullptr && reasons->is(Value::Kind::List))
      for (const Value& reason : reasons->as_list()) fmt::print("{}\n", printable(to_text(reason)));
    return ok();
  });
}

namespace {

// Prints the lines of an ndjson stream as they come; keeps the last ones for --tail.
class LogPrinter {
 public:
  LogPrinter(const Context& context, std::string prefix, int tail)
      : context_(context), prefix_(std::move(prefix)), tail_(tail) {}

  bool take(std::string_view chunk) {
    pending_ += chunk;
    for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
      const std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      keep(line);
      ++lines_;
    }
    std::fflush(stdout);
    return !std::ferror(stdout);
  }
  void flush_tail() {
    for (const std::string& line : kept_) print(line);
    kept_.clear();
  }
  std::int64_t lines() const { return lines_; }

 private:
  void keep(const std::string& line) {
    if (tail_ <= 0) return print(line);
    kept_.push_back(line);
    if (kept_.size() > static_cast<std::size_t>(tail_)) kept_.erase(kept_.begin());
  }
  void print(const std::string& json) const {
    if (context_.json) {
      fmt::print("{}\n", json);
      return;
    }
    const auto line = parse_json(json);
    if (!line.ok()) return;
    const std::string text = member(*line, "text");
    const std::string shown = context_.terminal.is_terminal ? printable_log(text) : text;
    fmt::print("{}{}\n", prefix_, shown);
  }
  // A log may colour itself, but not move the cursor or set titles.
  static std::string printable_log(const std::string& text) {
    std::string out;
    for (const char c : text)
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
    return out;
  }

  const Context& context_;
  const std::string prefix_;
  const int tail_;
  std::string pending_;
  std::vector<std::string> kept_;
  std::int64_t lines_ = 0;
};

Status print_log(Client& client, const Context& context, const LogsOptions& options,
                 const std::string& task, bool prefix) {
  LogPrinter printer(context, prefix ? printable(task) + " | " : "", options.tail);
  std::string path = run_path(options.run) + "/tasks/" + escape_segment(task) + "/log?limit=1000";
  if (options.attempt > 0) path += fmt::format("&attempt={}", options.attempt);
  const auto take = [&](std::string_view chunk) { return printer.take(chunk); };
  if (options.follow) {
    TRY([[maybe_unused]] const std::int64_t next, client.stream(path + "&follow=true", take));
    printer.flush_tail();
    return ok();
  }
  for (std::int64_t from = 1, before = 0; from > before && !std::ferror(stdout);) {
    before = from;
    TRY(from, client.stream(path + fmt::format("&from={}", from), take));
  }
  printer.flush_tail();
  return ok();
}

Status print_all_logs(Client& client, const Context& context, const LogsOptions& options) {
  TRY(const RunPicture picture, read_picture(client, options.run));
  for (const TaskPicture& task : picture.tasks)
    if (task.attempts > 0)
      TRY_STATUS(print_log(client, context, options, task.name, picture.tasks.size() > 1));
  return ok();
}

}  // namespace

int logs(const Context& context, const LogsOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    if (options.task.empty()) return print_all_logs(client, context, options);
    return print_log(client, context, options, options.task, false);
  });
}

int cancel(const Context& context, const std::string& run) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value answer, client.post(run_path(run) + "/cancel", Value(ValueMap{})));
    if (context.json)
      print_json(answer);
    else if (!context.quiet)
      fmt::print("{}\n", text(context, {"cancel requested", "已请求取消"}));
    return ok();
  });
}

int resolve(const Context& context, const std::string& run, const std::string& task,
            const std::string& as) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value answer,
        client.post(run_path(run) + "/tasks/" + escape_segment(task) + "/resolve",
                    Value(ValueMap{{"as", as}})));
    if (context.json)
      print_json(answer);
    else if (!context.quiet)
      fmt::print("{}\n", text(context, {"resolved", "已裁决"}));
    return ok();
  });
}

int trigger(const Context& context, const TriggerOptions& options) {
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  auto outcome = trigger_and_wait(context, *home, options);
  if (!outcome.ok()) return complain(outcome.error());
  if (context.json)
    print_json(ValueMap{
        {"number", outcome->number}, {"workflow", options.workflow}, {"state", outcome->state}});
  else if (!options.wait)
    fmt::print("{}\n", outcome->number);
  return options.wait ? exit_code_of_run(outcome->state) : kSucceeded;
}

}  // namespace gantry::app
