// FileTriggers: all file triggers of the server. The kernel tells what changes (FolderWatch), and
// every 10 seconds all of them look anyway: nothing depends on having been told.
//
// Threads: begin() and end() on the loop thread, on_commit() and on_recovered() on the engine's;
// looks run on a worker, one at a time; add_problems() from any.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/backend.h"
#include "app/file_trigger.h"
#include "app/folder_watch.h"
#include "app/stack.h"
#include "base/mutex.h"

namespace gantry::app {

class FileTriggers {
 public:
  FileTriggers(Stack& stack, Duration events_kept);
  ~FileTriggers();

  void begin();
  void end();
  void on_commit(std::span<const model::Change> changes);
  void on_recovered() { news_ = true; }
  // What can not be watched is a problem of its workflow's file.
  void add_problems(std::vector<api::FileProblem>& all) const;

 private:
  struct Watched;
  using Name = std::pair<std::string, std::string>;  // workflow, trigger
  using Triggers = std::map<Name, std::shared_ptr<Watched>>;

  Triggers triggers() const;
  void look_soon();
  void look_all();
  void look(Watched& watched);
  void tell(Watched& watched) const;
  Result<std::vector<FileTriggerFacts>> read_triggers();
  void reload();
  void rewatch();
  void rescan();

  Stack& stack_;
  const Duration kept_;
  DiskFinder finder_;
  std::unique_ptr<EventDoor> door_;
  std::atomic<bool> begun_{false};
  std::atomic<bool> news_{true};  // the triggers have to be read again
  std::atomic<bool> look_waits_{false};
  Mutex looking_;  // held while one look goes on
  mutable Mutex mutex_;
  Triggers triggers_ GUARDED_BY(mutex_);
  // Of the loop thread:
  std::map<Name, std::pair<std::shared_ptr<Watched>, std::unique_ptr<FolderWatch>>> watches_;
  net::Handle rescan_, later_, retry_;
};

}  // namespace gantry::app
