// One action on many runs: those that are named, or those that a filter finds. Each run is a
// request of its own to the engine and has its own answer; there is no all or nothing.
#include <fmt/format.h>

#include "api/handlers.h"
#include "api/problem.h"
#include "api/retry.h"
#include "api/run_filter.h"
#include "api/shapes.h"
#include "base/explain.h"
#include "base/mutex.h"

namespace gantry::api {

namespace {

using model::RunState;

// The answers of the engine, in the order of the runs; the last one to come sends them all.
class BulkAnswer {
 public:
  BulkAnswer(ReplyPtr reply, std::vector<RunNo> runs, bool more)
      : reply_(std::move(reply)),
        runs_(std::move(runs)),
        more_(more),
        left_(runs_.size()),
        results_(runs_.size(), ok()) {}

  const std::vector<RunNo>& runs() const { return runs_; }

  void put(std::size_t index, const Status& status) {
    const MutexLock lock(mutex_);
    results_[index] = status;
    if (--left_ == 0) reply_->send(json_response(text()));
  }

 private:
  std::string text() const REQUIRES(mutex_) {
    JsonWriter w;
    w.object().key("items").array();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const bool good = results_[i].ok();
      w.object().field("number", runs_[i].value).field("ok", good);
      w.key("code");
      good ? w.null() : w.value(problem_of(results_[i].error().code).code);
      w.key("detail");
      good ? w.null() : w.value(results_[i].error().message);
      w.end();
    }
    w.end().field("more", more_).end();
    return std::move(w).text();
  }

  const ReplyPtr reply_;
  const std::vector<RunNo> runs_;
  const bool more_;
  Mutex mutex_;
  std::size_t left_ GUARDED_BY(mutex_);
  std::vector<Status> results_ GUARDED_BY(mutex_);
};

// Without states: those to which the action can be done.
store::RunFilter filter_of(const Call& call, bool cancels) {
  store::RunFilter filter = run_filter(call.body);
  if (filter.states.empty())
    filter.states = cancels ? std::vector{RunState::Queued, RunState::Running, RunState::Finishing}
                            : std::vector{RunState::Failed};
  return filter;
}

struct Chosen {
  std::vector<RunNo> runs;
  bool more = false;  // the filter finds more than the limit
};

Result<Chosen> choose(Backend& backend, const Call& call, bool cancels) {
  Chosen chosen;
  if (const Value* numbers = value_in(call.body, "numbers")) {
    for (const Value& number : numbers->as_list()) chosen.runs.push_back(RunNo{number.as_int()});
    return chosen;
  }
  const bool filtered = value_in(call.body, "workflow") != nullptr ||
                        value_in(call.body, "state") != nullptr ||
                        value_in(call.body, "created_from") != nullptr;
  if (!filtered)
    return refuse(
        {"say which runs: 'numbers', or a filter with 'workflow', 'state' or 'created_from'",
         "请指明运行：用“numbers”，或用“workflow”“state”“created_from”筛选"});
  const Value* limit = value_in(call.body, "limit");
  TRY(auto reader, backend.readers.lease());
  const int most = limit == nullptr ? limits::kPageDefault : static_cast<int>(limit->as_int());
  TRY(const auto page, reader->runs(filter_of(call, cancels), {most, ""}));
  for (const store::RunView& run : page.rows) chosen.runs.push_back(run.origin.run);
  chosen.more = !page.next_cursor.empty();
  return chosen;
}

// A key makes a request safe to repeat, so a repetition has to mean the same runs.
Status check_key(const Call& call, bool cancels) {
  if (call.key.empty()) return ok();
  if (cancels)
    return refuse({"Idempotency-Key belongs to 'retry': a second 'cancel' means more",
                   "Idempotency-Key 只用于“retry”：重复的“cancel”含义不同"});
  if (value_in(call.body, "numbers") == nullptr)
    return refuse(
        {"with Idempotency-Key say 'numbers': a filter finds other runs when it is asked again",
         "使用 Idempotency-Key 时须给出“numbers”：再次筛选会得到不同的运行"});
  return ok();
}

void retry_one(Backend& backend, const CallPtr& call, RunNo run, bool newest, const Submit& submit,
               const std::function<void(const Status&)>& on_done) {
  model::RetryRequested request;
  request.run = run;
  request.actor = call->actor;
  request.newest = newest;
  request.key = call->key;
  retry_once(backend, request, submit, [on_done](const Result<Retried>& retried) {
    on_done(retried.ok() ? ok() : Status(retried.error()));
  });
}

}  // namespace

void bulk_runs(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  const bool cancels = text_in(call->body, "action") == "cancel";
  const bool newest = flag_in(call->body, "newest");
  if (cancels && newest)
    return reply->fail(refuse({"'newest' belongs to 'retry'", "“newest”只用于“retry”"}));
  if (const Status good = check_key(*call, cancels); !good.ok()) return reply->fail(good.error());
  auto chosen = choose(backend, *call, cancels);
  if (!chosen.ok()) return reply->fail(chosen.error());
  if (chosen->runs.empty()) return reply->send(json_response(R"({"items":[],"more":false})"));
  const auto all = std::make_shared<BulkAnswer>(reply, std::move(chosen->runs), chosen->more);
  for (std::size_t i = 0; i < all->runs().size(); ++i) {
    const RunNo run = all->runs()[i];
    const auto submit = [&](const MakeEvent& make, const engine::OnAnswer& on_answer) {
      mutate_part(backend, call, fmt::format("{{\"run\":{}}}", run.value), make, on_answer);
    };
    const auto on_done = [all, i](const Status& status) { all->put(i, status); };
    if (!cancels) {
      retry_one(backend, call, run, newest, submit, on_done);
      continue;
    }
    const auto make = [run, actor = call->actor](model::ReplyTo to) {
      return model::Event(model::CancelRequested{to, run, actor});
    };
    submit(make, [on_done](const model::Answer& answer) { on_done(answer.status); });
  }
}

}  // namespace gantry::api
