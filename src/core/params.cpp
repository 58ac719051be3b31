#include "core/params.h"

#include <fmt/format.h>

#include <charconv>

#include "base/explain.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/scope.h"
#include "expr/pattern.h"
#include "expr/template.h"
#include "model/param_types.h"

namespace gantry::core {

using model::Param;
using model::ParamType;
using K = Value::Kind;

namespace {

Error bad(const Param& param, const Error& why) {
  return {Code::InvalidArgument, fmt::format("param '{}': {}", param.name, why.message),
          fmt::format("参数“{}”：{}", param.name, message_in(why, Lang::Zh)), "bad-param"};
}

Result<Value> to_int(const Param& param, const Value& given) {
  if (given.is(K::Int)) return given;
  if (!given.is(K::String))
    return bad(param, refuse({"{} is not a whole number", "{} 不是整数"}, to_text(given)));
  const std::string& text = given.as_string();
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size())
    return bad(param, refuse({"'{}' is not a whole number", "“{}”不是整数"}, text));
  return Value(number);
}

Result<Value> to_bool(const Param& param, const Value& given) {
  if (given.is(K::Bool)) return given;
  if (given.is(K::String) && given.as_string() == "true") return Value(true);
  if (given.is(K::String) && given.as_string() == "false") return Value(false);
  return bad(param, refuse({"'{}' is neither true nor false", "“{}”既不是 true 也不是 false"},
                           to_text(given)));
}

Result<Value> to_string_value(const Param& param, const Value& given) {
  if (given.is(K::List) || given.is(K::Map) || given.is(K::Null))
    return bad(param, refuse({"a text is expected", "应为文本"}));
  return Value(to_text(given));
}

// Of a type whose values are read from texts (model::has_ends).
Result<Value> to_read(const Param& param, ParamType type, const Value& given) {
  const bool is_there = (type == ParamType::Datetime && given.is(K::Timestamp)) ||
                        (type == ParamType::Duration && given.is(K::Duration));
  if (is_there) return given;
  TRY(Value text, to_string_value(param, given));
  auto value = model::read_param_text(type, text.as_string());
  if (!value.ok()) return bad(param, value.error());
  return value;
}

Result<Value> to_object(const Param& param, const Value& given) {
  if (given.is(K::Map)) return given;
  if (given.is(K::String)) {
    auto parsed = parse_json(given.as_string());
    if (parsed.ok() && parsed->is(K::Map)) return parsed;
  }
  return bad(param, refuse({"a JSON object such as {{\"a\": 1}} is expected",
                            "应为 JSON 对象，例如 {{\"a\": 1}}"}));
}

Result<Value> convert(const Param& param, ParamType type, const Value& given);

Result<Value> to_list(const Param& param, const Value& given) {
  ValueList items;
  if (given.is(K::List)) {
    items = given.as_list();
  } else if (given.is(K::String) && given.as_string().starts_with("[")) {
    auto parsed = parse_json(given.as_string());
    if (!parsed.ok() || !parsed->is(K::List))
      return bad(param, refuse({"its text begins with [ but is no JSON list",
                                "文本以 [ 开头，但不是 JSON 列表"}));
    items = parsed->as_list();
  } else if (given.is(K::String)) {
    if (!given.as_string().empty())
      for (const std::string_view part : split(given.as_string(), ','))
        items.emplace_back(trim(part));
  } else {
    return bad(param, refuse({"a list is expected", "应为列表"}));
  }
  for (Value& item : items) {
    TRY(item, convert(param, param.items, item));
  }
  return Value(std::move(items));
}

Result<Value> convert(const Param& param, ParamType type, const Value& given) {
  switch (type) {
    case ParamType::Int: return to_int(param, given);
    case ParamType::Bool: return to_bool(param, given);
    case ParamType::Date:
    case ParamType::Decimal:
    case ParamType::Datetime:
    case ParamType::Duration: return to_read(param, type, given);
    case ParamType::List: return to_list(param, given);
    case ParamType::Object: return to_object(param, given);
    default: return to_string_value(param, given);
  }
}

Status check_range(const Param& param, std::int64_t measure, Text what) {
  const auto refused = [&](const char* en, const char* zh, std::int64_t bound) {
    return bad(param, {Code::InvalidArgument,
                       fmt::format("{} {} is {} of {}", what.en, measure, en, bound),
                       fmt::format("{} {} {} {}", what.zh, measure, zh, bound)});
  };
  if (param.min && measure < *param.min)
    return refused("below the minimum", "低于下限", *param.min);
  if (param.max && measure > *param.max)
    return refused("above the maximum", "高于上限", *param.max);
  return ok();
}

Status check_text(const Param& param, const std::string& text) {
  TRY_STATUS(check_range(param, static_cast<std::int64_t>(count_code_points(text)),
                         {"the length", "长度"}));
  if (param.pattern.empty() || expr::matches_whole(param.pattern, text)) return ok();
  return bad(param, refuse({"'{}' does not match the pattern {}", "“{}”不匹配模式 {}"}, text,
                           param.pattern));
}

Status check_range_of(const Param& param, const Value& value) {
  const Status fits = model::check_ends(param, value);
  return fits.ok() ? ok() : Status(bad(param, fits.error()));
}

Status check_person(const Param& param, const Value& id, const Surroundings& around) {
  if (around.people && around.people->find(id.as_string()) != nullptr) return ok();
  return bad(param, refuse({"there is no person '{}' in people.yaml", "people.yaml 中没有人员“{}”"},
                           id.as_string()));
}

Status check_people(const Param& param, const Value& value, const Surroundings& around) {
  if (param.type == ParamType::Person) return check_person(param, value, around);
  if (param.type == ParamType::List && param.items == ParamType::Person)
    for (const Value& id : value.as_list()) TRY_STATUS(check_person(param, id, around));
  return ok();
}

Status check_bounds(const Param& param, const Value& value) {
  switch (param.type) {
    case ParamType::Int: return check_range(param, value.as_int(), {"the value", "值"});
    case ParamType::List:
      return check_range(param, static_cast<std::int64_t>(value.as_list().size()),
                         {"the number of items", "项数"});
    case ParamType::String: return check_text(param, value.as_string());
    case ParamType::Date:
    case ParamType::Decimal:
    case ParamType::Datetime:
    case ParamType::Duration: return check_range_of(param, value);
    case ParamType::Object:
      return check_range(param, static_cast<std::int64_t>(value.as_map().size()),
                         {"the number of members", "成员数"});
    case ParamType::Enum:
      for (const std::string& allowed : param.values)
        if (allowed == value.as_string()) return ok();
      return bad(param, refuse({"'{}' is none of: {}", "“{}”不是以下之一：{}"}, value.as_string(),
                               join(param.values, ", ")));
    case ParamType::Bool:
    case ParamType::Person: return ok();
  }
  return ok();
}

Result<Value> default_of(const Param& param, const expr::Scope& scope) {
  if (!param.fallback->is(K::String)) return *param.fallback;
  auto text = expr::parse_template(param.fallback->as_string());
  if (!text.ok()) return bad(param, within({"default", "默认值"}, text.error()));
  auto value = text->evaluate(scope);
  if (!value.ok()) return bad(param, within({"default", "默认值"}, value.error()));
  return value;
}

}  // namespace

