// Line by line against an oracle that shares nothing with the core: it writes down every firing of
// the schedule and sorts them by the rules of docs/format/workflow.md.
#include "core/catch_up.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>

#include "core/core_testing.h"

namespace gantry::core {
namespace {

using model::CatchUp;
using Policy = CatchUp::Policy;

constexpr Duration kMinute = minutes(1);

struct Wanted {
  std::vector<Instant> made;
  std::vector<Instant> missed;
};

// What the rules want of these instants if the server comes back at `now`, having seen none.
Wanted wanted_of(std::span<const Instant> due, Instant now, const CatchUp& rule) {
  Wanted out;
  for (std::size_t i = 0; i < due.size(); ++i) {
    const Duration late = now - due[i];
    const std::size_t newer = due.size() - i - 1;
    const std::size_t most = rule.policy == Policy::None     ? 0
                             : rule.policy == Policy::Latest ? 1
                                                             : static_cast<std::size_t>(rule.max);
    const bool in_time = newer == 0 && late <= kMinute;
    const bool caught_up = newer < most && late <= rule.window;
    (in_time || caught_up ? out.made : out.missed).push_back(due[i]);
  }
  return out;
}

// ---- schedules, each with all its firings written down by hand ------------------------------

struct Kind {
  const char* name;
  model::Trigger trigger;
  // The instants in (from, until], by brute force.
  std::vector<Instant> (*all)(Instant from, Instant until);
};

template <typename Names>
std::vector<Instant> steps(Instant from, Instant until, Duration step, Names names) {
  std::vector<Instant> out;
  std::int64_t first = from.us / step.us * step.us;
  for (Instant at{first}; at <= until; at = at + step)
    if (at > from && names(at)) out.push_back(at);
  return out;
}

model::Trigger cron_trigger(const char* text, const char* zone = "UTC") {
  model::Trigger out;
  out.id = "t";
  out.cron = text;
  out.timezone = zone;
  return out;
}

model::Trigger every_trigger(Duration every) {
  model::Trigger out;
  out.id = "t";
  out.kind = model::TriggerKind::Every;
  out.every = every;
  out.timezone = "UTC";
  return out;
}

std::int64_t minute_of_day(Instant at) { return at.us / kMinute.us % (24 * 60); }

Instant at_of(const char* text) { return *parse_instant(text); }

// When Berlin's clocks change, and a day that hardly ever comes.
const Instant kSpring26 = at_of("2026-03-29T01:00:00Z"), kAutumn26 = at_of("2026-10-25T01:00:00Z"),
              kSpring27 = at_of("2027-03-28T01:00:00Z"), kAutumn27 = at_of("2027-10-31T01:00:00Z"),
              kLeapDay = at_of("2028-02-29T00:00:00Z"), kOnce = at_of("2026-03-28T23:30:00Z"),
              kFrom = at_of("2026-03-29T05:00:00Z"), kTo = at_of("2026-04-02T00:00:00Z");

// Berlin of 2026 and 2027: +2 from the last Sunday of March to the last of October, else +1.
Duration berlin(Instant at) {
  const auto between = [at](Instant from, Instant to) { return at >= from && at < to; };
  const bool summer = between(kSpring26, kAutumn26) || between(kSpring27, kAutumn27);
  return hours(summer ? 2 : 1);
}

std::vector<Kind> kinds() {
  std::vector<Kind> out;
  out.push_back({"minute", cron_trigger("* * * * *"), [](Instant a, Instant b) {
                   return steps(a, b, kMinute, [](Instant) { return true; });
                 }});
  out.push_back({"hour", cron_trigger("15 * * * *"), [](Instant a, Instant b) {
                   return steps(a, b, kMinute,
                                [](Instant at) { return minute_of_day(at) % 60 == 15; });
                 }});
  // In the gap of a night in March it fires once at its end, in the fold of October once, first.
  out.push_back(
      {"day in Berlin", cron_trigger("30 2 * * *", "Europe/Berlin"), [](Instant a, Instant b) {
         return steps(a, b, kMinute, [](Instant at) {
           if (at == kSpring26 || at == kSpring27) return true;
           if (at == kAutumn26 + minutes(30) || at == kAutumn27 + minutes(30)) return false;
           return minute_of_day(at + berlin(at)) == 2 * 60 + 30;
         });
       }});
  out.push_back({"sparse", cron_trigger("0 0 29 2 *"), [](Instant a, Instant b) {
                   return steps(a, b, kMinute, [](Instant at) { return at == kLeapDay; });
                 }});
  out.push_back({"every 7m", every_trigger(minutes(7)), [](Instant a, Instant b) {
                   return steps(a, b, minutes(7), [](Instant) { return true; });
                 }});
  Kind once{"at", {}, [](Instant a, Instant b) {
              return steps(a, b, kMinute, [](Instant at) { return at == kOnce; });
            }};
  once.trigger.id = "t";
  once.trigger.kind = model::TriggerKind::At;
  once.trigger.at = kOnce;
  once.trigger.timezone = "UTC";
  out.push_back(once);
  Kind bounded{"bounded", every_trigger(hours(1)), [](Instant a, Instant b) {
                 return steps(a, b, hours(1), [](Instant at) { return at >= kFrom && at < kTo; });
               }};
  model::TimerDetails bounds;
  bounds.start = kFrom;
  bounds.end = kTo;
  bounded.trigger.timer = bounds;
  out.push_back(bounded);
  Kind spread{"jitter", cron_trigger("0 * * * *"), [](Instant a, Instant b) {
                return steps(a, b, hours(1), [](Instant) { return true; });
              }};
  model::TimerDetails jitter;
  jitter.jitter = minutes(40);
  spread.trigger.timer = jitter;
  out.push_back(spread);
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
std::span<const Instant> listed(const Kind& kind, Instant begin, Instant until) {
  static std::map<std::pair<std::string, Instant>, std::vector<Instant>> lists;
  std::vector<Instant>& list = lists[{kind.name, begin}];
  if (list.empty()) list = kind.all(begin, begin + kGaps[std::size(kGaps) - 1]);
  return {list.begin(), std::upper_bound(list.begin(), list.end(), until)};
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
    model::Effects effects;
    core.apply(model::DefinitionLoaded{{}, "test", definition}, start, effects);
    if (how == Gap::Down) {
      Core next({16, {}, 10'000});
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

// A year of hours with both nights of summer time, in which somebody sets the clock by a day now
// and then. With `all` every instant up to the latest that was seen is made, and made once.
TEST_F(Table, AYearOfClockChangesLosesNothingAndRepeatsNothing) {
  auto definition = std::make_shared<model::Definition>();
  definition->workflow = workflow(kinds()[2], {Policy::All, days(60), 1'000});
  definition->hash = "h";
  Core core({16, {}, 10'000});
  model::Effects effects;
  const Instant begin = at_of("2026-03-01T10:30:07Z");
  Now now{begin, Steady{1}};
  core.apply(model::DefinitionLoaded{{}, "test", definition}, now, effects);
  Instant latest = begin;
  for (int hour = 0; hour < 365 * 24; ++hour) {
    if (hour % 500 == 320) now.wall = now.wall + days(1);
    if (hour % 700 == 444) now.wall = now.wall - days(1);
    now = {now.wall + hours(1), now.steady + hours(1)};
    latest = std::max(latest, now.wall);
    core.apply(model::TimePassed{}, now, effects);
  }
  const Seen seen = seen_in(effects, 0);
  EXPECT_EQ(seen.made, kinds()[2].all(begin, latest));
  EXPECT_EQ(seen.missed.size(), 0u);
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
