// Type names as values, and optional values (cel-spec extension "optional types").
//
// An optional is a Value like any other: a map whose single key is a type, which no real map can
// have. So equality works and base/value.h needs no kind for what only expressions know.
#pragma once

#include <optional>
#include <string_view>

#include "base/value.h"
#include "expr/ast.h"

namespace gantry::expr {

// "int" -> the type int; also optional_type.
std::optional<Value> simple_type(std::string_view name);
// google.protobuf.Timestamp and google.protobuf.Duration, if `target`.`name` spells one.
std::optional<Value> dotted_type(const Ast& ast, NodeId target, std::string_view name);
Value type_of(const Value& value);
std::string_view type_name(const Value& value);  // for messages: "int", "optional_type"

Value some(Value value);
Value none();
bool is_optional(const Value& value);
const Value* content(const Value& optional);  // null pointer if none
bool is_zero_value(const Value& value);       // null, false, 0, "", [], {}, ...

}  // namespace gantry::expr