Result<Value> param_value(const Param& param, const Value& given, const Surroundings& around) {
  TRY(Value value, convert(param, param.type, given));
  TRY_STATUS(check_bounds(param, value));
  TRY_STATUS(check_people(param, value, around));
  return value;
}

Status check_names(const model::Workflow& workflow, const ValueMap& given) {
  std::vector<std::string_view> names;
  for (const Param& param : workflow.params) names.push_back(param.name);
  for (const auto& [name, value] : given) {
    const std::string& text = name.as_string();
    if (std::find(names.begin(), names.end(), text) != names.end()) continue;
    const std::string hint = nearest(text, names);
    return with_hint(
        about("bad-param", refuse({"workflow '{}' has no param '{}'", "工作流“{}”没有参数“{}”"},
                                  workflow.name, text)),
        hint);
  }
  return ok();
}

Result<ValueMap> complete_params(const model::Workflow& workflow, const ValueMap& given,
                                 const model::RunOrigin& origin, const Surroundings& around) {
  TRY_STATUS(check_names(workflow, given));
  NamedScope scope(around);
  scope.set("run", run_values(origin, {}));
  scope.set("event", *origin.event);
  const Value given_values(given);
  ValueMap out;
  for (const Param& param : workflow.params) {
    Value value;
    if (const Value* own = given_values.find(std::string_view(param.name))) {
      value = *own;
    } else if (param.fallback) {
      TRY(value, default_of(param, scope));
    } else if (param.required) {
      return bad(param, refuse({"it is required and was not given", "必须给出，但没有给出"}));
    } else {
      continue;
    }
    TRY(value, param_value(param, value, around));
    out.emplace_back(param.name, std::move(value));
    scope.set("params", params_in_expressions(workflow, out));
  }
  if (Value(out).size_bytes() > limits::kParamsBytesMax)
    return explain(Code::ResourceExhausted,
                   {"the params are over the limit of {} bytes; hand large values on as files",
                    "参数超过 {} 字节的上限；较大的值请以文件传递"},
                   limits::kParamsBytesMax);
  return out;
}

Value params_in_expressions(const model::Workflow& workflow, const ValueMap& params) {
  return Value(model::values_in_expressions(workflow.params, params));
}

namespace {
Result<std::string> text_of(const Plan& plan, const expr::Template& text, const char* what,
                            const model::RunOrigin& origin, const Surroundings& around) {
  NamedScope scope(around);
  scope.set("run", run_values(origin, {}));
  scope.set("params", params_in_expressions(plan.workflow(), origin.params));
  scope.set("event", *origin.event);
  auto value = text.evaluate(scope);
  if (!value.ok()) return within({what, what}, value.error());
  return to_text(*value);
}
}  // namespace

Result<std::string> title_of(const Plan& plan, const model::RunOrigin& origin,
                             const Surroundings& around) {
  return text_of(plan, plan.title(), "title", origin, around);
}

Result<std::string> concurrency_key_of(const Plan& plan, const model::RunOrigin& origin,
                                       const Surroundings& around) {
  TRY(std::string key, text_of(plan, plan.concurrency_key(), "concurrency.key", origin, around));
  if (key.size() > limits::kConcurrencyKeyBytesMax)
    return refuse({"concurrency.key: the key has {} bytes, more than {}",
                   "concurrency.key：键有 {} 字节，超过 {}"},
                  key.size(), limits::kConcurrencyKeyBytesMax);
  return key;
}

}  // namespace gantry::core
