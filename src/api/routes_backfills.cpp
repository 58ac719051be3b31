// Backfills: runs for a list of dates.
#include "api/routes.h"
#include "model/backfill.h"

namespace gantry::api {

namespace {
const std::vector<std::string_view> kStates{"running", "paused", "finished", "cancelled"};
const std::vector<std::string_view> kFates{"pending",   "running", "succeeded", "failed",
                                           "cancelled", "skipped", "refused"};
const std::vector<std::string_view> kDays{"scheduled", "working", "all"};
const std::vector<std::string_view> kAlreadyRun{"skip", "failed", "all"};
constexpr auto kDatesMax = static_cast<std::int64_t>(limits::kBackfillDatesMax);

// What says which dates, and with which params.
std::vector<Field> plan_fields() {
  return {
      {.name = "from", .kind = FieldKind::Date, .help = {"first date", "起始日期"}},
      {.name = "to", .kind = FieldKind::Date, .help = {"last date", "结束日期"}},
      {.name = "dates",
       .kind = FieldKind::Dates,
       .help = {"these dates, instead of 'from' and 'to'", "指定日期，代替 from 与 to"},
       .max = kDatesMax},
      {.name = "days",
       .kind = FieldKind::Choice,
       .help = {"those on which the trigger fires (usual with a trigger), working days, or all",
                "触发器触发的日期（有触发器时的默认值）、工作日，或全部日期"},
       .choices = kDays},
      string_field("calendar", kNameMax,
                   {"of working days; none: that of the trigger", "工作日历；默认为触发器的日历"}),
      {.name = "already_run",
       .kind = FieldKind::Choice,
       .help = {"dates that have a run: skip them (usual), run those again that failed, or all",
                "已有运行的日期：跳过（默认）、重跑失败的，或全部重跑"},
       .choices = kAlreadyRun},
      flag_field("reverse", {"the newest date first", "从最新的日期开始"}),
      {.name = "trigger",
       .kind = FieldKind::String,
       .help = {"id of the timer whose params and times of day count; none: the only one; '': "
                "no timer",
                "采用其参数与时刻的定时器 id；不写则取唯一的定时器；空文本：不用定时器"},
       .max = kNameMax},
      {.name = "params", .kind = FieldKind::Object, .help = {"values by name", "参数值"}}};
}

std::vector<Field> begin_fields() {
  std::vector<Field> fields = plan_fields();
  fields.push_back(number_field("parallel", 1, limits::kBackfillParallelMax,
                                {"runs at once (usual: 1)", "同时运行的个数（默认 1）"}));
  return fields;
}

void add_lists(std::vector<Route>& out) {
  out.push_back({.method = "GET",
                 .path = "/api/v1/backfills",
                 .policy = Policy::Token,
                 .summary = {"Backfills, newest first", "补数，最新在前"},
                 .query = {string_field("workflow", kNameMax, {"of this workflow", "该工作流的"}),
                           {.name = "state",
                            .kind = FieldKind::Choice,
                            .help = {"in this state", "处于该状态"},
                            .choices = kStates},
                           limit_field(),
                           cursor_field()},
                 .answer = "Backfill",
                 .answer_is_page = true,
                 .handler = answer<list_backfills>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/backfills/{backfill}",
                 .policy = Policy::Token,
                 .summary = {"A backfill, and how far it is", "一个补数及其进度"},
                 .answer = "Backfill",
                 .handler = answer<get_backfill>});
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/backfills/{backfill}/dates",
       .policy = Policy::Token,
       .summary = {"Its dates in the order in which they are run, with what became of each",
                   "各日期（按运行顺序）及其结果"},
       .query = {{.name = "fate",
                  .kind = FieldKind::Choice,
                  .help = {"of which this became", "结果为该值的"},
                  .choices = kFates},
                 limit_field(),
                 cursor_field()},
       .answer = "BackfillDate",
       .answer_is_page = true,
       .handler = answer<list_backfill_dates>});
}

void add_beginning(std::vector<Route>& out) {
  out.push_back({.method = "POST",
                 .path = "/api/v1/workflows/{name}/backfill-plan",
                 .policy = Policy::Token,
                 .only_asks = true,
                 .summary = {"Which dates a backfill would run; nothing is made",
                             "补数将运行哪些日期；不产生任何运行"},
                 .body_kind = BodyKind::Json,
                 .body = plan_fields(),
                 .answer = "BackfillPlan",
                 .handler = answer<plan_backfill>});
  out.push_back({.method = "POST",
                 .path = "/api/v1/workflows/{name}/backfills",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Start,
                 .audit = AuditKind::BackfillBegun,
                 .summary = {"Run a workflow for a list of dates, behind all live work",
                             "按日期列表补数，排在所有实时工作之后"},
                 .body_kind = BodyKind::Json,
                 .body = begin_fields(),
                 .status = 201,
                 .answer = "BackfillBegun",
                 .headers = {{"Location", "Where the backfill is."}},
                 .key = KeyUse::Always,
                 .handler = begin_backfill});
}

Route steer_route(std::string_view path, Text summary, RouteHandler handler) {
  return hold_route(path, AuditKind::BackfillSteered, summary, "BackfillHold", handler);
}

void add_steering(std::vector<Route>& out) {
  out.push_back(steer_route("/api/v1/backfills/{backfill}/pause",
                            {"Make no more runs for now", "暂不产生新的运行"}, pause_backfill));
  out.push_back(steer_route("/api/v1/backfills/{backfill}/resume",
                            {"Let a paused backfill go on", "恢复已暂停的补数"}, resume_backfill));
  Route cancel =
      steer_route("/api/v1/backfills/{backfill}/cancel",
                  {"Cancel the dates that have not begun", "取消尚未开始的日期"}, cancel_backfill);
  cancel.body.push_back(
      flag_field("running", {"also the runs that are open", "同时取消未结束的运行"}));
  out.push_back(cancel);
  Route one = steer_route("/api/v1/backfills/{backfill}/cancel-date",
                          {"Cancel one date: its run, or that it is made", "取消一个日期"},
                          cancel_backfill_date);
  one.answer = "DateCancelled";
  one.body = {
      {.name = "date", .kind = FieldKind::Date, .help = {"the date", "日期"}, .required = true}};
  out.push_back(one);
}
}  // namespace

void add_backfill_routes(std::vector<Route>& out) {
  add_lists(out);
  add_beginning(out);
  add_steering(out);
}

}  // namespace gantry::api
