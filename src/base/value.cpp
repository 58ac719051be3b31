#include "base/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"

namespace gantry {

const Value* Value::find(std::string_view key) const {
  if (!is(Kind::Map)) return nullptr;
  for (const auto& [k, v] : as_map())
    if (k.is(Kind::String) && k.as_string() == key) return &v;
  return nullptr;
}

const Value* Value::find(const Value& key) const {
  if (!is(Kind::Map)) return nullptr;
  for (const auto& [k, v] : as_map())
    if (k == key) return &v;
  return nullptr;
}

std::size_t Value::size_bytes() const {
  std::size_t size = sizeof(Value);
  switch (kind()) {
    case Kind::String: return size + as_string().size();
    case Kind::Bytes: return size + as_bytes().size();
    case Kind::List:
      for (const Value& v : as_list()) size += v.size_bytes();
      return size;
    case Kind::Map:
      for (const auto& [k, v] : as_map()) size += k.size_bytes() + v.size_bytes();
      return size;
    default: return size;
  }
}

namespace {
bool is_number(Value::Kind kind) {
  return kind == Value::Kind::Int || kind == Value::Kind::Uint || kind == Value::Kind::Double;
}

// A double equals an integer only if it is that integer exactly.
bool equals_int(double d, std::int64_t i) {
  return d >= -0x1p63 && d < 0x1p63 && std::trunc(d) == d && static_cast<std::int64_t>(d) == i;
}
bool equals_uint(double d, std::uint64_t u) {
  return d >= 0 && d < 0x1p64 && std::trunc(d) == d && static_cast<std::uint64_t>(d) == u;
}

bool equal_numbers(const Value& a, const Value& b) {
  using K = Value::Kind;
  if (a.kind() > b.kind()) return equal_numbers(b, a);  // Int < Uint < Double
  if (a.is(K::Int) && b.is(K::Int)) return a.as_int() == b.as_int();
  if (a.is(K::Int) && b.is(K::Uint))
    return a.as_int() >= 0 && static_cast<std::uint64_t>(a.as_int()) == b.as_uint();
  if (a.is(K::Int)) return equals_int(b.as_double(), a.as_int());
  if (a.is(K::Uint) && b.is(K::Uint)) return a.as_uint() == b.as_uint();
  if (a.is(K::Uint)) return equals_uint(b.as_double(), a.as_uint());
  return a.as_double() == b.as_double();
}

using Entry = const ValueMap::value_type*;

// The entries in the order of their keys; nothing if a key is not a string.
std::vector<Entry> sorted_entries(const ValueMap& map) {
  std::vector<Entry> entries;
  entries.reserve(map.size());
  for (const auto& entry : map) {
    if (!entry.first.is(Value::Kind::String)) return {};
    entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](Entry x, Entry y) { return x->first.as_string() < y->first.as_string(); });
  return entries;
}

bool equal_maps(const Value& a, const Value& b) {
  if (a.as_map().size() != b.as_map().size()) return false;
  // Maps from JSON may be large, and looking up each key would take quadratic time.
  const auto entries_a = sorted_entries(a.as_map());
  const auto entries_b = sorted_entries(b.as_map());
  if (!entries_a.empty() && !entries_b.empty())
    return std::equal(
        entries_a.begin(), entries_a.end(), entries_b.begin(), entries_b.end(),
        [](Entry x, Entry y) { return x->first == y->first && x->second == y->second; });
  for (const auto& [k, v] : a.as_map()) {
    const Value* other = b.find(k);
    if (other == nullptr || !(v == *other)) return false;
  }
  return true;
}
}  // namespace

bool operator==(const Value& a, const Value& b) {
  using K = Value::Kind;
  if (is_number(a.kind()) && is_number(b.kind())) return equal_numbers(a, b);
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case K::Null: return true;
    case K::Bool: return a.as_bool() == b.as_bool();
    case K::String: return a.as_string() == b.as_string();
    case K::Bytes: return a.as_bytes() == b.as_bytes();
    case K::List: return a.as_list() == b.as_list();
    case K::Map: return equal_maps(a, b);
    case K::Timestamp: return a.as_timestamp() == b.as_timestamp();
    case K::Duration: return a.as_duration() == b.as_duration();
    case K::Type: return a.as_type() == b.as_type();
    default: return false;
  }
}

const char* kind_name(Value::Kind kind) {
  using K = Value::Kind;
  switch (kind) {
    case K::Null: return "null_type";
    case K::Bool: return "bool";
    case K::Int: return "int";
    case K::Uint: return "uint";
    case K::Double: return "double";
    case K::String: return "string";
    case K::Bytes: return "bytes";
    case K::List: return "list";
    case K::Map: return "map";
    case K::Timestamp: return "google.protobuf.Timestamp";
    case K::Duration: return "google.protobuf.Duration";
    case K::Type: return "type";
  }
  return "null_type";
}

namespace {
// As CEL's string(): no point where none is needed.
std::string double_text(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", d);
}
}  // namespace

std::string to_text(const Value& value) {
  using K = Value::Kind;
  switch (value.kind()) {
    case K::Null: return "";
    case K::String: return value.as_string();
    case K::Bytes: return value.as_bytes();
    case K::Timestamp: return format_instant(value.as_timestamp());
    case K::Duration: return format_duration(value.as_duration());
    case K::Type: return value.as_type();
    case K::Double: return double_text(value.as_double());
    default: return to_json(value);
  }
}

}  // namespace gantry
