// Every route of the server. docs/format/api.md tells people about them.
#include "api/routes.h"

namespace gantry::api {

namespace {

constexpr std::int64_t kCursorMax = 500;
constexpr std::int64_t kNoteMax = 200;

}  // namespace

Field string_field(std::string_view name, std::int64_t max, Text help) {
  return {.name = name, .kind = FieldKind::String, .help = help, .max = max};
}

Field number_field(std::string_view name, std::int64_t min, std::int64_t max, Text help) {
  return {.name = name, .kind = FieldKind::Integer, .help = help, .min = min, .max = max};
}

Field flag_field(std::string_view name, Text help) {
  return {.name = name, .kind = FieldKind::Boolean, .help = help};
}

Field time_field(std::string_view name, Text help) {
  return {.name = name, .kind = FieldKind::Time, .help = help};
}

Field limit_field() {
  return number_field("limit", 1, limits::kPageMax, {"rows of a page", "每页行数"});
}

Field cursor_field() {
  return string_field("cursor", kCursorMax,
                      {"next_cursor of the page before", "上一页的 next_cursor"});
}

Field states_field(const std::vector<std::string_view>& states) {
  return {.name = "state",
          .kind = FieldKind::Choices,
          .help = {"only these states (repeat it, or commas)", "只列出这些状态（可重复或用逗号）"},
          .choices = states};
}

Field task_field() { return string_field("task", kNameMax, {"of this task", "指定任务"}); }

Route hold_route(std::string_view path, AuditKind audit, Text summary, std::string_view schema,
                 RouteHandler handler) {
  return {.method = "POST",
          .path = path,
          .policy = Policy::Role,
          .role = audit == AuditKind::ServerHeld ? model::Role::Admin : model::Role::Operator,
          .rate = RateClass::Write,
          .audit = audit,
          .summary = summary,
          .body_kind = BodyKind::Json,
          .body = {string_field("note", kNoteMax, {"why, for the others", "原因，供他人查看"})},
          .answer = schema,
          .handler = handler};
}

std::vector<Route> all_routes() {
  std::vector<Route> out;
  add_server_routes(out);
  add_workflow_routes(out);
  add_run_routes(out);
  add_task_routes(out);
  add_access_routes(out);
  add_event_routes(out);
  add_backfill_routes(out);
  add_wrap_routes(out);
  add_people_routes(out);
  add_docs_routes(out);
  return out;
}

}  // namespace gantry::api
