// Secrets: one file each in the secrets directory, 0600 or stricter, its content is the value (one
// line end at its end does not count).
#pragma once

#include <string>

#include "base/result.h"

namespace gantry::runner {

Result<std::string> read_secret(const std::string& secrets_dir, const std::string& name);

}  // namespace gantry::runner
