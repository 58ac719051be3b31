// How long the hardest expressions of 10 KB take until they end or are ended by the step bound: one
// JSON line with the worst, in milliseconds of CPU time, parsing included; with an argument one
// line for each.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/check.h"
#include "expr/evaluate.h"
#include "expr/hard_testing.h"

namespace gantry::expr {
namespace {

constexpr int kRepeats = 5;  // the best counts: the first fills caches, any may be interrupted

double cpu_ms() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

double ms_of(const HardExpression& hard, const Scope& scope) {
  double best = 1e9;
  for (int i = 0; i < kRepeats; ++i) {
    const double begin = cpu_ms();
    const auto expression = parse(hard.text);
    CHECK(expression.ok());
    (void)evaluate(*expression, scope);
    best = std::min(best, cpu_ms() - begin);
  }
  return best;
}

void measure(bool each) {
  const MapScope scope = hard_scope();
  double worst = 0;
  std::string name;
  for (const HardExpression& hard : hard_expressions()) {
    const double ms = ms_of(hard, scope);
    if (each) fmt::print("{:8.2f} ms  {}\n", ms, hard.name);
    if (ms > worst) {
      worst = ms;
      name = hard.name;
    }
  }
  fmt::print(R"({{"worst_ms":{:.2f},"worst":"{}"}})"
             "\n",
             worst, name);
}

}  // namespace
}  // namespace gantry::expr

int main(int argc, char**) {
  gantry::expr::measure(argc > 1);
  return 0;
}
