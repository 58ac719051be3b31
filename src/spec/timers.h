// What only triggers have that fire by the clock.
#pragma once

#include <string>
#include <string_view>

#include "model/workflow.h"
#include "spec/fields.h"

namespace gantry::spec {

// `at`, `start`, `end`, `jitter` and `catchup`.
void read_timer(const Source& source, const Fields& fields, model::Trigger& trigger);

// An instant like 2026-01-01T00:00:00+08:00.
std::optional<Instant> read_instant(const Source& source, const Fields& fields,
                                    std::string_view key);

// What of it decides when it fires, for ids that are derived; empty if it says nothing.
std::string text_of(const model::TimerDetails& details);

}  // namespace gantry::spec
