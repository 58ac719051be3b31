#include "app/log_follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "app/answers.h"
#include "app/event_stream.h"
#include "app/listing.h"
#include "app/log_printer.h"
#include "base/mutex.h"

namespace gantry::app {

namespace {
constexpr std::size_t kFollowedMax = 64;  // logs at once; further ones wait for a place

// One attempt, as the API names it.
struct Followed {
  std::string task, generation, attempt;  // of an item with it
  auto operator<=>(const Followed&) const = default;
};

Followed followed_of(const Value& attempt) {
  return {task_name(attempt), member(attempt, "generation"), member(attempt, "attempt")};
}

// A thread and a connection for each log that is followed.
class Follower {
 public:
  Follower(const Context& context, std::string run, const LogsOptions& options,
           std::string selected)
      : context_(context),
        run_(std::move(run)),
        options_(options),
        selected_(std::move(selected)) {}
  ~Follower() { (void)wait(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // Does nothing for one that is known.
  void follow(const Value& attempt) {
    const Followed which = followed_of(attempt);
    if (which.task.empty() || !known_.insert(which).second) return;
    take_place();
    threads_.emplace_back([this, which] {
      const Status followed = follow_one(which);
      const MutexLock lock(mutex_);
      if (!followed.ok() && problem_.ok()) problem_ = followed;
      --busy_;
      changed_.notify_all();
    });
  }

  Status wait() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    const MutexLock lock(mutex_);
    return problem_;
  }

 private:
  void take_place() {
    mutex_.lock();
    while (busy_ >= kFollowedMax) changed_.wait(mutex_);
    ++busy_;
    mutex_.unlock();
  }

  Status follow_one(const Followed& which) {
    TRY(const auto client, connect_now(context_));
    std::string path =
        fmt::format("{}/tasks/{}/log?follow=true&attempt={}&generation={}{}", run_,
                    escape_segment(which.task), which.attempt, which.generation, selected_);
    if (options_.tail > 0) path += fmt::format("&tail={}", options_.tail);
    LogPrinter printer(context_, printable(which.task) + " | ");
    const auto take = [&](std::string_view chunk) { return printer.take(chunk); };
    TRY([[maybe_unused]] const auto end, client->stream(path, take));
    return ok();
  }

  const Context& context_;
  const std::string run_;  // its path
  const LogsOptions& options_;
  const std::string selected_;
  std::set<Followed> known_;
  std::vector<std::thread> threads_;
  Mutex mutex_;
  Condition changed_;
  std::size_t busy_ GUARDED_BY(mutex_) = 0;
  Status problem_ GUARDED_BY(mutex_);
};

bool is_over(const Value& run) {
  const auto state = model::run_state_of(member(run, "state"));
  return state && is_terminal(*state);
}
}  // namespace

Status follow_all_logs(Client& client, const Context& context, const LogsOptions& options,
                       const std::string& selected) {
  TRY(const Value run, client.get(run_path(options.run)));
  const std::string number = member(run, "number");
  TRY(const auto asking, connect_now(context));
  Follower follower(context, run_path(number), options, selected);
  // All there is, then whether the run is over: nothing begins after that.
  const auto look = [&]() -> Result<bool> {
    TRY(const Value now, asking->get(run_path(number)));
    TRY(const auto attempts, read_all(*asking, run_path(number) + "/attempts"));
    for (const Value& attempt : attempts) follower.follow(attempt);
    return is_over(now);
  };
  Status looked = ok();
  const Status streamed = follow_events(context, "run:" + number, [&](const StreamEvent& event) {
    if (event.name == "attempt") follower.follow(event.data);
    const bool loads = event.name == "ready" || event.name == "resync";
    if (!loads && !(event.name == "run" && is_over(event.data))) return true;
    const auto over = look();
    if (!over.ok()) looked = over.error();
    return over.ok() && !*over && !std::ferror(stdout);
  });
  TRY_STATUS(follower.wait());
  TRY_STATUS(looked);
  return streamed;
}

}  // namespace gantry::app
