// The commands that people operate with: retry, bulk, phases, pools, pause, resume, disable,
// enable.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/explain.h"

namespace gantry::app {

int retry(const Context& context, const RetryOptions& options) {
  std::string state;
  const int code = with_server(context, [&](Client& client) -> Status {
    ValueMap body;
    if (!options.from.empty()) body.emplace_back("from", options.from);
    if (options.newest) body.emplace_back("newest", true);
    if (options.force) body.emplace_back("force", true);
    TRY(const Value answer,
        client.post(run_path(options.run) + "/retry", Value(std::move(body)), options.key));
    if (options.wait) {
      const std::int64_t number = answer.find(std::string_view("number"))->as_int();
      TRY(const RunOutcome outcome, wait_for_run(context, client, number));
      state = outcome.state;
    }
    if (context.json)
      print_json(answer);
    else if (!context.quiet && !options.wait)
      fmt::print("{}\n",
                 fmt::format(fmt::runtime(in_language(
                                 context, {"run {}: phase {} begins", "运行 {}：开始第 {} 阶段"})),
                             member(answer, "number"), member(answer, "phase")));
    return ok();
  });
  return code == kSucceeded && options.wait ? exit_code_of_run(state) : code;
}

namespace {
Result<Value> body_of(const BulkOptions& options) {
  ValueMap body{{"action", options.action}};
  ValueList numbers;
  for (const std::string& run : options.runs) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(run.data(), run.data() + run.size(), number);
    if (failure != std::errc() || end != run.data() + run.size())
      return refuse({"'{}' is not the number of a run", "“{}”不是运行的编号"}, run);
    numbers.emplace_back(number);
  }
  if (!numbers.empty()) body.emplace_back("numbers", Value(std::move(numbers)));
  if (!options.workflow.empty()) body.emplace_back("workflow", options.workflow);
  if (!options.state.empty()) body.emplace_back("state", options.state);
  if (options.newest) body.emplace_back("newest", true);
  if (options.limit > 0) body.emplace_back("limit", options.limit);
  return Value(std::move(body));
}
}  // namespace

int bulk(const Context& context, const BulkOptions& options) {
  auto body = body_of(options);
  if (!body.ok()) return complain(body.error());
  bool all_good = true;
  const int code = with_server(context, [&](Client& client) -> Status {
    TRY(const Value answer, client.post("/api/v1/runs/bulk", *body));
    for (const Value& run : items_of(answer)) {
      const bool good = member(run, "ok") == "true";
      all_good = all_good && good;
      if (!context.json && (!context.quiet || !good))
        fmt::print("{} {}\n", member(run, "number"),
                   good ? in_language(context, {"done", "完成"}) : member(run, "detail"));
    }
    if (context.json)
      print_json(items_of(answer));
    else if (member(answer, "more") == "true")
      fmt::print(stderr, "{}\n",
                 in_language(context, {"there are more; say it again, or raise --limit",
                                       "还有更多；请再次执行，或增大 --limit"}));
    return ok();
  });
  return code == kSucceeded && !all_good ? kFailed : code;
}

namespace {

// The pool of this name alone; all without one.
Result<Value> pools_named(const Value& page, const std::string& name) {
  ValueList items;
  for (const Value& pool : items_of(page))
    if (name.empty() || member(pool, "name") == name) items.push_back(pool);
  if (items.empty())
    return explain(Code::NotFound,
                   {"there is no pool '{}'; gantry pools lists them",
                    "没有资源池“{}”；gantry pools 列出全部资源池"},
                   name);
  return Value(ValueMap{{"items", Value(std::move(items))}});
}

void print_pools(const Context& context, const Value& page) {
  print_items(context, page,
              {{"POOL", "资源池"},
               {"USED", "已用"},
               {"SLOTS", "槽位"},
               {"CONFIGURED", "配置"},
               {"WAITING", "等待"},
               {"SET BY", "设定人"},
               {"NOTE", "备注"}},
              [&](const Value& pool) -> std::vector<std::string> {
                return {printable(member(pool, "name")), member(pool, "used"),
                        member(pool, "slots"),           member(pool, "configured"),
                        member(pool, "queued"),          printable(member(pool, "set_by")),
                        printable(member(pool, "note"))};
              });
}

Status check(const PoolOptions& options) {
  const bool alters = options.reset || options.slots >= 0;
  if (alters && options.name.empty())
    return refuse({"name the pool: gantry pools NAME --slots N",
                   "请给出资源池：gantry pools 名称 --slots N"});
  if (options.reset && options.slots >= 0)
    return refuse({"give --slots or --reset, not both", "--slots 与 --reset 不能同时使用"});
  if (!options.note.empty() && options.slots < 0)
    return refuse({"--note goes with --slots", "--note 须与 --slots 一起使用"});
  return ok();
}

Result<Value> alter_pool(Client& client, const PoolOptions& options) {
  const std::string path = "/api/v1/pools/" + escape_segment(options.name);
  if (options.reset) return client.remove(path);
  ValueMap body{{"slots", std::int64_t{options.slots}}};
  if (!options.note.empty()) body.emplace_back("note", options.note);
  return client.put(path, Value(std::move(body)));
}

}  // namespace

