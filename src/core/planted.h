// Planted bugs: mistakes that one test build can switch on, to see that the simulation finds them.
// In every other build GANTRY_PLANT(X) is `false` and leaves nothing behind.
#pragma once

#ifdef GANTRY_PLANTED_BUGS

namespace gantry::core {

enum class Planted {
  None,
  JoinRuleWrong,  // `any` runs when all upstream tasks were skipped
  SlotReleasedTwice,
  RetryMiscounted,  // the first failure does not count
  CancelForgetsQueued,
  CursorStaysBehind,  // after a gap: its firings are due again
  WaitLostInRecovery,
  OutputsLostInRecovery,
  AcknowledgedTooEarly,  // before the commit
  FailedCommitIgnored,
  VoidUsesATry,
  StartReissued,  // by recovery
  StopLostInRecovery,
  FinallyTooEarly,     // beside a background task
  ReadyTaskForgotten,  // when there is no slot
  StartedTwice,        // when two upstream tasks settle in one turn
  ConcurrencyOffByOne,
  SkipForgotten,
  OldRunsGoOn,        // beside the one that should take their place
  NobodyIsAsked,      // on_interrupt: ask
  SteadyFollowsWall,  // a clock that is set moves delays
  PlansOneByOne,      // after a restart, starting tasks in between
  RetryForgetsDownstream,
  RetryKeepsGeneration,
  PauseForgotten,
  MatchForgotten,
  MeetingForgotten,  // a trigger on several workflows fires again for a date
  WrapForgetsItsId,  // a record is taken in again and again
  PoolLimitIgnored,  // that a person set
  CatchUpOffByOne,   // all: one more than max
  NoneCatchesUp,     // none: as if it said latest
  PreviousForgotten,
  BackfillMakesWay,    // its runs are in the lane of live ones
  BackfillRunsTwice,   // a date after a restart
  BackfillOverfull,    // one run more than `parallel`
  FailFastForgotten,   // the other tasks go on
  ConditionForgotten,  // a task runs whatever its `when` says
  SwitchForgotten,     // all arms of a switch are chosen
  ThresholdForgotten,
  WindowOverfull,  // one item more at once than max_parallel
  ContainerNeverFails,
};

bool planted(Planted bug);  // the test says

}  // namespace gantry::core

#define GANTRY_PLANT(bug) ::gantry::core::planted(::gantry::core::Planted::bug)

#else
#define GANTRY_PLANT(bug) false
#endif
