// Why a run or a task is as it is: of open runs the engine knows, of closed ones the store.
#include "core/why.h"

#include <fmt/format.h>

#include "api/handlers.h"
#include "base/explain.h"
#include "base/json.h"

namespace gantry::api {

namespace {

constexpr std::size_t kTasksNamed = 5;

template <typename... Args>
std::string say(Lang lang, Text text, const Args&... args) {
  return fmt::format(fmt::runtime(text.in(lang)), args...);
}

net::Response reasons_response(RunNo run, const std::string& task,
                               const std::vector<std::string>& reasons) {
  JsonWriter w;
  w.object().field("run", run.value).key("task");
  if (task.empty())
    w.null();
  else
    w.value(task);
  w.key("reasons").array();
  for (const std::string& reason : reasons) w.value(reason);
  w.end().end();
  return json_response(std::move(w).text());
}

std::string state_in(Lang lang, model::RunState state) {
  if (lang == Lang::En) return std::string(name_of(state));
  switch (state) {
    case model::RunState::Succeeded: return "成功";
    case model::RunState::Failed: return "失败";
    case model::RunState::Cancelled: return "已取消";
    default: return std::string(name_of(state));  // not closed
  }
}

// The tasks it needs that did not succeed, each with its state.
std::vector<std::string> unsuccessful_before(const model::TaskRow& row,
                                             const std::vector<model::TaskRow>& rows,
                                             const model::Workflow& workflow, Lang lang) {
  std::vector<std::string> out;
  for (const TaskIndex need : workflow.tasks[row.task.value].needs)
    for (const model::TaskRow& other : rows)
      if (other.task == need && other.state != model::TaskState::Succeeded)
        out.push_back(fmt::format("{} ({})", workflow.tasks[need.value].name,
                                  core::state_in(lang, other.state)));
  return out;
}

// The page that explains such an end; empty if there is none. docs/en/errors.md has these anchors.
std::string_view topic_of(const model::TaskRow& row) {
  constexpr int kNotExecutable = 126, kNotFound = 127;
  const std::string_view message = row.message ? std::string_view(*row.message) : "";
  if (message.starts_with("secret ")) return "secret";
  if (message.starts_with("$GANTRY_OUTPUT")) return "outputs";
  if (message.starts_with("command not found") || row.exit_code == kNotFound) return "exit-127";
  if (row.exit_code == kNotExecutable) return "exit-126";
  if (row.reason == model::Reason::Timeout) return "task-timeout";
  if (message.find("No such file or directory") != std::string_view::npos) return "workspace";
  return {};
}

std::string task_sentence(const model::TaskRow& row, const std::vector<model::TaskRow>& rows,
                          const model::Workflow& workflow, Lang lang) {
  if (row.reason != model::Reason::Upstream) {
    const auto limit = workflow.tasks[row.task.value].timeout;
    const std::string_view topic = topic_of(row);
    std::string out = core::how_ended(row, lang);
    if (row.reason == model::Reason::Timeout && limit)
      out += say(lang, {" (timeout of {})", "（超过时限 {}）"}, format_duration(*limit));
    return out + (topic.empty() ? "" : say(lang, {"; gantry help {}", "；gantry help {}"}, topic));
  }
  return say(lang, {"{}: {}", "{}：{}"}, core::state_in(lang, row.state),
             core::list_in(lang, unsuccessful_before(row, rows, workflow, lang)));
}

bool went_wrong(const model::TaskRow& row) {
  return row.state == model::TaskState::Failed || row.state == model::TaskState::Interrupted ||
         row.state == model::TaskState::Cancelled;
}

// The tasks that made a closed run end as it did, first in the order of the file.
std::vector<std::string> about_run(const store::RunView& run,
                                   const std::vector<model::TaskRow>& rows,
                                   const model::Workflow& workflow, Lang lang) {
  std::vector<std::string> out;
  std::string state = state_in(lang, run.row.state);
  if (!run.row.message.empty()) state += ": " + run.row.message;
  out.push_back(say(lang, {"the run has ended: {}", "运行已结束：{}"}, state));
  if (run.row.state == model::RunState::Succeeded) return out;
  for (const model::TaskRow& row : rows) {
    if (out.size() > kTasksNamed) break;
    if (went_wrong(row) && row.task.value < workflow.tasks.size())
      out.push_back(say(lang, {"{}: {}", "{}：{}"}, workflow.tasks[row.task.value].name,
                        task_sentence(row, rows, workflow, lang)));
  }
  return out;
}

Result<std::vector<std::string>> about_task(RunNo run, const std::string& name,
                                            const std::vector<model::TaskRow>& rows,
                                            const model::Workflow& workflow, Lang lang) {
  const auto index = workflow.find_task(name);
  if (!index)
    return explain(Code::NotFound, {"run {} has no task '{}'", "运行 {} 没有任务“{}”"}, run.value,
                   name);
  for (const model::TaskRow& row : rows)
    if (row.task == *index)
      return std::vector<std::string>{task_sentence(row, rows, workflow, lang)};
  return std::vector<std::string>{
      say(lang, {"pending: the run ended before it was its turn", "未就绪：运行结束时尚未轮到它"})};
}

Result<net::Response> why_closed(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  if (!run.closed)
    return explain(Code::Unavailable, {"the engine is taking the run up; try again in a moment",
                                       "引擎正在接管该运行；请稍后再试"});
  const RunNo no = run.origin.run;
  TRY(const auto workflow,
      backend.versions.get(*reader, run.origin.version, run.origin.workflow_name));
  TRY(const auto rows, reader->tasks(no));
  const std::string task = call.text("task");
  if (task.empty()) return reasons_response(no, task, about_run(run, rows, *workflow, call.lang));
  TRY(const auto reasons, about_task(no, task, rows, *workflow, call.lang));
  return reasons_response(no, task, reasons);
}

// On the engine thread. A run that it does not know has been closed meanwhile, or is not attached
// to its version yet: the store decides.
void why_open(Backend& backend, const CallPtr& call, const ReplyPtr& reply, RunNo run,
              const core::Core& core, Now now) {
  const auto known = core.state().runs.find(run);
  if (known == core.state().runs.end() || !known->second.plan) {
    (void)backend.services.workers.post(
        [&backend, call, reply] { reply->finish(why_closed(backend, *call)); });
    return;
  }
  const std::string task = call->text("task");
  auto reasons = core::why(core, run, task, call->lang, now);
  if (!reasons.ok()) return reply->fail(reasons.error());
  reply->send(reasons_response(run, task, *reasons));
}

}  // namespace

void why_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  auto run = read_run(**reader, call->path[0]);
  if (!run.ok()) return reply->fail(run.error());
  if (run->closed) return reply->finish(why_closed(backend, *call));
  const auto question = [&backend, call, reply, no = run->origin.run](const core::Core& core,
                                                                      Now now) {
    why_open(backend, call, reply, no, core, now);
  };
  if (!backend.services.engine.ask(question)) reply->fail(engine_busy());
}

}  // namespace gantry::api
