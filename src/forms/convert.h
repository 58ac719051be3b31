// From one form to another. The result is read again: it means what the source means, or there is
// an error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "forms/forms.h"

namespace gantry::forms {

struct Conversion {
  std::string text;
  int lost_comments = 0;  // of the source; no other form has a place for them
  int first_comment_line = 0;
};

// Nothing: `problems` has errors of the source, or says where the result would differ.
std::optional<Conversion> convert(std::string_view bytes, Form from, Form to,
                                  spec::Diagnostics& problems);

}  // namespace gantry::forms
