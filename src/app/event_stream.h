// The live stream of the server (server-sent events), as the command line follows it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/client.h"
#include "app/commands.h"
#include "base/value.h"

namespace gantry::app {

struct StreamEvent {
  std::string name;  // "run", "task", "attempt", "ready", "resync" ...
  std::string id;    // its position; empty: none
  Value data;
};

// Puts events together from the pieces in which they come.
class EventParser {
 public:
  using Take = std::function<bool(const StreamEvent&)>;  // false: enough
  bool feed(std::string_view bytes, const Take& take);

 private:
  bool end_of_event(const Take& take);

  std::string pending_;  // an unfinished line
  std::string name_, id_, data_;
};

// Follows the topics until `take` has enough. A break is mended: it asks on from the last position,
// for half a minute, and finds a server that has moved; the error is that of the last try. The
// first connection has to work.
Status follow_events(const Context& context, const std::string& topics,
                     const EventParser::Take& take);

// A connection of its own, to where the server is now.
Result<std::unique_ptr<Client>> connect_now(const Context& context);

}  // namespace gantry::app
