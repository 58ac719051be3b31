// Limits of backups. Each is met with a clear message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::backup {

inline constexpr std::int64_t kExtensionBytesMax = 64 << 10;  // of a long path in a header
inline constexpr std::size_t kPathBytesMax = 4'000;           // in the archive
inline constexpr std::size_t kFilesMax = 20'000'000;          // of one backup
inline constexpr std::int64_t kFactsBytesMax = 1 << 20;       // gantry-backup.json
inline constexpr int kWindowLogMax = 23;               // memory that unpacking takes: 2^23 bytes
inline constexpr std::size_t kPartBytes = 256u << 10;  // read, packed and sent at a time

// For messages: what a terminal might take as a command is '?'.
std::string printable_path(std::string_view path);

}  // namespace gantry::backup
