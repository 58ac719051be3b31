#include "spec/params.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "base/text.h"
#include "base/utf8.h"
#include "model/states.h"
#include "spec/names.h"

namespace gantry::spec {

using model::Param;
using model::ParamType;

namespace {

constexpr IntRange kAnyInt{std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max()};
constexpr IntRange kAnyLength{0, 1'000'000};

// Types of the design that do not exist yet.
constexpr std::string_view kLaterTypes[] = {"decimal", "datetime", "duration",
                                            "object",  "file",     "person"};

bool is_later_type(std::string_view name) {
  return std::find(std::begin(kLaterTypes), std::end(kLaterTypes), name) != std::end(kLaterTypes);
}

// One declaration.
class ParamReader {
 public:
  ParamReader(const Source& source, const Node& map, Draft& draft, Param& param)
      : source_(source), fields_(source, map), draft_(draft), param_(param) {}

  void read() {
    const bool typed = read_type("type", param_.type);
    param_.title = fields_.plain_text("title").value_or("");
    param_.help = fields_.plain_text("help").value_or("");
    param_.required = fields_.flag("required").value_or(false);
    if (!typed) return;  // the rest depends on it
    read_items();
    read_values();
    read_bounds();
    read_default();
  }

 private:
  void misplaced(std::string_view key, std::string_view why) {
    if (fields_.has(key))
      source_.problems.add(MisplacedKey, fields_.key_place(key), fmt::format("'{}' {}", key, why));
  }

  bool read_type(std::string_view key, ParamType& type) {
    const Node* node = fields_.find(key);
    if (node == nullptr) return !fields_.has(key);
    const auto name = read_text(source_, *node, key);
    if (!name) return false;
    if (const auto found = model::param_type_of(*name)) {
      type = *found;
      return true;
    }
    if (is_later_type(*name)) {
      source_.problems.add(NotAvailable, node->place,
                           fmt::format("the type '{}' is not available in this version", *name));
      return false;
    }
    source_.problems.add(
        BadValue, node->place,
        fmt::format("there is no type '{}'; there are string, int, bool, date, enum, list", *name),
        source_.problems.suggest(*name, {"string", "int", "bool", "date", "enum", "list"}));
    return false;
  }

  void read_items() {
    if (param_.type != ParamType::List) return misplaced("items", "belongs to type: list");
    if (!read_type("items", param_.items)) return;
    if (param_.items == ParamType::List || param_.items == ParamType::Enum)
      source_.problems.add(BadValue, fields_.find("items")->place,
                           "the items of a list are string, int, bool or date");
  }

  void read_values() {
    if (param_.type != ParamType::Enum) return misplaced("values", "belongs to type: enum");
    std::set<std::string_view> seen;
    for (const Node* node : fields_.texts("values")) {
      if (!seen.insert(node->text).second)
        source_.problems.add(DuplicateName, node->place,
                             fmt::format("the value '{}' stands here twice", node->text));
      else if (!refuse_expression(source_, *node, "values"))
        param_.values.push_back(node->text);
    }
    if (!fields_.has("values"))
      source_.problems.add(MissingKey, fields_.key_place("type"), "an enum needs `values`");
    else if (const Node* list = fields_.raw("values");
             list->kind == NodeKind::List && list->children.empty())
      source_.problems.add(BadValue, list->place, "'values' is empty");
  }

  void read_bounds() {
    if (param_.type == ParamType::Bool || param_.type == ParamType::Enum) {
      misplaced("min", "does not belong to this type");
      return misplaced("max", "does not belong to this type");
    }
    if (param_.type == ParamType::Date) return read_date_bounds();
    const IntRange range = param_.type == ParamType::Int ? kAnyInt : kAnyLength;
    param_.min = fields_.whole("min", range);
    param_.max = fields_.whole("max", range);
    check_order(param_.min && param_.max && *param_.min > *param_.max);
  }

  void read_date_bounds() {
    if (const Node* node = fields_.find("min")) param_.date_min = read_date(source_, *node, "min");
    if (const Node* node = fields_.find("max")) param_.date_max = read_date(source_, *node, "max");
    check_order(param_.date_min && param_.date_max && *param_.date_min > *param_.date_max);
  }

  void check_order(bool reversed) {
    if (reversed)
      source_.problems.add(BadValue, fields_.find("max")->place, "'max' is below 'min'");
  }

