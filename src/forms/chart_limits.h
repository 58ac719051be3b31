// Limits of flowcharts and tables, besides those of all definitions (base/limits.h).
#pragma once

#include <cstddef>

namespace gantry::limits {

inline constexpr int kSubgraphDepthMax = 16;
inline constexpr std::size_t kChartEdgesMax = 1'000'000;  // `A & B --> C & D` are four
inline constexpr std::size_t kTableKeysMax = 1'000;       // columns, comment lines, keys of `more`

}  // namespace gantry::limits
