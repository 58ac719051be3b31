// Line by line against an oracle that shares nothing with the core: it writes down every firing of
// the schedule and sorts them by the rules of docs/format/workflow.md.
#include "core/catch_up.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>

#include "core/core_testing.h"
#include "core/kinds_testing.h"

namespace gantry::core {
namespace {

using model::CatchUp;
using Policy = CatchUp::Policy;

// What the schedules name: scheduled_at.
struct Wanted {
  std::vector<Instant> made;
  std::vector<Instant> missed;
};

// What the rules want of these instants if the server comes back at `now`, having seen none.
Wanted wanted_of(std::span<const Firing> due, Instant now, const CatchUp& rule) {
  Wanted out;
  for (std::size_t i = 0; i < due.size(); ++i) {
    const Duration late = now - due[i].at;
    const std::size_t newer = due.size() - i - 1;
    const std::size_t most = rule.policy == Policy::None     ? 0
                             : rule.policy == Policy::Latest ? 1
                                                             : static_cast<std::size_t>(rule.max);
    const bool in_time = newer == 0 && late <= kMinute;
    const bool caught_up = newer < most && late <= rule.window;
    (in_time || caught_up ? out.made : out.missed).push_back(due[i].scheduled_at);
  }
  return out;
}

std::vector<CatchUp> rules() {
  std::vector<CatchUp> out{{Policy::None, hours(24), 100}};
  for (const Duration window : {minutes(1), hours(2), hours(24), days(365)})
    out.push_back({Policy::Latest, window, 100});
  for (const Duration window : {minutes(10), hours(24), days(800)})
    for (const int max : {1, 3, 100}) out.push_back({Policy::All, window, max});
  return out;
}

const Duration kGaps[] = {minutes(1), seconds(59), seconds(61), hours(1), hours(24) - kMinute,
                          hours(24),  hours(25),   days(7),     days(30), days(400)};

// ---- what the core did -----------------------------------------------------------------------

struct Seen {
  std::vector<Instant> made;
  std::vector<model::MissedRow> missed;
};

Seen seen_in(const model::Effects& effects, std::size_t from) {
  Seen out;
  for (std::size_t i = from; i < effects.changes.size(); ++i) {
    if (const auto* c = std::get_if<model::RunCreated>(&effects.changes[i].body))
      out.made.push_back(c->origin->scheduled_at);
    if (const auto* c = std::get_if<model::FiringsMissed>(&effects.changes[i].body))
      out.missed.push_back(c->row);
  }
  return out;
}

// kind.all(begin, until), made once for all gaps.
std::span<const Firing> listed(const Kind& kind, Instant begin, Instant until) {
  static std::map<std::pair<std::string, Instant>, std::vector<Firing>> lists;
  std::vector<Firing>& list = lists[{kind.name, begin}];
  if (list.empty()) list = kind.all(begin, begin + kGaps[std::size(kGaps) - 1]);
  const auto is_after = [](Instant at, const Firing& firing) { return at < firing.at; };
  return {list.begin(), std::upper_bound(list.begin(), list.end(), until, is_after)};
}

enum class Gap { Down, Paused, Disabled };

class Table : public ::testing::Test {
 protected:
  static model::Workflow workflow(const Kind& kind, const CatchUp& rule) {
    model::Workflow out = Bench::workflow({{"a", {}}});
    out.triggers.push_back(kind.trigger);
    model::TimerDetails details = *kind.trigger.timer;
    details.catch_up = rule;
    out.triggers[0].timer = details;
    return out;
  }

  static void hold(Core& core, Now now, model::Hold what) {
    model::Effects effects;
    model::HoldRequested event;
    event.workflow = "w";
    event.actor = "test";
    event.what = what;
    core.apply(event, now, effects);
  }

