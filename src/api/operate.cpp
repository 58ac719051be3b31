// What people do to runs, workflows and the server: retry, pause, resume, enable, disable.
#include <fmt/format.h>

#include "api/handlers.h"
#include "api/retry.h"
#include "api/shapes.h"

namespace gantry::api {

namespace {

net::Response response_of(const Retried& retried) {
  JsonWriter w;
  w.object().field("number", retried.run.value).field("version", retried.version);
  w.field("phase", std::int64_t{retried.phase}).end();
  return json_response(std::move(w).text(), retried.is_new ? 202 : 200);
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
  const auto submit = [&](const MakeEvent& make, const engine::OnAnswer& on_answer) {
    mutate(backend, call, make, on_answer);
  };
  retry_once(backend, request, submit, [reply](const Result<Retried>& retried) {
    if (!retried.ok()) return reply->fail(retried.error());
    reply->send(response_of(*retried));
  });
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
