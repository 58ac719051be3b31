// What a scenario asks of the server: cancel, resolve, retry, and what holds.
#include "testing/scenario_bench.h"

namespace gantry::testing {

Status ScenarioBench::cancel(Line& line) {
  TRY(const int run, to_int(line.word(1)));
  const std::string by = line.take("by", "someone");
  return ask(
      [run, by](model::ReplyTo reply) {
        return model::CancelRequested{reply, RunNo{run}, by};
      },
      line, 2);
}

Status ScenarioBench::resolve(Line& line) {
  TRY(const Place at, place(line.word(1)));
  const auto as = model::task_state_of(line.word(2));
  if (!as) return invalid("write `resolve TASK succeeded`, failed or skipped");
  const std::string by = line.take("by", "someone");
  return ask(
      [at, as, by](model::ReplyTo reply) {
        return model::ResolveRequested{reply, at.run, at.task, *as, by};
      },
      line, 3);
}

// emit NAME [KEY=VALUE ...]
Status ScenarioBench::emit(Line& line) {
  model::EventReceived event;
  event.name = line.word(1);
  event.actor = "someone";
  ValueMap payload;
  for (const auto& [key, value] : line.options) payload.emplace_back(key, value_of(value));
  line.options.clear();
  event.payload = Value(std::move(payload));
  return ask(
      [event](model::ReplyTo reply) mutable {
        event.reply = reply;
        return event;
      },
      line, 2);
}

// retry RUN [from=TASK] [newest=yes] [force=yes] [by=NAME]
Status ScenarioBench::retry(Line& line) {
  model::RetryRequested request;
  TRY(const int run, to_int(line.word(1)));
  request.run = RunNo{run};
  request.from = line.take("from");
  request.newest = line.take("newest") == "yes";
  request.force = line.take("force") == "yes";
  request.actor = line.take("by", "someone");
  return ask(
      [request](model::ReplyTo reply) mutable {
        request.reply = reply;
        return request;
      },
      line, 2);
}

// pause RUN, pause WORKFLOW, pause server
Status ScenarioBench::hold(Line& line, model::Hold what) {
  model::HoldRequested request;
  request.what = what;
  const std::string& target = line.word(1);
  if (const auto run = to_int(target); run.ok())
    request.run = RunNo{*run};
  else if (target != "server")
    request.workflow = target;
  request.actor = line.take("by", "someone");
  request.note = line.take("note");
  return ask(
      [request](model::ReplyTo reply) mutable {
        request.reply = reply;
        return request;
      },
      line, 2);
}

// pool NAME SLOTS, pool NAME reset
Status ScenarioBench::pool(Line& line) {
  model::PoolLimitRequested request;
  request.pool = line.word(1);
  if (line.word(2) != "reset") {
    TRY(request.slots, to_int(line.word(2)));
  }
  request.actor = line.take("by", "someone");
  request.note = line.take("note");
  return ask(
      [request](model::ReplyTo reply) mutable {
        request.reply = reply;
        return request;
      },
      line, 3);
}

}  // namespace gantry::testing
