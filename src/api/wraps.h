// What the API needs to take in the record of a command that ran under `gantry wrap`. The app has
// the other side.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/value.h"
#include "engine/engine.h"

namespace gantry::api {

struct TakenWrap {
  RunNo run;
  std::string workflow;
  std::int64_t version = 0;
  bool earlier = false;  // it was taken in before
};

// Both block, on worker threads. Repeating them does no harm.
struct WrapDoor {
  // `end` may be null: nobody knows how the command ended. `notes`: of the commit that has it.
  std::function<Result<TakenWrap>(const Value& start, const Value* end, const engine::Notes& notes)>
      take;
  // A part of the log, before the record.
  std::function<Status(const std::string& id, std::int64_t offset, std::string_view bytes)> add_log;
};

}  // namespace gantry::api
