#include "app/listing.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/answers.h"
#include "app/exit_code.h"
#include "base/clock.h"
#include "base/json.h"

namespace gantry::app {

namespace {
int integer(const Value& object, std::string_view name, int otherwise) {
  const Value* value = object.find(name);
  return value != nullptr && value->is(Value::Kind::Int) ? static_cast<int>(value->as_int())
                                                         : otherwise;
}
bool flag(const Value& object, std::string_view name) {
  const Value* value = object.find(name);
  return value != nullptr && value->is(Value::Kind::Bool) && value->as_bool();
}

TaskPicture task_picture(const Value& task) {
  TaskPicture out;
  out.name = task_name(task);
  out.state = model::task_state_of(member(task, "state")).value_or(model::TaskState::Pending);
  out.allow_failure = flag(task, "allow_failure");
  out.background = flag(task, "background");
  out.is_finally = flag(task, "finally");
  out.attempts = integer(task, "attempts", 0);
  out.tries_max = integer(task, "retry_limit", 0) + 1;
  out.exit_code = integer(task, "exit_code", -1);
  out.reason = model::reason_of(member(task, "reason")).value_or(model::Reason::None);
  out.started_at = instant_member(task, "started_at");
  out.ended_at = instant_member(task, "ended_at");
  out.message = member(task, "message");
  return out;
}

// The needs come by name.
void set_needs(const std::vector<Value>& tasks, std::vector<TaskPicture>& pictures) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < pictures.size(); ++i) places[pictures[i].name] = i;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Value* needs = tasks[i].find("needs");
    if (needs == nullptr || !needs->is(Value::Kind::List)) continue;
    for (const Value& need : needs->as_list())
      if (const auto up = places.find(to_text(need)); up != places.end())
        pictures[i].needs.push_back(up->second);
  }
}

}  // namespace

Result<RunPicture> read_picture(Client& client, const std::string& run) {
  const std::string path = "/api/v1/runs/" + escape_segment(run);
  TRY(const Value view, client.get(path));
  TRY(const std::vector<Value> tasks, read_all(client, path + "/tasks"));
  RunPicture out;
  out.number = integer(view, "number", 0);
  out.workflow = member(view, "workflow");
  out.title = member(view, "title");
  out.state = member(view, "state");
  out.message = member(view, "message");
  out.started_at = instant_member(view, "started_at");
  out.ended_at = instant_member(view, "ended_at");
  for (const Value& task : tasks) out.tasks.push_back(task_picture(task));
  set_needs(tasks, out.tasks);
  set_depths(out.tasks);
  return out;
}

namespace {
bool is_open(const std::string& state) {
  const auto known = model::run_state_of(state);
  return !known || !is_terminal(*known);
}

Result<std::int64_t> start_run(Client& client, const TriggerOptions& options) {
  TRY(ValueMap params, parse_params(options.params));
  ValueMap body;
  if (!params.empty()) body.emplace_back("params", std::move(params));
  TRY(const Value started,
      client.post("/api/v1/workflows/" + escape_segment(options.workflow) + "/runs", Value(body),
                  options.key));
  const Value* number = started.find("number");
  if (number == nullptr || !number->is(Value::Kind::Int))
    return error(Code::Internal, "the server's answer has no run number");
  return number->as_int();
}

void draw_until_end(LiveView& view, const RunPicture& picture) {
  view.show(picture, SystemClock().wall());
}
}  // namespace

Result<RunOutcome> trigger_and_wait(const Context& context, const Home& home,
                                    const TriggerOptions& options) {
  TRY(const auto client, Client::connect(home, context.terminal.lang));
  TRY(const std::int64_t number, start_run(*client, options));
  if (options.wait) return wait_for_run(context, *client, number);
  return RunOutcome{number, "queued", client->url()};
}

Result<RunOutcome> wait_for_run(const Context& context, Client& client, std::int64_t number) {
  const std::string run = fmt::format("{}", number);
  const bool quiet = context.quiet || context.json;
  const std::string step = context.terminal.is_terminal ? "250ms" : "5s";
  LiveView view(context.terminal);
  for (;;) {
    TRY(const Value now, client.get("/api/v1/runs/" + run + "/wait?timeout=" + step));
    const std::string state = member(now, "state");
    if (!quiet) {
      TRY(const RunPicture picture, read_picture(client, run));
      is_open(state) ? draw_until_end(view, picture) : view.finish(picture, SystemClock().wall());
    }
    if (!is_open(state)) return RunOutcome{number, state, client.url()};
  }
}

void LiveView::show(const RunPicture& run, Instant now) {
  if (terminal_.is_terminal)
    redraw(run, now);
  else
    print_news(run);
}

void LiveView::finish(const RunPicture& run, Instant now) {
  show(run, now);
  if (terminal_.is_terminal) return;
  fmt::print("{} #{} {}\n", printable(run.workflow), run.number,
             state_text(run.state, terminal_.lang));
  std::fflush(stdout);
}

void LiveView::redraw(const RunPicture& run, Instant now) {
  refresh_size(terminal_);
  std::string out;
  if (drawn_lines_ > 0) out += fmt::format("\x1b[{}F", drawn_lines_);
  const auto lines = draw_run(run, terminal_, std::max(4, terminal_.height - 1), now);
  for (const std::string& line : lines) out += line + "\x1b[K\n";
  out += "\x1b[J";
  drawn_lines_ = static_cast<int>(lines.size());
  fmt::print("{}", out);
  std::fflush(stdout);
}

void LiveView::print_news(const RunPicture& run) {
  for (const TaskPicture& task : run.tasks) {
    if (task.state == model::TaskState::Pending || task.state == model::TaskState::Queued) continue;
    const std::string now = fmt::format("{} {}", name_of(task.state), task.attempts);
    std::string& told = told_[task.name];
    if (told == now || (task.background && !told.empty() && !is_terminal(task.state))) continue;
    told = now;
    std::string line =
        fmt::format("{} {}", printable(task.name), state_text(name_of(task.state), terminal_.lang));
    if (task.ended_at && task.started_at)
      line += " " + short_duration(*task.ended_at - *task.started_at);
    if (task.exit_code > 0)
      line += fmt::format(fmt::runtime(Text{" exit status {}", " 退出码 {}"}.in(terminal_.lang)),
                          task.exit_code);
    if (task.reason == model::Reason::Timeout && task.state == model::TaskState::Failed)
      line += Text{" timeout", " 超时"}.in(terminal_.lang);
    fmt::print("{}\n", line);
  }
  std::fflush(stdout);
}

}  // namespace gantry::app
