#include "expr/types.h"

#include <array>

namespace gantry::expr {

namespace {
using K = Value::Kind;
constexpr std::string_view kOptionalType = "optional_type";
constexpr std::array<std::string_view, 11> kSimpleTypes{"int",       "uint",  "double",     "bool",
                                                        "string",    "bytes", "list",       "map",
                                                        "null_type", "type",  kOptionalType};

Value type_value(std::string_view name) { return Value(TypeName{std::string(name)}); }
}  // namespace

std::optional<Value> simple_type(std::string_view name) {
  for (const std::string_view known : kSimpleTypes)
    if (known == name) return type_value(name);
  return std::nullopt;
}

std::optional<Value> dotted_type(const Ast& ast, NodeId target, std::string_view name) {
  if (name != "Timestamp" && name != "Duration") return std::nullopt;
  const Node& middle = ast.nodes[target];
  if (middle.kind != NodeKind::Select || middle.name != "protobuf") return std::nullopt;
  const Node& first = ast.nodes[middle.children[0]];
  if (first.kind != NodeKind::Name || first.name != "google" || middle.children[0] + 1 != target)
    return std::nullopt;
  return type_value(kind_name(name == "Timestamp" ? K::Timestamp : K::Duration));
}

std::string_view type_name(const Value& value) {
  return is_optional(value) ? kOptionalType : kind_name(value.kind());
}

Value type_of(const Value& value) { return type_value(type_name(value)); }

Value some(Value value) { return Value(ValueMap{{type_value(kOptionalType), std::move(value)}}); }

Value none() { return Value(ValueMap{{type_value("none"), Value()}}); }

bool is_optional(const Value& value) {
  return value.is(K::Map) && value.as_map().size() == 1 && value.as_map()[0].first.is(K::Type);
}

const Value* content(const Value& optional) {
  const auto& [mark, value] = optional.as_map()[0];
  return mark.as_type() == kOptionalType ? &value : nullptr;
}

bool is_zero_value(const Value& value) {
  switch (value.kind()) {
    case K::Null: return true;
    case K::Bool: return !value.as_bool();
    case K::Int: return value.as_int() == 0;
    case K::Uint: return value.as_uint() == 0;
    case K::Double: return value.as_double() == 0;
    case K::String: return value.as_string().empty();
    case K::Bytes: return value.as_bytes().empty();
    case K::List: return value.as_list().empty();
    case K::Map: return is_optional(value) ? content(value) == nullptr : value.as_map().empty();
    case K::Timestamp: return value.as_timestamp().us == 0;
    case K::Duration: return value.as_duration().us == 0;
    case K::Type: return false;
  }
  return false;
}

}  // namespace gantry::expr
