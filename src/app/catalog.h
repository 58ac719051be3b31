// Catalog: the workflow files of a home and what came of loading them. A file with errors keeps
// its last good version and is listed with its errors.
//
// Threads: scan() blocks on the disk and the engine and runs on a worker, one at a time (a second
// call waits); problems() from any thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/backend.h"
#include "app/calendar_folder.h"
#include "app/home.h"
#include "app/workflow_files.h"
#include "base/mutex.h"
#include "engine/engine.h"

namespace gantry::app {

struct CatalogSummary {
  int loaded = 0;   // new or changed files that are live now
  int failed = 0;   // new or changed files with errors
  int changed = 0;  // of the loaded ones: a new version
};

class Catalog {
 public:
  Catalog(Home home, engine::Engine& engine, const CalendarFolder& calendars)
      : home_(std::move(home)), engine_(engine), calendars_(calendars) {}

  // Loads the files that are new or may have changed since the last call and hands the good ones
  // to the engine; waits until they are committed.
  Result<CatalogSummary> scan();

  // Files whose newest text is not live, and those whose calendars are missing or end, by name.
  std::vector<api::FileProblem> problems() const;

 private:
  // How a file looked when it was read; equal means that it need not be read again.
  struct Look {
    std::int64_t inode = 0, size = 0, modified_ns = 0, altered_ns = 0;
    bool operator==(const Look&) const = default;
  };
  struct CalendarUse {
    std::string path;  // of the file
    std::set<std::string> calendars;
  };
  struct Submitted;
  using Queue = std::vector<Submitted>;

  static std::optional<Look> look_at(const std::string& path);
  void load(const std::string& file, Queue& queue, CatalogSummary& summary) REQUIRES(scanning_);
  Submitted submit(const LoadedFile& file);
  void settle(Queue& queue, CatalogSummary& summary) REQUIRES(scanning_);
  void retry_cycles(CatalogSummary& summary) REQUIRES(scanning_);
  void refuse_twins(const std::map<std::string, std::string>& twins, CatalogSummary& summary)
      REQUIRES(scanning_);
  void remember_calendars(const std::string& name, const std::string& path,
                          const model::Workflow& workflow);
  void note(const std::string& name, std::vector<spec::Diagnostic> problems);
  void tell_lacks() REQUIRES(scanning_);
  void forget_others(const std::vector<std::string>& files) REQUIRES(scanning_);

  const Home home_;
  engine::Engine& engine_;
  const CalendarFolder& calendars_;
  Mutex scanning_;
  std::map<std::string, Look> looks_ GUARDED_BY(scanning_);
  std::set<std::string> again_ GUARDED_BY(scanning_);  // files whose triggers closed a cycle
  std::set<std::string> told_lacks_ GUARDED_BY(scanning_);
  mutable Mutex mutex_;
  std::map<std::string, CalendarUse> used_ GUARDED_BY(mutex_);  // by workflow
  std::map<std::string, std::vector<spec::Diagnostic>> problems_ GUARDED_BY(mutex_);
};

}  // namespace gantry::app
