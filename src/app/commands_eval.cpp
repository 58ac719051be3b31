// eval: an expression and what it gives, to try one out; or a line of JSON after the other, for
// programs.
#include <fmt/format.h>

#include <iostream>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "expr/evaluate.h"
#include "expr/tagged.h"
#include "schedule/zone.h"

namespace gantry::app {

namespace {

class GivenScope final : public expr::ContainerScope {
 public:
  using ContainerScope::ContainerScope;
  std::optional<Duration> zone_offset(std::string_view zone, Instant at) const override {
    return schedule::offset_of(zone, at);
  }
};

Result<Value> value_of(const std::string& text, const expr::Scope& scope) {
  TRY(const expr::Expression expression, expr::parse(text));
  return expr::evaluate(expression, scope);
}

Result<GivenScope> scope_of(const EvalOptions& options) {
  GivenScope scope;
  TRY(ValueMap params, parse_params(options.params));
  if (!params.empty()) scope.set("params", Value(std::move(params)));
  if (options.data.empty()) return scope;
  TRY(const std::string text, read_file(options.data));
  TRY(const Value data, parse_json(text));
  if (!data.is(Value::Kind::Map))
    return refuse({"{} holds no JSON object: its members are the names that the expression sees",
                   "{} 不是 JSON 对象：其成员即表达式可见的名称"},
                  options.data);
  for (const auto& [name, value] : data.as_map()) scope.set(name.as_string(), value);
  return scope;
}

Result<std::string> text_in(const Value& line, std::string_view name, bool needed) {
  const Value* text = line.find(name);
  if (text == nullptr && !needed) return std::string();
  if (text != nullptr && text->is(Value::Kind::String)) return text->as_string();
  return refuse({"'{}' is no text", "“{}”不是文本"}, name);
}

Result<Value> value_of_line(const std::string& text) {
  TRY(const Value line, parse_json(text));
  TRY(const std::string expression, text_in(line, "expr", true));
  TRY(const std::string container, text_in(line, "container", false));
  GivenScope scope(container);
  const Value* bindings = line.find("bindings");
  for (const auto& [name, tagged] :
       bindings == nullptr || !bindings->is(Value::Kind::Map) ? ValueMap() : bindings->as_map()) {
    TRY(Value value, expr::read_tagged(tagged));
    scope.set(name.as_string(), std::move(value));
  }
  return value_of(expression, scope);
}

// A line for a line, whatever is in it.
int eval_lines() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto value = value_of_line(line);
    JsonWriter w;
    w.object();
    if (value.ok())
      w.key("value").raw(expr::to_tagged(*value));
    else
      w.field("error", value.error().message);
    w.end();
    fmt::print("{}\n", w.text());
  }
  return kSucceeded;
}

void print_value(const Context& context, const Value& value) {
  const bool is_text = value.is(Value::Kind::String) && !context.json;
  fmt::print("{}\n", is_text ? value.as_string() : to_json(value));
}
}  // namespace

int eval(const Context& context, const EvalOptions& options) {
  if (options.jsonl == !options.expression.empty())
    return complain(refuse({"give an expression, or --jsonl and lines on standard input",
                            "请给出表达式，或使用 --jsonl 并在标准输入给出各行"}));
  if (options.jsonl) return eval_lines();
  const auto scope = scope_of(options);
  if (!scope.ok()) return complain(scope.error());
  const auto value = value_of(options.expression, *scope);
  if (!value.ok()) {
    complain(value.error());
    return kInvalid;
  }
  print_value(context, *value);
  return kSucceeded;
}

}  // namespace gantry::app
