#include "testing/world.h"

#include <fmt/format.h>

namespace gantry::testing {

namespace {
model::AttemptReport plain(AttemptId id, model::AttemptState state, model::Reason reason) {
  model::AttemptReport report;
  report.id = id;
  report.state = state;
  report.reason = reason;
  return report;
}

model::AttemptReport voided(AttemptId id) {
  return plain(id, model::AttemptState::NotStarted, model::Reason::Start);
}

model::AttemptReport lost(AttemptId id) {
  return plain(id, model::AttemptState::Interrupted, model::Reason::Interrupted);
}
}  // namespace

void World::finish(Attempt& attempt, Phase phase, model::AttemptReport report) {
  const AttemptId id = report.id;
  attempt.phase = phase;
  attempt.report = std::move(report);
  alive_.erase(id);
  unacknowledged_.insert(id);
}

bool World::claim(AttemptId id) {
  Attempt& attempt = attempts_.at(id);
  if (attempt.phase != Phase::Handed) return false;
  for (const AttemptId other : alive_) {
    const Attempt& a = attempts_.at(other);
    if (other == id || a.start.run != attempt.start.run ||
        model::name_of(a.start) != model::name_of(attempt.start))
      continue;
    complaints_.push_back(fmt::format("I2: run {} task {}: attempts {} and {} are alive at once",
                                      a.start.run.value, a.start.task, other.value, id.value));
  }
  attempt.phase = Phase::Executing;
  return true;
}

void World::end(AttemptId id, model::AttemptReport report) {
  Attempt& attempt = attempts_.at(id);
  if (attempt.phase != Phase::Executing) return;
  report.id = id;
  finish(attempt, Phase::Recorded, std::move(report));
}

void World::lose(AttemptId id) {
  Attempt& attempt = attempts_.at(id);
  if (attempt.phase == Phase::Executing) finish(attempt, Phase::Lost, lost(id));
}

void World::drop(AttemptId id) {
  Attempt& attempt = attempts_.at(id);
  if (attempt.phase == Phase::Handed) finish(attempt, Phase::Voided, voided(id));
}

void World::deliver(AttemptId id) {
  const auto found = attempts_.find(id);
  if (found == attempts_.end() || !sink_ || alive_.contains(id)) return;
  sink_(found->second.report);
}

void World::deliver_all() {
  for (const AttemptId id : unacknowledged_) deliver(id);
}

void World::reboot() {
  const auto alive = alive_;
  for (const AttemptId id : alive) {
    Attempt& attempt = attempts_.at(id);
    // What was handed over is forgotten with the zygote; the file was never made.
    if (attempt.phase == Phase::Executing) finish(attempt, Phase::Lost, lost(id));
  }
  // A record that nobody has read is not trusted after a power loss.
  for (const AttemptId id : unacknowledged_) {
    Attempt& attempt = attempts_.at(id);
    if (attempt.phase == Phase::Recorded) finish(attempt, Phase::Lost, lost(id));
  }
}

const World::Attempt* World::find(AttemptId id) const {
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? nullptr : &found->second;
}

const World::Attempt* World::live(RunNo run, const std::string& task) const {
  for (const AttemptId id : alive_) {
    const Attempt& attempt = attempts_.at(id);
    if (attempt.start.run == run && model::name_of(attempt.start) == task) return &attempt;
  }
  return nullptr;
}

void World::start(const model::StartAttempt& command) {
  const auto [at, added] = attempts_.try_emplace(command.id);
  if (!added) {
    complaints_.push_back(fmt::format("I2: the start of attempt {} (run {}, task {}) came twice",
                                      command.id.value, command.run.value, command.task));
    return;
  }
  at->second.start = command;
  alive_.insert(command.id);
  if (on_start) on_start(command.id);
}

void World::stop(const model::StopAttempt& command) {
  const auto found = attempts_.find(command.id);
  if (found == attempts_.end() || !alive_.contains(command.id)) return;
  found->second.stop_asked = true;
  found->second.hard_stop |= command.skip_grace;
  if (on_stop) on_stop(command.id);
}

void World::recover(const std::vector<model::AttemptRow>& running) {
  for (const model::AttemptRow& row : running) {
    const auto [at, added] = attempts_.try_emplace(row.id);
    if (added) at->second.start.run = row.run;
    if (at->second.phase == Phase::Executing) continue;  // adopted: its report comes by itself
    if (at->second.phase == Phase::Handed) finish(at->second, Phase::Voided, voided(row.id));
    deliver(row.id);
  }
}

void World::acknowledge(AttemptId id, RunNo) {
  const auto found = attempts_.find(id);
  if (found == attempts_.end()) return;
  found->second.acknowledged = true;
  unacknowledged_.erase(id);
  if (on_acknowledge) on_acknowledge(id);
}

void World::close_run(RunNo run) {
  for (const AttemptId id : alive_)
    if (attempts_.at(id).start.run == run)
      complaints_.push_back(
          fmt::format("I1: run {} is closed while its attempt {} runs", run.value, id.value));
}

}  // namespace gantry::testing
