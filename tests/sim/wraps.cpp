// Commands under gantry wrap: their records lie beside the server until it has taken them in, the
// way the intake of the program does it: look by the id, hand in, and remove after the answer.
#include "machine.h"

namespace gantry::sim {

namespace {
std::shared_ptr<const model::Definition> wrapped_definition(std::uint64_t number) {
  auto definition = std::make_shared<model::Definition>();
  model::Workflow& workflow = definition->workflow;
  workflow.name = fmt::format("{}job{}", model::kWrapFolder, number);
  workflow.enabled = false;
  workflow.tasks.resize(1);
  workflow.tasks.front().name = "command";
  definition->hash = workflow.name;
  return definition;
}

model::AttemptReport draw_end(Rng& rng, Instant now) {
  model::AttemptReport report;
  const model::AttemptState states[] = {model::AttemptState::Succeeded, model::AttemptState::Failed,
                                        model::AttemptState::TimedOut,
                                        model::AttemptState::Interrupted};
  report.state = states[rng.below(4)];
  const bool exited =
      report.state == model::AttemptState::Succeeded || report.state == model::AttemptState::Failed;
  if (exited) report.exit_code = report.state == model::AttemptState::Failed ? 3 : 0;
  if (report.state != model::AttemptState::Succeeded) report.reason = model::Reason::Exit;
  report.started_at = now - minutes(5);
  report.ended_at = now;
  return report;
}
}  // namespace

void Machine::wrap() {
  if (draining_) return;
  plan(soon(hours(1)), Happening::Wrap);
  const std::string key = fmt::format("{}-{}", ++wraps_, rng_.below(2));
  spool_[key] = draw_end(rng_, clock_.wall());
  trace("record {}: {}", key, name_of(spool_[key].state));
  oracle_.wrapped(key, spool_[key].state);
  take_in(key);
}

void Machine::take_in() {
  plan(minutes(1), Happening::TakeIn);
  std::vector<std::string> keys;
  for (const auto& [key, report] : spool_) keys.push_back(key);
  for (const std::string& key : keys) take_in(key);
}

bool Machine::has_run_of(const std::string& key) {
  const auto reader = server_.store().new_reader();
  store::RunFilter filter;
  filter.workflow = std::string(model::kWrapFolder);
  filter.key = key;
  const auto found = (*reader)->runs(filter, {1, ""});
  CHECK(found.ok());
  return !found->rows.empty();
}

void Machine::take_in(const std::string& key) {
  if (!server_.up() || taking_.contains(key)) return;
  if (has_run_of(key)) return static_cast<void>(spool_.erase(key));
  model::WrapReported event;
  event.actor = "someone@somewhere";
  event.key = key;
  event.definition = wrapped_definition(key.back() == '0' ? 0 : 1);
  event.report = spool_.at(key);
  event.begun_at = *event.report.started_at;
  taking_.insert(key);
  server_.request(
      [event](model::ReplyTo reply) mutable {
        event.reply = reply;
        return event;
      },
      [this, key](const model::Answer& answer) {
        taking_.erase(key);
        trace("record {}: run {} {}", key, answer.run.value, answer.status.ok());
        if (!answer.status.ok()) return;
        oracle_.answered_run(answer.run);
        spool_.erase(key);
      });
}

}  // namespace gantry::sim
