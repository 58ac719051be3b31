#include "expr/tagged.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/explain.h"
#include "base/json.h"

namespace gantry::expr {

namespace {
using Kind = Value::Kind;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr int kHex = 16;

Error no_value(std::string_view kind, const std::string& text) {
  return refuse({"'{}' is no {}", "“{}”不是 {}"}, text, kind);
}

template <typename Number>
Result<Value> number_of(std::string_view kind, const std::string& text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return no_value(kind, text);
  return Value(number);
}

Result<Value> bytes_of(const std::string& text) {
  Bytes bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    unsigned char byte = 0;
    const char* end = text.data() + std::min(at + 2, text.size());
    const auto read = std::from_chars(text.data() + at, end, byte, kHex);
    if (read.ec != std::errc() || read.ptr != text.data() + at + 2) return no_value("bytes", text);
    bytes.data += static_cast<char>(byte);
  }
  return Value(std::move(bytes));
}

// "-123.000000500s"
Result<Value> duration_of(const std::string& text) {
  const bool negative = text.starts_with('-');
  std::string_view rest = std::string_view(text).substr(negative ? 1 : 0);
  if (!rest.ends_with('s')) return no_value("duration", text);
  rest.remove_suffix(1);
  const std::size_t dot = rest.find('.');
  const std::string_view whole = rest.substr(0, dot);
  std::string digits(dot == std::string_view::npos ? "" : rest.substr(dot + 1));
  digits.resize(6, '0');
  const auto seconds = number_of<std::int64_t>("duration", std::string(whole));
  const auto part = number_of<std::int64_t>("duration", digits);
  const bool is_plain = !whole.empty() && whole.front() != '-' && digits.front() != '-';
  if (!seconds.ok() || !part.ok() || !is_plain || seconds->as_int() > INT64_MAX / kSecondUs - 1)
    return no_value("duration", text);
  const std::int64_t us = seconds->as_int() * kSecondUs + part->as_int();
  return Value(Duration{negative ? -us : us});
}

Result<Value> scalar_of(const std::string& kind, const std::string& text) {
  if (kind == "string") return Value(text);
  if (kind == "int") return number_of<std::int64_t>(kind, text);
  if (kind == "uint") return number_of<std::uint64_t>(kind, text);
  if (kind == "double") return number_of<double>(kind, text);
  if (kind == "bytes") return bytes_of(text);
  if (kind == "type") return Value(TypeName{text});
  if (kind == "duration") return duration_of(text);
  if (kind != "timestamp") return refuse({"there is no kind '{}'", "没有类型“{}”"}, kind);
  TRY(const Instant at, parse_instant(text));
  return Value(at);
}

Result<Value> list_of(const ValueList& items) {
  ValueList list;
  for (const Value& item : items) {
    TRY(Value value, read_tagged(item));
    list.push_back(std::move(value));
  }
  return Value(std::move(list));
}

Result<Value> map_of(const ValueList& pairs) {
  ValueMap map;
  for (const Value& pair : pairs) {
    if (!pair.is(Kind::List) || pair.as_list().size() != 2)
      return refuse({"a map has pairs of a key and a value", "映射应由键和值的对组成"});
    TRY(Value key, read_tagged(pair.as_list()[0]));
    TRY(Value value, read_tagged(pair.as_list()[1]));
    map.emplace_back(std::move(key), std::move(value));
  }
  return Value(std::move(map));
}

std::string double_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  return fmt::format("{}", number);
}

std::string hex_text(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

// Without the zeros at the end of a fraction.
std::string without_zeros(std::string text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return text;
  const std::size_t last = text.find_last_not_of('0');
  text.resize(last == dot ? dot : last + 1);
  return text;
}

std::string seconds_text(Duration duration) {
  const bool negative = duration.us < 0;
  const auto us =
      negative ? -static_cast<std::uint64_t>(duration.us) : static_cast<std::uint64_t>(duration.us);
  const std::string digits =
      fmt::format("{}.{:06}", us / std::uint64_t{kSecondUs}, us % std::uint64_t{kSecondUs});
  return (negative ? "-" : "") + without_zeros(digits) + "s";
}

std::string instant_text(Instant at) {
  std::string text = format_instant(at);
  text.pop_back();  // Z
  return without_zeros(std::move(text)) + "Z";
}

void write(JsonWriter& w, const Value& value) {
  w.object();
  switch (value.kind()) {
    case Kind::Null: w.key("null").null(); break;
    case Kind::Bool: w.field("bool", value.as_bool()); break;
    case Kind::Int: w.field("int", fmt::to_string(value.as_int())); break;
    case Kind::Uint: w.field("uint", fmt::to_string(value.as_uint())); break;
    case Kind::Double: w.field("double", double_text(value.as_double())); break;
    case Kind::String: w.field("string", value.as_string()); break;
    case Kind::Bytes: w.field("bytes", hex_text(value.as_bytes())); break;
    case Kind::Timestamp: w.field("timestamp", instant_text(value.as_timestamp())); break;
    case Kind::Duration: w.field("duration", seconds_text(value.as_duration())); break;
    case Kind::Type: w.field("type", value.as_type()); break;
    case Kind::List:
      w.key("list").array();
      for (const Value& item : value.as_list()) write(w, item);
      w.end();
      break;
    case Kind::Map:
      w.key("map").array();
      for (const auto& [key, item] : value.as_map()) {
        w.array();
        write(w, key);
        write(w, item);
        w.end();
      }
      w.end();
      break;
  }
  w.end();
}
}  // namespace

Result<Value> read_tagged(const Value& json) {
  if (!json.is(Kind::Map) || json.as_map().size() != 1 || !json.as_map()[0].first.is(Kind::String))
    return refuse({"a value is an object with its kind as the only name, such as {{\"int\":\"5\"}}",
                   "值应为只有一个名称（其类型）的对象，例如 {{\"int\":\"5\"}}"});
  const auto& [tag, body] = json.as_map()[0];
  const std::string& kind = tag.as_string();
  if (kind == "null" && body.is(Kind::Null)) return Value();
  if (kind == "bool" && body.is(Kind::Bool)) return body;
  if (kind == "list" && body.is(Kind::List)) return list_of(body.as_list());
  if (kind == "map" && body.is(Kind::List)) return map_of(body.as_list());
  if (body.is(Kind::String)) return scalar_of(kind, body.as_string());
  return refuse({"there is no such value of the kind '{}'", "类型“{}”没有这样的值"}, kind);
}

std::string to_tagged(const Value& value) {
  JsonWriter w;
  write(w, value);
  return std::move(w).text();
}

}  // namespace gantry::expr
