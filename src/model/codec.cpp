#include "model/codec.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/base64.h"
#include "base/json.h"

namespace gantry::model {

namespace {
using Kind = Value::Kind;

// A stored value was within its own limits when it was written; these only stop nonsense.
constexpr JsonLimits kStoredLimits{.size_bytes_max = 64u << 20, .depth_max = 512};

void append(std::string& out, const Value& value);

void append_tagged(std::string& out, std::string_view tag, std::string_view json) {
  out += fmt::format("{{\"${}\":{}}}", tag, json);
}

void append_tagged_text(std::string& out, std::string_view tag, std::string_view text) {
  out += fmt::format("{{\"${}\":", tag);
  append_json_string(out, text);
  out += '}';
}

// The JSON parser may round the last bit of a long fraction; such a double travels as a hexadecimal
// text instead.
bool survives_json(const std::string& text, double d) {
  const auto back = parse_json(text);
  return back.ok() && back.value().is(Kind::Double) && back.value().as_double() == d;
}

void append_double(std::string& out, double d) {
  if (std::isfinite(d) && !(d == 0 && std::signbit(d))) {
    std::string text = fmt::format("{}", d);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    if (survives_json(text, d)) {
      out += text;
      return;
    }
  }
  append_tagged_text(out, "double", fmt::format("{:a}", d));
}

void append_list(std::string& out, const ValueList& list) {
  out += '[';
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    append(out, list[i]);
  }
  out += ']';
}

bool is_plain(const ValueMap& map) {
  for (const auto& [key, value] : map)
    if (!key.is(Kind::String)) return false;
  return map.size() != 1 || !map.front().first.as_string().starts_with('$');
}

void append_plain_map(std::string& out, const ValueMap& map) {
  out += '{';
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, map[i].first.as_string());
    out += ':';
    append(out, map[i].second);
  }
  out += '}';
}

void append_map(std::string& out, const ValueMap& map) {
  if (is_plain(map)) return append_plain_map(out, map);
  out += "{\"$map\":[";
  for (std::size_t i = 0; i < map.size(); ++i) {
    out += i > 0 ? ",[" : "[";
    append(out, map[i].first);
    out += ',';
    append(out, map[i].second);
    out += ']';
  }
  out += "]}";
}

void append(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::Null: out += "null"; break;
    case Kind::Bool: out += value.as_bool() ? "true" : "false"; break;
    case Kind::Int: out += fmt::format("{}", value.as_int()); break;
    case Kind::Uint: append_tagged_text(out, "uint", fmt::format("{}", value.as_uint())); break;
    case Kind::Double: append_double(out, value.as_double()); break;
    case Kind::String: append_json_string(out, value.as_string()); break;
    case Kind::Bytes: append_tagged_text(out, "bytes", base64_encode(value.as_bytes())); break;
    case Kind::List: append_list(out, value.as_list()); break;
    case Kind::Map: append_map(out, value.as_map()); break;
    case Kind::Timestamp:
      append_tagged(out, "timestamp", fmt::format("{}", value.as_timestamp().us));
      break;
    case Kind::Duration:
      append_tagged(out, "duration", fmt::format("{}", value.as_duration().us));
      break;
    case Kind::Type: append_tagged_text(out, "type", value.as_type()); break;
  }
}

Error bad(std::string_view what) {
  return error(Code::DataLoss, fmt::format("a stored value is damaged: {}", what));
}

Result<Value> untag(const Value& json);

Result<Value> untag_pairs(const Value& pairs) {
  if (!pairs.is(Kind::List)) return bad("$map without a list");
  ValueMap map;
  for (const Value& pair : pairs.as_list()) {
    if (!pair.is(Kind::List) || pair.as_list().size() != 2) return bad("$map without pairs");
    TRY(Value key, untag(pair.as_list()[0]));
    TRY(Value value, untag(pair.as_list()[1]));
    map.emplace_back(std::move(key), std::move(value));
  }
  return Value(std::move(map));
}

Result<Value> untag_uint(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return bad("$uint " + text);
  return Value(number);
}

Result<Value> untag_double(const std::string& text) {
  if (text.empty()) return bad("$double without digits");
  char* end = nullptr;
  const double d = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return bad("$double " + text);
  return Value(d);
}

Result<Value> untag_text(std::string_view tag, const std::string& text) {
  if (tag == "$uint") return untag_uint(text);
  if (tag == "$double") return untag_double(text);
  if (tag == "$type") return Value(TypeName{text});
  if (tag != "$bytes") return bad(tag);
  TRY(std::string bytes, base64_decode(text));
  return Value(Bytes{std::move(bytes)});
}

Result<Value> untag_one(std::string_view tag, const Value& content) {
  if (tag == "$map") return untag_pairs(content);
  if (tag == "$timestamp" && content.is(Kind::Int)) return Value(Instant{content.as_int()});
  if (tag == "$duration" && content.is(Kind::Int)) return Value(Duration{content.as_int()});
  if (!content.is(Kind::String)) return bad(tag);
  return untag_text(tag, content.as_string());
}

Result<Value> untag_map(const ValueMap& json) {
  if (json.size() == 1 && json.front().first.as_string().starts_with('$'))
    return untag_one(json.front().first.as_string(), json.front().second);
  ValueMap map;
  map.reserve(json.size());
  for (const auto& [key, content] : json) {
    TRY(Value value, untag(content));
    map.emplace_back(key, std::move(value));
  }
  return Value(std::move(map));
}

Result<Value> untag(const Value& json) {
  if (json.is(Kind::Map)) return untag_map(json.as_map());
  if (!json.is(Kind::List)) return json;
  ValueList list;
  list.reserve(json.as_list().size());
  for (const Value& content : json.as_list()) {
    TRY(Value value, untag(content));
    list.push_back(std::move(value));
  }
  return Value(std::move(list));
}
}  // namespace

std::string encode_value(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

Result<Value> decode_value(std::string_view text) {
  auto json = parse_json(text, kStoredLimits);
  if (!json.ok()) return bad(json.error().message);
  return untag(json.value());
}

std::string encode_map(const ValueMap& map) {
  std::string out;
  append_map(out, map);
  return out;
}

Result<ValueMap> decode_map(std::string_view text) {
  TRY(Value value, decode_value(text));
  if (!value.is(Kind::Map)) return bad("not a map");
  return value.as_map();
}

// ---- names ---------------------------------------------------------------------------------

namespace {
constexpr std::array<std::string_view, 6> kActionKinds{"pass",   "run",   "exec",
                                                       "switch", "group", "wait"};
static_assert(static_cast<std::size_t>(ActionKind::Wait) + 1 == kActionKinds.size());

template <typename E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}
}  // namespace

std::string_view name_of(ActionKind kind) { return kActionKinds[static_cast<std::size_t>(kind)]; }
std::optional<ActionKind> action_kind_of(std::string_view name) {
  return find<ActionKind>(kActionKinds, name);
}

}  // namespace gantry::model
