// libs: gantry_forms
// Tables: whatever the bytes, loading ends, and gives a definition exactly if it reports no error.
#include <cstdint>

#include "forms_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return gantry::forms::try_form(data, size, gantry::forms::Form::Csv);
}
