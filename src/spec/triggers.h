// `triggers`. Needs the workflow's params and timezone to be read.
#pragma once

#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

void read_triggers(const Source& source, const Node& list, Draft& draft);

// Reports a zone that does not exist.
bool check_zone(const Source& source, const Node& node, std::string_view name);

}  // namespace gantry::spec
