// The commands about backfills: backfill, backfills.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "base/explain.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace gantry::app {

namespace {

const std::string kBackfills = "/api/v1/backfills";

std::string path_of(const std::string& backfill) {
  return kBackfills + "/" + escape_segment(backfill);
}

Result<ValueMap> dates_body(const BackfillOptions& options) {
  ValueMap body;
  const auto add = [&body](std::string_view name, const std::string& value) {
    if (!value.empty()) body.emplace_back(name, value);
  };
  add("from", options.from);
  add("to", options.to);
  add("days", options.days);
  add("calendar", options.calendar);
  add("already_run", options.already_run);
  ValueList dates;
  for (const std::string& several : options.dates)
    for (const std::string_view date : split(several, ',')) dates.emplace_back(trim(date));
  if (!dates.empty()) body.emplace_back("dates", Value(std::move(dates)));
  if (options.reverse) body.emplace_back("reverse", true);
  if (options.no_trigger && !options.trigger.empty())
    return refuse(
        {"give --trigger or --no-trigger, not both", "--trigger 与 --no-trigger 不能同时使用"});
  if (options.no_trigger || !options.trigger.empty()) body.emplace_back("trigger", options.trigger);
  return body;
}

std::string fate_text(const Context& context, const std::string& fate) {
  if (fate == "pending") return in_language(context, {"pending", "待运行"});
  if (fate == "running") return in_language(context, {"running", "运行中"});
  if (fate == "succeeded") return in_language(context, {"succeeded", "成功"});
  if (fate == "failed") return in_language(context, {"failed", "失败"});
  if (fate == "cancelled") return in_language(context, {"cancelled", "已取消"});
  if (fate == "skipped") return in_language(context, {"skipped", "已跳过"});
  return in_language(context, {"refused", "已拒绝"});
}

std::string state_text(const Context& context, const std::string& state) {
  if (state == "paused") return in_language(context, {"paused", "已暂停"});
  if (state == "finished") return in_language(context, {"finished", "已结束"});
  return fate_text(context, state);  // running, cancelled
}

// "3 succeeded, 1 failed, 6 pending": what there is of.
std::string counts_text(const Context& context, const Value& backfill) {
  const Value* dates = backfill.find(std::string_view("dates"));
  std::string out;
  for (const char* fate :
       {"succeeded", "failed", "refused", "cancelled", "skipped", "running", "pending"}) {
    const std::string count = dates == nullptr ? "" : member(*dates, fate);
    if (count.empty() || count == "0") continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, fate_text(context, fate));
  }
  return out;
}

void print_dates(const Context& context, const Value& page) {
  print_items(context, page, {{"DATE", "日期"}, {"FATE", "结果"}, {"RUN", "运行"}, {"WHY", "原因"}},
              [&](const Value& date) -> std::vector<std::string> {
                const std::string run = member(date, "run");
                return {member(date, "date"), fate_text(context, member(date, "fate")),
                        run.empty() ? "-" : run, printable(member(date, "message"))};
              });
}

void print_warnings(const Context& context, const Value& answer) {
  const Value* warnings = answer.find(std::string_view("warnings"));
  for (const Value& warning : warnings == nullptr ? ValueList{} : warnings->as_list())
    print_warning(context, printable(warning.as_string()));
}

Status print_plan(const Context& context, Client& client, const std::string& workflow,
                  const ValueMap& body) {
  TRY(const Value plan, client.post(workflow + "/backfill-plan", Value(body)));
  if (context.json) {
    print_json(plan);
    return ok();
  }
  const Value* dates = plan.find(std::string_view("dates"));
  print_dates(context, Value(ValueMap{{"items", dates == nullptr ? Value(ValueList{}) : *dates}}));
  print_warnings(context, plan);
  return ok();
}

// Until every date is decided; then whether all went well.
Result<bool> wait_for_end(Client& client, const std::string& backfill) {
  constexpr std::chrono::milliseconds kLook{300};
  for (;;) {
    TRY(const Value now, client.get(path_of(backfill)));
    const Value* dates = now.find(std::string_view("dates"));
    if (!member(now, "ended_at").empty() && dates != nullptr)
      return member(*dates, "failed") == "0" && member(*dates, "refused") == "0" &&
             member(*dates, "cancelled") == "0";
    std::this_thread::sleep_for(kLook);
  }
}

Status print_backfill(const Context& context, Client& client, const std::string& backfill) {
  TRY(const Value now, client.get(path_of(backfill)));
  if (context.json) {
    print_json(now);
    return ok();
  }
  fmt::print("{}\n",
             fmt::format(fmt::runtime(in_language(
                             context, {"backfill {} of {}, {}: {}", "补数 {}（{}），{}：{}"})),
                         member(now, "backfill"), printable(member(now, "workflow")),
                         state_text(context, member(now, "state")), counts_text(context, now)));
  if (const std::string note = member(now, "note"); !note.empty())
    fmt::print("{}\n", fmt::format(fmt::runtime(in_language(context, {"note: {}", "备注：{}"})),
                                   printable(note)));
  return ok();
}
}  // namespace

