// A run per row of a CSV text. Nothing is started unless every row can be; then each row is a
// request of its own to the engine, with a key, so that the same text may be handed in again.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "api/audit.h"
#include "api/csv_starts.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "base/explain.h"
#include "base/mutex.h"

namespace gantry::api {

namespace {

struct Asked {
  std::string workflow;
  CsvStarts sheet;
  std::vector<std::optional<RunNo>> runs;  // of each start, if it was started before
};

Status check_prefix(const std::string& prefix) {
  constexpr std::size_t kOwnBytes = 32;  // of the hash and the count that follow
  const std::size_t most = limits::kIdempotencyKeyBytesMax - kOwnBytes;
  if (prefix.size() <= most) return ok();
  return refuse({"the key has {} bytes, more than {}: those of the rows begin with it",
                 "幂等键有 {} 字节，超过 {}：各行的键以它开头"},
                prefix.size(), most);
}

Result<Asked> read_csv(Backend& backend, const Call& call) {
  const std::string prefix = text_in(call.body, "key");
  TRY_STATUS(check_prefix(prefix));
  TRY(auto reader, backend.readers.lease());
  TRY(const auto view, reader->workflow(call.path[0]));
  TRY(const auto workflow, backend.versions.get(*reader, view.row.version, view.row.name));
  const Value* shared = value_in(call.body, "params");
  Asked asked;
  asked.workflow = view.row.name;
  asked.sheet = read_starts(text_in(call.body, "csv"), prefix,
                            shared == nullptr ? ValueMap() : shared->as_map(), *workflow,
                            backend.services.clock.wall(), surroundings_of(backend.services));
  return asked;
}

// With a key that an other run has, the row can not be started.
Status find_runs(Backend& backend, Asked& asked) {
  TRY(auto reader, backend.readers.lease());
  for (const CsvStart& start : asked.sheet.starts) {
    auto run = run_with_key(*reader, asked.workflow, start.key, start.params);
    if (!run.ok() && run.error().code != Code::AlreadyExists) return run.error();
    if (!run.ok()) asked.sheet.add_fault(start.line, 1, run.error());
    asked.runs.push_back(run.ok() && *run ? std::optional((**run).run) : std::nullopt);
  }
  return ok();
}

std::string first_of(const CsvStarts& sheet, Lang lang) {
  constexpr std::size_t kTold = 5;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(kTold, sheet.faults.size()); ++i)
    lines.push_back(fmt::format("{}:{}: {}", sheet.faults[i].line, sheet.faults[i].column,
                                message_in(sheet.faults[i].what, lang)));
  if (sheet.faults_count > kTold) lines.emplace_back("...");
  return fmt::format("{}", fmt::join(lines, lang == Lang::Zh ? "；" : "; "));
}

// The plan has them all.
Error refusal_of(const CsvStarts& sheet) {
  return {Code::InvalidArgument,
          fmt::format("nothing was started: {} of the file's cells or rows are wrong: {}",
                      sheet.faults_count, first_of(sheet, Lang::En)),
          fmt::format("未启动任何运行：文件中有 {} 处有误：{}", sheet.faults_count,
                      first_of(sheet, Lang::Zh))};
}

void write_faults(JsonWriter& w, const CsvStarts& sheet, Lang lang) {
  w.key("errors").array();
  for (const CsvFault& fault : sheet.faults) {
    w.object().field("line", fault.line).field("column", fault.column);
    w.field("detail", message_in(fault.what, lang)).end();
  }
  w.end().field("errors_count", static_cast<std::int64_t>(sheet.faults_count));
}

// The answers of the engine, in the order of the rows; the last one to come sends them all.
class CsvAnswer {
 public:
  CsvAnswer(ReplyPtr reply, Asked rows)
      : asked(std::move(rows)), reply_(std::move(reply)), left_(asked.runs.size() + 1) {
    for (const auto& run : asked.runs)
      outcomes_.push_back(run ? Outcome{"existing", *run, {}} : Outcome{});
  }

  const Asked asked;
  std::vector<std::shared_ptr<KeyHold>> holds;  // of each row

  // A key is free before the answer leaves: who has it may hand the row in again.
  void put(std::size_t row, const model::Answer& answer) {
    holds[row]->release();
    const MutexLock lock(mutex_);
    outcomes_[row] = {answer.status.ok() ? "started" : "refused", answer.run, answer.status};
    count_down();
  }
  void pass(std::size_t row) {
    holds[row]->release();
    all_asked();
  }
  void all_asked() {
    const MutexLock lock(mutex_);
    count_down();
  }

