// A year of a timer, in which the server is killed, the machine sleeps and somebody sets the clock
// by a day: whatever happens, each instant that the schedule names is made or on record as missed,
// once, and what is missed lies where nobody watched.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "base/rng.h"
#include "core/core_testing.h"
#include "core/kinds_testing.h"

namespace gantry::core {
namespace {

using model::CatchUp;
using Policy = CatchUp::Policy;

struct Span {
  Instant from;
  Instant to;
};

class Year {
 public:
  Year(const Kind& kind, const CatchUp& rule, std::uint64_t seed) : rng_(seed) {
    auto definition = std::make_shared<model::Definition>();
    definition->workflow = Bench::workflow({{"a", {}}});
    definition->hash = "h";
    model::TimerDetails details = *kind.trigger.timer;
    details.catch_up = rule;
    definition->workflow.triggers.push_back(kind.trigger);
    definition->workflow.triggers[0].timer = details;
    definition_ = definition;
    delay_ = compile("w", definition->workflow.triggers[0])->delay;
    core_ = new_core();
    apply(model::DefinitionLoaded{{}, "test", definition});
  }

  void pass() {
    while (now_.wall < kBegin + days(365)) {
      live(hours(6) + draw(days(6)));
      const std::uint64_t what = rng_.below(5);
      const Instant before = now_.wall;
      if (what == 0) now_.wall = now_.wall + days(1);
      if (what == 1) now_.wall = now_.wall - days(1);
      if (what == 2) advance(draw(days(2)));  // the machine sleeps
      if (what >= 3) kill(what == 3 ? draw(minutes(3)) : draw(days(3)));
      if (what == 0 || what == 2) unwatched_.push_back({before, now_.wall});
      apply(model::TimePassed{});
    }
  }

  Instant latest() const { return latest_ - delay_; }
  const std::vector<Span>& unwatched() const { return unwatched_; }
  std::vector<Instant> made() const {
    std::vector<Instant> out;
    for (const model::Change& change : durable_)
      if (const auto* c = std::get_if<model::RunCreated>(&change.body))
        out.push_back(c->origin->scheduled_at);
    return out;
  }
  std::vector<model::MissedRow> missed() const {
    std::vector<model::MissedRow> out;
    for (const model::Change& change : durable_)
      if (const auto* c = std::get_if<model::FiringsMissed>(&change.body)) out.push_back(c->row);
    return out;
  }
  int kills() const { return kills_; }
  Duration delay() const { return delay_; }

  const Instant kBegin = at_of("2026-03-01T10:30:07Z");

 private:
  static std::unique_ptr<Core> new_core() {
    auto core = std::make_unique<Core>(Limits{16, {}, 100'000});
    core->know(calendars());
    return core;
  }

  Duration draw(Duration most) {
    return microseconds(static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(most.us))));
  }
  void advance(Duration by) { now_ = {now_.wall + by, now_.steady + by}; }

  void apply(const model::Event& event) {
    latest_ = std::max(latest_, now_.wall);
    model::Effects effects;
    core_->apply(event, now_, effects);
    keep(effects);
  }

  // The server is up: it wakes when something is due.
  void live(Duration span) {
    const Instant end = now_.wall + span;
    while (core_->wake_at().wall <= end) {
      advance(std::max(core_->wake_at().wall - now_.wall, Duration{}));
      apply(model::TimePassed{});
    }
    advance(end - now_.wall);
  }

  // ... and dies, if something is due soon in that turn, before the commit.
  void kill(Duration down) {
    ++kills_;
    const Instant due = core_->wake_at().wall;
    if (due < now_.wall + days(2)) {
      live(due - now_.wall - microseconds(1));
      advance(microseconds(1));
      model::Effects lost;
      core_->apply(model::TimePassed{}, now_, lost);
    }
    unwatched_.push_back({now_.wall - microseconds(1), now_.wall + down});
    advance(down);
    recover();
  }

  void recover() {
    core_ = new_core();
    for (const model::Change& change : durable_) core_->fold({{}, change.actor, change.body});
    const auto workflow =
        std::shared_ptr<const model::Workflow>(definition_, &definition_->workflow);
    model::Effects effects;
    core_->resume({{VersionId{1}, workflow, "", ""}}, now_, effects);
    keep(effects);
  }

  void keep(model::Effects& effects) {
    std::move(effects.changes.begin(), effects.changes.end(), std::back_inserter(durable_));
  }

  Rng rng_;
  std::shared_ptr<const model::Definition> definition_;
  Duration delay_;
  Now now_{kBegin, Steady{1}};
  Instant latest_ = kBegin;
  std::unique_ptr<Core> core_;
  std::vector<model::Change> durable_;
  std::vector<Span> unwatched_;
  int kills_ = 0;
};

// The instants of `named` that the records tell of; each says how many it means.
std::vector<Instant> told(const std::vector<model::MissedRow>& rows,
                          const std::vector<Firing>& named, const std::vector<Span>& unwatched) {
  std::vector<Instant> out;
  for (const model::MissedRow& row : rows) {
    std::int64_t count = 0;
    for (const Firing& firing : named) {
      if (firing.scheduled_at < row.first || firing.scheduled_at > row.last) continue;
      ++count;
      out.push_back(firing.scheduled_at);
      EXPECT_TRUE(std::any_of(
          unwatched.begin(), unwatched.end(),
          [&](const Span& span) { return firing.at > span.from && firing.at <= span.to; }))
          << format_instant(firing.at) << " was missed, but somebody watched";
    }
    EXPECT_EQ(count, row.count);
  }
  return out;
}

// Those whose year is not a million runs.
std::vector<Kind> calm_kinds() {
  std::vector<Kind> out = kinds();
  const Instant begin = at_of("2026-03-01T00:00:00Z");
  std::erase_if(out, [&](const Kind& k) { return k.all(begin, begin + days(7)).size() > 7 * 24; });
  return out;
}

void live_through(const Kind& kind, const CatchUp& rule, std::uint64_t seed) {
  SCOPED_TRACE(
      fmt::format("{}, policy {}, seed {}", kind.name, static_cast<int>(rule.policy), seed));
  Year year(kind, rule, seed);
  year.pass();
  EXPECT_GT(year.kills(), 10);
  const std::vector<Firing> named = kind.all(year.kBegin, year.latest());
  std::vector<Instant> expected;
  for (const Firing& firing : named) expected.push_back(firing.scheduled_at);
  std::vector<Span> unwatched = year.unwatched();
  const Duration delay = year.delay();
  for (Span& span : unwatched) span = {span.from - delay, span.to - delay};
  std::vector<Instant> seen = told(year.missed(), named, unwatched);
  EXPECT_TRUE(rule.policy != Policy::All || seen.empty());
  const auto made = year.made();
  seen.insert(seen.end(), made.begin(), made.end());
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, expected);  // all, and each once
}

TEST(VirtualYear, LosesNothingAndRepeatsNothing) {
  std::uint64_t seed = 0;
  for (const Kind& kind : calm_kinds())
    for (const Policy policy : {Policy::None, Policy::Latest, Policy::All})
      live_through(kind, {policy, days(60), 2'000}, ++seed);
}

}  // namespace
}  // namespace gantry::core
