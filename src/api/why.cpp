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

std::string task_sentence(const model::TaskRow& row, Lang lang) {
  std::string out(name_of(row.state));
  if (row.message && !row.message->empty()) return out + ": " + *row.message;
  if (row.exit_code > 0)
    return out + say(lang, {" with exit status {}", "，退出码 {}"}, row.exit_code);
  if (row.reason != model::Reason::None) out += fmt::format(" ({})", name_of(row.reason));
  return out;
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
  std::string state(name_of(run.row.state));
  if (!run.row.message.empty()) state += ": " + run.row.message;
  out.push_back(say(lang, {"the run has ended: {}", "运行已结束：{}"}, state));
  if (run.row.state == model::RunState::Succeeded) return out;
  for (const model::TaskRow& row : rows) {
    if (out.size() > kTasksNamed) break;
    if (went_wrong(row) && row.task.value < workflow.tasks.size())
      out.push_back(workflow.tasks[row.task.value].name + ": " + task_sentence(row, lang));
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
    if (row.task == *index) return std::vector<std::string>{task_sentence(row, lang)};
  return std::vector<std::string>{say(
      lang, {"pending: the run ended before it was its turn", "pending：运行结束时尚未轮到它"})};
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