int pools(const Context& context, const PoolOptions& options) {
  if (const Status fits = check(options); !fits.ok()) return complain(fits.error());
  return with_server(context, [&](Client& client) -> Status {
    if (!options.reset && options.slots < 0) {
      TRY(const Value page, client.get("/api/v1/pools"));
      TRY(const Value chosen, pools_named(page, options.name));
      print_pools(context, chosen);
      return ok();
    }
    TRY(const Value pool, alter_pool(client, options));
    print_done(
        context, pool,
        fmt::format(fmt::runtime(in_language(context, {"pool {}: {} of {} slots used",
                                                       "资源池 {}：已用 {}，共 {} 个槽位"})),
                    printable(member(pool, "name")), member(pool, "used"), member(pool, "slots")));
    return ok();
  });
}

int phases(const Context& context, const std::string& run) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get(run_path(run) + "/phases"));
    print_items(context, page,
                {{"PHASE", "阶段"},
                 {"KIND", "类型"},
                 {"VERSION", "版本"},
                 {"STATE", "状态"},
                 {"STARTED (UTC)", "开始 (UTC)"},
                 {"ENDED (UTC)", "结束 (UTC)"},
                 {"BY", "发起人"},
                 {"FROM", "起始任务"}},
                [&](const Value& phase) -> std::vector<std::string> {
                  return {member(phase, "phase"),
                          member(phase, "kind"),
                          member(phase, "version"),
                          state_text(member(phase, "state"), context.terminal.lang),
                          shown_time(phase, "started_at"),
                          shown_time(phase, "ended_at"),
                          printable(member(phase, "initiator")),
                          printable(member(phase, "from"))};
                });
    return ok();
  });
}

namespace {

// A number is a run, anything else a workflow.
Result<std::string> path_of(const std::string& verb, const HoldOptions& options) {
  if (options.all && !options.target.empty())
    return refuse({"give a run or workflow, or --all for the whole server, not both",
                   "请给出运行或工作流，或用 --all 表示整个服务器，二者取一"});
  if (options.all) return "/api/v1/server/" + verb;
  if (options.target.empty())
    return refuse({"name a run or a workflow, or say --all for the whole server",
                   "请给出运行或工作流，或用 --all 表示整个服务器"});
  const bool switches = verb == "enable" || verb == "disable";
  const bool is_run = !switches && std::all_of(options.target.begin(), options.target.end(),
                                               [](char c) { return c >= '0' && c <= '9'; });
  if (is_run) return run_path(options.target) + "/" + verb;
  return "/api/v1/workflows/" + escape_segment(options.target) + "/" + verb;
}

Text done_text(const std::string& verb) {
  if (verb == "pause") return {"paused: nothing new starts", "已暂停：不再启动新任务"};
  if (verb == "resume") return {"resumed", "已恢复"};
  if (verb == "disable")
    return {"disabled: no timers, no requests", "已停用：不触发定时器，拒绝请求"};
  return {"enabled", "已启用"};
}

}  // namespace

int hold(const Context& context, const std::string& verb, const HoldOptions& options) {
  auto path = path_of(verb, options);
  if (!path.ok()) return complain(path.error());
  return with_server(context, [&](Client& client) -> Status {
    ValueMap body;
    if (!options.note.empty()) body.emplace_back("note", options.note);
    TRY(const Value answer, client.post(*path, Value(std::move(body))));
    print_done(context, answer, in_language(context, done_text(verb)));
    return ok();
  });
}

}  // namespace gantry::app
