// Backend: what the handlers work with. Made by the app's objects; lives as long as the Api.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "api/calendars.h"
#include "api/call.h"
#include "api/gate.h"
#include "api/hooks.h"
#include "api/housekeeping.h"
#include "api/log_source.h"
#include "api/readers.h"
#include "api/reply.h"
#include "api/run_watch.h"
#include "api/setting_view.h"
#include "api/stream_feed.h"
#include "api/stream_hub.h"
#include "api/tag.h"
#include "api/timers.h"
#include "api/version_cache.h"
#include "api/wraps.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/workers.h"
#include "engine/engine.h"
#include "model/people.h"
#include "net/loop.h"
#include "spec/load.h"

namespace gantry::api {

// A file whose newest text is not live, and why.
struct FileProblem {
  std::string workflow;                       // empty: another file of the home
  std::vector<spec::Diagnostic> diagnostics;  // never empty
  std::string file = {};                      // that file: "people.yaml"

  // By which they are sorted; no workflow's name begins with a slash.
  std::string key() const { return file.empty() ? workflow : "/" + file; }
};

// All references outlive the Api. The app ends them in this order: stop accepting, engine.stop(),
// workers.stop(), loop.stop(), Api, Loop.
struct Services {
  engine::Engine& engine;
  RunWatch& run_watch;  // fed by the engine's on_commit
  ChangeFeed& feed;     // by that and by on_recovered
  Readers::Open new_reader;
  LogPathOf log_path;
  Workers& workers;
  net::Loop& loop;
  const Clock& clock;
  std::string data_dir;
  std::string version;  // of the program, for people
  Instant started_at;
  Credentials& credentials;  // loaded, and fed by the engine's on_commit
  GateOptions gate;
  std::function<std::vector<FileProblem>()> file_problems = [] {  // by key(); any thread
    return std::vector<FileProblem>();
  };
  BeginBackup begin_backup = nullptr;  // null: this server has no home
  Collect collect = nullptr;           // likewise
  StreamPace stream_pace = {};
  WrapDoor wraps = {};  // empty: such records are not taken
  std::vector<SettingView> settings = {};
  std::function<model::PeoplePtr()> people = [] {  // any thread
    return std::make_shared<const model::People>();
  };
  const Hooks* hooks = nullptr;  // fed by the engine's on_commit; null: there are none
  std::string secrets_dir = {};  // of the secrets of hooks
  std::function<std::vector<CalendarView>()> calendars = [] {  // by name; any thread
    return std::vector<CalendarView>();
  };
  Value vars = ValueMap{};  // `vars` of the configuration
};

// Idempotency keys of requests that the engine has not answered yet.
class KeysInFlight {
 public:
  // False if a request with this workflow and key is under way.
  bool enter(const std::string& workflow, const std::string& key);
  void leave(const std::string& workflow, const std::string& key);

 private:
  Mutex mutex_;
  std::set<std::pair<std::string, std::string>> keys_ GUARDED_BY(mutex_);
};

// Holds a key while its request is with the engine. Released before the answer is sent, so that
// who asks again after the answer finds what was made and not the request. Any thread.
class KeyHold {
 public:
  // Null if a request with this key is under way. `place`: a workflow, or "runs/7".
  static std::shared_ptr<KeyHold> take(KeysInFlight& keys, const std::string& place,
                                       const std::string& key) {
    if (!keys.enter(place, key)) return nullptr;
    return std::make_shared<KeyHold>(keys, place, key);
  }
  // Of a key that has been entered.
  KeyHold(KeysInFlight& keys, std::string place, std::string key)
      : keys_(keys), place_(std::move(place)), key_(std::move(key)) {}
  ~KeyHold() { release(); }
  KeyHold(const KeyHold&) = delete;
  KeyHold& operator=(const KeyHold&) = delete;

  void release() {
    if (!released_.exchange(true)) keys_.leave(place_, key_);
  }

 private:
  KeysInFlight& keys_;
  const std::string place_;
  const std::string key_;
  std::atomic<bool> released_{false};
};

class Backend {
 public:
  explicit Backend(Services s)
      : services(std::move(s)),
        gate(services.gate, services.credentials),
        readers(services.new_reader),
        logs(services.log_path),
        timers(services.loop) {}

  const Services services;
  const Gate gate;
  RateLimiter rates;
  Readers readers;
  LogSource logs;
  VersionCache versions{limits::kVersionsCachedMax};
  Timers timers;
  KeysInFlight keys;
  std::string openapi;  // the document, made once
  StreamHub streams{*this, services.stream_pace};

  // Writes down the use of a credential, at most once a minute. Does not wait.
  void note_use(const Caller& caller);
};

// A handler that answers at once.
using Answering = Result<net::Response> (*)(Backend&, const Call&);
template <Answering f>
void answer(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  reply->finish(tagged(*call, f(backend, *call)));
}

Error engine_busy();    // the engine's inbox is full
Error key_under_way();  // another request with this idempotency key is

// The run that {run} of a path means: a number, or the last run of the workflow of that name.
Result<RunNo> find_run(store::Reader& reader, const std::string& text);
Result<store::RunView> read_run(store::Reader& reader, const std::string& text);

// The model of each phase of a run. The generation of an attempt is the phase that made it.
using PhaseModels = std::map<std::int32_t, VersionCache::WorkflowPtr>;
Result<PhaseModels> models_of(Backend& backend, store::Reader& reader, const store::RunView& run);

// The attempts of the task of this name (all if empty) in every phase; NotFound if none has it.
Result<std::vector<model::AttemptRow>> attempts_of(store::Reader& reader, const store::RunView& run,
                                                   const PhaseModels& models,
                                                   const std::string& task);

// Nothing if the text is anything else, also one that is too large.
std::optional<std::int64_t> whole_number(std::string_view text);

// limit and cursor of the request.
store::Page page_of(const Call& call);

}  // namespace gantry::api
