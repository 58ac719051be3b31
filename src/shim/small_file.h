// Small files of the kernel (/proc, cgroups), read and written whole.
#pragma once

#include <string>
#include <string_view>

namespace gantry::shim {

std::string read_small_file(const std::string& path);  // empty if it can not be read
bool write_small_file(const std::string& path, std::string_view text);

}  // namespace gantry::shim
