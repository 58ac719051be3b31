#include "api/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/explain.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"

namespace gantry::api {

namespace {

using K = Value::Kind;

Error bad(const Field& field, const Error& why) {
  return {Code::InvalidArgument, fmt::format("'{}': {}", field.name, why.message),
          fmt::format("“{}”：{}", field.name, message_in(why, Lang::Zh))};
}

// What a value must be, as a whole sentence.
Error bad(const Field& field, const Text& why) {
  return bad(field, Error{Code::InvalidArgument, std::string(why.en), std::string(why.zh)});
}

std::string shown(std::string_view text) { return fit_width(repair_utf8(text), 60); }

constexpr Text kParameter{"query parameter", "查询参数"};
constexpr Text kMember{"member", "成员"};

Error wrong_name(Text what, std::string_view name, Text end, const std::string& others) {
  const auto sentence = [&](std::string_view unknown, Lang lang) {
    return fmt::format("{}{} '{}'{}{}", unknown, what.in(lang), shown(name), end.in(lang), others);
  };
  return {Code::InvalidArgument, sentence("unknown ", Lang::En), sentence("未知的", Lang::Zh)};
}

Error unknown(Text what, std::string_view name, const std::vector<Field>& fields) {
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  const std::string hint = nearest(name, names);
  if (!hint.empty()) return with_hint(wrong_name(what, name, {}, ""), hint);
  if (names.empty()) return wrong_name(what, name, {": none is taken here", "：此处不接受"}, "");
  return wrong_name(what, name, {"; known: ", "；可用："},
                    fmt::format("{}", fmt::join(names, ", ")));
}

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields)
    if (field.name == name) return &field;
  return nullptr;
}

Result<Value> check_integer(const Field& field, std::int64_t number) {
  if (number < field.min || number > field.max)
    return bad(field, refuse({"{} is not in {} to {}", "{} 不在 {} 到 {} 之间"}, number, field.min,
                             field.max));
  return Value(number);
}

Result<Value> integer_of(const Field& field, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.begin(), text.end(), number);
  if (failure != std::errc() || end != text.end())
    return bad(field, refuse({"'{}' is not a whole number", "“{}”不是整数"}, shown(text)));
  return check_integer(field, number);
}

Result<Value> boolean_of(const Field& field, std::string_view text) {
  if (text.empty() || text == "1" || text == "true") return Value(true);
  if (text == "0" || text == "false") return Value(false);
  return bad(field, refuse({"'{}' is neither true nor false", "“{}”既不是 true 也不是 false"},
                           shown(text)));
}

Result<Value> time_of(const Field& field, std::string_view text) {
  auto instant = parse_instant(text);
  if (!instant.ok()) return bad(field, instant.error());
  return Value(*instant);
}

// Stays a text.
Result<Value> date_of(const Field& field, std::string_view text) {
  const auto date = parse_date(text);
  if (!date.ok()) return bad(field, date.error());
  return Value(text);
}

Result<Value> duration_of(const Field& field, std::string_view text) {
  auto duration = parse_duration(text);
  if (!duration.ok()) return bad(field, duration.error());
  if (duration->us < field.min || duration->us > field.max)
    return bad(field, refuse({"{} is not in {} to {}", "{} 不在 {} 到 {} 之间"},
                             format_duration(*duration), format_duration({field.min}),
                             format_duration({field.max})));
  return Value(*duration);
}

Result<Value> string_of(const Field& field, std::string_view text) {
  if (!is_utf8(text)) return bad(field, {"it is not UTF-8", "不是 UTF-8"});
  if (text.find('\0') != std::string_view::npos)
    return bad(field, {"it holds a NUL character", "含有 NUL 字符"});
  const auto length = static_cast<std::int64_t>(count_code_points(text));
  if (length < field.min) return bad(field, {"it is empty", "为空"});
  if (length > field.max)
    return bad(field, refuse({"it is longer than {} characters", "长于 {} 个字符"}, field.max));
  return Value(text);
}

