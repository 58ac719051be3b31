// libs: gantry_runner
// What comes through the sockets between runner and shim: start requests and messages.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "shim/protocol.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace shim = gantry::shim;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto message = shim::decode_message(bytes))
    require(shim::decode_message(shim::encode(*message)) == message);
  const auto body_size = shim::decode_request_head(bytes.substr(0, shim::kRequestHeadBytes));
  const std::string_view body = body_size && bytes.size() == *body_size + shim::kRequestHeadBytes
                                    ? bytes.substr(shim::kRequestHeadBytes)
                                    : bytes;
  if (const auto request = shim::decode_request(body)) {
    const std::string again = shim::encode(*request);
    const std::string_view head = std::string_view(again).substr(0, shim::kRequestHeadBytes);
    require(shim::decode_request_head(head) == again.size() - shim::kRequestHeadBytes);
    require(shim::decode_request(std::string_view(again).substr(shim::kRequestHeadBytes)) ==
            request);
  }
  return 0;
}
