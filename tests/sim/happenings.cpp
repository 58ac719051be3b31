// What happens to the machine, one function each.
#include <algorithm>

#include "machine.h"

namespace gantry::sim {

// Around the mean, never far from it.
Duration Machine::soon(Duration mean) {
  return Duration{1 +
                  static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(2 * mean.us)))};
}

void Machine::request() {
  if (draining_) return;
  plan(soon(minutes(10)), Happening::Request);
  if (!server_.up()) return;
  const std::string name = names_[rng_.below(names_.size())];
  const std::int64_t question = ++questions_;
  unanswered_.insert(question);
  server_.request(
      [name](model::ReplyTo reply) {
        return model::RunRequested{reply, name, {}, model::CauseKind::Request, "someone", ""};
      },
      [this, question](const model::Answer& answer) {
        unanswered_.erase(question);
        trace("answer {}: run {} {}", question, answer.run.value, answer.status.ok());
        if (answer.status.ok()) oracle_.answered_run(answer.run);
      });
}

void Machine::emit_event() {
  if (draining_) return;
  plan(soon(minutes(30)), Happening::Emit);
  if (!server_.up()) return;
  model::EventReceived event;
  const std::uint64_t name = rng_.below(3);
  event.name = name < std::size(kEventNames) ? kEventNames[name] : "nobody";
  event.keys = {fmt::format("key{}", ++emitted_)};
  event.actor = "someone";
  const auto number = static_cast<std::int64_t>(rng_.below(10));
  event.payload = ValueMap{{"n", number}};
  trace("event {} of {} with {}", event.keys[0], event.name, number);
  oracle_.handed(event.keys[0], number);
  server_.request(
      [event](model::ReplyTo reply) mutable {
        event.reply = reply;
        return event;
      },
      [this](const model::Answer& answer) {
        if (answer.status.ok()) oracle_.answered_event(answer.event->id);
      });
}

void Machine::cancel() {
  if (draining_) return;  // what hangs must not be hidden
  plan(soon(minutes(40)), Happening::Cancel);
  if (!server_.up() || oracle_.open().empty()) return;
  auto chosen = oracle_.open().begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(rng_.below(oracle_.open().size())));
  const RunNo run = *chosen;
  trace("cancel run {}", run.value);
  // Sometimes twice, for a stop without grace; the second is seconds later.
  if (rng_.chance(1, 3)) plan(soon(seconds(3)), Happening::Cancel);
  server_.request(
      [run](model::ReplyTo reply) {
        return model::CancelRequested{reply, run, "someone"};
      },
      [](const model::Answer&) {});
}

void Machine::decide() {
  plan(minutes(20), Happening::Decide);
  if (!server_.up()) return;
  for (const RunNo no : oracle_.open()) {
    const RunFacts& run = oracle_.run(no);
    for (const auto& [ref, task] : run.tasks) {
      const bool asks =
          task.row.state == model::TaskState::Waiting && task.row.wake_at == Steady::max();
      if (!asks) continue;
      const model::TaskState as[] = {model::TaskState::Succeeded, model::TaskState::Failed,
                                     model::TaskState::Skipped};
      const auto decision = as[rng_.below(3)];
      const std::string name = name_with(run.spec(ref.task).name, ref.item);
      trace("resolve run {} task {}", no.value, name);
      server_.request(
          [no, name, decision](model::ReplyTo reply) {
            return model::ResolveRequested{reply, no, name, decision, "someone"};
          },
          [](const model::Answer&) {});
    }
  }
}

void Machine::retry() {
  if (draining_) return;
  plan(soon(hours(1)), Happening::Retry);
  if (!server_.up() || oracle_.closed().empty()) return;
  auto chosen = oracle_.closed().begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(rng_.below(oracle_.closed().size())));
  model::RetryRequested request;
  request.run = *chosen;
  request.actor = "someone";
  request.newest = rng_.chance(1, 3);
  const auto& tasks = oracle_.run(*chosen).definition->workflow.tasks;
  if (rng_.chance(1, 2)) request.from = tasks[rng_.below(tasks.size())].name;
  trace("retry run {} from '{}'{}", chosen->value, request.from, request.newest ? " newest" : "");
  // Now and then twice: one of them comes too late.
  for (std::uint64_t i = rng_.chance(1, 5) ? 2 : 1; i > 0 && server_.up(); --i)
    server_.request(
        [request](model::ReplyTo reply) mutable {
          request.reply = reply;
          return request;
        },
        [this](const model::Answer& answer) {
          trace("retry of run {}: {}", answer.run.value,
                answer.status.ok() ? "ok" : answer.status.error().message);
          if (answer.status.ok()) oracle_.answered_run(answer.run);
        });
}

