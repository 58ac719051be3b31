#include "api/stream_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "api/backend.h"
#include "api/handlers.h"
#include "api/stream_render.h"
#include "base/log.h"

namespace gantry::api {

namespace {

constexpr std::size_t kPositionsPerStep = 5'000;
constexpr Duration kPauseIfBehind = milliseconds(10);  // some reader has more to get

std::string position_json(Position position) {
  return fmt::format(R"({{"position":{}}})", position.value);
}

// What one step tells its readers. They are mostly at the same position, so what has changed is
// looked up once per position and rendered once per object.
class Step {
 public:
  Step(Backend& backend, Duration heartbeat, std::string pools)
      : backend_(backend),
        heartbeat_(heartbeat),
        now_(backend.services.clock.since_boot()),
        renderer_(backend),
        pools_(std::move(pools)) {}

  // True if there is more for it as soon as it has taken this.
  bool serve(StreamReader& reader) {
    text_.clear();
    const bool more = tell_news(reader);
    tell_standing(reader);
    if (text_.empty() && now_ - reader.last_sent >= heartbeat_)
      text_ = fmt::format(": heartbeat\nid: {}\n\n", reader.position.value);
    if (text_.empty()) return more;
    reader.last_sent = now_;
    reader.send(std::move(text_));
    return more;
  }

 private:
  const std::optional<News>& since(Position position) {
    auto found = news_.find(position);
    if (found == news_.end())
      found =
          news_.emplace(position, backend_.services.feed.since(position, kPositionsPerStep)).first;
    return found->second;
  }

  bool tell_news(StreamReader& reader) {
    const std::optional<News>& news = since(reader.position);
    if (!news) {
      reader.position = backend_.services.feed.position();
      text_ = event_text(reader.position, "resync", position_json(reader.position));
      return false;
    }
    for (const News::Item& item : news->items) {
      if (!tell(reader, item)) return false;  // again with the next step
      reader.position = item.position;
      if (text_.size() >= limits::kStreamPartBytes) return true;
    }
    reader.position = news->until;
    return news->more;
  }

  bool tell(const StreamReader& reader, const News::Item& item) {
    if (!reader.topics.may_want(item.touched)) return true;
    auto data = renderer_.data(item.touched);
    if (!data.ok()) {
      log_warning("api", "a live stream waits, the store can not be read: {}",
                  data.error().message);
      return false;
    }
    if (*data != nullptr && reader.topics.want(item.touched, (*data)->workflow))
      text_ += event_text(item.position, (*data)->event, (*data)->json);
    return true;
  }

  // Of these there is no history, only how they are now.
  void tell_standing(StreamReader& reader) {
    if (reader.topics.pools && !pools_.empty() && reader.pools != pools_) {
      text_ += event_text({}, "pools", pools_);
      reader.pools = pools_;
    }
    if (!reader.topics.server) return;
    const std::string state = backend_.services.engine.healthy() ? "ok" : "unavailable";
    if (reader.server == state && now_ - reader.last_sent < heartbeat_) return;
    text_ += event_text({}, "server", health_text(backend_));
    reader.server = state;
  }

  Backend& backend_;
  const Duration heartbeat_;
  const Duration now_;
  StreamRenderer renderer_;
  const std::string pools_;
  std::map<Position, std::optional<News>> news_;
  std::string text_;
};

}  // namespace

bool StreamHub::add(const std::function<StreamReaderPtr()>& make) {
  {
    const MutexLock lock(mutex_);
    if (closed_ || readers_.size() >= pace_.readers_max) return false;
    readers_.push_back(make());
    if (stepping_) return true;
    stepping_ = true;
  }
  step_after(Duration{0});
  return true;
}

void StreamHub::close() {
  std::vector<StreamReaderPtr> readers;
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    readers.swap(readers_);
  }
  for (const StreamReaderPtr& reader : readers) reader->end();
}

void StreamHub::step_after(Duration pause) {
  (void)backend_.timers.after(pause, [this] {
    if (!backend_.services.workers.post([this] { step(); })) step_after(pace_.pause);
  });
}

std::vector<StreamReaderPtr> StreamHub::take_readers() {
  const MutexLock lock(mutex_);
  std::erase_if(readers_, [](const StreamReaderPtr& reader) { return reader->gone(); });
  if (readers_.empty()) stepping_ = false;
  return readers_;
}

void StreamHub::step() {
  const std::vector<StreamReaderPtr> readers = take_readers();
  if (readers.empty()) return;
  if (std::any_of(readers.begin(), readers.end(), [](const auto& r) { return r->topics.pools; }))
    ask_for_pools();
  Step step(backend_, pace_.heartbeat, pools());
  bool more = false;
  for (const StreamReaderPtr& reader : readers)
    if (!dismiss_if_refused(*reader) && reader->idle() && step.serve(*reader)) more = true;
  step_after(more ? std::min(kPauseIfBehind, pace_.pause) : pace_.pause);
}

// A stream lives as long as what opened it. A reader that has not taken all it was sent is not
// told why.
bool StreamHub::dismiss_if_refused(StreamReader& reader) const {
  const Standing standing = backend_.gate.standing(reader.caller, backend_.services.clock.wall());
  if (standing == Standing::Valid) return false;
  const bool expired = standing == Standing::Expired;
  reader.end(reader.idle()
                 ? event_text({}, "closed",
                              fmt::format(R"({{"reason":"{}"}})", expired ? "expired" : "revoked"))
                 : std::string());
  return true;
}

// The answer is there by the next step. A question too many for the engine is asked again then.
void StreamHub::ask_for_pools() {
  (void)backend_.services.engine.ask([this](const core::Core& core, Now) {
    std::string text = pools_text(core);
    const MutexLock lock(mutex_);
    pools_ = std::move(text);
  });
}

std::string StreamHub::pools() const {
  const MutexLock lock(mutex_);
  return pools_;
}

}  // namespace gantry::api
