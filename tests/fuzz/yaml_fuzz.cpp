// libs: gantry_spec
// Workflow files: whatever the bytes, loading ends, reports a place inside the text, and gives a
// definition exactly if it reports no error.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../spec/fake_files.h"
#include "spec/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = gantry::spec::load(text, "flow", "flow.yaml", gantry::spec::FakeFiles());
  bool has_error = false;
  const auto lines =
      2 + std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
  for (const auto& diagnostic : result.diagnostics) {
    if (diagnostic.line < 1 || diagnostic.column < 1 || diagnostic.line > lines) std::abort();
    has_error = has_error || diagnostic.severity == gantry::spec::Severity::Error;
  }
  if (has_error == result.definition.has_value()) std::abort();
  return 0;
}