void Machine::hold(const model::HoldRequested& request) {
  trace("hold {} of run {} workflow '{}'", static_cast<int>(request.what), request.run.value,
        request.workflow);
  if (!server_.up()) return;
  server_.request(
      [request = model::HoldRequested(request)](model::ReplyTo reply) mutable {
        request.reply = reply;
        return request;
      },
      [](const model::Answer&) {});
}

// One thing is held for a while, or something that is held is let go.
void Machine::hold() {
  if (draining_) return;
  plan(soon(minutes(40)), Happening::Hold);
  model::HoldRequested request;
  request.actor = "someone";
  request.what = rng_.chance(1, 3) ? model::Hold::Pause : model::Hold::Resume;
  const std::uint64_t kind = rng_.below(4);
  if (kind == 0 && !oracle_.open().empty()) {
    auto chosen = oracle_.open().begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(rng_.below(oracle_.open().size())));
    request.run = *chosen;
  } else if (kind < 3) {
    request.workflow = names_[rng_.below(names_.size())];
    if (kind == 2)
      request.what =
          request.what == model::Hold::Pause ? model::Hold::Disable : model::Hold::Enable;
  }
  hold(request);
}

void Machine::set_pool(const std::string& name, std::optional<int> slots) {
  trace("pool {} is set to {}", name, slots.value_or(-1));
  if (!server_.up()) return;
  server_.request(
      [=](model::ReplyTo reply) {
        return model::PoolLimitRequested{reply, name, slots, "someone", ""};
      },
      [](const model::Answer&) {});
}

void Machine::set_pool() {
  if (draining_) return;
  plan(soon(hours(1)), Happening::Pool);
  auto pool = limits_.pools.begin();
  std::advance(pool, static_cast<std::ptrdiff_t>(rng_.below(limits_.pools.size())));
  if (rng_.chance(1, 3)) return set_pool(pool->first, std::nullopt);
  set_pool(pool->first, static_cast<int>(rng_.below(5)));
}

void Machine::release_all() {
  for (const auto& [pool, slots] : limits_.pools) set_pool(pool, std::nullopt);
  model::HoldRequested request;
  request.actor = "someone";
  request.what = model::Hold::Resume;
  hold(request);
  for (const std::string& name : names_) {
    request.workflow = name;
    for (const model::Hold what : {model::Hold::Resume, model::Hold::Enable}) {
      request.what = what;
      hold(request);
    }
  }
  request.workflow.clear();
  request.what = model::Hold::Resume;
  for (const RunNo no : oracle_.open()) {
    request.run = no;
    hold(request);
  }
  server_.settle();
}

void Machine::load_version(std::int64_t workflow, bool enabled) {
  if (!server_.up()) return;
  const std::string& name = names_[static_cast<std::size_t>(workflow)];
  auto drawn = std::make_shared<model::Definition>(
      *draw_definition(rng_, name, ++versions_, triggers_[name]));
  drawn->workflow.enabled = enabled;
  server_.request(
      [drawn](model::ReplyTo reply) {
        return model::DefinitionLoaded{reply, "someone", drawn};
      },
      [](const model::Answer&) {});
  // If it gets lost with a crash or a commit, the one before stays; without any there are no runs.
  if (enabled) return;
  server_.settle();
}

// ---- attempts ------------------------------------------------------------------------------

void Machine::handed(AttemptId id) {
  oracle_.started(id);
  plan(rng_.chance(9, 10) ? milliseconds(2) : soon(seconds(5)), Happening::Claim, id.value);
}

void Machine::claim(AttemptId id) {
  if (world_.find(id)->phase != testing::World::Phase::Handed) return;
  if (faults_.lost_processes && rng_.chance(1, 60)) {
    trace("attempt {} is dropped before its start", id.value);
    world_.drop(id);
    return over(id);
  }
  if (!world_.claim(id)) return;
  const auto& attempt = *world_.find(id);
  ends_[id] = draw_report(rng_, attempt.start);
  plan(attempt.stop_asked ? milliseconds(5) : draw_task_duration(rng_), Happening::End, id.value);
}

void Machine::asked_to_stop(AttemptId id) {
  const bool at_once = world_.find(id)->hard_stop || rng_.chance(1, 2);
  plan(at_once ? milliseconds(3) : soon(seconds(5)), Happening::End, id.value);
}

void Machine::end(AttemptId id) {
  const auto& attempt = *world_.find(id);
  if (attempt.phase != testing::World::Phase::Executing) return;
  model::AttemptReport report = ends_.at(id);
  // What is being stopped is killed, unless it ends by itself just then.
  if (attempt.stop_asked && rng_.chance(4, 5)) {
    report = {};
    report.state = model::AttemptState::Killed;
    report.reason = model::Reason::Cancelled;
    report.signal = 15;
  }
  world_.end(id, std::move(report));
  over(id);
}