 private:
  struct Outcome {
    std::string_view name;
    RunNo run;
    Status status = ok();
  };

  void count_down() REQUIRES(mutex_) {
    if (--left_ == 0) reply_->send(json_response(text()));
  }

  std::int64_t count_of(std::string_view name) const REQUIRES(mutex_) {
    return std::count_if(outcomes_.begin(), outcomes_.end(),
                         [name](const Outcome& outcome) { return outcome.name == name; });
  }

  std::string text() const REQUIRES(mutex_) {
    JsonWriter w;
    w.object().field("workflow", asked.workflow);
    for (const char* name : {"started", "existing", "refused"}) w.field(name, count_of(name));
    w.key("items").array();
    for (std::size_t i = 0; i < outcomes_.size(); ++i) write_row(w, i);
    w.end().end();
    return std::move(w).text();
  }

  void write_row(JsonWriter& w, std::size_t i) const REQUIRES(mutex_) {
    const Outcome& outcome = outcomes_[i];
    const CsvStart& start = asked.sheet.starts[i];
    w.object().field("line", start.line).field("key", start.key);
    w.field("outcome", outcome.name).key("run");
    outcome.run.value == 0 ? w.null() : w.value(outcome.run.value);
    w.key("code");
    outcome.status.ok() ? w.null() : w.value(problem_of(outcome.status.error().code).code);
    w.key("detail");
    outcome.status.ok() ? w.null() : w.value(message_in(outcome.status.error(), reply_->lang()));
    w.end();
  }

  const ReplyPtr reply_;
  Mutex mutex_;
  std::size_t left_ GUARDED_BY(mutex_);  // the rows, and whoever hands them over
  std::vector<Outcome> outcomes_ GUARDED_BY(mutex_);
};

void request_rows(Backend& backend, const CallPtr& call, const std::shared_ptr<CsvAnswer>& all) {
  for (std::size_t i = 0; i < all->asked.runs.size(); ++i) {
    if (all->asked.runs[i]) {
      all->pass(i);
      continue;
    }
    const auto make = [all, i, actor = call->actor](model::ReplyTo to) {  // on the engine's thread
      const CsvStart& start = all->asked.sheet.starts[i];
      return model::Event(model::RunRequested{to, all->asked.workflow, start.params,
                                              model::CauseKind::Request, actor, start.key});
    };
    mutate_part(backend, call, "{}", make,
                [all, i](const model::Answer& answer) { all->put(i, answer); });
  }
  all->all_asked();
}

// Null for one whose request is under way.
Result<std::vector<std::shared_ptr<KeyHold>>> hold_keys(Backend& backend, const Asked& asked) {
  std::vector<std::shared_ptr<KeyHold>> holds;
  for (const CsvStart& start : asked.sheet.starts) {
    holds.push_back(KeyHold::take(backend.keys, asked.workflow, start.key));
    if (!holds.back()) return key_under_way();
  }
  return holds;
}

}  // namespace

Result<net::Response> plan_csv_runs(Backend& backend, const Call& call) {
  TRY(Asked asked, read_csv(backend, call));
  TRY_STATUS(find_runs(backend, asked));
  JsonWriter w;
  w.object().field("workflow", asked.workflow).field("valid", asked.sheet.faults_count == 0);
  write_faults(w, asked.sheet, call.lang);
  w.key("items").array();
  for (std::size_t i = 0; i < asked.sheet.starts.size(); ++i) {
    const CsvStart& start = asked.sheet.starts[i];
    w.object().field("line", start.line).field("key", start.key);
    w.field("params", Value(start.params)).key("run");
    asked.runs[i] ? w.value(asked.runs[i]->value) : w.null();
    w.end();
  }
  w.end().end();
  return json_response(std::move(w).text());
}

void start_csv_runs(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto asked = read_csv(backend, *call);
  if (!asked.ok()) return reply->fail(asked.error());
  if (asked->sheet.faults_count > 0) return reply->fail(refusal_of(asked->sheet));
  auto holds = hold_keys(backend, *asked);
  if (!holds.ok()) return reply->fail(holds.error());
  if (const Status found = find_runs(backend, *asked); !found.ok())
    return reply->fail(found.error());
  if (asked->sheet.faults_count > 0) return reply->fail(refusal_of(asked->sheet));
  const auto all = std::make_shared<CsvAnswer>(reply, *std::move(asked));
  all->holds = *std::move(holds);
  request_rows(backend, call, all);
}

}  // namespace gantry::api
