#include "app/sweep.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

#include "base/files.h"
#include "base/log.h"

namespace gantry::app {

namespace {
// The runner deletes attempt files itself soon after a run is closed; this is for what a crash
// left.
constexpr Duration kAttemptFilesKept = hours(1);
// A version is laid out before it is stored.
constexpr Duration kVersionFilesKept = hours(1);

std::string folder_of_run(const std::string& data, const char* kind, RunNo run) {
  return fmt::format("{}/{}/{}", data, kind, run.value);
}

// Folders that are named by a run's number, lowest first.
Result<std::vector<RunNo>> run_folders(const std::string& folder) {
  std::vector<RunNo> runs;
  if (!exists(folder)) return runs;
  TRY(const auto names, list_directory(folder));
  for (const std::string& name : names) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure == std::errc() && end == name.data() + name.size() && number > 0)
      runs.push_back(RunNo{number});
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

// On the disk, with all below it. What vanishes meanwhile counts nothing.
std::int64_t bytes_of(const std::string& path) {
  struct stat st {};
  if (::lstat(path.c_str(), &st) != 0) return 0;
  if (!S_ISDIR(st.st_mode)) return std::int64_t{st.st_blocks} * 512;
  std::int64_t bytes = 0;
  const auto names = list_directory(path);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>())
    bytes += bytes_of(join_path(path, name));
  return bytes;
}

Status take_away(const std::string& folder, bool dry_run, api::Removed& removed) {
  if (!exists(folder)) return ok();
  ++removed.count;
  removed.bytes += bytes_of(folder);
  return dry_run ? ok() : remove_tree(folder);
}

bool log_is_removed(const store::RunView& run) {
  return run.closed && run.log_removed_at && run.row.ended_at &&
         *run.row.ended_at <= *run.log_removed_at;
}

class Sweep {
 public:
  Sweep(const std::string& data, store::Reader& reader, const RetentionRules& rules, Instant now,
        bool dry_run)
      : data_(data),
        reader_(reader),
        rules_(rules),
        now_(now),
        dry_run_(dry_run),
        cut_(cut_of(rules, now, {})) {}

  Result<SweepReport> sweep() {
    if (dry_run_) TRY_STATUS(measure_logs());
    cut_.logs_up_to = report_.logs_up_to;
    TRY_STATUS(sweep_kind("attempts", report_.attempts, [this](const store::RunView& run) {
      return is_over(run, kAttemptFilesKept);
    }));
    TRY_STATUS(sweep_kind("workspaces", report_.workspaces, [this](const store::RunView& run) {
      const bool good = run.row.state == model::RunState::Succeeded;
      return is_over(run, good ? rules_.workspaces : rules_.failed_workspaces);
    }));
    TRY_STATUS(sweep_kind("logs", report_.logs, [this](const store::RunView& run) {
      return log_is_removed(run) || (dry_run_ && will_lose_log(run));
    }));
    TRY_STATUS(sweep_versions());
    if (!dry_run_) TRY_STATUS(measure_logs());
    return report_;
  }

 private:
  using Unwanted = std::function<bool(const store::RunView&)>;

  bool is_over(const store::RunView& run, Duration kept) const {
    return run.closed && run.row.ended_at && *run.row.ended_at + kept < now_;
  }
  bool will_go(const store::RunView& run) const {
    return run.closed && run.row.ended_at && *run.row.ended_at < cut_.runs_before;
  }
  bool will_lose_log(const store::RunView& run) const {
    return run.closed && run.row.ended_at &&
           (*run.row.ended_at < cut_.logs_before || run.origin.run.value <= cut_.logs_up_to.value);
  }

  // A folder is made after the commit of its run: what has no row then belongs to nothing.
  Status sweep_kind(const char* kind, api::Removed& removed, const Unwanted& unwanted) {
    TRY(const auto runs, run_folders(data_ + "/" + kind));
    for (const RunNo run : runs) {
      const auto view = reader_.run(run);
      if (!view.ok() && view.error().code != Code::NotFound) return view.error();
      if (view.ok() && !unwanted(*view) && !(dry_run_ && will_go(*view))) continue;
      TRY_STATUS(take_away(folder_of_run(data_, kind, run), dry_run_, removed));
    }
    return ok();
  }

  Status sweep_versions() {
    const std::string folder = data_ + "/versions";
    if (!exists(folder)) return ok();
    TRY(const auto names, list_directory(folder));
    std::vector<std::string> old;
    for (const std::string& name : names) {
      struct stat st {};
      const bool found = ::lstat(join_path(folder, name).c_str(), &st) == 0;
      if (found && Instant{seconds(st.st_mtime).us} + kVersionFilesKept < now_) old.push_back(name);
    }
    if (old.empty()) return ok();
    TRY(const auto stored, stored_hashes());
    for (const std::string& name : old)
      if (!stored.contains(name))
        TRY_STATUS(take_away(join_path(folder, name), dry_run_, report_.versions));
    return ok();
  }

  Result<std::set<std::string>> stored_hashes() {
    std::set<std::string> hashes;
    store::Page workflows{limits::kPageMax, ""};
    do {
      TRY(const auto page, reader_.workflows("", workflows));
      for (const store::WorkflowView& workflow : page.rows)
        TRY_STATUS(add_hashes(workflow.row.name, hashes));
      workflows.cursor = page.next_cursor;
    } while (!workflows.cursor.empty());
    return hashes;
  }

  Status add_hashes(const std::string& workflow, std::set<std::string>& hashes) {
    store::Page versions{limits::kPageMax, ""};
    do {
      TRY(const auto page, reader_.versions(workflow, versions));
      for (const store::VersionView& version : page.rows) hashes.insert(version.hash);
      versions.cursor = page.next_cursor;
    } while (!versions.cursor.empty());
    return ok();
  }

  // Newest first: the first run that does not fit, and all before it, lose their logs.
  Status measure_logs() {
    TRY(auto runs, run_folders(data_ + "/logs"));
    std::reverse(runs.begin(), runs.end());
    for (const RunNo run : runs) {
      const std::int64_t bytes = bytes_of(folder_of_run(data_, "logs", run));
      if (report_.log_bytes + bytes > rules_.log_bytes) {
        report_.logs_up_to = run;
        break;
      }
      report_.log_bytes += bytes;
    }
    return ok();
  }

  const std::string& data_;
  store::Reader& reader_;
  const RetentionRules& rules_;
  const Instant now_;
  const bool dry_run_;
  store::RetentionCut cut_;
  SweepReport report_;
};
}  // namespace

Result<SweepReport> sweep_files(const std::string& data, store::Reader& reader,
                                const RetentionRules& rules, Instant now, bool dry_run) {
  return Sweep(data, reader, rules, now, dry_run).sweep();
}

store::RetentionCut cut_of(const RetentionRules& rules, Instant now, RunNo logs_up_to) {
  return {now, now - rules.runs, now - rules.logs, logs_up_to, now - rules.audit};
}

void delete_files(const std::string& data, const store::RetentionStep& step,
                  api::Collected& collected) {
  const auto remove = [&](const char* kind, RunNo run, api::Removed& removed) {
    const Status gone = take_away(folder_of_run(data, kind, run), false, removed);
    if (!gone.ok()) log_warning("retention", "{}", gone.error().message);
  };
  for (const RunNo run : step.runs) {
    remove("attempts", run, collected.attempts);
    remove("workspaces", run, collected.workspaces);
    remove("logs", run, collected.log_folders);
  }
  for (const RunNo run : step.logs) remove("logs", run, collected.log_folders);
}

}  // namespace gantry::app
