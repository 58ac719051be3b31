// Limits of those who look at logs; what the shim keeps of a log is in base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace gantry::limits {

inline constexpr std::size_t kLogChunkBytes = 1u << 20;   // read at once
inline constexpr std::int64_t kLogMarkLines = 256;        // of the index: a place every so
inline constexpr std::int64_t kLogMarkBytes = 256 << 10;  // many lines, or bytes
inline constexpr std::size_t kLogMarksAtOnce = 64;        // of one step when reading back
inline constexpr std::size_t kLogBackBytes = 1'024 * kLogLineBytes;  // a page: any kPageMax lines
inline constexpr std::size_t kLogIndexCacheBytes = 16u << 20;        // all indexes in memory
inline constexpr std::int64_t kLogIndexFileMin = 1 << 20;    // smaller logs are indexed each time
inline constexpr Duration kLogScanTime = milliseconds(100);  // of one request
inline constexpr std::int64_t kLogPatternMax = 1'000;        // code points searched for

}  // namespace gantry::limits
