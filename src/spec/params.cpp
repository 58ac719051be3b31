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
  void misplaced(std::string_view key, Text why) {
    if (fields_.has(key))
      source_.problems.add(MisplacedKey, fields_.key_place(key),
                           Error{Code::InvalidArgument, fmt::format("'{}' {}", key, why.en),
                                 fmt::format("“{}”{}", key, why.zh)});
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
      source_.problems.add(
          NotAvailable, node->place,
          refuse({"the type '{}' is not available in this version", "此版本还没有类型“{}”"},
                 *name));
      return false;
    }
    source_.problems.add(
        BadValue, node->place,
        refuse({"there is no type '{}'; there are string, int, bool, date, enum, list",
                "没有类型“{}”；可用 string、int、bool、date、enum、list"},
               *name),
        source_.problems.suggest(*name, {"string", "int", "bool", "date", "enum", "list"}));
    return false;
  }

  void read_items() {
    if (param_.type != ParamType::List)
      return misplaced("items", {"belongs to type: list", "只用于 type: list"});
    if (!read_type("items", param_.items)) return;
    if (param_.items == ParamType::List || param_.items == ParamType::Enum)
      source_.problems.add(BadValue, fields_.find("items")->place,
                           refuse({"the items of a list are string, int, bool or date",
                                   "列表元素的类型为 string、int、bool 或 date"}));
  }

  void read_values() {
    if (param_.type != ParamType::Enum)
      return misplaced("values", {"belongs to type: enum", "只用于 type: enum"});
    std::set<std::string_view> seen;
    for (const Node* node : fields_.texts("values")) {
      if (!seen.insert(node->text).second)
        source_.problems.add(
            DuplicateName, node->place,
            refuse({"the value '{}' stands here twice", "值“{}”在这里出现了两次"}, node->text));
      else if (!refuse_expression(source_, *node, "values"))
        param_.values.push_back(node->text);
    }
    if (!fields_.has("values"))
      source_.problems.add(MissingKey, fields_.key_place("type"),
                           refuse({"an enum needs 'values'", "enum 需要 'values'"}));
    else if (const Node* list = fields_.raw("values");
             list->kind == NodeKind::List && list->children.empty())
      source_.problems.add(BadValue, list->place, refuse({"'values' is empty", "'values' 为空"}));
  }

  void read_bounds() {
    if (param_.type == ParamType::Bool || param_.type == ParamType::Enum) {
      misplaced("min", {"does not belong to this type", "不适用于此类型"});
      return misplaced("max", {"does not belong to this type", "不适用于此类型"});
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
      source_.problems.add(BadValue, fields_.find("max")->place,
                           refuse({"'max' is below 'min'", "'max' 小于 'min'"}));
  }

  void read_default() {
    const Node* node = fields_.find("default");
    if (node == nullptr) return;
    if (param_.required)
      source_.problems.add(MisplacedKey, fields_.key_place("required"),
                           refuse({"'required' has no effect beside 'default'; remove one of them",
                                   "有 'default' 时 'required' 不起作用；请删去其一"}));
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
  report_type(source, node, key, {"true or false", "true 或 false"});
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

std::optional<Error> fault_of_bounds(const Param& param, const Value& value, std::string_view key) {
  const bool is_length = param.type != ParamType::Int;
  const std::int64_t size = measure(value);
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
  if (param.date_min && value.as_string() < *param.date_min)
    return refuse({"'{}': {} is before {}", "“{}”：{} 早于 {}"}, key, value.as_string(),
                  *param.date_min);
  if (param.date_max && value.as_string() > *param.date_max)
    return refuse({"'{}': {} is after {}", "“{}”：{} 晚于 {}"}, key, value.as_string(),
                  *param.date_max);
  return std::nullopt;
}

}  // namespace

std::optional<Value> read_param_value(const Source& source, const Param& param, const Node& node,
                                      std::string_view key) {
  auto value = read_typed(source, param, param.type, node, key);
  if (!value) return std::nullopt;
  const auto fault = fault_of_bounds(param, *value, key);
  if (!fault) return value;
  source.problems.add(OutOfRange, node.place, *fault);
  return std::nullopt;
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
                          refuse({"the params '{}' and '{}' would both be the variable {}",
                                  "参数“{}”和“{}”会对应同一个变量 {}"},
                                 other->second, key.text, other->first));
    Param param;
    param.name = key.text;
    if (value.kind == NodeKind::Map) {
      check_keys(source, value, kParamKeys);
      ParamReader(source, value, draft, param).read();
    } else {
      source.problems.add(WrongType, value.kind == NodeKind::Null ? key.place : value.place,
                          refuse({"the param '{}' is a map such as {{type: string}}",
                                  "参数“{}”应为映射，例如 {{type: string}}"},
                                 key.text));
    }
    draft.workflow.params.push_back(std::move(param));
  }
}

}  // namespace gantry::spec
