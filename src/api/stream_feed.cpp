#include "api/stream_feed.h"

#include <algorithm>
#include <map>

namespace gantry::api {

namespace {

struct Toucher {
  Touched operator()(const model::VersionStored&) const { return {}; }
  Touched operator()(const model::FiringsMissed&) const { return {}; }
  Touched operator()(const model::WorkflowChanged& c) const {
    return {.kind = Touched::Kind::Workflow, .workflow = c.row.id};
  }
  Touched operator()(const model::TriggerMoved& c) const {
    return {.kind = Touched::Kind::Workflow, .workflow = c.row.workflow};
  }
  Touched operator()(const model::RunCreated& c) const { return run(c.origin->run); }
  Touched operator()(const model::RunChanged& c) const { return run(c.row.run); }
  Touched operator()(const model::RunClosed& c) const { return run(c.run); }
  // Its tasks began anew, too: a reader sees that by the run's phase.
  Touched operator()(const model::RunReopened& c) const { return run(c.reopening->row.run); }
  Touched operator()(const model::ServerChanged&) const { return {}; }
  Touched operator()(const model::PoolLimitChanged&) const { return {}; }
  Touched operator()(const model::CredentialChanged&) const { return {}; }
  Touched operator()(const model::AuditNoted&) const { return {}; }
  Touched operator()(const model::EventRecorded&) const { return {}; }
  Touched operator()(const model::MeetingChanged&) const { return {}; }
  Touched operator()(const model::BackfillBegun&) const { return {}; }
  Touched operator()(const model::BackfillChanged&) const { return {}; }
  Touched operator()(const model::BackfillDateChanged&) const { return {}; }
  Touched operator()(const model::TaskChanged& c) const {
    return {.kind = Touched::Kind::Task, .run = c.row.run, .task = c.row.task, .item = c.row.item};
  }
  Touched operator()(const model::AttemptChanged& c) const {
    return {.kind = Touched::Kind::Attempt, .run = c.row.run, .attempt = c.row.id};
  }
  static Touched run(RunNo run) { return {.kind = Touched::Kind::Run, .run = run}; }
};

}  // namespace

void ChangeFeed::on_commit(std::span<const model::Change> changes, Position first) {
  const MutexLock lock(mutex_);
  if (first.value != last_.value + 1) recent_.clear();
  for (const model::Change& change : changes) recent_.push_back(std::visit(Toucher(), change.body));
  last_.value = first.value + static_cast<std::int64_t>(changes.size()) - 1;
  while (recent_.size() > size_max_) recent_.pop_front();
}

void ChangeFeed::on_recovered(Position last) {
  const MutexLock lock(mutex_);
  if (last == last_) return;
  recent_.clear();
  last_ = last;
}

Position ChangeFeed::position() const {
  const MutexLock lock(mutex_);
  return last_;
}

bool ChangeFeed::may_have_changed(AttemptId attempt, Position after) const {
  const MutexLock lock(mutex_);
  const std::int64_t behind = last_.value - after.value;
  if (behind < 0 || behind > static_cast<std::int64_t>(recent_.size())) return true;
  return std::any_of(recent_.end() - behind, recent_.end(), [&](const Touched& touched) {
    return touched.kind == Touched::Kind::Attempt && touched.attempt == attempt;
  });
}

std::optional<News> ChangeFeed::since(Position after, std::size_t positions_max) const {
  std::map<Touched, Position> latest;
  News news;
  {
    const MutexLock lock(mutex_);
    const std::int64_t behind = last_.value - after.value;
    const auto known = static_cast<std::int64_t>(recent_.size());
    if (behind < 0 || behind > known) return std::nullopt;
    const auto taken = std::min(behind, static_cast<std::int64_t>(positions_max));
    for (std::int64_t i = 0; i < taken; ++i) {
      const Touched& touched = recent_[static_cast<std::size_t>(known - behind + i)];
      if (touched.kind != Touched::Kind::Nothing) latest[touched] = Position{after.value + i + 1};
    }
    news.until = Position{after.value + taken};
    news.more = taken < behind;
  }
  for (const auto& [touched, position] : latest) news.items.push_back({touched, position});
  std::sort(news.items.begin(), news.items.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  return news;
}

}  // namespace gantry::api
