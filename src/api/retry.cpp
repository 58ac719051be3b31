#include "api/retry.h"
#include "base/explain.h"

#include <fmt/format.h>

namespace gantry::api {

namespace {

// The phase of an earlier retry of this run with this key; none if there was none.
Result<std::optional<Retried>> earlier(Backend& backend, const model::RetryRequested& request) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto phases, reader->phases(request.run));
  for (const model::PhaseRow& phase : phases) {
    if (phase.kind != model::PhaseKind::Retry || phase.key != request.key) continue;
    if (phase.from != request.from || phase.newest != request.newest)
      return explain(Code::AlreadyExists,
                     {"the key '{}' has been used for phase {} of run {}, which was asked for in "
                      "another way; take a new key",
                      "幂等键“{0}”已用于运行 {2} 的第 {1} 阶段，但请求不同；请换一个键"},
                     request.key, phase.no, request.run.value);
    return std::optional(Retried{request.run, phase.version_number, phase.no, false});
  }
  return std::optional<Retried>();
}

void request_retry(const model::RetryRequested& request, const Submit& submit,
                   const OnRetried& on_retried, const std::shared_ptr<KeyHold>& hold) {
  const auto make = [request = model::RetryRequested(request)](model::ReplyTo to) mutable {
    request.reply = to;
    return model::Event(request);
  };
  const auto on_answer = [on_retried, hold](const model::Answer& answer) {
    if (hold) hold->release();
    if (!answer.status.ok()) return on_retried(answer.status.error());
    on_retried(Retried{answer.run, answer.version_number, answer.phase});
  };
  submit(make, on_answer);
}

}  // namespace

void retry_once(Backend& backend, const model::RetryRequested& request, const Submit& submit,
                const OnRetried& on_retried) {
  if (request.key.empty()) return request_retry(request, submit, on_retried, nullptr);
  const std::string place = fmt::format("runs/{}", request.run.value);
  const auto hold = KeyHold::take(backend.keys, place, request.key);
  if (!hold) return on_retried(key_under_way());
  auto before = earlier(backend, request);
  if (before.ok() && !*before) return request_retry(request, submit, on_retried, hold);
  hold->release();
  if (!before.ok()) return on_retried(before.error());
  on_retried(**before);
}

}  // namespace gantry::api
