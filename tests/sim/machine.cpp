#include "machine.h"

#include <algorithm>

#include "store/checker.h"

namespace gantry::sim {

namespace {
constexpr Duration kDrain = days(20);
constexpr std::int64_t kTurnsMax = 400'000;
}  // namespace

Machine::Machine(std::uint64_t seed)
    : seed_(seed),
      rng_(seed),
      faults_(draw_faults(rng_)),
      limits_(draw_limits(rng_)),
      clock_(parse_instant("2026-03-28T20:00:00Z").value()),
      server_(clock_, world_, limits_),
      oracle_(limits_, world_, clock_) {
  world_.on_start = [this](AttemptId id) { handed(id); };
  world_.on_stop = [this](AttemptId id) { asked_to_stop(id); };
  world_.on_acknowledge = [this](AttemptId id) { oracle_.acknowledged(id); };
  server_.fused_store().on_durable = [this](const store::Batch& batch) {
    trace_batch(batch);
    oracle_.observe(batch);
  };
  const std::uint64_t workflows = 1 + rng_.below(3);
  for (std::uint64_t i = 0; i < workflows; ++i) {
    const std::string name = fmt::format("w{}", i);
    triggers_[name] = draw_triggers(rng_);
    draw_listeners(rng_, names_, triggers_[name]);
    names_.push_back(name);
  }
}

Machine::Machine(std::uint64_t seed, const Death& death) : Machine(seed) {
  faults_ = {};
  death_ = death;
  length_ = hours(2);
}

void Machine::plan(Duration from_now, Happening what, std::int64_t subject) {
  agenda_.emplace(std::pair{clock_.elapsed() + from_now, ++planned_}, Entry{what, subject});
}

Outcome Machine::run() {
  boot();
  for (std::size_t i = 0; i < names_.size(); ++i) load_version(static_cast<std::int64_t>(i), true);
  plan(soon(minutes(10)), Happening::Request);
  plan(soon(minutes(20)), Happening::Emit);
  plan(soon(hours(2)), Happening::Cancel);
  plan(minutes(20), Happening::Decide);
  plan(soon(hours(1)), Happening::Retry);
  plan(soon(hours(2)), Happening::Hold);
  plan(soon(hours(1)), Happening::Pool);
  plan(soon(hours(2)), Happening::Backfill);
  plan(soon(hours(2)), Happening::Steer);
  plan(soon(hours(1)), Happening::Wrap);
  plan(minutes(1), Happening::TakeIn);
  plan(soon(hours(4)), Happening::NewVersion);
  plan(seconds(30), Happening::RepeatAll);
  plan_faults();
  if (death_.call > 0) server_.fuse().arm(death_.call, death_.after);
  run_until(length_);
  drain();
  return outcome();
}

void Machine::plan_faults() {
  if (faults_.lost_commits) plan(soon(minutes(40)), Happening::CommitFault);
  if (faults_.crashes) plan(soon(minutes(30)), Happening::Crash);
  if (faults_.reboots) plan(soon(hours(8)), Happening::Reboot);
  if (faults_.clock_jumps) plan(soon(hours(6)), Happening::ClockSet);
  if (faults_.lost_processes) plan(soon(minutes(8)), Happening::LoseShim);
}

// Goes from one thing that happens to the next: one of the agenda, or the engine waking by itself.
void Machine::run_until(Duration end) {
  while (clock_.elapsed() < end && !oracle_.failed() && turns_ < kTurnsMax) {
    if (server_.up() && server_.has_input() && !step_planned_) {
      // Often at once, sometimes late: then more has arrived and goes into one batch.
      plan(rng_.chance(3, 4) ? Duration{0} : soon(seconds(2)), Happening::Step);
      step_planned_ = true;
    }
    const Duration now = clock_.elapsed();
    Duration next = agenda_.empty() ? end : agenda_.begin()->first.first;
    const auto wake = server_.until_wake();
    const bool wakes = wake && now + std::max(*wake, Duration{0}) < next;
    if (wakes) next = now + std::max(*wake, Duration{0});
    next = std::clamp(next, now, std::max(now, end));  // the machine may have been off meanwhile
    clock_.advance(next - now);
    if (next >= end) return;
    if (wakes) {
      step_server();
      continue;
    }
    const Entry entry = agenda_.begin()->second;
    agenda_.erase(agenda_.begin());
    happen(entry);
  }
}

void Machine::step_server() {
  if (!server_.up()) return;
  server_.settle();
  ++turns_;
  if (!server_.up()) return died();
  if (!server_.engine().healthy()) return;
  if (!draining_ && !oracle_.held()) oracle_.timers_settled(clock_.wall());
  oracle_.check_quiet();
  if (!server_.has_input()) oracle_.check_backfills();
  if (turns_ % 64 == 0) server_.check_recoverable("between two turns");
}

void Machine::happen(const Entry& entry) {
  const AttemptId attempt{entry.subject};
  switch (entry.what) {
    case Happening::Request: return request();
    case Happening::Emit: return emit_event();
    case Happening::Cancel: return cancel();
    case Happening::Decide: return decide();
    case Happening::Retry: return retry();
    case Happening::Wrap: return wrap();
    case Happening::TakeIn: return take_in();
    case Happening::Hold: return hold();
    case Happening::Pool: return set_pool();
    case Happening::Backfill: return begin_backfill();
    case Happening::Steer: return steer();
    case Happening::NewVersion:
      if (draining_) return;
      plan(soon(hours(4)), Happening::NewVersion);
      return load_version(static_cast<std::int64_t>(rng_.below(names_.size())), true);
    case Happening::Claim: return claim(attempt);
    case Happening::End: return end(attempt);
    case Happening::Deliver: return deliver(attempt);
    case Happening::RepeatAll: plan(seconds(30), Happening::RepeatAll); return world_.deliver_all();
    case Happening::LoseShim:
      if (!faults_.lost_processes) return;
      plan(soon(minutes(8)), Happening::LoseShim);
      if (world_.alive().empty()) return;
      {
        auto victim = world_.alive().begin();
        std::advance(victim, static_cast<std::ptrdiff_t>(rng_.below(world_.alive().size())));
        const AttemptId id = *victim;
        trace("the shim of attempt {} is killed", id.value);
        world_.lose(id);
        world_.drop(id);
        return over(id);
      }
    case Happening::Crash: return light_fuse();
    case Happening::Boot: return boot();
    case Happening::Reboot: return reboot();
    case Happening::ClockSet: return set_clock();
    case Happening::CommitFault:
      if (!faults_.lost_commits) return;
      plan(soon(minutes(40)), Happening::CommitFault);
      if (!server_.up()) return;
      trace("the next commit fails");
      return server_.fail_next_commit(rng_.chance(1, 2) ? store::MemoryFault::Refused
                                                        : store::MemoryFault::LostAnswer);
    case Happening::Step: step_planned_ = false; return step_server();
  }
}

bool Machine::drained() {
  return oracle_.open_runs() == 0 && spool_.empty() && !oracle_.has_open_events() &&
         oracle_.backfills().open().empty();
}

// The faults stop. Timers are switched off, people decide what waits; all runs have to end.
void Machine::drain() {
  trace("the faults stop");
  faults_ = {};
  server_.store().heal();
  server_.fuse().renew();
  while (!server_.up()) boot();  // the first may still die
  server_.fuse().renew();
  step_server();
  draining_ = true;
  release_all();
  end_backfills();
  for (std::size_t i = 0; i < names_.size(); ++i) load_version(static_cast<std::int64_t>(i), false);
  const Duration end = clock_.elapsed() + kDrain;
  while (!drained() && !oracle_.failed() && clock_.elapsed() < end && turns_ < kTurnsMax)
    run_until(std::min(end, clock_.elapsed() + hours(1)));
}

Outcome Machine::outcome() {
  Outcome out;
  out.complaints = oracle_.complaints();
  const auto add = [&](const std::vector<std::string>& more) {
    out.complaints.insert(out.complaints.end(), more.begin(), more.end());
  };
  if (!oracle_.failed() && !drained())
    out.complaints.push_back(fmt::format("I1: {} runs do not end", oracle_.open_runs()));
  if (out.complaints.empty()) {
    server_.check_recoverable("at the end");
    oracle_.check_end(server_.store().disk()->snapshot());
    add(oracle_.complaints());
    if (seed_ % 16 == 0) check_store();
    if (!unanswered_.empty())
      out.complaints.push_back(fmt::format("{} requests were never answered", unanswered_.size()));
  }
  add(checked_);
  add(world_.complaints());
  add(server_.complaints());
  out.trace = std::move(trace_);
  out.runs = oracle_.runs();
  out.attempts = oracle_.attempts();
  out.retries = oracle_.retries();
  out.events = oracle_.events();
  out.dates = oracle_.backfills().decided();
  out.crashes = crashes_;
  out.turns = turns_;
  out.calls = server_.fuse().calls();
  return out;
}

// What `gantry doctor --check` would say.
void Machine::check_store() {
  const auto reader = server_.store().new_reader();
  const auto report = store::check_store(**reader, {limits_.local_slots, limits_.pools});
  CHECK(report.ok());
  for (const store::Violation& v : report->violations)
    checked_.push_back(fmt::format("checker: {} run {}: {}", v.invariant, v.run.value, v.evidence));
}

Outcome simulate(std::uint64_t seed) { return Machine(seed).run(); }

Outcome simulate_death(std::uint64_t seed, const Death& death) {
  return Machine(seed, death).run();
}

std::string describe(std::uint64_t seed, const Outcome& outcome) {
  constexpr std::size_t kTail = 6'000;
  std::string text = fmt::format("seed {}:\n", seed);
  for (std::size_t i = 0; i < std::min<std::size_t>(outcome.complaints.size(), 10); ++i)
    text += "  " + outcome.complaints[i] + "\n";
  const std::size_t from = outcome.trace.size() > kTail ? outcome.trace.size() - kTail : 0;
  return text + "the end of the trace:\n" + outcome.trace.substr(from);
}

}  // namespace gantry::sim
