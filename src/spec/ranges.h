// The numbers that keys accept: what the readers check, the reference says.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "base/time.h"
#include "spec/file_pattern.h"

namespace gantry::spec {

struct IntRange {
  std::int64_t min;
  std::int64_t max;
};
struct NumberRange {
  double min;
  double max;
};
struct DurationRange {
  Duration min;
  Duration max;
};

inline constexpr IntRange kPriorityRange{-1'000, 1'000};
inline constexpr IntRange kConcurrencyRange{1, 1'000'000};
inline constexpr IntRange kSlotsRange{1, 10'000};
inline constexpr IntRange kExitCodeRange{1, 255};
inline constexpr IntRange kItemsRange{1, limits::kForeachItemsMax};
inline constexpr IntRange kToleratedRange{0, limits::kForeachItemsMax};
inline constexpr IntRange kRoundsRange{1, 1'000'000};
inline constexpr IntRange kRetriesRange{0, limits::kRetriesMax};
inline constexpr NumberRange kBackoffRange{1, 100};
inline constexpr NumberRange kJitterRange{0, 1};
inline constexpr DurationRange kTimeoutRange{milliseconds(1), days(3'650)};
inline constexpr DurationRange kDelayRange{{}, days(30)};
inline constexpr DurationRange kLookRange{seconds(1), days(30)};  // of waits
inline constexpr DurationRange kGraceRange{{}, hours(24)};
inline constexpr DurationRange kRoundRange{milliseconds(100), days(3'650)};   // of background tasks
inline constexpr DurationRange kSettleRange{Duration{}, limits::kSettleMax};  // of files
inline constexpr DurationRange kEveryRange{limits::kEveryMin, days(3'650)};   // of triggers
inline constexpr DurationRange kSpreadRange{{}, days(1)};                     // their jitter
inline constexpr DurationRange kCatchUpWindowRange{minutes(1), days(3'650)};
inline constexpr IntRange kCatchUpMaxRange{1, 1'000};  // made in one turn of the engine

}  // namespace gantry::spec
