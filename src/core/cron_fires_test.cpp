// 300 lines as they stand in crontabs, in virtual time: the core fires each when the rules of
// docs/format/schedules.md say, over a night in which the clock is set, and at no other time. The
// oracle reads the lines anew and looks at the C library's clock (schedule/cron_oracle_testing.h).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/core_testing.h"
#include "schedule/cron_oracle_testing.h"
#include "schedule/local_clock_testing.h"

namespace gantry::core {
namespace {

constexpr int kLines = 300;
constexpr Duration kAround = days(2);

struct Night {
  const char* zone;
  const char* change;
};
constexpr Night kNights[] = {
    {"Europe/Berlin", "2026-03-29T01:00:00Z"},       {"Europe/Berlin", "2026-10-25T01:00:00Z"},
    {"America/New_York", "2026-03-08T07:00:00Z"},    {"America/New_York", "2026-11-01T06:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Asia/Shanghai", "2026-10-01T00:00:00Z"}};

std::string one_of(Rng& rng, std::initializer_list<const char*> texts) {
  return *(texts.begin() + rng.below(texts.size()));
}

// A list of numbers, ranges, and ranges with steps.
std::string numbers(Rng& rng, int low, int high) {
  const auto draw = [&rng](int from, int to) {
    return from + static_cast<int>(rng.below(static_cast<std::uint64_t>(to - from + 1)));
  };
  std::string out;
  for (std::uint64_t i = 1 + rng.below(3); i > 0; --i) {
    const int first = draw(low, high);
    if (!out.empty()) out += ",";
    out += fmt::format("{}", first);
    if (rng.chance(1, 2))
      out += fmt::format("-{}{}", draw(first, high), one_of(rng, {"", "", "/2", "/5"}));
  }
  return out;
}

std::string line(Rng& rng) {
  const std::string minute =
      rng.chance(1, 4) ? one_of(rng, {"*", "*/5", "*/17"}) : numbers(rng, 0, 59);
  const std::string hour = rng.chance(1, 3) ? one_of(rng, {"*", "*/2", "*/5"})
                                            : numbers(rng, 0, rng.chance(1, 2) ? 4 : 23);
  const std::string day = rng.chance(3, 4) ? one_of(rng, {"*", "*/2"}) : numbers(rng, 1, 31);
  return fmt::format("{} {} {} {} {}", minute, hour, day,
                     one_of(rng, {"*", "*", "*", "*/2", "MAR,SEP-NOV"}),
                     one_of(rng, {"*", "*", "MON-FRI", "0", "7", "SUN,WED", "1-5/2"}));
}

std::vector<schedule::Reading> readings_of(const Night& night) {
  const schedule::LocalClock clock(night.zone);
  const Instant change = *parse_instant(night.change);
  std::vector<schedule::Reading> out;
  for (Instant at = change - kAround; at <= change + kAround; at = at + minutes(1)) {
    const std::tm shown = clock.at(at);
    out.push_back({at, at.us / 1'000'000 + shown.tm_gmtoff, shown});
  }
  return out;
}

std::shared_ptr<model::Definition> definition_of(int number, const std::string& cron,
                                                 const char* zone) {
  auto out = std::make_shared<model::Definition>();
  out->workflow = Bench::workflow({{"a", {}}});
  out->workflow.name = fmt::format("line{}", number);
  out->workflow.tasks[0].action.kind = model::ActionKind::Pass;
  out->hash = out->workflow.name;
  model::Trigger trigger;
  trigger.id = "cron";
  trigger.cron = cron;
  trigger.timezone = zone;
  model::TimerDetails details;
  details.catch_up.policy = model::CatchUp::Policy::None;
  trigger.timer = details;
  out->workflow.triggers.push_back(trigger);
  return out;
}

// When each of the lines fired, in the order of the lines.
std::vector<std::vector<Instant>> live_through(const Night& night,
                                               const std::vector<std::string>& lines) {
  Core core({16, {}, 10'000});
  std::vector<std::vector<Instant>> fired(lines.size());
  const Instant change = *parse_instant(night.change);
  Now now{change - kAround, Steady{1}};
  const auto apply = [&](const model::Event& event) {
    model::Effects effects;
    core.apply(event, now, effects);
    for (const model::Change& made : effects.changes) {
      const auto* run = std::get_if<model::RunCreated>(&made.body);
      if (run == nullptr) continue;
      EXPECT_EQ(run->origin->scheduled_at, now.wall);
      fired[static_cast<std::size_t>(std::stoi(run->origin->workflow_name.substr(4)))].push_back(
          now.wall);
    }
  };
  for (std::size_t i = 0; i < lines.size(); ++i)
    apply(model::DefinitionLoaded{
        {}, "test", definition_of(static_cast<int>(i), lines[i], night.zone)});
  while (core.wake_at().wall <= change + kAround) {
    const Duration step = core.wake_at().wall - now.wall;
    now = {now.wall + step, now.steady + step};
    apply(model::TimePassed{});
  }
  return fired;
}

TEST(CronFires, WhenTheRulesSayOverANightInWhichTheClockIsSet) {
  Rng rng(20261123);
  std::size_t firings = 0;
  for (const Night& night : kNights) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < kLines / std::size(kNights); ++i) lines.push_back(line(rng));
    const auto readings = readings_of(night);
    const auto fired = live_through(night, lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(fired[i], schedule::oracle(schedule::OracleCron(lines[i]), readings))
          << lines[i] << " in " << night.zone << " around " << night.change;
      firings += fired[i].size();
    }
  }
  EXPECT_GT(firings, 10'000u);
}

}  // namespace
}  // namespace gantry::core
