#include "api/openapi.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/gate.h"
#include "base/check.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"

namespace gantry::api {

namespace {

constexpr std::string_view kDurationPattern =
    "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$";
constexpr std::string_view kNoNul = R"(^[^\u0000]*$)";
constexpr std::string_view kPathText = R"(^[^\u0000-\u001f\u007f\\]+$)";
constexpr std::string_view kKeyHeader = "Idempotency-Key";
constexpr auto kKeyMax = static_cast<std::int64_t>(limits::kIdempotencyKeyBytesMax);

void write_reference(JsonWriter& w, std::string_view schema) {
  w.object().field("$ref", fmt::format("#/components/schemas/{}", schema)).end();
}

void write_bounds(JsonWriter& w, const Field& field) {
  const bool is_text = field.kind == FieldKind::String;
  w.field("type", is_text ? "string" : "integer");
  w.field(is_text ? "minLength" : "minimum", field.min);
  w.field(is_text ? "maxLength" : "maximum", field.max);
  if (is_text) w.field("pattern", kNoNul);
}

void write_choices(JsonWriter& w, const Field& field) {
  w.key("enum").array();
  for (const std::string_view choice : field.choices) w.value(choice);
  w.end();
}

// A list of texts, up to what they are.
void write_several(JsonWriter& w) {
  w.field("type", "array").field("minItems", 1).field("maxItems", kFieldValuesMax);
  w.key("items").object().field("type", "string");
}

void write_schema(JsonWriter& w, const Field& field) {
  w.object();
  switch (field.kind) {
    case FieldKind::String:
    case FieldKind::Integer: write_bounds(w, field); break;
    case FieldKind::Boolean: w.field("type", "boolean"); break;
    case FieldKind::Time: w.field("type", "string").field("format", "date-time"); break;
    case FieldKind::Date: w.field("type", "string").field("format", "date"); break;
    case FieldKind::Dates:
      w.field("type", "array").field("minItems", 1).field("maxItems", field.max);
      w.field("uniqueItems", true).key("items").object().field("type", "string");
      w.field("format", "date").end();
      break;
    case FieldKind::Duration:
      w.field("type", "string").field("pattern", kDurationPattern).field("minLength", 2);
      w.field("examples", Value(ValueList{Value("30s")}));
      break;
    case FieldKind::Choice: write_choices(w.field("type", "string"), field); break;
    case FieldKind::Choices:
      write_several(w);
      write_choices(w, field);
      w.end();
      break;
    case FieldKind::Strings:
      write_several(w);
      w.field("minLength", field.min).field("maxLength", field.max);
      w.field("pattern", kNoNul).end();
      break;
    case FieldKind::Object: w.field("type", "object"); break;
    case FieldKind::Integers:
      w.field("type", "array").field("minItems", 1).field("maxItems", limits::kPageMax);
      w.field("uniqueItems", true).key("items").object().field("type", "integer");
      w.field("minimum", field.min).field("maximum", field.max).end();
      break;
  }
  w.end();
}

void write_parameter(JsonWriter& w, std::string_view name, std::string_view in, bool required,
                     std::string_view help) {
  w.object().field("name", name).field("in", in).field("required", required);
  w.field("description", help);
}

void write_header_parameter(JsonWriter& w, std::string_view name, std::string_view help,
                            const std::optional<std::int64_t>& length_max) {
  write_parameter(w, name, "header", false, help);
  w.key("schema").object().field("type", "string");
  if (length_max) w.field("maxLength", *length_max);
  w.end().end();
}

void write_parameters(JsonWriter& w, const Route& route, const PathPattern& pattern) {
  w.key("parameters").array();
  for (const std::string& name : pattern.params()) {
    write_parameter(w, name, "path", true, help_of_path_param(name).en);
    w.key("schema").object().field("type", "string").field("minLength", 1);
    w.field("pattern", kPathText).end().end();
  }
  for (const Field& field : route.query) {
    write_parameter(w, field.name, "query", field.required, field.help.en);
    w.key("schema");
    write_schema(w, field);
    w.end();
  }
  if (route.key == KeyUse::Always)
    write_header_parameter(w, kKeyHeader, "The same request with the same key starts once.",
                           kKeyMax);
  if (route.key == KeyUse::Sometimes)
    write_header_parameter(w, kKeyHeader, "Only with 'retry' and 'numbers': starts once.", kKeyMax);
  if (route.has_tag)
    write_header_parameter(w, "If-None-Match", "ETags that the caller has.", std::nullopt);
  w.end();
}

void write_body(JsonWriter& w, const Route& route) {
  if (route.body_kind == BodyKind::None) return;
  const bool yaml = route.body_kind == BodyKind::Yaml;
  const bool form = route.body_kind == BodyKind::Form;
  const bool raw = route.body_kind == BodyKind::Raw;
  const bool required = std::any_of(route.body.begin(), route.body.end(),
                                    [](const Field& field) { return field.required; });
  w.key("requestBody").object().field("required", required).key("content").object();
  w.key(yaml   ? "application/yaml"
        : form ? "application/x-www-form-urlencoded"
        : raw  ? "*/*"
               : "application/json")
      .object()
      .key("schema")
      .object();
  if (raw) {
    // Anything.
  } else if (yaml) {
    w.field("type", "string");
  } else {
    w.field("type", "object").field("additionalProperties", false);
    w.key("properties").object();
    for (const Field& field : route.body) {
      w.key(field.name);
      write_schema(w, field);
    }
    w.end().key("required").array();
    for (const Field& field : route.body)
      if (field.required) w.value(field.name);
    w.end();
  }
  w.end().end().end().end();
}

void write_answer_schema(JsonWriter& w, const Route& route) {
  if (!route.answer_is_page) return write_reference(w, route.answer);
  w.object().field("type", "object").key("required").array();
  w.value("items").value("next_cursor").end().key("properties").object();
  w.key("items").object().field("type", "array").key("items");
  write_reference(w, route.answer);
  w.end().key("next_cursor").object().key("type").array().value("string").value("null").end();
  w.end().end().end();
}

void write_header(JsonWriter& w, const AnswerHeader& header) {
  w.key(header.name).object().field("description", header.help).field("required", header.always);
  w.key("schema").object().field("type", header.is_number ? "integer" : "string").end().end();
}

void write_headers(JsonWriter& w, const std::vector<AnswerHeader>& headers) {
  if (headers.empty()) return;
  w.key("headers").object();
  for (const AnswerHeader& header : headers) write_header(w, header);
  w.end();
}

const AnswerHeader kRetryAfter{"Retry-After", "Seconds to wait.", true};
const AnswerHeader kTag{"ETag", "Changes with the answer."};

void write_refusal(JsonWriter& w, const Refusal& refusal) {
  w.key(refusal.status).object().field("description", refusal.help.en);
  write_headers(w, refusal.headers);
  w.key("content").object().key("application/problem+json").object().key("schema");
  write_reference(w, "Problem");
  w.end().end().end();
}

std::string_view media_type_of_answer(const Route& route) {
  if (route.answer_is_events) return "text/event-stream";
  if (route.answer_is_html) return "text/html";
  if (!route.answer_is_file.empty()) return route.answer_is_file;
  return route.answer_is_lines ? "application/x-ndjson" : "application/json";
}

void write_json_answer(JsonWriter& w, std::string_view status, std::string_view help,
                       std::string_view schema) {
  w.key(status).object().field("description", help).key("content").object();
  w.key("application/json").object().key("schema");
  write_reference(w, schema);
  w.end().end().end();
}

std::vector<AnswerHeader> headers_of(const Route& route) {
  std::vector<AnswerHeader> out = route.headers;
  if (route.has_tag) out.push_back(kTag);
  return out;
}

void write_success(JsonWriter& w, const Route& route) {
  w.key(fmt::format("{}", route.status)).object().field("description", "Success");
  write_headers(w, headers_of(route));
  w.key("content").object().key(media_type_of_answer(route)).object().key("schema");
  if (route.answer_is_html || !route.answer_is_file.empty())
    w.object().field("type", "string").end();
  else
    write_answer_schema(w, route);
  w.end();
  if (route.answer_is_lines) {  // with format=text
    w.key("text/plain").object().key("schema").object().field("type", "string").end().end();
  }
  w.end().end();
}

void write_responses(JsonWriter& w, const Route& route) {
  w.key("responses").object();
  write_success(w, route);
  if (route.key == KeyUse::Always && route.status != 200)
    write_json_answer(w, "200", "What an earlier request with this key began", route.answer);
  if (route.has_tag) {
    w.key("304").object().field("description", "If-None-Match names what it would be");
    write_headers(w, {kTag});
    w.end();
  }
  if (!route.answer_of_503.empty())
    write_json_answer(w, "503", "The same, of a server that can not work", route.answer_of_503);
  for (const Refusal& refusal : refusals_of(route)) write_refusal(w, refusal);
  w.end();
}

std::string_view policy_name(Policy policy) {
  switch (policy) {
    case Policy::Open: return "open";
    case Policy::Signed: return "signed";
    case Policy::Token: return "token";
    case Policy::Role: return "role";
  }
  return "token";
}

std::string lower_method(const Route& route) {
  std::string out(route.method);
  for (char& c : out) c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// "GET /api/v1/runs/{run}/why" -> "get_runs_run_why".
std::string operation_id(const Route& route) {
  std::string out = lower_method(route);
  for (const std::string_view part : split(route.path.substr(1), '/')) {
    if (part == "api" || part == "v1") continue;
    out += '_';
    for (const char c : part)
      if (c != '{' && c != '}') out += c == '.' ? '_' : c;
  }
  return out;
}

void write_operation(JsonWriter& w, const Route& route, const PathPattern& pattern) {
  w.key(lower_method(route)).object();
  w.field("operationId", operation_id(route)).field("summary", route.summary.en);
  w.field("x-summary-zh", route.summary.zh).field("x-policy", policy_name(*route.policy));
  if (route.role) w.field("x-role", name_of(*route.role));
  if (route.key == KeyUse::Always)
    w.field("x-starts-once", true);  // with any key, whatever is asked
  if (route.policy == Policy::Open || route.policy == Policy::Signed)
    w.key("security").array().end();
  write_parameters(w, route, pattern);
  write_body(w, route);
  write_responses(w, route);
  w.end();
}

void write_paths(JsonWriter& w, const RouteTable& table) {
  std::vector<std::string_view> paths;
  for (const Route& route : table.routes())
    if (std::find(paths.begin(), paths.end(), route.path) == paths.end())
      paths.push_back(route.path);
  w.key("paths").object();
  for (const std::string_view path : paths) {
    w.key(path).object();
    for (std::size_t i = 0; i < table.routes().size(); ++i)
      if (table.routes()[i].path == path) write_operation(w, table.routes()[i], table.pattern(i));
    w.end();
  }
  w.end();
}

}  // namespace

Text help_of_path_param(std::string_view name) {
  if (name == "run")
    return {"A run's number, or the name of a workflow for its last run.",
            "运行的编号，或工作流的名称（取其最近一次运行）。"};
  if (name == "name")
    return {"A workflow's name; its '/' are written %2F.", "工作流的名称；其中的 '/' 写作 %2F。"};
  if (name == "task") return {"A task's name.", "任务的名称。"};
  if (name == "version") return {"The number of a version.", "版本的编号。"};
  if (name == "id") return {"The id of a record, 32 hex digits.", "记录的标识，32 位十六进制。"};
  if (name == "token") return {"A token's id or name.", "令牌的标识或名称。"};
  if (name == "pool") return {"A pool's name.", "资源池的名称。"};
  if (name == "person") return {"A person's id.", "人员的 id。"};
  if (name == "calendar") return {"A calendar's name.", "日历的名称。"};
  if (name == "page") return {"The last part of a page's name.", "页面名称的最后一段。"};
  if (name == "folder")
    return {"The folder of a page, such as guides, lint or format.",
            "页面所在的文件夹，如 guides、lint 或 format。"};
  if (name == "backfill") return {"A backfill's number.", "补数的编号。"};
  if (name == "event") return {"An event's number.", "事件的编号。"};
  if (name == "hook") return {"The name of a webhook trigger.", "webhook 触发器的名称。"};
  if (name == "language") return {"en or zh.", "en 或 zh。"};
  CHECK(false);
}

std::vector<Refusal> refusals_of(const Route& route) {
  std::vector<Refusal> out{
      {"400", {"A parameter, the path or the body is wrong", "参数、路径或请求体有误"}}};
  if (route.policy != Policy::Open)
    out.push_back({"401", {"No valid token", "没有有效的令牌"}, {{"WWW-Authenticate", "Bearer"}}});
  out.push_back({"403",
                 {"The caller's role does not do, or the request comes from elsewhere",
                  "角色权限不足，或请求来自别处"}});
  const bool names_something = route.path.find('{') != std::string_view::npos;
  if (names_something || route.answer_is_events)
    out.push_back({"404", {"There is no such thing", "不存在"}});
  if (route.audit != AuditKind::None)
    out.push_back({"409", {"Not in this state, or done before", "当前状态不允许，或已经做过"}});
  if (route.body_kind != BodyKind::None)
    out.push_back({"415", {"Another content type is needed", "需要其他内容类型"}});
  out.push_back(
      {"429",
       {"More than this caller may ask, or a limit is reached", "超过调用方的速率，或已达上限"},
       {kRetryAfter}});
  if (route.answer_of_503.empty())
    out.push_back(
        {"503",
         {"Not now; what was asked for may have been done", "暂时不行；所请求的操作可能已经完成"},
         {kRetryAfter}});
  out.push_back({"default", {"Anything else", "其他情况"}});
  return out;
}

std::string openapi_document(const RouteTable& table, const std::string& version) {
  JsonWriter w;
  w.object().field("openapi", "3.1.0").key("info").object().field("title", "Gantry");
  w.field("version", version).end();
  w.key("security").array().object().key("token").array().end().end();
  w.object().key("session").array().end().end().end();
  write_paths(w, table);
  w.key("components").object().key("securitySchemes").object().key("token").object();
  w.field("type", "http").field("scheme", "bearer").end().key("session").object();
  w.field("type", "apiKey").field("in", "cookie").field("name", kSessionCookie).end().end();
  w.key("schemas").object();
  for (const NamedSchema& schema : schemas()) w.key(schema.name).raw(schema.json);
  w.end().end().end();
  return std::move(w).text();
}

}  // namespace gantry::api
