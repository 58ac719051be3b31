// WrapIntake: the server's side of `gantry wrap`. Takes in the records that lie in its spool, each
// exactly once: a record is looked up by its id in the store, handed to the engine if it is not
// there, its log is moved to the logs of its run, and only then it is removed. Whatever cuts this
// off, the next look begins with the same question and goes on from there.
//
// A record whose command still runs (its lock is held) is left alone. One that no server can read
// goes to SPOOL/refused with a line in the server's log, and is kept there.
//
// Threads: begin() and end() on the loop thread; the rest on workers, one record at a time.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "api/wraps.h"
#include "app/folder_watch.h"
#include "app/stack.h"
#include "app/wrap_spool.h"
#include "base/mutex.h"

namespace gantry::app {

class WrapIntake {
 public:
  WrapIntake(Stack& stack, const Home& home);

  void begin();
  void end() { watch_.reset(); }
  api::WrapDoor door();  // what the API hands in

 private:
  void scan_soon();
  void scan();
  bool scan_some();
  Result<api::TakenWrap> take(const WrapRecord& record, const engine::Notes& notes);
  Result<std::optional<api::TakenWrap>> find(const WrapRecord& record);
  Result<api::TakenWrap> hand_to_engine(const WrapRecord& record, const engine::Notes& notes);
  Status move_log(const std::string& id, RunNo run);
  void refuse(const std::string& id, const Error& why);
  Result<api::TakenWrap> take_from_afar(const Value& start, const Value* end,
                                        const engine::Notes& notes);

  Stack& stack_;
  const std::string data_;
  const std::string spool_;
  Mutex taking_;  // held while one record is taken in
  std::optional<FolderWatch> watch_;
  net::Handle rescan_, retry_;
  std::atomic<bool> scan_waits_{false};
};

}  // namespace gantry::app
