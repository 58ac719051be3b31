// StreamHub: the live streams. Every 250 ms, on a worker, each reader that has taken what it was
// sent is told what has changed since its position: the newest state of each object once.
//
// Whatever a reader has not been told yet it is told later, or it gets a `resync`, which says: load
// what you show again, then go on from this position. There is no third case.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/stream_reader.h"
#include "base/limits.h"
#include "base/mutex.h"

namespace gantry::api {

class Backend;

struct StreamPace {
  Duration pause = milliseconds(250);  // between two steps
  Duration heartbeat = seconds(15);    // at least so often something is sent
  std::size_t readers_max = limits::kLiveStreamsMax;
};

// Any thread.
class StreamHub {
 public:
  StreamHub(Backend& backend, StreamPace pace) : backend_(backend), pace_(pace) {}

  // Makes the reader if there is room for one more; else, also once closed, returns false. `make`
  // is called under the hub's lock, so that the last place is given once.
  bool add(const std::function<StreamReaderPtr()>& make);
  // Ends all streams; there are no new ones.
  void close();

 private:
  void step_after(Duration pause);
  void step();
  std::vector<StreamReaderPtr> take_readers();
  bool dismiss_if_refused(StreamReader& reader) const;
  void ask_for_pools();
  std::string pools() const;

  Backend& backend_;
  const StreamPace pace_;
  mutable Mutex mutex_;
  std::vector<StreamReaderPtr> readers_ GUARDED_BY(mutex_);
  bool stepping_ GUARDED_BY(mutex_) = false;  // a step is due or under way
  bool closed_ GUARDED_BY(mutex_) = false;
  std::string pools_ GUARDED_BY(mutex_);  // as the engine last said
};

}  // namespace gantry::api
