// JSON, base64 and hashes.
#include <array>

#include "base/base64.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "expr/functions.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

// Reading text costs steps by its length.
Status pay(const Call& call, std::size_t bytes) {
  constexpr std::size_t kBytesPerStep = 128;
  return call.meter.spend(static_cast<std::int64_t>(bytes / kBytesPerStep));
}

Result<Value> encode_base64(const Call& call) {
  if (!call.takes({K::Bytes})) return call.no_overload();
  TRY_STATUS(call.meter.room(call[0].as_bytes().size() / 3 * 4));
  return Value(base64_encode(call[0].as_bytes()));
}

// The padding may be left out.
Result<Value> decode_base64(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  TRY_STATUS(pay(call, call[0].as_string().size()));
  TRY_STATUS(call.meter.room(call[0].as_string().size()));
  std::string text = call[0].as_string();
  while (text.size() % 4 != 0) text += '=';
  TRY(std::string bytes, base64_decode(text));
  return Value(Bytes{std::move(bytes)});
}

Result<Value> from_json(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  TRY_STATUS(pay(call, call[0].as_string().size()));
  return parse_json(call[0].as_string());
}

Result<Value> to_json_text(const Call& call) {
  TRY_STATUS(call.meter.fits(call[0]));
  TRY_STATUS(pay(call, size_up_to(call[0], limits::kExpressionResultBytesMax)));
  return Value(to_json(call[0]));
}

Result<Value> sha256(const Call& call) {
  if (!call[0].is(K::String) && !call[0].is(K::Bytes)) return call.no_overload();
  const std::string& data = call[0].is(K::String) ? call[0].as_string() : call[0].as_bytes();
  TRY_STATUS(pay(call, data.size()));
  return Value(sha256_hex(data));
}

constexpr std::array<Function, 5> kFunctions{{
    {"base64.encode", CallStyle::Global, 1, 1, encode_base64},
    {"base64.decode", CallStyle::Global, 1, 1, decode_base64},
    {"fromJson", CallStyle::Global, 1, 1, from_json},
    {"toJson", CallStyle::Global, 1, 1, to_json_text},
    {"sha256", CallStyle::Global, 1, 1, sha256},
}};
}  // namespace

std::span<const Function> encoding_functions() { return kFunctions; }

}  // namespace gantry::expr