Result<Value> choice_of(const Field& field, std::string_view text) {
  if (std::find(field.choices.begin(), field.choices.end(), text) != field.choices.end())
    return Value(text);
  const std::string hint = nearest(text, field.choices);
  return bad(field, with_hint(refuse({"'{}' is none of {}", "“{}”不是 {} 之一"}, shown(text),
                                     fmt::format("{}", fmt::join(field.choices, ", "))),
                              hint));
}

Result<Value> choices_of(const Field& field, std::string_view text) {
  ValueList out;
  for (const std::string_view part : split(text, ',')) {
    TRY(Value choice, choice_of(field, trim(part)));
    out.push_back(std::move(choice));
  }
  return Value(std::move(out));
}

Result<Value> value_of(const Field& field, std::string_view text) {
  switch (field.kind) {
    case FieldKind::String: return string_of(field, text);
    case FieldKind::Integer: return integer_of(field, text);
    case FieldKind::Boolean: return boolean_of(field, text);
    case FieldKind::Time: return time_of(field, text);
    case FieldKind::Date: return date_of(field, text);
    case FieldKind::Duration: return duration_of(field, text);
    case FieldKind::Choice: return choice_of(field, text);
    case FieldKind::Choices: return choices_of(field, text);
    case FieldKind::Strings: {
      TRY(Value one, string_of(field, text));
      return Value(ValueList{std::move(one)});
    }
    case FieldKind::Object:
    case FieldKind::Dates:
    case FieldKind::Integers: break;
  }
  return bad(field, {"it must be a JSON object", "必须是 JSON 对象"});
}

Result<Value> integers_of(const Field& field, const Value& given) {
  if (!given.is(K::List))
    return bad(field, {"it must be a list of whole numbers", "必须是整数列表"});
  const ValueList& all = given.as_list();
  if (all.empty() || all.size() > static_cast<std::size_t>(limits::kPageMax))
    return bad(field,
               refuse({"it must have 1 to {} numbers", "必须有 1 到 {} 个数字"}, limits::kPageMax));
  std::set<std::int64_t> seen;
  for (const Value& one : all) {
    if (!one.is(K::Int))
      return bad(field, {"it must be a list of whole numbers", "必须是整数列表"});
    TRY([[maybe_unused]] const Value number, check_integer(field, one.as_int()));
    if (!seen.insert(one.as_int()).second)
      return bad(field, refuse({"{} stands in it twice", "{} 出现了两次"}, one.as_int()));
  }
  return given;
}

Result<Value> dates_of(const Field& field, const Value& given) {
  const std::size_t count = given.is(K::List) ? given.as_list().size() : 0;
  if (count == 0 || count > static_cast<std::size_t>(field.max))
    return bad(
        field,
        refuse({"it must be a list of 1 to {} dates", "必须是含 1 到 {} 个日期的列表"}, field.max));
  for (const Value& one : given.as_list()) {
    if (!one.is(K::String)) return bad(field, {"it must be a list of dates", "必须是日期列表"});
    TRY([[maybe_unused]] const Value date, date_of(field, one.as_string()));
  }
  return given;
}

// A list of texts, as in a query that repeats the parameter.
Result<Value> choices_in(const Field& field, const ValueList& given) {
  ValueList out;
  for (const Value& one : given) {
    if (!one.is(K::String)) return bad(field, {"it must be a list of texts", "必须是文本列表"});
    TRY(Value choice, choice_of(field, one.as_string()));
    out.push_back(std::move(choice));
  }
  if (out.empty()) return bad(field, {"it is an empty list", "列表为空"});
  return Value(std::move(out));
}

