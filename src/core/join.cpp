#include "core/join.h"

#include "base/check.h"
#include "core/planted.h"

namespace gantry::core {

using model::JoinRule;
using model::TaskState;

Decision decide(JoinRule rule, const Upstream& up) {
  if (up.n == 0 || rule == JoinRule::Always) return Decision::Run;
  const auto [n, s, k, f, u] = up;
  const bool all_settled = up.settled() == n;
  const bool any_failed = f + u > 0;
  const auto when_settled = [&](Decision then) { return all_settled ? then : Decision::Wait; };
  switch (rule) {
    case JoinRule::AllSuccess:
      if (s == n) return Decision::Run;
      if (any_failed) return Decision::UpstreamFailed;
      return when_settled(Decision::Skip);
    case JoinRule::AllFailed:
      if (s + k > 0) return Decision::Skip;
      return when_settled(Decision::Run);
    case JoinRule::AllDone: return when_settled(Decision::Run);
    case JoinRule::AllDoneMinOneSuccess:
      if (k > 0) return Decision::Skip;
      return when_settled(s > 0 ? Decision::Run : Decision::UpstreamFailed);
    case JoinRule::AllSkipped:
      if (s + f + u > 0) return Decision::Skip;
      return when_settled(Decision::Run);
    case JoinRule::OneSuccess:
      if (s > 0) return Decision::Run;
      return when_settled(k == n ? Decision::Skip : Decision::UpstreamFailed);
    case JoinRule::OneFailed:
      if (any_failed) return Decision::Run;
      return when_settled(Decision::Skip);
    case JoinRule::OneDone:
      if (s + f > 0) return Decision::Run;
      return when_settled(Decision::Skip);
    case JoinRule::NoneFailed:
      if (any_failed) return Decision::UpstreamFailed;
      return when_settled(Decision::Run);
    case JoinRule::NoneFailedMinOneSuccess:
      if (any_failed) return Decision::UpstreamFailed;
      return when_settled(s > 0 || GANTRY_PLANT(JoinRuleWrong) ? Decision::Run : Decision::Skip);
    case JoinRule::NoneSkipped:
      if (k > 0) return Decision::Skip;
      return when_settled(Decision::Run);
    case JoinRule::Always: return Decision::Run;
  }
  return Decision::Wait;
}

Settled settled_as(TaskState state, bool allow_failure) {
  switch (state) {
    case TaskState::Succeeded: return Settled::Succeeded;
    case TaskState::Skipped: return Settled::Skipped;
    case TaskState::UpstreamFailed: return Settled::UpstreamFailed;
    case TaskState::Failed:
    case TaskState::Interrupted: return allow_failure ? Settled::Succeeded : Settled::Failed;
    case TaskState::Cancelled: return Settled::Failed;
    default: break;
  }
  CHECK(false);
}

}  // namespace gantry::core
