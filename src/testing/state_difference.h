// Where two states of the core differ, for people. Equality itself is State::operator==.
#pragma once

#include <string>

#include "core/state.h"

namespace gantry::testing {

// The first difference, "somewhere" if it is in a field that is not looked at here, empty if the
// states are equal.
std::string difference(const core::State& a, const core::State& b);

}  // namespace gantry::testing