  // Defined at `begin`, away for `gap`, back.
  static Seen away(const Kind& kind, const CatchUp& rule, Instant begin, Duration gap, Gap how) {
    const Now start{begin, Steady{1}};
    const Now back{begin + gap, Steady{1} + gap};
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = workflow(kind, rule);
    definition->hash = "h";
    Core core({16, {}, 10'000});
    core.know(calendars());
    model::Effects effects;
    core.apply(model::DefinitionLoaded{{}, "test", definition}, start, effects);
    if (how == Gap::Down) {
      Core next({16, {}, 10'000});
      next.know(calendars());
      for (model::Change change : effects.changes) {
        change.at = {};
        next.fold(change);
      }
      next.set_counters(core.state().counters);
      model::Effects after;
      next.resume(
          {{VersionId{1}, std::shared_ptr<const model::Workflow>(definition, &definition->workflow),
            "", ""}},
          back, after);
      next.apply(model::TimePassed{}, back, after);
      return seen_in(after, 0);
    }
    hold(core, start, how == Gap::Paused ? model::Hold::Pause : model::Hold::Disable);
    hold(core, back, how == Gap::Paused ? model::Hold::Resume : model::Hold::Enable);
    model::Effects after;
    core.apply(model::TimePassed{}, back, after);
    return seen_in(after, 0);
  }

  // Becomes another one, of which it is not a second late.
  static Seen edited(model::Workflow before, model::Workflow after, Instant begin, Duration gap) {
    Core core({16, {}, 10'000});
    core.know(calendars());
    model::Effects effects;
    Now now{begin, Steady{1}};
    for (model::Workflow* workflow : {&before, &after}) {
      auto definition = std::make_shared<model::Definition>();
      definition->workflow = std::move(*workflow);
      definition->hash = workflow == &before ? "h1" : "h2";
      core.apply(model::DefinitionLoaded{{}, "test", definition}, now, effects);
      if (workflow == &before) now = {now.wall + gap, now.steady + gap};
    }
    core.apply(model::TimePassed{}, now, effects);
    return seen_in(effects, 0);
  }

  static void compare(const Kind& kind, const CatchUp& rule, Instant begin, Duration gap,
                      const Seen& seen) {
    SCOPED_TRACE(fmt::format("{} policy {} window {} max {} away {} from {}", kind.name,
                             static_cast<int>(rule.policy), format_duration(rule.window), rule.max,
                             format_duration(gap), format_instant(begin)));
    const Duration delay = compile("w", workflow(kind, rule).triggers[0])->delay;
    const Instant now = begin + gap - delay;  // what the rule names comes so much later
    const Wanted wanted = wanted_of(listed(kind, begin, now), now, rule);
    EXPECT_EQ(seen.made, wanted.made);
    ASSERT_EQ(seen.missed.size(), wanted.missed.empty() ? 0u : 1u);
    if (wanted.missed.empty()) return;
    EXPECT_EQ(seen.missed[0].first, wanted.missed.front());
    EXPECT_EQ(seen.missed[0].last, wanted.missed.back());
    EXPECT_EQ(seen.missed[0].count, static_cast<std::int64_t>(wanted.missed.size()));
    EXPECT_EQ(seen.missed[0].reason, model::MissedReason::Late);
  }
};

TEST_F(Table, EveryGapPolicyAndKindAgreesWithTheOracle) {
  // An ordinary moment, and evenings before nights without and with an hour twice.
  const Instant begins[] = {at_of("2026-03-01T10:30:07Z"), at_of("2026-03-28T23:29:30Z"),
                            at_of("2026-10-24T22:30:00Z")};
  for (const Kind& kind : kinds())
    for (const CatchUp& rule : rules())
      for (const Instant begin : begins)
        for (const Duration gap : kGaps)
          compare(kind, rule, begin, gap, away(kind, rule, begin, gap, Gap::Down));
}

TEST_F(Table, PausedAndDisabledAreGapsToo) {
  const Instant begin = at_of("2026-03-28T23:29:30Z");
  for (const Kind& kind : kinds())
    for (const CatchUp& rule : rules())
      for (const Duration gap : {minutes(1), hours(1), hours(25), days(30)})
        for (const Gap how : {Gap::Paused, Gap::Disabled})
          compare(kind, rule, begin, gap, away(kind, rule, begin, gap, how));
}

// Each kind takes the place of each other one: what the old one still should have made is on
// record, and the new one fires for nothing that was before it.
TEST_F(Table, NewAndEditedTriggersNeverFireForThePast) {
  const Instant begin = at_of("2026-03-28T23:29:30Z");
  const CatchUp rule{Policy::All, days(800), 1'000};
  for (const Kind& before : kinds())
    for (const Kind& after : kinds())
      for (const Duration gap : {minutes(1), hours(25), days(8)}) {
        if (before.name == after.name) continue;
        SCOPED_TRACE(
            fmt::format("{} becomes {} after {}", before.name, after.name, format_duration(gap)));
        const Seen seen = edited(workflow(before, rule), workflow(after, rule), begin, gap);
        EXPECT_EQ(seen.made, std::vector<Instant>());
        const Duration delay = compile("w", before.trigger)->delay;
        const auto given_up = listed(before, begin, begin + gap - delay);
        ASSERT_EQ(seen.missed.size(), given_up.empty() ? 0u : 1u);
        std::int64_t count = 0;
        for (const model::MissedRow& row : seen.missed) count += row.count;
        EXPECT_EQ(count, static_cast<std::int64_t>(given_up.size()));
      }
}

TEST_F(Table, WhatIsDueNowIsInTimeWhateverThePolicy) {
  // The server is up and busy for half a minute: a timer of every second loses nothing.
  for (const CatchUp& rule : rules()) {
    Bench bench;
    bench.define(workflow({"second", every_trigger(seconds(1)), nullptr}, rule));
    bench.advance(seconds(30));
    EXPECT_EQ(bench.core.state().runs.size(), 30u);
  }
}

TEST_F(Table, AClockSetForthIsAGapAndOneSetBackFiresNothingTwice) {
  const Kind hourly{"hour", every_trigger(hours(1)), nullptr};
  for (const Duration jump : {days(1), Duration{} - days(1)}) {
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = workflow(hourly, {Policy::All, hours(24), 3});
    definition->hash = "h";
    Core core({16, {}, 10'000});
    model::Effects effects;
    Now now{at_of("2026-03-01T10:30:00Z"), Steady{1}};
    core.apply(model::DefinitionLoaded{{}, "test", definition}, now, effects);
    const auto pass = [&](Duration by) {
      now = {now.wall + by, now.steady + by};
      core.apply(model::TimePassed{}, now, effects);
    };
    pass(minutes(30));
    now.wall = now.wall + jump;
    pass(seconds(1));
    for (int i = 0; i < 30; ++i) pass(hours(1));
    const Seen seen = seen_in(effects, 0);
    EXPECT_EQ(std::set<Instant>(seen.made.begin(), seen.made.end()).size(), seen.made.size());
    EXPECT_EQ(seen.missed.size(), jump > Duration{} ? 1u : 0u);
    // Forth: three of the day are made, then each hour. Back: nothing for a day.
    EXPECT_EQ(seen.made.size(), jump > Duration{} ? 1u + 3u + 30u : 1u + 6u);
  }
}

// Half a century of seconds: a count, a bisection, and what is made.
TEST_F(Table, AMillionFiringsAreNotWalked) {
  const auto schedule = *compile("w", every_trigger(seconds(1)));
  const Instant now = at_of("2026-03-01T00:00:00Z");
  const Due due = sort_due(schedule, now - days(18'250), now, now, {Policy::All, days(3'650), 7});
  EXPECT_EQ(due.made.size(), 7u);
  EXPECT_EQ(due.missed.count, 18'250LL * 86'400 - 7);
  EXPECT_EQ(due.cursor, now);
}

}  // namespace
}  // namespace gantry::core
