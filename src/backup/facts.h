// What a backup says about itself: the first file of the archive, gantry-backup.json.
// docs/format/backup.md describes the archive.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry::backup {

inline constexpr std::int64_t kFormat = 1;
inline constexpr std::string_view kFactsFile = "gantry-backup.json";
// The last file of a part: a line "SHA256 SIZE PATH" for each file of it.
inline constexpr std::string_view kManifest = "manifest";
inline constexpr std::string_view kSecretsManifest = "manifest-secrets";

struct Facts {
  std::int64_t format = kFormat;
  std::string product = {};  // the version of the program that took it
  std::int64_t schema = 0;   // of the store
  std::string server =
      {};  // identity: the same for all backups of a server and its restored copies
  std::string host = {};
  std::int64_t incarnation = 0;
  Instant taken_at = {};
  std::int64_t position = 0;  // of the history: what the store holds reaches to here
  std::int64_t open_runs = 0;
  std::int64_t running_attempts = 0;
  bool logs = true;
  std::vector<std::string> secrets = {};  // their names; their content is not in this part
};

std::string to_json(const Facts& facts);
// FailedPrecondition, with what to do, for a format that this program does not know.
Result<Facts> parse_facts(std::string_view json);

// "manifest" line of a file, with its end.
std::string manifest_line(std::string_view sha256, std::int64_t size, std::string_view path);

}  // namespace gantry::backup
