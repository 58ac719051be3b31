// Values of params as a file writes them: defaults, and the params of triggers.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/pattern.h"
#include "model/param_types.h"
#include "spec/params.h"

namespace gantry::spec {

using model::Param;
using model::ParamType;

namespace {

std::optional<Value> read_typed(const Source& source, const Param& param, ParamType type,
                                const Node& node, std::string_view key);

std::optional<Value> read_list(const Source& source, const Param& param, const Node& node,
                               std::string_view key) {
  if (node.kind != NodeKind::List) {
    report_type(source, node, key, {"a list", "列表"});
    return std::nullopt;
  }
  ValueList items;
  for (const NodeId id : node.children) {
    auto item = read_typed(source, param, param.items, source.tree.at(id), key);
    if (!item) return std::nullopt;
    items.push_back(std::move(*item));
  }
  return Value(std::move(items));
}

std::optional<Value> read_choice(const Source& source, const Param& param, const Node& node,
                                 std::string_view key) {
  const auto text = read_text(source, node, key);
  if (!text) return std::nullopt;
  if (std::find(param.values.begin(), param.values.end(), *text) != param.values.end())
    return Value(*text);
  if (param.values.empty()) return std::nullopt;  // reported with `values`
  source.problems.add(BadValue, node.place,
                      refuse({"'{}': '{}' is none of {}", "“{}”：“{}”不在 {} 之中"}, key, *text,
                             join(param.values, ", ")),
                      source.problems.suggest(*text, {param.values.begin(), param.values.end()}));
  return std::nullopt;
}

std::optional<Value> read_object(const Source& source, const Node& node, std::string_view key) {
  if (node.kind == NodeKind::Map) return read_json(source, node, key);
  report_type(source, node, key, {"a map", "映射"});
  return std::nullopt;
}

template <typename T>
std::optional<Value> as_value(std::optional<T> value) {
  if (!value) return std::nullopt;
  return Value(std::move(*value));
}

std::optional<Value> read_typed(const Source& source, const Param& param, ParamType type,
                                const Node& node, std::string_view key) {
  switch (type) {
    case ParamType::String:
    case ParamType::Person: return as_value(read_text(source, node, key));
    case ParamType::Int: return as_value(read_int(source, node, key));
    case ParamType::Date: return as_value(read_date(source, node, key));
    case ParamType::Enum: return read_choice(source, param, node, key);
    case ParamType::List: return read_list(source, param, node, key);
    case ParamType::Object: return read_object(source, node, key);
    case ParamType::Decimal:
    case ParamType::Datetime:
    case ParamType::Duration: return read_end_value(source, type, node, key);
    case ParamType::Bool: break;
  }
  if (node.kind == NodeKind::Bool) return Value(node.text[0] == 't' || node.text[0] == 'T');
  report_type(source, node, key, {"true or false", "true 或 false"});
  return std::nullopt;
}

std::optional<Error> fault_of_size(const Param& param, std::int64_t size, std::string_view key) {
  const bool is_length = param.type != ParamType::Int;
  if (param.min && size < *param.min)
    return is_length ? refuse({"'{}': the length {} is below the minimum of {}",
                               "“{}”：长度 {} 小于最小值 {}"},
                              key, size, *param.min)
                     : refuse({"'{}': {} is below the minimum of {}", "“{}”：{} 小于最小值 {}"},
                              key, size, *param.min);
  if (param.max && size > *param.max)
    return is_length ? refuse({"'{}': the length {} is above the maximum of {}",
                               "“{}”：长度 {} 大于最大值 {}"},
                              key, size, *param.max)
                     : refuse({"'{}': {} is above the maximum of {}", "“{}”：{} 大于最大值 {}"},
                              key, size, *param.max);
  return std::nullopt;
}

// What min and max measure: the value of an int, else the length.
std::int64_t measure(const Value& value) {
  if (value.is(Value::Kind::Int)) return value.as_int();
  if (value.is(Value::Kind::List)) return static_cast<std::int64_t>(value.as_list().size());
  if (value.is(Value::Kind::Map)) return static_cast<std::int64_t>(value.as_map().size());
  if (value.is(Value::Kind::String))
    return static_cast<std::int64_t>(count_code_points(value.as_string()));
  return 0;
}

std::optional<Error> fault_of_bounds(const Param& param, const Value& value, std::string_view key) {
  if (auto fault = fault_of_size(param, measure(value), key)) return fault;
  if (!param.pattern.empty() && !expr::matches_whole(param.pattern, value.as_string()))
    return refuse({"'{}': '{}' does not match the pattern {}", "“{}”：“{}”不匹配模式 {}"}, key,
                  value.as_string(), param.pattern);
  if (const auto fault = model::check_ends(param, value); !fault.ok())
    return within({fmt::format("'{}'", key), fmt::format("“{}”", key)}, fault.error());
  return std::nullopt;
}

}  // namespace

std::optional<Value> read_end_value(const Source& source, ParamType type, const Node& node,
                                    std::string_view key) {
  if (type == ParamType::Date) return as_value(read_date(source, node, key));
  const auto text = read_text(source, node, key);
  if (!text) return std::nullopt;
  auto value = model::read_param_text(type, *text);
  if (value.ok()) return *std::move(value);
  source.problems.add(BadValue, node.place,
                      within({fmt::format("'{}'", key), fmt::format("“{}”", key)}, value.error()));
  return std::nullopt;
}

std::optional<Value> read_param_value(const Source& source, const Param& param, const Node& node,
                                      std::string_view key) {
  auto value = read_typed(source, param, param.type, node, key);
  if (!value) return std::nullopt;
  const auto fault = fault_of_bounds(param, *value, key);
  if (!fault) return value;
  source.problems.add(OutOfRange, node.place, *fault);
  return std::nullopt;
}

}  // namespace gantry::spec
