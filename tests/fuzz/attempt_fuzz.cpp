// libs: gantry_runner
// Attempt files: whatever stands in one, it is read without a crash; a record that is found comes
// back the same when it is written again, and its report is made.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runner/report.h"
#include "shim/protocol.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace shim = gantry::shim;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const shim::AttemptFile file = shim::decode_attempt_file(bytes);
  if (file.header) {
    const auto again = shim::decode_attempt_file(shim::frame(shim::encode(*file.header)));
    require(again.header == file.header);
  }
  // Also payloads without a frame: fuzzers do not find checksums.
  for (const auto& record : {file.record, shim::decode_exit(bytes)}) {
    if (!record) continue;
    const auto again = shim::decode_attempt_file(shim::frame(shim::encode(*record)));
    require(again.record == record);
    const auto report = gantry::runner::report_of(*record);
    require(report.id.value == record->attempt);
    require(report.state != gantry::model::AttemptState::Running);
  }
  if (const auto header = shim::decode_header(bytes))
    require(shim::decode_header(shim::encode(*header)) == header);
  return 0;
}