  void read_default() {
    const Node* node = fields_.find("default");
    if (node == nullptr) return;
    if (param_.required)
      source_.problems.add(MisplacedKey, fields_.key_place("required"),
                           "'required' has no effect beside 'default'; remove one of them");
    if (node->kind == NodeKind::String && node->text.find("${{") != std::string::npos) {
      draft_.add_text(*node, ScopeKind::ParamDefault,
                      static_cast<std::uint32_t>(draft_.workflow.params.size()));
      param_.fallback = Value(node->text);
      return;
    }
    param_.fallback = read_param_value(source_, param_, *node, "default");
  }

  const Source& source_;
  Fields fields_;
  Draft& draft_;
  Param& param_;
};

std::optional<Value> read_typed(const Source& source, const Param& param, ParamType type,
                                const Node& node, std::string_view key);

std::optional<Value> read_list(const Source& source, const Param& param, const Node& node,
                               std::string_view key) {
  if (node.kind != NodeKind::List) {
    source.problems.add(WrongType, node.place,
                        fmt::format("'{}' is a list, not {}", key, kind_name(node.kind)));
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
                      fmt::format("'{}': '{}' is none of {}", key, *text, join(param.values, ", ")),
                      source.problems.suggest(*text, {param.values.begin(), param.values.end()}));
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
    case ParamType::String: return as_value(read_text(source, node, key));
    case ParamType::Int: return as_value(read_int(source, node, key));
    case ParamType::Date: return as_value(read_date(source, node, key));
    case ParamType::Enum: return read_choice(source, param, node, key);
    case ParamType::List: return read_list(source, param, node, key);
    case ParamType::Bool: break;
  }
  if (node.kind == NodeKind::Bool) return Value(node.text[0] == 't' || node.text[0] == 'T');
  source.problems.add(
      WrongType, node.place,
      fmt::format("'{}' is true or false, not {}", key,
                  node.is_scalar() ? "'" + node.text + "'" : std::string(kind_name(node.kind))));
  return std::nullopt;
}

// What min and max measure: the value of an int, else the length.
std::int64_t measure(const Value& value) {
  if (value.is(Value::Kind::Int)) return value.as_int();
  if (value.is(Value::Kind::List)) return static_cast<std::int64_t>(value.as_list().size());
  if (value.is(Value::Kind::String))
    return static_cast<std::int64_t>(count_code_points(value.as_string()));
  return 0;
}

bool check_bounds(const Source& source, const Param& param, const Node& node, const Value& value,
                  std::string_view key) {
  std::string fault;
  const std::string_view what = param.type == ParamType::Int ? "" : "the length ";
  const std::int64_t size = measure(value);
  if (param.min && size < *param.min)
    fault = fmt::format("{}{} is below the minimum of {}", what, size, *param.min);
  if (param.max && size > *param.max)
    fault = fmt::format("{}{} is above the maximum of {}", what, size, *param.max);
  if (param.date_min && value.as_string() < *param.date_min)
    fault = fmt::format("{} is before {}", value.as_string(), *param.date_min);
  if (param.date_max && value.as_string() > *param.date_max)
    fault = fmt::format("{} is after {}", value.as_string(), *param.date_max);
  if (fault.empty()) return true;
  source.problems.add(OutOfRange, node.place, fmt::format("'{}': {}", key, fault));
  return false;
}

}  // namespace

std::optional<Value> read_param_value(const Source& source, const Param& param, const Node& node,
                                      std::string_view key) {
  auto value = read_typed(source, param, param.type, node, key);
  if (!value || !check_bounds(source, param, node, *value, key)) return std::nullopt;
  return value;
}

void read_params(const Source& source, const Node& map, Draft& draft) {
  std::map<std::string, std::string_view> variables;
  for (std::size_t i = 0; i < map.children.size(); i += 2) {
    const Node& key = source.tree.at(map.children[i]);
    const Node& value = source.tree.at(map.children[i + 1]);
    if (!key.is_scalar()) continue;
    if (const auto fault = fault_of_id(key.text)) source.problems.add(BadName, key.place, *fault);
    const auto [other, fresh] = variables.emplace(model::param_variable(key.text), key.text);
    if (!fresh && other->second != key.text)
      source.problems.add(DuplicateName, key.place,
                          fmt::format("the params '{}' and '{}' would both be the variable {}",
                                      other->second, key.text, other->first));
    Param param;
    param.name = key.text;
    if (value.kind == NodeKind::Map) {
      check_keys(source, value, kParamKeys);
      ParamReader(source, value, draft, param).read();
    } else {
      source.problems.add(
          WrongType, value.kind == NodeKind::Null ? key.place : value.place,
          fmt::format("the param '{}' is a map such as {{type: string}}", key.text));
    }
    draft.workflow.params.push_back(std::move(param));
  }
}

}  // namespace gantry::spec
