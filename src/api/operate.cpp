// What people do to runs, workflows and the server: retry, pause, resume, enable, disable.
#include <fmt/format.h>

#include "api/audit.h"
#include "api/handlers.h"
#include "api/shapes.h"

namespace gantry::api {

namespace {

net::Response retried(RunNo run, std::int64_t version, std::int32_t phase, int status) {
  JsonWriter w;
  w.object().field("number", run.value).field("version", version);
  w.field("phase", std::int64_t{phase}).end();
  return json_response(std::move(w).text(), status);
}

// The answer of an earlier retry of this run with this key; none if there was none.
Result<std::optional<net::Response>> earlier(store::Reader& reader,
                                             const model::RetryRequested& request) {
  TRY(const auto phases, reader.phases(request.run));
  for (const model::PhaseRow& phase : phases) {
    if (phase.kind != model::PhaseKind::Retry || phase.key != request.key) continue;
    if (phase.from != request.from || phase.newest != request.newest)
      return error(Code::AlreadyExists,
                   fmt::format("the key '{}' has been used for phase {} of run {}, which was asked "
                               "for in another way; take a new key",
                               request.key, phase.no, request.run.value));
    return std::optional(retried(request.run, phase.version_number, phase.no, 200));
  }
  return std::optional<net::Response>();
}

void request_retry(Backend& backend, const CallPtr& call, const model::RetryRequested& request,
                   const ReplyPtr& reply, const std::shared_ptr<KeyHold>& hold) {
  const auto make = [request = model::RetryRequested(request)](model::ReplyTo to) mutable {
    request.reply = to;
    return model::Event(request);
  };
  const auto on_answer = [reply, hold](const model::Answer& answer) {
    if (hold) hold->release();
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    reply->send(retried(answer.run, answer.version_number, answer.phase, 202));
  };
  mutate(backend, call, make, on_answer);
}

}  // namespace

void retry_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  auto run = read_run(**reader, call->path[0]);
  if (!run.ok()) return reply->fail(run.error());
  model::RetryRequested request;
  request.run = run->origin.run;
  request.actor = call->actor;
  request.from = text_in(call->body, "from");
  request.newest = flag_in(call->body, "newest");
  request.force = flag_in(call->body, "force");
  request.key = call->key;
  if (request.key.empty()) return request_retry(backend, call, request, reply, nullptr);
  const std::string place = fmt::format("runs/{}", request.run.value);
  const auto hold = KeyHold::take(backend.keys, place, request.key);
  if (!hold)
    return reply->fail(error(Code::Aborted, "a request with this key is under way; try again"));
  auto before = earlier(**reader, request);
  if (before.ok() && !*before) return request_retry(backend, call, request, reply, hold);
  hold->release();
  if (!before.ok()) return reply->fail(before.error());
  reply->send(**std::move(before));
}

Result<net::Response> list_phases(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const RunNo run, find_run(*reader, call.path[0]));
  TRY(const auto phases, reader->phases(run));
  JsonWriter w;
  begin_page(w);
  for (const model::PhaseRow& phase : phases) write_phase(w, phase);
  return json_response(end_page(w, ""));
}

namespace {

void request_hold(Backend& backend, model::HoldRequested request, const CallPtr& call,
                  const ReplyPtr& reply, std::string answer_text) {
  request.actor = call->actor;
  request.note = text_in(call->body, "note");
  const auto make = [request = model::HoldRequested(request)](model::ReplyTo to) mutable {
    request.reply = to;
    return model::Event(request);
  };
  const auto on_answer = [reply, text = std::move(answer_text)](const model::Answer& answer) {
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    reply->send(json_response(text));
  };
  mutate(backend, call, make, on_answer);
}

template <model::Hold what>
void hold_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  auto run = read_run(**reader, call->path[0]);
  if (!run.ok()) return reply->fail(run.error());
  model::HoldRequested request;
  request.what = what;
  request.run = run->origin.run;
  JsonWriter w;
  w.object().field("number", request.run.value);
  w.field("paused", what == model::Hold::Pause).end();
  request_hold(backend, request, call, reply, std::move(w).text());
}

template <model::Hold what>
void hold_workflow(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  model::HoldRequested request;
  request.what = what;
  request.workflow = call->path[0];
  JsonWriter w;
  w.object().field("name", request.workflow);
  if (what == model::Hold::Pause || what == model::Hold::Resume)
    w.field("paused", what == model::Hold::Pause).end();
  else
    w.field("disabled", what == model::Hold::Disable).end();
  request_hold(backend, request, call, reply, std::move(w).text());
}

template <model::Hold what>
void hold_server(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  model::HoldRequested request;
  request.what = what;
  JsonWriter w;
  w.object().field("paused", what == model::Hold::Pause).end();
  request_hold(backend, request, call, reply, std::move(w).text());
}

}  // namespace

void pause_run(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_run<model::Hold::Pause>(b, c, r);
}
void resume_run(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_run<model::Hold::Resume>(b, c, r);
}
void pause_workflow(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_workflow<model::Hold::Pause>(b, c, r);
}
void resume_workflow(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_workflow<model::Hold::Resume>(b, c, r);
}
void disable_workflow(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_workflow<model::Hold::Disable>(b, c, r);
}
void enable_workflow(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_workflow<model::Hold::Enable>(b, c, r);
}
void pause_server(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_server<model::Hold::Pause>(b, c, r);
}
void resume_server(Backend& b, const CallPtr& c, const ReplyPtr& r) {
  hold_server<model::Hold::Resume>(b, c, r);
}

}  // namespace gantry::api
