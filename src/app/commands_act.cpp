// The commands that alter runs: cancel, resolve, trigger.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/explain.h"

namespace gantry::app {

int cancel(const Context& context, const std::string& run) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value answer, client.post(run_path(run) + "/cancel", Value(ValueMap{})));
    print_done(context, answer, in_language(context, {"cancel requested", "已请求取消"}));
    return ok();
  });
}

int resolve(const Context& context, const std::string& run, const std::string& task,
            const std::string& as) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value answer,
        client.post(run_path(run) + "/tasks/" + escape_segment(task) + "/resolve",
                    Value(ValueMap{{"as", as}})));
    print_done(context, answer, in_language(context, {"resolved", "已裁决"}));
    return ok();
  });
}

int trigger(const Context& context, const TriggerOptions& options) {
  if (!options.csv.empty()) return trigger_csv(context, options);
  if (options.dry_run)
    return complain(refuse({"--dry-run goes with --csv", "--dry-run 与 --csv 一起使用"}));
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  auto outcome = trigger_and_wait(context, *home, options);
  if (!outcome.ok()) return complain(outcome.error());
  if (context.json)
    print_json(ValueMap{
        {"number", outcome->number}, {"workflow", options.workflow}, {"state", outcome->state}});
  else if (!options.wait)
    fmt::print("{}\n", outcome->number);
  return options.wait ? exit_code_of_run(outcome->state) : kSucceeded;
}

}  // namespace gantry::app
