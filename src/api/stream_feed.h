// ChangeFeed: what has changed lately, by history position, for the live streams. Remembers only
// which object each change was about; what the object looks like now is in the store. So its size
// is bounded and a reader that was away for a while is told each object once.
//
// Fed by the engine thread, which it never blocks for long; read by any thread.
#pragma once

#include <compare>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "model/change.h"

namespace gantry::api {

// The object a change was about.
struct Touched {
  enum class Kind { Nothing, Run, Task, Attempt, Workflow };
  Kind kind = Kind::Nothing;  // Nothing: of no topic
  RunNo run = {};
  TaskIndex task = {};
  ItemPath item = {};
  AttemptId attempt = {};
  WorkflowId workflow = {};
  auto operator<=>(const Touched&) const = default;
};

struct News {
  struct Item {
    Touched touched;
    Position position;  // of its last change in these news
  };
  std::vector<Item> items;  // each object once, by position
  Position until;           // they tell of every change up to this one
  bool more = false;        // there are later ones
};

class ChangeFeed {
 public:
  explicit ChangeFeed(std::size_t size_max = limits::kStreamMemoryMax) : size_max_(size_max) {}

  // engine::Options::on_commit and on_recovered.
  void on_commit(std::span<const model::Change> changes, Position first);
  // Forgets everything if changes became durable that on_commit was not told.
  void on_recovered(Position last);

  Position position() const;  // of the last change

  // Whether a change after the position was about the attempt; true if that is forgotten.
  bool may_have_changed(AttemptId attempt, Position after) const;

  // What happened after the position, at most `positions_max` changes at a time. None if that is
  // forgotten, or the position was never given: the reader must load everything again.
  std::optional<News> since(Position after, std::size_t positions_max) const;

 private:
  const std::size_t size_max_;
  mutable Mutex mutex_;
  std::deque<Touched> recent_ GUARDED_BY(mutex_);  // the last one is of position last_
  Position last_ GUARDED_BY(mutex_);
};

}  // namespace gantry::api
