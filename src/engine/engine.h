// Engine: the impure part around the pure core, one thread.
//
//   drain the inbox -> core.apply each event -> commit the changes in one transaction ->
//   perform the commands, answer the callers
//
// Nothing is started, answered or acknowledged before the commit that holds it. If a commit fails
// the batch is dropped, waiting callers get Unavailable, and state is rebuilt from the store as
// after a restart. The runner spawns batch n while batch n + 1 is committed.
//
// Threads: submit(), request(), report() and ask() from any thread; everything else from the one
// engine thread (start() makes it; the simulation calls recover() and step() itself).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/inbox.h"
#include "core/core.h"
#include "engine/blame.h"
#include "engine/clock_watch.h"
#include "engine/steady_clock.h"
#include "runner/runner.h"
#include "store/store.h"

namespace gantry::engine {

// Where the models of stored versions come from.
class VersionSource {
 public:
  virtual ~VersionSource() = default;
  // Blocks on the disk and the parser. The event to hand in; never fails (the event can say so).
  virtual model::WorkflowProvided load(VersionId version) = 0;
};

struct Options {
  core::Limits limits;
  std::string boot_id;
  // The calendars as they are, asked for at each recovery, on the engine thread. When they change
  // an event tells.
  std::function<model::Calendars()> calendars;
  // What else expressions may ask of the world. The same.
  std::function<model::SurroundingsLoaded()> surroundings;
  // Runs a job away from the engine thread; the default runs it at once.
  std::function<void(std::function<void()>)> offload = [](const std::function<void()>& job) {
    job();
  };
  // After every commit, on the engine thread; must not block. The first change has the history
  // position `first`, the others the next ones in order.
  std::function<void(std::span<const model::Change>, Position first)> on_commit;
  // After every recovery, as on_commit: the history reaches to `last`. What a commit without an
  // answer added was never told.
  std::function<void(Position last)> on_recovered;
};

using OnAnswer = std::function<void(const model::Answer&)>;  // on the engine thread; must not block
// Changes that go into the batch of the answer: who asked for what, and what became of it.
using Notes = std::function<std::vector<model::Change>(const model::Answer&)>;
using OnDone = std::function<void(const Status&)>;  // on the engine thread; must not block
using Question = std::function<void(const core::Core&, Now)>;

class Engine {
 public:
  Engine(Options options, const Clock& clock, store::Store& store, runner::Runner& runner,
         VersionSource& versions, Blame* blame = nullptr);
  ~Engine();

  // Takes the lead, loads the state, provides plans, hands live attempts to the runner.
  Status recover();
  void start();  // after recover(): the engine thread
  void stop();   // commits what has been accepted, then ends the thread; tasks run on

  // One turn: waits at most `wait` for something to do (none: until the next timer).
  void step(std::optional<Duration> wait = std::nullopt);

  bool submit(model::Event event);  // false: full or stopping, answer 503
  // As submit(); `make` is given the place for the answer, which comes exactly once if true.
  bool request(const std::function<model::Event(model::ReplyTo)>& make, OnAnswer on_answer,
               Notes notes = nullptr);
  // Commits changes that the core does not own (credentials, audit). If true, on_done (which may be
  // null) is called exactly once, after the commit.
  bool record(std::vector<model::Change> changes, OnDone on_done);
  void report(model::AttemptReport report);
  bool ask(Question question);

  const core::Core& core() const { return *core_; }
  bool healthy() const { return healthy_; }

 private:
  struct Requested {
    std::function<model::Event(model::ReplyTo)> make;
    OnAnswer on_answer;
    Notes notes;
  };
  struct Recorded {
    std::vector<model::Change> changes;
    OnDone on_done;
  };
  struct Caller {
    OnAnswer on_answer;
    Notes notes;
  };
  using Item = std::variant<model::Event, Requested, Recorded, Question>;

  void run_thread();
  std::optional<Duration> wait_time(std::optional<Duration> limit) const;
  void take(std::vector<Item> items, Now now);
  void apply_batch(Now now);
  void apply(const model::Event& event, Now now);
  void take_notes(std::size_t first_command);
  bool commit(Now now);
  void perform();
  void perform_one(model::Command& command);
  void publish();
  void fail_batch(const Error& why);
  void refuse_all(const Error& why);
  void answer_questions(Now now);
  Status load_state();
  void resume_attempts();
  void give_up(const model::AttemptRow& attempt);
  bool tidy_now(bool idle) const;
  void tidy();

  Options options_;
  const Clock& clock_;
  store::Store& store_;
  runner::Runner& runner_;
  VersionSource& versions_;
  Blame* blame_;

  Inbox<Item> inbox_;
  std::thread thread_;
  std::atomic<bool> healthy_{false};

  // Of the engine thread:
  std::unique_ptr<core::Core> core_;
  std::optional<SteadyClock> time_;
  ClockWatch clock_watch_;
  store::Epoch epoch_;
  std::int64_t batch_ = 0;
  Position position_;  // the last of the history
  model::Effects effects_;
  std::vector<Item> waiting_;                          // drained, not yet applied
  std::vector<std::pair<AttemptId, RunNo>> reported_;  // to acknowledge after the commit
  std::vector<Question> questions_;
  std::map<std::uint64_t, Caller> callers_;
  std::vector<OnDone> recorded_;  // to call after the commit
  std::uint64_t last_reply_ = 0;
  bool tidy_due_ = false;
  Duration tidy_from_;  // since boot: a busy engine tidies no sooner
};

}  // namespace gantry::engine
