#include <fmt/format.h>

#include <map>

#include "api/openapi.h"
#include "api/problem.h"
#include "api/routes.h"
#include "base/check.h"
#include "base/json.h"
#include "reference/markdown.h"
#include "reference/pages.h"
#include "reference/words.h"

namespace gantry::reference {

namespace {

using api::Field;
using api::FieldKind;
using api::Route;

std::string codes(const std::vector<std::string>& names, Lang lang) {
  std::vector<std::string> parts;
  for (const std::string& name : names) parts.push_back(code(name));
  return join(parts, Text{", ", "、"}.in(lang));
}

std::string filled(Text text, Lang lang, const auto&... values) {
  return fmt::format(fmt::runtime(text.in(lang)), values...);
}

std::string who_may(const Route& route, Lang lang) {
  switch (*route.policy) {
    case api::Policy::Open: return std::string(Text{"anybody", "任何人"}.in(lang));
    case api::Policy::Signed:
      return std::string(
          Text{"anybody; the request itself shows that it may", "任何人；请求自带凭据"}.in(lang));
    case api::Policy::Token: return std::string(Text{"any valid token", "任何有效令牌"}.in(lang));
    case api::Policy::Role:
      return filled({"a token with the role `{}` or more", "角色不低于 `{}` 的令牌"}, lang,
                    name_of(*route.role));
  }
  CHECK(false);
}

std::string form_of(const Field& field, Lang lang) {
  switch (field.kind) {
    case FieldKind::String:
      return filled({"text, at most {} characters", "文本，最多 {} 个字符"}, lang, field.max);
    case FieldKind::Integer:
      if (field.max == api::kNumberMax)
        return filled({"whole number from {}", "不小于 {} 的整数"}, lang, field.min);
      return filled({"whole number, {} to {}", "整数，{} 到 {}"}, lang, field.min, field.max);
    case FieldKind::Boolean:
      return std::string(Text{"`true` or `false`", "`true` 或 `false`"}.in(lang));
    case FieldKind::Time: return std::string(Text{"time, RFC 3339", "时间，RFC 3339"}.in(lang));
    case FieldKind::Date: return std::string(Text{"date", "日期"}.in(lang));
    case FieldKind::Dates:
      return filled({"list of 1 to {} dates", "1 到 {} 个日期的列表"}, lang, field.max);
    case FieldKind::Duration:
      return filled({"duration, {} to {}", "时长，{} 到 {}"}, lang, format_duration({field.min}),
                    format_duration({field.max}));
    case FieldKind::Choice:
    case FieldKind::Choices: return codes({field.choices.begin(), field.choices.end()}, lang);
    case FieldKind::Strings: return std::string(Text{"text, repeatable", "文本，可重复"}.in(lang));
    case FieldKind::Object: return std::string(Text{"object", "对象"}.in(lang));
    case FieldKind::Integers: return std::string(Text{"list of numbers", "数字列表"}.in(lang));
  }
  CHECK(false);
}

void add_field(Markdown& page, Text where, const Field& field) {
  const Lang lang = page.lang();
  page.item(both(fmt::format("{} {}{}{}{}{}{}", where.in(lang), code(field.name),
                             field.required ? Text{" (needed)", "（必需）"}.in(lang) : "",
                             Text{": ", "："}.in(lang), field.help.in(lang),
                             Text{"; ", "；"}.in(lang), form_of(field, lang))));
}

std::string schema_link(std::string_view name) {
  std::string anchor(name);
  for (char& c : anchor) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return fmt::format("[{}](#{})", name, anchor);
}

std::string answer_of(const Route& route, Lang lang) {
  std::string what;
  if (route.answer_is_html)
    what = Text{"a page for a browser", "给浏览器的页面"}.in(lang);
  else if (!route.answer_is_file.empty())
    what = filled({"a file, `{}`", "文件，`{}`"}, lang, route.answer_is_file);
  else if (route.answer_is_page)
    what = filled({"`items` of {}, and `next_cursor`", "由 {} 组成的 `items`，以及 `next_cursor`"},
                  lang, schema_link(route.answer));
  else if (route.answer_is_events)
    what = filled({"server-sent events of {}", "服务器推送事件，内容为 {}"}, lang,
                  schema_link(route.answer));
  else if (route.answer_is_lines)
    what =
        filled({"a JSON object per line, each a {}; or text", "每行一个 JSON 对象，为 {}；或文本"},
               lang, schema_link(route.answer));
  else
    what = schema_link(route.answer);
  return fmt::format("{}{}{}", route.status, Text{", ", "，"}.in(lang), what);
}

void add_headers(Markdown& page, const Route& route) {
  std::vector<std::string> taken, given;
  if (route.key == api::KeyUse::Always) taken.emplace_back("Idempotency-Key");
  if (route.key == api::KeyUse::Sometimes) taken.emplace_back("Idempotency-Key");
  if (route.has_tag) taken.emplace_back("If-None-Match");
  for (const api::AnswerHeader& header : route.headers) given.emplace_back(header.name);
  if (route.has_tag) given.emplace_back("ETag");
  if (!taken.empty()) page.fact({"Headers of the request", "请求头"}, codes(taken, page.lang()));
  if (!given.empty()) page.fact({"Headers of the answer", "应答头"}, codes(given, page.lang()));
}

std::string refusals(const Route& route) {
  std::vector<std::string> statuses;
  for (const api::Refusal& refusal : api::refusals_of(route))
    if (refusal.status != "default") statuses.emplace_back(refusal.status);
  return join(statuses, ", ");
}

void add_route(Markdown& page, const Route& route) {
  page.heading(3, both(code(fmt::format("{} {}", route.method, route.path))));
  page.sentence(route.summary);
  page.fact({"Who", "权限"}, who_may(route, page.lang()));
  const api::PathPattern pattern(route.path);
  for (const std::string& param : pattern.params())
    page.item(both(fmt::format("{} {}{}{}", Text{"Path", "路径"}.in(page.lang()),
                               code("{" + param + "}"), Text{": ", "："}.in(page.lang()),
                               api::help_of_path_param(param).in(page.lang()))));
  for (const Field& field : route.query) add_field(page, {"Query", "查询"}, field);
  if (route.body_kind == api::BodyKind::Yaml) page.fact({"Body", "请求体"}, "`application/yaml`");
  for (const Field& field : route.body) add_field(page, {"Body", "请求体"}, field);
  add_headers(page, route);
  page.fact({"Answer", "应答"}, answer_of(route, page.lang()));
  page.fact({"Refusals", "拒绝"}, refusals(route));
}

void add_group(Markdown& page, Text title, void (*add)(std::vector<Route>&)) {
  std::vector<Route> routes;
  add(routes);
  page.heading(2, title);
  for (const Route& route : routes) add_route(page, route);
}

// ---- what answers hold

Text type_named(std::string_view name) {
  if (name == "string") return {"text", "文本"};
  if (name == "integer") return {"whole number", "整数"};
  if (name == "number") return {"number", "数字"};
  if (name == "boolean") return {"`true` or `false`", "`true` 或 `false`"};
  if (name == "object") return {"object", "对象"};
  if (name == "array") return {"list", "列表"};
  return {"`null`", "`null`"};
}

std::string shape_of(const Value& schema, Lang lang);

std::string shape_of_type(const Value& schema, const std::string& type, Lang lang) {
  if (const Value* format = schema.find("format"); type == "string" && format != nullptr)
    return std::string(Text{"time", "时间"}.in(lang));
  const Value* items = schema.find("items");
  if (type != "array" || items == nullptr) return std::string(type_named(type).in(lang));
  return filled({"list of {}", "列表，各项为 {}"}, lang, shape_of(*items, lang));
}

std::string shape_of(const Value& schema, Lang lang) {
  if (const Value* reference = schema.find("$ref"))
    return schema_link(reference->as_string().substr(reference->as_string().rfind('/') + 1));
  if (const Value* choices = schema.find("enum")) {
    std::vector<std::string> names;
    for (const Value& choice : choices->as_list())
      names.push_back(choice.is(Value::Kind::String) ? choice.as_string() : "null");
    return codes(names, lang);
  }
  const Value* type = schema.find("type");
  if (type == nullptr) return std::string(Text{"any value", "任意值"}.in(lang));
  if (type->is(Value::Kind::String)) return shape_of_type(schema, type->as_string(), lang);
  std::vector<std::string> parts;
  for (const Value& one : type->as_list())
    parts.push_back(shape_of_type(schema, one.as_string(), lang));
  return join(parts, Text{" or ", " 或 "}.in(lang));
}

void add_schema(Markdown& page, const api::NamedSchema& schema) {
  const auto parsed = parse_json(schema.json);
  CHECK(parsed.ok());
  page.heading(3, both(schema.name));
  const Value* members = parsed->find("properties");
  if (members == nullptr) return page.paragraph(both(shape_of(*parsed, page.lang())));
  for (const auto& [name, member] : members->as_map())
    page.item(name.as_string(), both(shape_of(member, page.lang())));
}

void add_problem(Markdown& page, const api::Problem& problem, Text meaning) {
  page.item(problem.code,
            both(fmt::format("{}{}{}", problem.status, Text{", ", "，"}.in(page.lang()),
                             meaning.in(page.lang()))));
}

void add_statuses(Markdown& page) {
  std::map<std::string_view, Text> statuses;
  for (const Route& route : api::all_routes())
    for (const api::Refusal& refusal : api::refusals_of(route))
      if (refusal.status != "default") statuses.emplace(refusal.status, refusal.help);
  page.heading(2, {"Refusals", "拒绝"});
  for (const auto& [status, help] : statuses) page.item(status, help);
}

void add_problems(Markdown& page) {
  page.heading(2, {"Problems", "问题代码"});
  page.paragraph(
      {"A refusal is a document of the type `application/problem+json` with `status`, `code`, "
       "`title` and `detail`. `code` is stable; `title` and `detail` follow `Accept-Language`.",
       "拒绝的应答是 `application/problem+json` 文档，含 `status`、`code`、`title` 和 "
       "`detail`。`code` 保持稳定；`title` 和 `detail` 的语言取决于 `Accept-Language`。"});
  for (int i = 0; i <= static_cast<int>(kLastCode); ++i)
    add_problem(page, api::problem_of(static_cast<Code>(i)), meaning_of(static_cast<Code>(i)));
  add_problem(page, api::kMethodNotAllowed,
              {"the path exists, with the methods in `Allow`", "路径存在，可用的方法见 `Allow`"});
  add_problem(page, api::kUnsupportedMedia,
              {"the body has another content type than the route takes",
               "请求体的内容类型不是该路由所接受的"});
  add_problem(page, api::kForeignOrigin,
              {"a page of another site asked; set `public_url` if it is yours",
               "请求来自其他站点的页面；若是自己的站点，请设置 `public_url`"});
  add_problem(page, api::kForeignHost,
              {"`Host` is no name of this server; set `public_url` if it is",
               "`Host` 不是本服务器的名称；若是，请设置 `public_url`"});
  add_problem(page, api::kTooManyRequests,
              {"more than one caller may ask; `Retry-After` says when to ask again",
               "超过单个调用方的速率；何时再试见 `Retry-After`"});
}

void add_head(Markdown& page) {
  page.heading(1, {"HTTP interface", "HTTP 接口"});
  page.paragraph(
      {"Every route of the server. `GET /api/v1/openapi.json` is the same as an OpenAPI document; "
       "[the format](../../format/api.md) says how requests are checked, and tells of streams and "
       "logs. A token is sent as `Authorization: Bearer TOKEN`.",
       "服务器的全部路由。`GET /api/v1/openapi.json` 是同样内容的 OpenAPI "
       "文档；[格式说明](../format/api.md)讲述请求如何检查，以及流和日志。令牌以 `Authorization: "
       "Bearer TOKEN` 发送。"});
}

}  // namespace

std::string api_page(Lang lang) {
  Markdown page(lang);
  add_head(page);
  add_group(page, {"Server", "服务器"}, api::add_server_routes);
  add_group(page, {"Workflows", "工作流"}, api::add_workflow_routes);
  add_group(page, {"Runs", "运行"}, api::add_run_routes);
  add_group(page, {"Tasks and logs", "任务与日志"}, api::add_task_routes);
  add_group(page, {"Events", "事件"}, api::add_event_routes);
  add_group(page, {"Backfills", "补数"}, api::add_backfill_routes);
  add_group(page, {"People", "人员"}, api::add_people_routes);
  add_group(page, {"Access", "访问"}, api::add_access_routes);
  add_group(page, {"Wrapped commands", "包装的命令"}, api::add_wrap_routes);
  add_group(page, {"Documentation", "文档"}, api::add_docs_routes);
  add_statuses(page);
  add_problems(page);
  page.heading(2, {"Objects", "对象"});
  for (const api::NamedSchema& schema : api::schemas()) add_schema(page, schema);
  return page.take();
}

}  // namespace gantry::reference
