// How long next_after() takes for the expressions that make it search longest: one JSON line with
// the mean and the worst of all calls, in microseconds of CPU time.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/check.h"
#include "base/rng.h"
#include "schedule/schedule.h"

namespace gantry::schedule {
namespace {

constexpr int kCalls = 2'000;  // of each expression in each zone
constexpr int kRepeats = 3;    // the best counts: the first fills caches, any may be interrupted

double cpu_us() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

double us_of_call(const Cron& cron, Instant after) {
  double best = 1e9;
  for (int i = 0; i < kRepeats; ++i) {
    const double begin = cpu_us();
    (void)next_after(cron, after);
    best = std::min(best, cpu_us() - begin);
  }
  return best;
}

struct Worst {
  double us = 0;
  std::string what;
};

void measure() {
  Rng rng(1);
  Worst worst;
  double sum = 0;
  int calls = 0;
  for (const char* text :
       {"* * * * *", "0 2 * * *", "* * * * * *", "0 0 29 2 *", "0 0 ? 2 5#5", "0 0 29W 2 ?",
        "* 2 ? 3 SUN#2", "*/5 * 29 2 */6", "0 0 L-30 * SUN#1", "59 59 23 31W 12 ?"})
    for (const char* zone :
         {"UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"}) {
      auto cron = parse_cron(text);
      auto found = find_zone(zone);
      CHECK(cron.ok() && found.ok());
      cron->zone = *found;
      for (int i = 0; i < kCalls; ++i, ++calls) {
        const Instant after{static_cast<std::int64_t>(rng.below(4'000'000'000)) * 1'000'000};
        const double us = us_of_call(*cron, after);
        sum += us;
        if (us > worst.us) worst = {us, fmt::format("{} in {}", text, zone)};
      }
    }
  fmt::print(R"({{"mean_us":{:.3f},"worst_us":{:.1f},"worst":"{}"}})"
             "\n",
             sum / calls, worst.us, worst.what);
}

}  // namespace
}  // namespace gantry::schedule

int main() { gantry::schedule::measure(); }
