// The patterns of file triggers: an absolute path whose names may hold *, ? and [...], as a
// shell's; a name that is ** stands for any folders in between, also none. A name that begins with
// a dot is meant only by a pattern that begins with one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry::limits {
inline constexpr Duration kSettleUsual = seconds(2);
inline constexpr Duration kSettleMax = hours(24);
inline constexpr std::size_t kFilesOfEventMax = 1'000;     // of a trigger with `batch`
inline constexpr std::size_t kFilesWatchedMax = 200'000;   // that one trigger's pattern names
inline constexpr std::size_t kFoldersWatchedMax = 10'000;  // that are looked into for it
inline constexpr std::size_t kFileLevelsMax = 64;          // of them below the pattern's folder
}  // namespace gantry::limits

namespace gantry::spec {

struct FilePattern {
  std::string folder;              // what comes before the first pattern; no link is looked for
  std::vector<std::string> names;  // below it, the last is that of the files
};
inline constexpr std::string_view kAnyFolders = "**";

Status check_file_pattern(std::string_view text);       // InvalidArgument says what is wrong
FilePattern split_file_pattern(std::string_view text);  // of one that was checked
bool matches_name(const std::string& pattern, const std::string& name);  // of one that is not **

}  // namespace gantry::spec
