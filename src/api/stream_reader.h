// StreamReader: one client of a live stream. It holds at most one part of text; while that is on
// its way nothing is made for it. It then goes on from its position in the ChangeFeed, so being
// slow costs a reader freshness, never the server memory.
//
// Threads: send() and end() from one thread at a time (the steps of the hub); the rest from any.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "api/caller.h"
#include "api/stream_topics.h"
#include "base/mutex.h"
#include "base/time.h"
#include "net/http.h"

namespace gantry::api {

// "id: 7\nevent: run\ndata: {...}\n\n"; without an id if the position is 0.
std::string event_text(Position id, std::string_view event, std::string_view data);

class StreamReader : public std::enable_shared_from_this<StreamReader> {
 public:
  StreamReader(StreamTopics topics_, Caller caller_, Position position_,
               std::shared_ptr<net::Responder> responder)
      : topics(std::move(topics_)),
        caller(std::move(caller_)),
        position(position_),
        responder_(std::move(responder)) {}

  bool gone() const { return failed_ || responder_->gone(); }
  bool idle() const { return idle_; }  // all that was sent has left
  void send(std::string text);         // only while idle
  void end(std::string last = {});     // `last`: only while idle

  const StreamTopics topics;
  const Caller caller;

  // Of the hub's steps:
  Position position;  // all up to here was sent
  std::string pools;  // as last sent
  std::string server;
  Duration last_sent;  // since boot

 private:
  void send_part();

  Mutex mutex_;  // of calls to the responder
  const std::shared_ptr<net::Responder> responder_;
  std::atomic<bool> idle_{true};
  std::atomic<bool> failed_{false};
  bool ended_ GUARDED_BY(mutex_) = false;
  std::string text_;      // of whoever sends
  std::size_t sent_ = 0;  // of it
};
using StreamReaderPtr = std::shared_ptr<StreamReader>;

}  // namespace gantry::api