Result<Value> member_of(const Field& field, const Value& given) {
  if (field.kind == FieldKind::Integers) return integers_of(field, given);
  if (field.kind == FieldKind::Dates) return dates_of(field, given);
  if (field.kind == FieldKind::Choices && given.is(K::List))
    return choices_in(field, given.as_list());
  if (field.kind == FieldKind::Object)
    return given.is(K::Map) ? Result<Value>(given)
                            : bad(field, {"it must be a JSON object", "必须是 JSON 对象"});
  if (field.kind == FieldKind::Boolean)
    return given.is(K::Bool) ? Result<Value>(given)
                             : bad(field, {"it must be true or false", "必须是 true 或 false"});
  if (field.kind == FieldKind::Integer)
    return given.is(K::Int) ? check_integer(field, given.as_int())
                            : bad(field, {"it must be a whole number", "必须是整数"});
  if (!given.is(K::String)) return bad(field, {"it must be a text", "必须是文本"});
  return value_of(field, given.as_string());
}

bool is_several(const Field& field) {
  return field.kind == FieldKind::Choices || field.kind == FieldKind::Strings;
}

// A second value of a parameter that takes several is appended; of any other it is an error.
Status put(Values& out, const Field& field, Value value) {
  const auto found = out.find(field.name);
  if (found != out.end() && !is_several(field))
    return bad(field, {"it is given twice", "给出了两次"});
  if (found != out.end()) {
    ValueList all = found->second.as_list();
    all.insert(all.end(), value.as_list().begin(), value.as_list().end());
    value = Value(std::move(all));
  }
  if (is_several(field) && std::ssize(value.as_list()) > kFieldValuesMax)
    return bad(field, refuse({"more than {} values", "超过 {} 个值"}, kFieldValuesMax));
  out.insert_or_assign(std::string(field.name), std::move(value));
  return ok();
}

Status check_required(const std::vector<Field>& fields, const Values& values, Text what) {
  for (const Field& field : fields)
    if (field.required && !values.contains(field.name))
      return Error{Code::InvalidArgument,
                   fmt::format("the {} '{}' is missing", what.en, field.name),
                   fmt::format("缺少{}“{}”", what.zh, field.name)};
  return ok();
}

}  // namespace

Result<Values> check_query(const std::vector<Field>& fields,
                           const std::vector<std::pair<std::string, std::string>>& query) {
  Values out;
  for (const auto& [name, text] : query) {
    const Field* field = find_field(fields, name);
    if (field == nullptr) return unknown(kParameter, name, fields);
    TRY(Value value, value_of(*field, text));
    TRY_STATUS(put(out, *field, std::move(value)));
  }
  TRY_STATUS(check_required(fields, out, kParameter));
  return out;
}

Result<Values> check_body(const std::vector<Field>& fields, const Value& body) {
  Values out;
  if (!body.is(K::Null) && !body.is(K::Map))
    return refuse({"the body must be a JSON object", "请求体必须是 JSON 对象"});
  if (body.is(K::Map)) {
    for (const auto& [name, given] : body.as_map()) {
      const Field* field = find_field(fields, name.as_string());
      if (field == nullptr) return unknown(kMember, name.as_string(), fields);
      TRY(Value value, member_of(*field, given));
      TRY_STATUS(put(out, *field, std::move(value)));
    }
  }
  TRY_STATUS(check_required(fields, out, kMember));
  return out;
}

const Value* value_in(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

std::string text_in(const Values& values, std::string_view name) {
  const Value* value = value_in(values, name);
  return value == nullptr ? std::string() : value->as_string();
}

bool flag_in(const Values& values, std::string_view name) {
  const Value* value = value_in(values, name);
  return value != nullptr && value->as_bool();
}

std::optional<Instant> instant_in(const Values& values, std::string_view name) {
  const Value* value = value_in(values, name);
  return value == nullptr ? std::nullopt : std::optional(value->as_timestamp());
}

std::optional<CivilDate> date_in(const Values& values, std::string_view name) {
  const Value* value = value_in(values, name);
  if (value == nullptr) return std::nullopt;
  return parse_date(value->as_string()).value();
}

}  // namespace gantry::api
