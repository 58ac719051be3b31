// Runs: the list, one run, the end of one, cancel.
#include <fmt/format.h>

#include "api/audit.h"
#include "api/handlers.h"
#include "api/run_filter.h"
#include "api/shapes.h"
#include "base/mutex.h"

namespace gantry::api {

namespace {

net::Response run_response(const store::RunView& run) {
  JsonWriter w;
  write_run(w, run);
  return json_response(std::move(w).text());
}

}  // namespace

Result<net::Response> list_runs(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto page, reader->runs(run_filter(call.query), page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::RunView& run : page.rows) write_run(w, run);
  return json_response(end_page(w, page.next_cursor));
}

Result<net::Response> get_run(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  return run_response(run);
}

namespace {

constexpr Duration kWaitDefault = seconds(30);

Result<net::Response> current(Backend& backend, RunNo no) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, reader->run(no));
  return run_response(run);
}

// Answers once, when the run is closed or the time is over, whichever comes first.
class RunWaiter : public std::enable_shared_from_this<RunWaiter> {
 public:
  RunWaiter(Backend& backend, ReplyPtr reply, RunNo run)
      : backend_(backend), reply_(std::move(reply)), run_(run) {}

  void begin(Duration timeout) {
    const auto settle_later = [self = shared_from_this()] { self->settle(); };
    {
      const MutexLock lock(mutex_);
      watch_ = backend_.services.run_watch.watch(run_, settle_later);
      timer_ = backend_.timers.after(timeout, settle_later);
    }
    // Only now: an end that was committed before the watch began is in the store.
    if (is_closed()) settle();
  }

 private:
  bool is_closed() {
    auto reader = backend_.readers.lease();
    if (!reader.ok()) return true;  // the answer will say why
    const auto run = (*reader)->run(run_);
    return !run.ok() || run->closed;
  }

  // From the engine's, the loop's or a worker's thread.
  void settle() {
    const MutexLock lock(mutex_);
    if (!reply_) return;
    backend_.services.run_watch.forget(watch_);
    backend_.timers.cancel(timer_);
    const ReplyPtr reply = std::move(reply_);
    const auto finish = [&backend = backend_, reply, run = run_] {
      reply->finish(current(backend, run));
    };
    // Refused: the dropped reply answers 503.
    (void)backend_.services.workers.post(finish);
  }

  Backend& backend_;
  Mutex mutex_;
  ReplyPtr reply_ GUARDED_BY(mutex_);  // null once settled
  const RunNo run_;
  RunWatch::Ticket watch_ GUARDED_BY(mutex_);
  Timers::Ticket timer_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

void wait_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  auto run = read_run(**reader, call->path[0]);
  if (!run.ok()) return reply->fail(run.error());
  const Duration timeout = call->duration("timeout", kWaitDefault);
  if (run->closed || timeout == Duration{}) return reply->send(run_response(*run));
  std::make_shared<RunWaiter>(backend, reply, run->origin.run)->begin(timeout);
}

void cancel_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  auto run = find_run(**reader, call->path[0]);
  if (!run.ok()) return reply->fail(run.error());
  if (auto known = (*reader)->run(*run); !known.ok()) return reply->fail(known.error());
  const auto make = [run = *run, actor = call->actor](model::ReplyTo to) {
    return model::Event(model::CancelRequested{to, run, actor});
  };
  const auto on_answer = [reply, run = *run](const model::Answer& answer) {
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    JsonWriter w;
    w.object().field("number", run.value).end();
    reply->send(json_response(std::move(w).text(), 202));
  };
  mutate(backend, call, make, on_answer);
}

}  // namespace gantry::api
