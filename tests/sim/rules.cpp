#include "rules.h"

#include <algorithm>

#include "base/limits.h"

namespace gantry::sim {

using model::AttemptState;
using model::JoinRule;
using model::OnInterrupt;
using model::TaskState;

Fate fate_of(JoinRule rule, const std::vector<char>& up) {
  const auto count = [&](char c) { return std::count(up.begin(), up.end(), c); };
  const auto any = [&](const char* set) {
    for (const char* c = set; *c != '\0'; ++c)
      if (count(*c) > 0) return true;
    return false;
  };
  const bool done = !any("P");
  const auto at_end = [done](Fate fate) { return done ? fate : Fate::Wait; };
  if (up.empty()) return Fate::Run;
  switch (rule) {
    case JoinRule::Always: return Fate::Run;
    case JoinRule::AllDone: return at_end(Fate::Run);
    case JoinRule::AllSuccess:
      if (any("FU")) return Fate::UpstreamFailed;
      return at_end(any("K") ? Fate::Skip : Fate::Run);
    case JoinRule::AllFailed: return any("SK") ? Fate::Skip : at_end(Fate::Run);
    case JoinRule::AllSkipped: return any("SFU") ? Fate::Skip : at_end(Fate::Run);
    case JoinRule::AllDoneMinOneSuccess:
      if (any("K")) return Fate::Skip;
      return at_end(any("S") ? Fate::Run : Fate::UpstreamFailed);
    case JoinRule::OneSuccess:
      if (any("S")) return Fate::Run;
      return at_end(any("FU") ? Fate::UpstreamFailed : Fate::Skip);
    case JoinRule::OneFailed: return any("FU") ? Fate::Run : at_end(Fate::Skip);
    case JoinRule::OneDone: return any("SF") ? Fate::Run : at_end(Fate::Skip);
    case JoinRule::NoneFailed: return any("FU") ? Fate::UpstreamFailed : at_end(Fate::Run);
    case JoinRule::NoneFailedMinOneSuccess:
      if (any("FU")) return Fate::UpstreamFailed;
      return at_end(any("S") ? Fate::Run : Fate::Skip);
    case JoinRule::NoneSkipped: return any("K") ? Fate::Skip : at_end(Fate::Run);
  }
  return Fate::Wait;
}

char letter_of(TaskState state, bool allow_failure) {
  switch (state) {
    case TaskState::Succeeded: return 'S';
    case TaskState::Skipped: return 'K';
    case TaskState::Failed:
    case TaskState::Interrupted: return allow_failure ? 'S' : 'F';
    case TaskState::Cancelled: return 'F';
    case TaskState::UpstreamFailed: return 'U';
    default: return 'P';
  }
}

namespace {
// The only condition that the workload writes.
bool retry_wanted(const model::RetryPolicy& retry, int exit_code) {
  return retry.condition.empty() || exit_code != 3;
}
}  // namespace

TaskState state_after(const model::Task& task, const std::vector<model::AttemptRow>& attempts) {
  int tries = 0;
  int voids = 0;
  TaskState state = TaskState::Pending;
  for (const model::AttemptRow& attempt : attempts) {
    state = TaskState::Pending;
    if (attempt.state == AttemptState::NotStarted) {
      if (++voids > limits::kNotStartedMax) state = TaskState::Failed;
      continue;
    }
    voids = 0;
    if (attempt.state == AttemptState::Running) continue;
    if (attempt.state == AttemptState::Succeeded) {
      tries = 0;
      state = TaskState::Succeeded;
      continue;
    }
    const auto& skips = task.skipping->exit_codes;
    if (attempt.state == AttemptState::Failed &&
        std::find(skips.begin(), skips.end(), attempt.exit_code) != skips.end()) {
      state = TaskState::Skipped;
      continue;
    }
    const bool left = ++tries <= task.retry->limit;
    if (attempt.state == AttemptState::Interrupted) {
      if (task.on_interrupt == OnInterrupt::Ask)
        state = TaskState::Waiting;
      else if (task.on_interrupt == OnInterrupt::Fail || !left)
        state = TaskState::Interrupted;
    } else if (!left || !retry_wanted(*task.retry, attempt.exit_code)) {
      state = TaskState::Failed;
    }
  }
  return state;
}

}  // namespace gantry::sim
