// A node of a document as a value: what a list or a map says literally.
#pragma once

#include "base/value.h"
#include "spec/fields.h"

namespace gantry::spec {

// Texts that hold ${{, where nothing is evaluated, are reported; so are numbers that do not fit.
Value to_value(const Source& source, const Node& node, std::string_view key);

}  // namespace gantry::spec
