#include "api/run_watch.h"

#include <variant>
#include <vector>

namespace gantry::api {

RunWatch::Ticket RunWatch::watch(RunNo run, OnClosed on_closed) {
  const MutexLock lock(mutex_);
  const Ticket ticket{run, ++last_no_};
  watches_[run].emplace(ticket.no, std::move(on_closed));
  return ticket;
}

void RunWatch::forget(const Ticket& ticket) {
  const MutexLock lock(mutex_);
  const auto run = watches_.find(ticket.run);
  if (run == watches_.end()) return;
  run->second.erase(ticket.no);
  if (run->second.empty()) watches_.erase(run);
}

void RunWatch::on_commit(std::span<const model::Change> changes) {
  std::vector<std::map<std::uint64_t, OnClosed>> due;
  {
    const MutexLock lock(mutex_);
    if (watches_.empty()) return;
    for (const model::Change& change : changes) {
      const auto* closed = std::get_if<model::RunClosed>(&change.body);
      if (closed == nullptr) continue;
      if (auto found = watches_.extract(closed->run)) due.push_back(std::move(found.mapped()));
    }
  }
  // Outside the lock: a callback may watch or forget.
  for (const auto& callbacks : due)
    for (const auto& [no, on_closed] : callbacks) on_closed();
}

std::size_t RunWatch::size() const {
  const MutexLock lock(mutex_);
  std::size_t count = 0;
  for (const auto& [run, callbacks] : watches_) count += callbacks.size();
  return count;
}

}  // namespace gantry::api
