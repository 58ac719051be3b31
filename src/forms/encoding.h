// The encodings in which spreadsheets save text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::forms {

// The UTF-8 of a GB18030 text. Strict: what does not come back as the same bytes is refused.
// `at_bytes`, if given, becomes the place of the first bad byte. Unavailable: the machine's C
// library has no tables for it.
Result<std::string> from_gb18030(std::string_view bytes, std::size_t* at_bytes = nullptr);
// The other way, for tests and exports.
Result<std::string> to_gb18030(std::string_view utf8);

}  // namespace gantry::forms
