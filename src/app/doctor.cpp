// doctor: what this machine offers, and whether the store keeps its invariants.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>

#include "app/calendar_folder.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/exit_code.h"
#include "app/stack.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "runner/leaf_pool.h"
#include "schedule/zone.h"
#include "store/checker.h"
#include "store/file_system.h"

namespace gantry::app {

namespace {

struct Finding {
  std::string what;
  std::string found;
  bool good = true;
};

constexpr int kSyncs = 50;

// Median of a few appends of 4 KiB with fdatasync: what one durable commit costs at least.
Result<Duration> sync_cost(const std::string& folder) {
  const std::string path = folder + "/doctor.probe";
  TRY(Fd fd, open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  const std::string block(4096, 'x');
  std::vector<std::int64_t> took;
  const SystemClock clock;
  for (int i = 0; i < kSyncs; ++i) {
    const Duration before = clock.since_boot();
    TRY_STATUS(write_all(fd.get(), block));
    if (::fdatasync(fd.get()) != 0) return errno_error("cannot sync " + path);
    took.push_back((clock.since_boot() - before).us);
  }
  ::unlink(path.c_str());
  std::nth_element(took.begin(), took.begin() + kSyncs / 2, took.end());
  return Duration{took[kSyncs / 2]};
}

// As a server would find it: with a root of our own, which goes at once.
std::string process_trees() {
  runner::LeafPool probe;
  const auto opened = probe.open(fmt::format("doctor-{}", ::getpid()));
  return runner::describe_trees(opened.ok() ? "" : opened.error().message, probe.tells_memory());
}

std::string free_space(const std::string& folder) {
  struct statfs fs {};
  if (::statfs(folder.c_str(), &fs) != 0) return "unknown";
  const double gib =
      static_cast<double>(fs.f_bavail) * static_cast<double>(fs.f_bsize) / (1u << 30);
  return fmt::format("{:.1f} GiB", gib);
}

// Files with errors, and workflows whose calendar is missing or has no holidays for the year.
Finding look_at_calendars(const Home& home) {
  CalendarFolder folder(home.calendars());
  folder.scan();
  const spec::Calendars calendars = folder.calendars();
  std::vector<std::string> names, faults;
  for (const api::CalendarView& view : folder.list()) {
    names.push_back(view.name);
    for (const spec::Diagnostic& problem : view.problems) faults.push_back(spec::to_line(problem));
  }
  const spec::KnownCalendars known{calendars, date_of_today()};
  const auto files = find_workflow_files(home.workflows());
  for (const std::string& file : files.ok() ? *files : std::vector<std::string>()) {
    const std::string path = join_path(home.workflows(), file);
    for (const spec::Diagnostic& problem :
         load_workflow_file(path, workflow_name_of(file), &known).result.diagnostics)
      if (problem.code == "calendar-ends" || problem.code == "unknown-calendar")
        faults.push_back(spec::to_line(problem));
  }
  return {"calendars", join(faults.empty() ? names : faults, ", "), faults.empty()};
}

std::vector<Finding> look_around(const Home& home, const Config& config) {
  std::vector<Finding> out;
  out.push_back({"home", home.root});
  out.push_back({"listen", fmt::format("{}:{}", config.listen.address, config.listen.port)});
  out.push_back({"local slots", fmt::format("{}", config.limits.local_slots)});
  const auto shim = find_shim();
  out.push_back({"shim", shim.ok() ? *shim : shim.error().message, shim.ok()});
  const bool bash = exists("/bin/bash") || exists("/usr/bin/bash");
  out.push_back({"shell of run",
                 bash ? "bash -euo pipefail"
                      : "sh -eu (no bash here: a failing part of a pipe goes unnoticed)",
                 bash});
  out.push_back({"time zones", schedule::zone_data_version()});
  out.push_back(look_at_calendars(home));
  out.push_back({"process trees", process_trees()});
  const auto boot = runner::read_boot_id();
  out.push_back({"boot id", boot.ok() ? *boot : boot.error().message, boot.ok()});
  const RetentionRules& kept = config.retention;
  out.push_back(
      {"retention",
       fmt::format("runs {}, audit {}, logs {} or {} GiB, workspaces {} (failed {})",
                   format_duration(kept.runs), format_duration(kept.audit),
                   format_duration(kept.logs), kept.log_bytes >> 30,
                   format_duration(kept.workspaces), format_duration(kept.failed_workspaces))});
  if (!exists(home.data)) return out;
  const auto local = store::require_local_file_system(home.data);
  out.push_back({"file system", local.ok() ? "local" : local.error().message, local.ok()});
  out.push_back({"free space", free_space(home.data)});
  const auto cost = sync_cost(home.data);
  out.push_back({"fdatasync p50",
                 cost.ok() ? fmt::format("{:.2f} ms", static_cast<double>(cost->us) / 1000)
                           : cost.error().message,
                 cost.ok()});
  return out;
}

void print_findings(const Context& context, const std::vector<Finding>& findings) {
  JsonWriter w;
  w.array();
  for (const Finding& finding : findings) {
    w.object()
        .field("what", finding.what)
        .field("found", finding.found)
        .field("good", finding.good)
        .end();
    if (!context.json)
      fmt::print(
          "{} {:<14} {}\n",
          paint(context.terminal, finding.good ? Ink::Green : Ink::Red, finding.good ? "✓" : "✗"),
          finding.what, finding.found);
  }
  w.end();
  if (context.json) fmt::print("{}\n", w.text());
}

struct Checked {
  store::CheckReport report;
  std::vector<store::Violation> violations;
};

Result<Checked> check(const Home& home, const Config& config, const std::string& witness) {
  if (!exists(home.store()))
    return explain(Code::NotFound, {"there is no store at {}", "{} 处没有数据库"}, home.store());
  store::CheckOptions options;
  options.local_slots = config.limits.local_slots;
  options.pools = config.limits.pools;
  if (!witness.empty()) {
    TRY(options.witness, read_file(witness, std::size_t{1} << 30));
  }
  TRY(auto opened, store::SqliteStore::open(home.store()));
  TRY(auto reader, opened->new_reader());
  Checked out;
  TRY(out.report, store::check_store(*reader, options));
  TRY(out.violations, store::check_sqlite_file(home.store()));
  out.violations.insert(out.violations.end(), out.report.violations.begin(),
                        out.report.violations.end());
  return out;
}

int print_checked(const Context& context, const Checked& checked) {
  if (context.json) {
    JsonWriter w;
    w.object().field("runs", checked.report.runs).field("attempts", checked.report.attempts);
    w.field("records", checked.report.records).field("witness_lines", checked.report.witness_lines);
    w.key("violations").array();
    for (const auto& v : checked.violations)
      w.object()
          .field("invariant", v.invariant)
          .field("run", v.run.value)
          .field("evidence", v.evidence)
          .end();
    w.end().end();
    fmt::print("{}\n", w.text());
  } else {
    fmt::print(
        "{}\n",
        fmt::format(
            fmt::runtime(Text{
                "checked {} runs, {} attempts, {} history records, {} witness lines: {} violations",
                "已检查 {} 次运行、{} 次尝试、{} 条历史、{} 行见证记录：{} 处违反"}
                             .in(context.terminal.lang)),
            checked.report.runs, checked.report.attempts, checked.report.records,
            checked.report.witness_lines, checked.violations.size()));
    for (const auto& v : checked.violations)
      fmt::print("{} run {}: {}\n", v.invariant, v.run.value, printable(v.evidence));
  }
  return checked.violations.empty() ? kSucceeded : kFailed;
}

}  // namespace

int doctor(const Context& context, const DoctorOptions& options) {
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  auto config = load_config(*home);
  if (!config.ok()) return complain(config.error());
  if (!options.check && options.witness.empty()) {
    const auto findings = look_around(*home, *config);
    print_findings(context, findings);
    const bool good =
        std::all_of(findings.begin(), findings.end(), [](const Finding& f) { return f.good; });
    return good ? kSucceeded : kFailed;
  }
  auto checked = check(*home, *config, options.witness);
  return checked.ok() ? print_checked(context, *checked) : complain(checked.error());
}

}  // namespace gantry::app
