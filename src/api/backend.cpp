#include "api/backend.h"

#include <algorithm>
#include <charconv>

#include "base/explain.h"

namespace gantry::api {

bool KeysInFlight::enter(const std::string& workflow, const std::string& key) {
  const MutexLock lock(mutex_);
  return keys_.emplace(workflow, key).second;
}

void KeysInFlight::leave(const std::string& workflow, const std::string& key) {
  const MutexLock lock(mutex_);
  keys_.erase({workflow, key});
}

void Backend::note_use(const Caller& caller) {
  if (caller.via != Via::Token && caller.via != Via::Session) return;
  const Instant now = services.clock.wall();
  services.credentials.use(caller.id, now, [&](const model::CredentialRow& row) {
    (void)services.engine.record({{now, caller.name, model::CredentialChanged{row}}}, nullptr);
  });
}

Error key_under_way() {
  return explain(Code::Aborted, {"a request with this key is under way; try again",
                                 "使用该幂等键的请求正在处理；请稍后再试"});
}

Error engine_busy() {
  return explain(Code::Unavailable, {"the server has more requests than it can take; try again",
                                     "服务器请求已满，请稍后重试"});
}

namespace {
bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.begin(), text.end(), number);
  if (failure != std::errc() || end != text.end()) return std::nullopt;
  return number;
}

Result<RunNo> find_run(store::Reader& reader, const std::string& text) {
  if (!is_number(text)) return reader.last_run_of(text);
  const auto number = whole_number(text);
  if (!number)
    return about("unknown-run",
                 explain(Code::NotFound, {"there is no run {}", "没有编号为 {} 的运行"},
                         text.substr(0, 30)));
  return RunNo{*number};
}

Result<store::RunView> read_run(store::Reader& reader, const std::string& text) {
  TRY(const RunNo run, find_run(reader, text));
  return reader.run(run);
}

store::Page page_of(const Call& call) {
  return {static_cast<int>(call.integer("limit", limits::kPageDefault)), call.text("cursor")};
}

Result<PhaseModels> models_of(Backend& backend, store::Reader& reader, const store::RunView& run) {
  TRY(const auto phases, reader.phases(run.origin.run));
  PhaseModels models;
  for (const model::PhaseRow& phase : phases) {
    TRY(models[phase.no], backend.versions.get(reader, phase.version, run.origin.workflow_name));
  }
  return models;
}

Result<std::vector<model::AttemptRow>> attempts_of(store::Reader& reader, const store::RunView& run,
                                                   const PhaseModels& models,
                                                   const std::string& task) {
  TRY(auto rows, reader.attempts(run.origin.run));
  // A phase that has begun since `models` was read.
  std::erase_if(rows, [&](const auto& row) { return !models.contains(row.generation); });
  if (task.empty()) return rows;
  const auto named = split_item(task);
  const bool known = named && std::any_of(models.begin(), models.end(), [&](const auto& entry) {
                       return entry.second->find_task(named->task).has_value();
                     });
  if (!known)
    return explain(Code::NotFound, {"run {} has no task '{}'", "运行 {} 没有任务“{}”"},
                   run.origin.run.value, task);
  std::erase_if(rows, [&](const model::AttemptRow& row) {
    const bool other_item = !named->item.is_none() && named->item != row.item;
    return other_item || models.at(row.generation)->find_task(named->task) != row.task;
  });
  return rows;
}

}  // namespace gantry::api
