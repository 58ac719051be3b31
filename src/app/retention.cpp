#include "app/retention.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "base/files.h"
#include "base/log.h"

namespace gantry::app {

namespace {
constexpr Duration kRoundEvery = hours(1);
constexpr Duration kBetweenSteps = milliseconds(20);
// The runner deletes attempt files itself soon after a run is closed; this is for what a crash
// left.
constexpr Duration kAttemptFilesKept = hours(1);

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

std::int64_t bytes_in(const std::string& folder) {
  const auto names = list_directory(folder);
  std::int64_t bytes = 0;
  struct stat st {};
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>())
    if (::lstat(join_path(folder, name).c_str(), &st) == 0)
      bytes += std::int64_t{st.st_blocks} * 512;
  return bytes;
}

bool log_is_removed(const store::RunView& run) {
  return run.closed && run.log_removed_at && run.row.ended_at &&
         *run.row.ended_at <= *run.log_removed_at;
}

class Sweep {
 public:
  Sweep(const std::string& data, store::Reader& reader, const RetentionRules& rules, Instant now,
        bool dry_run)
      : data_(data), reader_(reader), rules_(rules), now_(now), dry_run_(dry_run) {}

  Result<SweepReport> sweep() {
    TRY_STATUS(sweep_kind(
        "attempts", [this](const store::RunView& run) { return is_over(run, kAttemptFilesKept); }));
    TRY_STATUS(sweep_kind("workspaces", [this](const store::RunView& run) {
      const bool good = run.row.state == model::RunState::Succeeded;
      return is_over(run, good ? rules_.workspaces : rules_.failed_workspaces);
    }));
    TRY_STATUS(sweep_kind("logs", log_is_removed));
    return measure_logs();
  }

 private:
  using Unwanted = std::function<bool(const store::RunView&)>;

  bool is_over(const store::RunView& run, Duration kept) const {
    return run.closed && run.row.ended_at && *run.row.ended_at + kept < now_;
  }

  // A folder is made after the commit of its run: what has no row then belongs to nothing.
  Status sweep_kind(const char* kind, const Unwanted& unwanted) {
    TRY(const auto runs, run_folders(data_ + "/" + kind));
    for (const RunNo run : runs) {
      const auto view = reader_.run(run);
      if (!view.ok() && view.error().code != Code::NotFound) return view.error();
      if (view.ok() && !unwanted(*view)) continue;
      ++report_.folders;
      if (!dry_run_) TRY_STATUS(remove_tree(folder_of_run(data_, kind, run)));
    }
    return ok();
  }

  // Newest first: the first run that does not fit, and all before it, lose their logs.
  Result<SweepReport> measure_logs() {
    TRY(auto runs, run_folders(data_ + "/logs"));
    std::reverse(runs.begin(), runs.end());
    for (const RunNo run : runs) {
      const std::int64_t bytes = bytes_in(folder_of_run(data_, "logs", run));
      if (report_.log_bytes + bytes > rules_.log_bytes) {
        report_.logs_up_to = run;
        break;
      }
      report_.log_bytes += bytes;
    }
    return report_;
  }

  const std::string& data_;
  store::Reader& reader_;
  const RetentionRules& rules_;
  const Instant now_;
  const bool dry_run_;
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

void delete_files(const std::string& data, const store::RetentionStep& step) {
  const auto remove = [&](const char* kind, RunNo run) {
    const Status removed = remove_tree(folder_of_run(data, kind, run));
    if (!removed.ok()) log_warning("retention", "{}", removed.error().message);
  };
  for (const RunNo run : step.runs)
    for (const char* kind : {"attempts", "workspaces", "logs"}) remove(kind, run);
  for (const RunNo run : step.logs) remove("logs", run);
}

Retention::Retention(Stack& stack, std::string data, RetentionRules rules)
    : stack_(stack), data_(std::move(data)), rules_(rules) {}

void Retention::begin() {
  hourly_ = stack_.loop().every(kRoundEvery, [this] { begin_round(); });
  begin_round();
}

// A refused job only means that this round is left out: the next hour has another.
void Retention::begin_round() {
  (void)stack_.workers().post([this, round = ++round_] { sweep(round); });
}

void Retention::sweep(int round) {
  auto reader = stack_.new_reader();
  if (!reader.ok()) return log_warning("retention", "{}", reader.error().message);
  const auto report = sweep_files(data_, **reader, rules_, stack_.clock().wall());
  if (!report.ok()) return log_warning("retention", "{}", report.error().message);
  runs_ = logs_ = 0;
  step(round, report->logs_up_to);
}

void Retention::step(int round, RunNo logs_up_to) {
  const auto take = [this, round, logs_up_to](const core::Core&, Now now) {
    auto step = stack_.store().retain(cut_of(rules_, now.wall, logs_up_to));
    if (!step.ok()) return log_warning("retention", "{}", step.error().message);
    (void)stack_.workers().post([this, round, logs_up_to, taken = std::move(step).value()] {
      finish_step(round, logs_up_to, taken);
    });
  };
  (void)stack_.engine().ask(take);
}

void Retention::finish_step(int round, RunNo logs_up_to, const store::RetentionStep& step) {
  delete_files(data_, step);
  runs_ += static_cast<std::int64_t>(step.runs.size());
  logs_ += static_cast<std::int64_t>(step.logs.size());
  if (!step.more && runs_ + logs_ > 0)
    log_info("retention", "{} runs and the logs of {} others removed", runs_, logs_);
  if (!step.more || round != round_) return;
  stack_.loop().post([this, round, logs_up_to] {
    soon_ = stack_.loop().after(kBetweenSteps,
                                [this, round, logs_up_to] { this->step(round, logs_up_to); });
  });
}

}  // namespace gantry::app
