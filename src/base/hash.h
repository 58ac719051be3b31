// Hashes and random secrets, by libsodium.
#pragma once

#include <string>
#include <string_view>

namespace gantry {

std::string sha256_hex(std::string_view bytes);
std::string random_hex(std::size_t byte_count);  // from the kernel's generator
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace gantry
