// The expressions of a workflow: that they parse, and that what they name is in scope.
#pragma once

#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

// `acyclic`: the graph of needs is sound, so that it can be asked who comes before whom.
void check_texts(const Source& source, const Draft& draft, bool acyclic);

}  // namespace gantry::spec