int backfill(const Context& context, const BackfillOptions& options) {
  auto body = dates_body(options);
  if (!body.ok()) return complain(body.error());
  bool all_good = true;
  const int code = with_server(context, [&](Client& client) -> Status {
    const std::string workflow = "/api/v1/workflows/" + escape_segment(options.workflow);
    TRY(ValueMap params, parse_params(options.params));
    if (!params.empty()) body->emplace_back("params", Value(std::move(params)));
    if (options.dry_run) return print_plan(context, client, workflow, *body);
    if (options.parallel > 0) body->emplace_back("parallel", std::int64_t{options.parallel});
    TRY(const Value begun, client.post(workflow + "/backfills", Value(*body), options.key));
    if (!context.json) print_warnings(context, begun);
    const std::string id = member(begun, "backfill");
    if (!options.wait) {
      print_done(context, begun,
                 fmt::format(
                     fmt::runtime(in_language(context, {"backfill {}: {} dates, {} of them skipped",
                                                        "补数 {}：{} 个日期，其中跳过 {} 个"})),
                     id, member(begun, "dates"), member(begun, "skipped")));
      return ok();
    }
    TRY(all_good, wait_for_end(client, id));
    return context.quiet ? ok() : print_backfill(context, client, id);
  });
  return code == kSucceeded && !all_good ? kFailed : code;
}

namespace {

Status check(const BackfillsOptions& o) {
  const int verbs = static_cast<int>(o.pause) + static_cast<int>(o.resume) +
                    static_cast<int>(o.cancel) + static_cast<int>(!o.cancel_date.empty());
  if (verbs > 1)
    return refuse({"one of --pause, --resume, --cancel and --cancel-date at a time",
                   "--pause、--resume、--cancel、--cancel-date 一次只能用一个"});
  if (verbs == 1 && o.backfill.empty())
    return refuse({"name the backfill: gantry backfills N --pause",
                   "请给出补数编号：gantry backfills N --pause"});
  if (o.running && !o.cancel)
    return refuse({"--running goes with --cancel", "--running 须与 --cancel 一起使用"});
  if (!o.note.empty() && !o.pause && !o.cancel)
    return refuse(
        {"--note goes with --pause or --cancel", "--note 须与 --pause 或 --cancel 一起使用"});
  if (!o.backfill.empty() && !(o.workflow.empty() && o.state.empty()))
    return refuse({"--workflow and --state are for the list: leave out the number",
                   "--workflow 与 --state 用于列表：请去掉编号"});
  if (!o.fate.empty() && (o.backfill.empty() || verbs > 0))
    return refuse({"--fate goes with the number of a backfill: gantry backfills N --fate failed",
                   "--fate 须与补数编号一起使用：gantry backfills N --fate failed"});
  return ok();
}

// Empty: only to look.
std::string verb_of(const BackfillsOptions& o) {
  if (!o.cancel_date.empty()) return "cancel-date";
  if (o.cancel) return "cancel";
  if (o.pause) return "pause";
  return o.resume ? "resume" : "";
}

Status steer(const Context& context, Client& client, const BackfillsOptions& o,
             const std::string& verb) {
  ValueMap body;
  if (verb == "cancel-date") body.emplace_back("date", o.cancel_date);
  if (o.running) body.emplace_back("running", true);
  if (!o.note.empty()) body.emplace_back("note", o.note);
  TRY(const Value answer, client.post(path_of(o.backfill) + "/" + verb, Value(std::move(body))));
  if (context.json) {
    print_json(answer);
    return ok();
  }
  return context.quiet ? ok() : print_backfill(context, client, o.backfill);
}

Status list_backfills(const Context& context, Client& client, const BackfillsOptions& o) {
  std::string path = fmt::format("{}?limit={}", kBackfills, o.limit);
  add_query(path, "workflow", o.workflow);
  add_query(path, "state", o.state);
  TRY(const Value page, client.get(path));
  print_items(context, page,
              {{"BACKFILL", "补数"},
               {"WORKFLOW", "工作流"},
               {"STATE", "状态"},
               {"CREATED (UTC)", "创建 (UTC)"},
               {"BY", "发起人"},
               {"DATES", "日期"}},
              [&](const Value& backfill) -> std::vector<std::string> {
                return {member(backfill, "backfill"),
                        printable(member(backfill, "workflow")),
                        state_text(context, member(backfill, "state")),
                        shown_time(backfill, "created_at"),
                        printable(member(backfill, "created_by")),
                        counts_text(context, backfill)};
              });
  return ok();
}

Status show_dates(const Context& context, Client& client, const BackfillsOptions& o) {
  if (!context.json) TRY_STATUS(print_backfill(context, client, o.backfill));
  std::string path = fmt::format("{}/dates?limit={}", path_of(o.backfill), o.limit);
  add_query(path, "fate", o.fate);
  TRY(const Value page, client.get(path));
  print_dates(context, page);
  if (!context.json && !member(page, "next_cursor").empty())
    fmt::print(stderr, "{}\n",
               in_language(context, {"there are more dates: raise --limit",
                                     "还有更多日期：请增大 --limit"}));
  return ok();
}
}  // namespace

int backfills(const Context& context, const BackfillsOptions& options) {
  if (const Status fits = check(options); !fits.ok()) return complain(fits.error());
  return with_server(context, [&](Client& client) -> Status {
    const std::string verb = verb_of(options);
    if (!verb.empty()) return steer(context, client, options, verb);
    if (options.backfill.empty()) return list_backfills(context, client, options);
    return show_dates(context, client, options);
  });
}

}  // namespace gantry::app
