// What the fuzz targets of flowcharts and tables share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../spec/fake_files.h"
#include "forms/convert.h"

namespace gantry::forms {

// Loads a text, and converts it: what is written is read back, or refused.
inline int try_form(const std::uint8_t* data, std::size_t size, Form form) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = load(text, form, "flow", "flow", spec::FakeFiles());
  const auto lines =
      2 + std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
  bool has_error = false;
  for (const auto& diagnostic : result.diagnostics) {
    if (diagnostic.line < 1 || diagnostic.column < 1 || diagnostic.line > lines) std::abort();
    has_error = has_error || diagnostic.severity == spec::Severity::Error;
  }
  if (has_error == result.definition.has_value()) std::abort();
  for (const Form to : {Form::Yaml, Form::Mermaid, Form::Csv}) {
    spec::Diagnostics problems("flow");
    if (!convert(text, form, to, problems) && !problems.has_errors()) std::abort();
  }
  return 0;
}

}  // namespace gantry::forms
