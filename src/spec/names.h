// What names may look like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::spec {

// An id: Unicode letters and digits, `_` and `-`, at most kNameBytesMax. Nothing if it is one,
// else what is wrong with it.
std::optional<Error> fault_of_id(std::string_view text);

// The name of an environment variable: ASCII letters, digits and `_`, no digit first.
bool is_variable_name(std::string_view text);
bool is_own_variable(std::string_view name);  // GANTRY_..., PARAM_...: set by Gantry alone

}  // namespace gantry::spec
