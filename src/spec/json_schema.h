// The workflow file as a JSON Schema (2020-12), for editors: made from the rows of keys.h. It
// accepts every file that the reader accepts; what it can not say (names, cycles, expressions,
// files) is left to `gantry lint`.
#pragma once

#include <string>

#include "base/text.h"

namespace gantry::spec {

std::string json_schema(Lang lang);  // descriptions in this language; one line

}  // namespace gantry::spec
