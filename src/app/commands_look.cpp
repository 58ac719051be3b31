// The commands that look: runs, show, tree, history, workflows, why.
#include <fmt/format.h>

#include <algorithm>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

namespace gantry::app {

namespace {

std::string shown_duration(const Value& object) {
  const auto from = instant_member(object, "started_at");
  const auto to = instant_member(object, "ended_at");
  if (!from) return "-";
  return short_duration((to ? *to : SystemClock().wall()) - *from);
}

std::string runs_path(const RunsOptions& options) {
  std::string path = fmt::format("/api/v1/runs?limit={}", options.limit);
  add_query(path, "workflow", options.workflow);
  add_query(path, "state", options.state);
  add_query(path, "cause", options.cause);
  for (const std::string& label : options.labels) add_query(path, "label", label);
  if (options.oldest) add_query(path, "sort", "oldest");
  return path;
}

}  // namespace

int runs(const Context& context, const RunsOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get(runs_path(options)));
    print_items(context, page,
                {{"RUN", "编号"},
                 {"WORKFLOW", "工作流"},
                 {"STATE", "状态"},
                 {"CAUSE", "起因"},
                 {"CREATED (UTC)", "创建时间 (UTC)"},
                 {"TOOK", "用时"},
                 {"TITLE", "标题"}},
                [&](const Value& run) -> std::vector<std::string> {
                  return {member(run, "number"),
                          printable(member(run, "workflow")),
                          state_text(member(run, "state"), context.terminal.lang),
                          cause_text(member(run, "cause"), context.terminal.lang),
                          shown_time(run, "created_at"),
                          shown_duration(run),
                          printable(member(run, "title"))};
                });
    return ok();
  });
}

namespace {

void print_fact(const Context& context, Text name, const std::string& value) {
  constexpr int kWidth = 11;
  const std::string shown = in_language(context, name);
  const auto missing = static_cast<std::size_t>(std::max(0, kWidth - display_width(shown)));
  fmt::print("{}{} {}\n", shown, std::string(missing, ' '), value);
}

// The run without its tasks.
void print_facts(const Context& context, const Value& run) {
  const Lang lang = context.terminal.lang;
  for (const Text name : {Text{"number", "编号"}, Text{"workflow", "工作流"},
                          Text{"version", "版本"}, Text{"title", "标题"}, Text{"state", "状态"},
                          Text{"reason", "原因"}, Text{"message", "说明"}, Text{"cause", "起因"},
                          Text{"initiator", "发起人"}, Text{"params", "参数"}}) {
    std::string value = member(run, name.en);
    if (value.empty()) continue;
    if (name.en == "state") value = state_text(value, lang);
    if (name.en == "cause") value = cause_text(value, lang);
    print_fact(context, name, printable(value));
  }
  const std::string cause = member(run, "cause");
  if (cause == "backfill") print_fact(context, {"backfill", "补数"}, member(run, "backfill"));
  if (cause == "backfill" || cause == "timer" || cause == "catch_up") {
    print_fact(context, {"date", "日期"}, member(run, "date"));
    print_fact(context, {"scheduled_at", "计划时间"}, shown_time(run, "scheduled_at"));
  }
  for (const Text name : {Text{"created_at", "创建时间"}, Text{"started_at", "开始时间"},
                          Text{"ended_at", "结束时间"}})
    print_fact(context, name, shown_time(run, name.en));
}

}  // namespace

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
    print_facts(context, view);
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
                     member(record, "what"), printable(task_name(record)),
                     member(record, "details"));
      }
      cursor = member(page, "next_cursor");
    } while (!cursor.empty());
    if (context.json) fmt::print("]\n");
    return ok();
  });
}

namespace {
// The strongest reason for which it does not start by itself.
Text workflow_state(const Value& workflow) {
  if (member(workflow, "disabled") == "true") return {"disabled", "已停用"};
  if (member(workflow, "paused") == "true") return {"paused", "已暂停"};
  if (member(workflow, "enabled") == "false") return {"off in its file", "文件中停用"};
  return {"active", "正常"};
}
Text words_of_gap(std::string_view reason) {
  if (reason == "refused") return {"the run was refused", "运行被拒绝"};
  if (reason == "skipped") return {"another run was open", "已有其他运行"};
  return {"down, paused or disabled", "停机、暂停或停用"};
}
}  // namespace

int workflows(const Context& context, const std::string& prefix) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get("/api/v1/workflows?limit=1000" +
                                     (prefix.empty() ? "" : "&prefix=" + escape_segment(prefix))));
    print_items(context, page,
                {{"WORKFLOW", "工作流"},
                 {"VERSION", "版本"},
                 {"TRIGGERS", "触发器"},
                 {"STATE", "状态"},
                 {"NOTE", "备注"}},
                [&](const Value& workflow) -> std::vector<std::string> {
                  const Value* triggers = workflow.find("triggers");
                  const std::size_t count = triggers != nullptr && triggers->is(Value::Kind::List)
                                                ? triggers->as_list().size()
                                                : 0;
                  return {printable(member(workflow, "name")), member(workflow, "version"),
                          fmt::format("{}", count), in_language(context, workflow_state(workflow)),
                          printable(member(workflow, "hold_note"))};
                });
    return print_file_problems(context, client, [&](const Value& problem) {
      return member(problem, "workflow").starts_with(prefix);
    });
  });
}

// What timers of a workflow missed, a line per gap.
int missed(const Context& context, const std::string& workflow) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page,
        client.get("/api/v1/workflows/" + escape_segment(workflow) + "/missed?limit=1000"));
    print_items(context, page,
                {{"TRIGGER", "触发器"},
                 {"FIRST (UTC)", "最早 (UTC)"},
                 {"LAST (UTC)", "最近 (UTC)"},
                 {"COUNT", "次数"},
                 {"WHY", "原因"}},
                [&](const Value& gap) -> std::vector<std::string> {
                  return {printable(member(gap, "trigger")), shown_time(gap, "first"),
                          shown_time(gap, "last"), member(gap, "count"),
                          in_language(context, words_of_gap(member(gap, "reason")))};
                });
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

}  // namespace gantry::app
