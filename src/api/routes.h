// The rows of the route table, a file per concern; all_routes() of route.h puts them together.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "api/handlers.h"
#include "api/route.h"

namespace gantry::api {

void add_docs_routes(std::vector<Route>& out);
void add_server_routes(std::vector<Route>& out);
void add_workflow_routes(std::vector<Route>& out);
void add_run_routes(std::vector<Route>& out);
void add_task_routes(std::vector<Route>& out);
void add_access_routes(std::vector<Route>& out);
void add_event_routes(std::vector<Route>& out);
void add_backfill_routes(std::vector<Route>& out);
void add_wrap_routes(std::vector<Route>& out);
void add_people_routes(std::vector<Route>& out);

constexpr std::int64_t kNumberMax = std::numeric_limits<std::int64_t>::max();
constexpr auto kKeyMax = static_cast<std::int64_t>(limits::kIdempotencyKeyBytesMax);
constexpr auto kNameMax = static_cast<std::int64_t>(limits::kNameBytesMax);

// Fields that several routes have.
Field string_field(std::string_view name, std::int64_t max, Text help);
Field number_field(std::string_view name, std::int64_t min, std::int64_t max, Text help);
Field flag_field(std::string_view name, Text help);
Field time_field(std::string_view name, Text help);
Field limit_field();
Field cursor_field();
Field states_field(const std::vector<std::string_view>& states);
Field task_field();

// POST that pauses, resumes, disables or enables what the path names.
Route hold_route(std::string_view path, AuditKind audit, Text summary, std::string_view schema,
                 RouteHandler handler);

}  // namespace gantry::api
