// What a trigger listens to that is no timer.
#pragma once

#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

// The source that the trigger has, into it; at most one is there.
void read_source(const Source& source, const Fields& fields, Draft& draft, model::Trigger& trigger);

}  // namespace gantry::spec
