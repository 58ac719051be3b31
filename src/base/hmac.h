// Keyed hashes, by libsodium.
#pragma once

#include <string>
#include <string_view>

namespace gantry {

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);  // RFC 2104

}  // namespace gantry
