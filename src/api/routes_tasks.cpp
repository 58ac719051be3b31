// Tasks, attempts and logs of a run.
#include <utility>

#include "api/routes.h"
#include "runner/log_limits.h"

namespace gantry::api {

namespace {

const std::vector<std::string_view> kTaskStates{
    "pending", "queued", "running",   "waiting",         "succeeded",
    "skipped", "failed", "cancelled", "upstream_failed", "interrupted"};

void add_tasks(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/runs/{run}/tasks",
       .policy = Policy::Token,
       .summary = {"The tasks of a run in the order of the file", "运行的任务，按文件顺序"},
       .query = {states_field(kTaskStates), limit_field(), cursor_field()},
       .answer = "Task",
       .answer_is_page = true,
       .handler = answer<list_tasks>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/attempts",
                 .policy = Policy::Token,
                 .summary = {"The attempts of a run's tasks", "运行中各任务的尝试"},
                 .query = {task_field(), limit_field(), cursor_field()},
                 .answer = "Attempt",
                 .answer_is_page = true,
                 .handler = answer<list_attempts>});
  out.push_back({.method = "POST",
                 .path = "/api/v1/runs/{run}/tasks/{task}/resolve",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Write,
                 .audit = AuditKind::TaskResolved,
                 .summary = {"Decide a task whose end nobody knows", "裁决结局不明的任务"},
                 .body_kind = BodyKind::Json,
                 .body = {{.name = "as",
                           .kind = FieldKind::Choice,
                           .help = {"what it counts as", "视为"},
                           .required = true,
                           .choices = {"succeeded", "failed", "skipped"}}},
                 .status = 202,
                 .answer = "Resolved",
                 .handler = resolve_task});
}

// What selects lines of a log by their content.
std::vector<Field> log_filter_fields() {
  return {time_field("since", {"only lines of this time or later", "只要该时间及之后的行"}),
          {.name = "stream",
           .kind = FieldKind::Choice,
           .help = {"only lines of this stream; system: said by Gantry",
                    "只要该输出流的行；system 为 Gantry 自身的说明"},
           .choices = {"stdout", "stderr", "system"}},
          {.name = "search",
           .kind = FieldKind::String,
           .help = {"only lines that hold this text; not with 'regex'",
                    "只要包含此文本的行；不能与 regex 同用"},
           .min = 1,
           .max = limits::kLogPatternMax},
          {.name = "regex",
           .kind = FieldKind::String,
           .help = {"only lines that match this expression (RE2 syntax)",
                    "只要匹配此正则表达式的行（RE2 语法）"},
           .min = 1,
           .max = limits::kLogPatternMax},
          flag_field("ignore_case", {"capitals and small letters are the same", "不区分大小写"})};
}

std::vector<Field> log_fields() {
  std::vector<Field> out{
      number_field("attempt", 1, std::numeric_limits<std::int32_t>::max(),
                   {"which attempt", "第几次尝试"}),
      number_field("generation", 1, std::numeric_limits<std::int32_t>::max(),
                   {"of which generation", "第几代"}),
      number_field("from", 0, kNumberMax, {"number of the first line", "起始行号"}),
      number_field("before", 1, kNumberMax,
                   {"the lines before this one, the last of them", "此行之前的最后若干行"}),
      number_field("tail", 1, kNumberMax, {"only so many lines, the last", "只要最后若干行"}),
      limit_field()};
  for (Field& field : log_filter_fields()) out.push_back(std::move(field));
  out.push_back(flag_field(
      "follow", {"send lines as they come until the attempt ends", "持续发送新行直到尝试结束"}));
  out.push_back({.name = "format",
                 .kind = FieldKind::Choice,
                 .help = {"text: all of it as a plain text file, as the task wrote it",
                          "text：以纯文本文件返回全部内容，与任务输出一致"},
                 .choices = {"json", "text"}});
  out.push_back(flag_field("stamps", {"with format=text: time, stream and flag before each line",
                                      "配合 format=text：每行前加时间、输出流与标志"}));
  return out;
}

void add_logs(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/runs/{run}/tasks/{task}/log",
       .policy = Policy::Token,
       .rate = RateClass::Stream,
       .summary = {"The log of an attempt, by default the last", "尝试的日志，默认最后一次"},
       .query = log_fields(),
       .answer = "LogLine",
       .answer_is_lines = true,
       .headers = {{"Gantry-Attempt", "Which attempt it is.", true},
                   {"Gantry-Generation", "Of which generation.", true},
                   {"Gantry-Next", "The 'from' of the next page.", true, false},
                   {"Gantry-Previous", "The 'before' of the page before.", true, false},
                   {"Gantry-At-End", "true: the end, as it is now, was reached.", false, false},
                   {"Gantry-Complete", "true: nothing will ever follow.", false, false}},
       .handler = get_log});
  std::vector<Field> fields = log_filter_fields();
  fields.push_back(limit_field());
  fields.push_back(cursor_field());
  out.push_back({.method = "GET",
                 .path = "/api/v1/runs/{run}/logs",
                 .policy = Policy::Token,
                 .rate = RateClass::Heavy,
                 .summary = {"Lines of the logs of all tasks of a run, attempt after attempt",
                             "一次运行中所有任务的日志行，按尝试依次列出"},
                 .query = std::move(fields),
                 .answer = "LogMatch",
                 .answer_is_page = true,
                 .handler = answer<search_logs>});
}

}  // namespace

void add_task_routes(std::vector<Route>& out) {
  add_tasks(out);
  add_logs(out);
}

}  // namespace gantry::api
