// What a request for a backfill says, as the core takes it.
#pragma once

#include "api/backend.h"
#include "model/event.h"

namespace gantry::api {

// Everything but who asks. InvalidArgument names the member that is wrong.
Result<model::BackfillRequested> backfill_of(Backend& backend, const Call& call);

}  // namespace gantry::api
