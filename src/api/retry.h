// Retries of runs, one or many. A key is unique within its run for as long as the run is kept: the
// same request again gives the phase that it began, another request with the key is refused.
#pragma once

#include <functional>

#include "api/audit.h"

namespace gantry::api {

struct Retried {
  RunNo run;
  std::int64_t version = 0;
  std::int32_t phase = 0;
  bool is_new = true;  // false: an earlier request with this key began it
};
// Called once, on the thread that asks or on the engine's.
using OnRetried = std::function<void(const Result<Retried>&)>;
// Hands the event to the engine: mutate() or mutate_part().
using Submit = std::function<void(const MakeEvent&, const engine::OnAnswer&)>;

void retry_once(Backend& backend, const model::RetryRequested& request, const Submit& submit,
                const OnRetried& on_retried);

}  // namespace gantry::api
