// Base64, RFC 4648 section 4 (standard alphabet, padded).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry {

std::string base64_encode(std::string_view bytes);
Result<std::string> base64_decode(std::string_view text);

}  // namespace gantry
