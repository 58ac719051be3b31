// `params`: declarations, and values against their declaration.
#pragma once

#include <optional>

#include "base/value.h"
#include "spec/draft.h"
#include "spec/fields.h"

namespace gantry::spec {

void read_params(const Source& source, const Node& map, Draft& draft);

// A value of the param's type within its bounds; reports what is wrong. `key` is for messages.
std::optional<Value> read_param_value(const Source& source, const model::Param& param,
                                      const Node& node, std::string_view key);

// A value of a type with ends (model::has_ends); reports what is wrong.
std::optional<Value> read_end_value(const Source& source, model::ParamType type, const Node& node,
                                    std::string_view key);

}  // namespace gantry::spec
