// libs: gantry_net gantry_base
// Bytes of a connection through the parser the server uses, whole and in pieces: both must see
// the same request, else a proxy before us could be made to see another one than we do.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "net/request_parser.h"

namespace {

using gantry::net::Request;
using gantry::net::RequestParser;
using Progress = RequestParser::Progress;

constexpr std::size_t kBodyBytesMax = 4'096;

struct Outcome {
  Progress progress = Progress::NeedMore;
  std::size_t consumed = 0;
  Request request;
};

Outcome parse(std::string_view bytes, std::size_t step) {
  RequestParser parser(kBodyBytesMax);
  Outcome out;
  std::size_t given = 0;
  while (out.progress == Progress::NeedMore && given < bytes.size()) {
    given = std::min(given + step, bytes.size());
    const auto fed = parser.feed(bytes.substr(out.consumed, given - out.consumed));
    CHECK(fed.consumed <= given - out.consumed);
    out.consumed += fed.consumed;
    out.progress = fed.progress;
  }
  if (out.progress == Progress::Refused) {
    CHECK(parser.refusal().status >= 400 && !parser.refusal().message.empty());
  }
  if (out.progress == Progress::Complete) out.request = parser.take();
  return out;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void check_request(const Request& request) {
  CHECK(!request.method.empty());
  CHECK(request.path.starts_with('/') || request.target == "*");
  CHECK(request.body.size() <= kBodyBytesMax);
  CHECK(is_one_line(request.target));
  for (const auto& [name, value] : request.headers)
    CHECK(!name.empty() && is_one_line(name) && is_one_line(value));
  if (const auto pairs = gantry::net::parse_query(request.query); pairs.ok())
    for (const auto& [name, value] : *pairs)
      CHECK(!name.empty() && value.find('\0') == std::string::npos);
  (void)gantry::net::percent_decode(request.path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 64;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = parse(bytes, std::max<std::size_t>(1, bytes.size()));
  const Outcome pieces = parse(bytes, step);
  CHECK((whole.progress == Progress::Complete) == (pieces.progress == Progress::Complete));
  if (whole.progress != Progress::Complete) return 0;
  CHECK(whole.consumed == pieces.consumed);
  CHECK(whole.request.target == pieces.request.target);
  CHECK(whole.request.headers == pieces.request.headers);
  CHECK(whole.request.body == pieces.request.body);
  check_request(whole.request);
  return 0;
}
