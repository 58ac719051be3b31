// The directories of a run: workspaces/RUN with the version's files, attempts/RUN, logs/RUN. Made
// when its first attempt starts, once per run.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace gantry::runner {

// What Gantry itself keeps in a workspace lies in here.
inline constexpr const char* kWorkspacePrivate = ".gantry";

// One thread at a time.
class Workspaces {
 public:
  explicit Workspaces(std::string data_dir) : data_dir_(std::move(data_dir)) {}

  // The files of versions/VERSION_HASH (none if empty) are laid out read-only. After a crash
  // half-way it is done again.
  Status prepare(RunNo run, const std::string& version_hash);
  std::string path(RunNo run) const;  // of the workspace
  std::string attempts_dir() const;

  // A file for a script that can not be an argument; the same text gives the same file.
  Result<std::string> put_script(RunNo run, std::string_view text);

  // The file of what the run came of: the same for all its attempts.
  Result<std::string> put_event(RunNo run, std::string_view json);

  std::string attempts_of(RunNo run) const;
  // Its folders are made anew if it starts something again. Workspace and logs stay.
  void close(RunNo run) { prepared_.erase(run); }

 private:
  Status lay_out(RunNo run, const std::string& version_hash);

  std::string data_dir_;
  std::set<RunNo> prepared_;
};

}  // namespace gantry::runner
