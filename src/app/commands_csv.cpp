// gantry trigger --csv: a run per row of a file.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/csv.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace gantry::app {

namespace {

class CsvTrigger {
 public:
  CsvTrigger(const Context& context, const TriggerOptions& options, Client& client)
      : context_(context),
        options_(options),
        client_(client),
        file_(options.csv == "-" ? "/dev/stdin" : options.csv),
        workflow_("/api/v1/workflows/" + escape_segment(options.workflow)) {}

  // The exit code.
  Result<int> run() {
    TRY(const Value body, body_of_file());
    TRY(const Value plan, client_.post(workflow_ + "/csv-plan", body));
    if (member(plan, "valid") != "true") return tell_errors(plan);
    if (options_.dry_run) return tell_plan(plan);
    TRY(const Value started, client_.post(workflow_ + "/csv-runs", body));
    tell_started(started);
    const bool all = member(started, "refused") == "0";
    if (!options_.wait) return all ? kSucceeded : kFailed;
    TRY(const bool good, wait_for_all(started));
    return all && good ? kSucceeded : kFailed;
  }

 private:
  Result<Value> body_of_file() const {
    TRY(std::string text, read_file(file_, limits::kBodyBytesMax));
    // What is no CSV may be no UTF-8 either, which a request can not carry.
    if (const CsvText csv = parse_csv(text, limits::kCsvRowsMax + 1); csv.fault)
      return within_file(*csv.fault);
    TRY(ValueMap params, parse_params(options_.params));
    ValueMap body{{"csv", std::move(text)}};
    if (!params.empty()) body.emplace_back("params", std::move(params));
    if (!options_.key.empty()) body.emplace_back("key", options_.key);
    return Value(std::move(body));
  }

  Error within_file(const CsvFault& fault) const {
    return refuse({"{}:{}:{}: {}; nothing was started", "{}:{}:{}：{}；未启动任何运行"}, file_,
                  fault.line, fault.column, message_in(fault.what, context_.terminal.lang));
  }

  std::string say(Text text) const { return in_language(context_, text); }

  int tell_errors(const Value& plan) const {
    if (context_.json) print_json(plan);
    const Value* errors = plan.find("errors");
    if (errors != nullptr && errors->is(Value::Kind::List))
      for (const Value& fault : errors->as_list())
        fmt::print(stderr, "{}:{}:{}: {}\n", printable(file_), member(fault, "line"),
                   member(fault, "column"), printable(member(fault, "detail")));
    fmt::print(stderr, "{}\n",
               fmt::format(fmt::runtime(say({"gantry: {} errors; nothing was started",
                                             "gantry: {} 处错误；未启动任何运行"})),
                           member(plan, "errors_count")));
    return kInvalid;
  }

  int tell_plan(const Value& plan) const {
    if (context_.json) {
      print_json(plan);
      return kSucceeded;
    }
    print_items(context_, plan, {{"LINE", "行"}, {"RUN", "运行"}, {"PARAMS", "参数"}},
                [](const Value& row) -> std::vector<std::string> {
                  const std::string run = member(row, "run");
                  const Value* params = row.find("params");
                  return {member(row, "line"), run.empty() ? "-" : run,
                          params == nullptr ? "" : printable(to_json(*params))};
                });
    std::size_t before = 0;
    for (const Value& row : items_of(plan)) before += member(row, "run").empty() ? 0 : 1;
    fmt::print("{}\n", fmt::format(fmt::runtime(say({"{} runs would be started; {} rows have been "
                                                     "started before",
                                                     "将启动 {} 次运行；{} 行此前已启动"})),
                                   items_of(plan).size() - before, before));
    return kSucceeded;
  }

  std::string outcome_text(const std::string& outcome) const {
    if (outcome == "started") return say({"started", "已启动"});
    if (outcome == "existing") return say({"started before", "此前已启动"});
    return say({"refused", "已拒绝"});
  }

  void tell_started(const Value& started) const {
    if (context_.json) return print_json(started);
    if (!context_.quiet)
      print_items(context_, started,
                  {{"LINE", "行"}, {"OUTCOME", "结果"}, {"RUN", "运行"}, {"WHY", "原因"}},
                  [this](const Value& row) -> std::vector<std::string> {
                    const std::string run = member(row, "run");
                    return {member(row, "line"), outcome_text(member(row, "outcome")),
                            run.empty() ? "-" : run, printable(member(row, "detail"))};
                  });
    fmt::print("{}\n", fmt::format(fmt::runtime(say({"{} started, {} started before, {} refused",
                                                     "{} 已启动，{} 此前已启动，{} 已拒绝"})),
                                   member(started, "started"), member(started, "existing"),
                                   member(started, "refused")));
    std::fflush(stdout);
  }

  Result<bool> wait_for_all(const Value& started) const {
    std::size_t succeeded = 0, runs = 0;
    for (const Value& row : items_of(started)) {
      const Value* run = row.find("run");
      if (run == nullptr || !run->is(Value::Kind::Int)) continue;
      ++runs;
      Context quiet = context_;
      quiet.quiet = true;
      TRY(const RunOutcome outcome, wait_for_run(quiet, client_, run->as_int()));
      succeeded += outcome.state == "succeeded" ? 1 : 0;
    }
    if (!context_.json)
      fmt::print("{}\n",
                 fmt::format(fmt::runtime(say({"{} of {} runs succeeded", "{}/{} 次运行成功"})),
                             succeeded, runs));
    return succeeded == runs;
  }

  const Context& context_;
  const TriggerOptions& options_;
  Client& client_;
  const std::string file_;
  const std::string workflow_;
};

}  // namespace

int trigger_csv(const Context& context, const TriggerOptions& options) {
  int code = kSucceeded;
  const int failed = with_server(context, [&](Client& client) -> Status {
    TRY(code, CsvTrigger(context, options, client).run());
    return ok();
  });
  return failed != kSucceeded ? failed : code;
}

}  // namespace gantry::app
