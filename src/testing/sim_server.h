// SimServer: a server process that can be killed at any boundary and comes back. It is the
// production Engine and Core on a MemoryStore, without a thread: the holder calls step().
//
// After every recovery the whole state is compared with what the last durable commit left;
// differences are collected in complaints().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "store/memory_store.h"
#include "testing/fuse.h"
#include "testing/sim_clock.h"
#include "testing/world.h"

namespace gantry::testing {

// Versions from the disk itself: a MemoryDisk keeps the models.
class DiskVersions : public engine::VersionSource {
 public:
  explicit DiskVersions(std::shared_ptr<store::MemoryDisk> disk) : disk_(std::move(disk)) {}
  model::WorkflowProvided load(VersionId version) override;
  std::int64_t loads() const { return loads_; }

 private:
  std::int64_t loads_ = 0;
  std::shared_ptr<store::MemoryDisk> disk_;
};

class SimServer {
 public:
  SimServer(SimClock& clock, World& world, core::Limits limits);

  // Known to every server from the next boot on; a running one is told by event.
  void set_calendars(model::Calendars calendars);
  void set_people(model::PeoplePtr people);

  // Starts a server on what the disk holds; false if it died of its fuse meanwhile.
  bool boot();
  void kill();
  bool up() const { return engine_ != nullptr; }

  // One turn of the engine. Afterwards the server may be down (its fuse), or have recovered from
  // a failed commit.
  void step();
  // Turns until nothing is due and nothing has arrived.
  void settle();

  // The answer comes through `on_answer`, at most once; never from a dead server.
  bool request(const std::function<model::Event(model::ReplyTo)>& make, engine::OnAnswer on_answer);

  engine::Engine& engine() { return *engine_; }
  const core::State& state() const { return engine_->core().state(); }
  Now now() const;  // as the engine sees it
  // How long until the engine has something to do by itself; none if never.
  std::optional<Duration> until_wake() const;
  bool has_input() const { return has_input_; }

  Fuse& fuse() { return fuse_; }
  store::MemoryStore& store() { return store_; }
  // The next commit fails; the copy for the comparison is taken before it.
  void fail_next_commit(store::MemoryFault fault);
  FusedStore& fused_store() { return fused_store_; }

  // The server dies three times while it works on this run, and comes back.
  Status die_of(RunNo run);

  // Compares the live state with one that is built from the store at this moment.
  void check_recoverable(const std::string& when);
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  bool recover_here();
  void compare(const core::State& other, const std::string& when);
  std::int64_t last_batch();
  bool has_open_events();  // on the disk
  // Events that were open are decided by the recovery, as nothing has been committed since: more is
  // there than on the disk.
  bool decides() { return decides_at_ == last_batch(); }

  SimClock& clock_;
  World& world_;
  core::Limits limits_;
  model::Calendars calendars_;
  model::PeoplePtr people_;
  Value vars_ = ValueMap{{"site", "here"}};
  Fuse fuse_;
  std::shared_ptr<store::MemoryDisk> disk_ = std::make_shared<store::MemoryDisk>();
  store::MemoryStore store_{disk_};
  FusedStore fused_store_{fuse_, store_};
  FusedRunner fused_runner_{fuse_, world_};
  DiskVersions versions_{disk_};
  std::unique_ptr<engine::Blame> blame_;
  std::unique_ptr<engine::Engine> engine_;
  std::optional<core::State> expected_;  // as of the last durable commit, while that is in doubt
  std::int64_t decides_at_ = -1;         // the last batch, as a recovery found open events
  bool commit_armed_ = false;
  bool has_input_ = false;
  std::vector<std::string> complaints_;
};

}  // namespace gantry::testing