void Machine::over(AttemptId id) {
  ends_.erase(id);
  if (!faults_.bad_reports) return plan(Duration{0}, Happening::Deliver, id.value);
  const std::uint64_t roll = rng_.below(10);
  if (roll == 0) return;  // until it is repeated
  plan(roll == 1 ? soon(minutes(2)) : Duration{0}, Happening::Deliver, id.value);
  if (roll == 2) plan(soon(minutes(1)), Happening::Deliver, id.value);
}

void Machine::deliver(AttemptId id) { world_.deliver(id); }

// ---- the server and the machine -------------------------------------------------------------

void Machine::light_fuse() {
  if (!faults_.crashes) return;
  plan(soon(minutes(30)), Happening::Crash);
  if (!server_.up()) return;
  server_.fuse().arm(1 + static_cast<std::int64_t>(rng_.below(12)), rng_.chance(1, 2));
}

void Machine::died() {
  ++crashes_;
  trace("the server dies");
  unanswered_.clear();
  taking_.clear();
  // Shims that were on their way get their claim or come too late.
  const auto alive = world_.alive();
  for (const AttemptId id : alive)
    if (world_.find(id)->phase == testing::World::Phase::Handed && rng_.chance(1, 2)) claim(id);
  plan(rng_.chance(1, 10) ? soon(hours(2)) : soon(seconds(20)), Happening::Boot);
}

void Machine::boot() {
  if (server_.up()) return;
  if (faults_.crashes_in_recovery && crashes_ > 0 && rng_.chance(1, 3))
    server_.fuse().arm(1 + static_cast<std::int64_t>(rng_.below(8)), rng_.chance(1, 2));
  if (crashes_ == 1 && death_.recovery_call > 0)
    server_.fuse().arm(death_.recovery_call, death_.recovery_after);
  trace("the server starts");
  if (!server_.boot()) return died();
  step_server();
}

void Machine::reboot() {
  if (!faults_.reboots) return;
  plan(soon(hours(8)), Happening::Reboot);
  trace("the machine goes down");
  server_.kill();
  world_.reboot();
  unanswered_.clear();
  taking_.clear();
  clock_.advance(rng_.chance(1, 4) ? soon(hours(1)) : soon(minutes(1)));
  clock_.reboot();
  if (faults_.clock_jumps && rng_.chance(1, 4)) set_clock();
  plan(soon(seconds(20)), Happening::Boot);
}

void Machine::set_clock() {
  if (!faults_.clock_jumps) return;
  plan(soon(hours(6)), Happening::ClockSet);
  const std::int64_t most = rng_.chance(1, 2) ? hours(24).us : seconds(90).us;
  const Duration by{static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(2 * most))) -
                    most};
  clock_.set_wall(clock_.wall() + by);
  trace("the clock is set by {}", format_duration(by));
  // The engine looks at the clock once a second.
  if (server_.up()) step_server();
}

void Machine::trace_batch(const store::Batch& batch) {
  trace("batch {}: {} changes", batch.number, batch.changes.size());
  for (const model::Change& change : batch.changes) {
    if (const auto* c = std::get_if<model::TaskChanged>(&change.body))
      trace("  run {} task #{} {} attempt {}", c->row.run.value, c->row.task.value,
            name_of(c->row.state), c->row.attempt.value);
    if (const auto* c = std::get_if<model::AttemptChanged>(&change.body))
      trace("  run {} task #{} attempt {} {}", c->row.run.value, c->row.task.value, c->row.id.value,
            name_of(c->row.state));
    if (const auto* c = std::get_if<model::RunChanged>(&change.body))
      trace("  run {} {} {}", c->row.run.value, name_of(c->row.state), name_of(c->row.reason));
    if (const auto* c = std::get_if<model::RunReopened>(&change.body))
      trace("  run {} is open again", c->reopening->row.run.value);
    if (const auto* c = std::get_if<model::RunCreated>(&change.body))
      trace("  run {} of {}", c->origin->run.value, c->origin->workflow_name);
    if (const auto* c = std::get_if<model::EventRecorded>(&change.body)) {
      trace("  event {} of {}{}", c->row->id.value, c->row->name, c->row->is_open ? ", open" : "");
      for (const model::TriggerFate& fate : c->row->fates)
        trace("    {} of '{}': {} run {}", fate.trigger, fate.workflow_name,
              model::name_of(fate.fate), fate.run.value);
    }
    if (const auto* c = std::get_if<model::FiringsMissed>(&change.body))
      trace("  {} missed {}", c->row.trigger, c->row.count);
  }
}

}  // namespace gantry::sim
