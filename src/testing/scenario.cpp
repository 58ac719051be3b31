#include "testing/scenario.h"

#include <fmt/format.h>

#include "testing/scenario_bench.h"

namespace gantry::testing {

Status run_scenario(std::string_view text, const std::string& file) {
  TRY(const std::vector<Line> lines, parse_scenario(text, file));
  ScenarioBench bench;
  for (const Line& line : lines)
    if (const auto status = bench.run(line); !status.ok())
      return error(status.error().code,
                   fmt::format("{}:{}: {}", file, line.number, status.error().message));
  return ok();
}

}  // namespace gantry::testing
