#include "spec/params.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "base/text.h"
#include "expr/pattern.h"
#include "model/param_types.h"
#include "model/states.h"
#include "spec/names.h"

namespace gantry::spec {

using model::Param;
using model::ParamType;

namespace {

constexpr IntRange kAnyInt{std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max()};
constexpr IntRange kAnyLength{0, 1'000'000};

// A type of the design that does not exist yet.
constexpr std::string_view kLaterType = "file";

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (int i = 0; i < model::kParamTypeCount; ++i)
    names.push_back(model::name_of(static_cast<ParamType>(i)));
  return names;
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
    read_pattern();
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
    if (*name == kLaterType) {
      source_.problems.add(
          NotAvailable, node->place,
          refuse({"the type '{}' is not available in this version", "此版本还没有类型“{}”"},
                 *name));
      return false;
    }
    source_.problems.add(BadValue, node->place,
                         refuse({"there is no type '{}'; there are {}", "没有类型“{}”；可用 {}"},
                                *name, fmt::format("{}", fmt::join(type_names(), ", "))),
                         source_.problems.suggest(*name, type_names()));
    return false;
  }

  void read_items() {
    if (param_.type != ParamType::List)
      return misplaced("items", {"belongs to type: list", "只用于 type: list"});
    if (!read_type("items", param_.items)) return;
    if (!model::is_item_type(param_.items))
      source_.problems.add(
          BadValue, fields_.find("items")->place,
          refuse({"the items of a list can not be of type '{}'", "列表元素的类型不能是“{}”"},
                 name_of(param_.items)));
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
    const bool is_bounded = param_.type != ParamType::Bool && param_.type != ParamType::Enum &&
                            param_.type != ParamType::Person;
    if (!is_bounded) {
      misplaced("min", {"does not belong to this type", "不适用于此类型"});
      return misplaced("max", {"does not belong to this type", "不适用于此类型"});
    }
    if (model::has_ends(param_.type)) return read_ends();
    const IntRange range = param_.type == ParamType::Int ? kAnyInt : kAnyLength;
    param_.min = fields_.whole("min", range);
    param_.max = fields_.whole("max", range);
    check_order(param_.min && param_.max && *param_.min > *param_.max);
  }

  void read_ends() {
    param_.low = read_end("min");
    param_.high = read_end("max");
    if (!param_.low || !param_.high) return;
    const auto low = model::read_param_text(param_.type, *param_.low);
    const auto high = model::read_param_text(param_.type, *param_.high);
    check_order(model::compare_param_values(param_.type, *low, *high) > 0);
  }

  std::optional<std::string> read_end(std::string_view key) {
    const Node* node = fields_.find(key);
    if (node == nullptr) return std::nullopt;
    if (!read_end_value(source_, param_.type, *node, key)) return std::nullopt;
    return node->text;
  }

  void read_pattern() {
    if (param_.type != ParamType::String)
      return misplaced("pattern", {"belongs to type: string", "只用于 type: string"});
    const auto pattern = fields_.plain_text("pattern");
    if (!pattern) return;
    if (const auto good = expr::check_pattern(*pattern); !good.ok())
      return source_.problems.add(BadValue, fields_.find("pattern")->place, good.error());
    param_.pattern = *pattern;
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

}  // namespace

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
