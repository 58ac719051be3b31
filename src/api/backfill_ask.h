// What a request for a backfill says, as the core takes it.
#pragma once

#include <string>
#include <vector>

#include "api/backend.h"
#include "api/call.h"
#include "model/event.h"

namespace gantry::api {

struct BackfillPlan {
  model::BackfillRequested request;  // but who asks
  std::vector<Error> warnings;       // what whoever asks may not expect
};

// InvalidArgument names the member that is wrong.
Result<BackfillPlan> backfill_of(Backend& backend, const Call& call);

// Of what the request says, to know it again.
std::string hash_of(const Values& body);

}  // namespace gantry::api
