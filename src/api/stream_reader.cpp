#include "api/stream_reader.h"

#include <fmt/format.h>

#include <utility>

#include "base/limits.h"

namespace gantry::api {

std::string event_text(Position id, std::string_view event, std::string_view data) {
  std::string out;
  if (id.value > 0) out = fmt::format("id: {}\n", id.value);
  out += fmt::format("event: {}\ndata: {}\n\n", event, data);
  return out;
}

void StreamReader::send(std::string text) {
  idle_ = false;
  text_ = std::move(text);
  sent_ = 0;
  send_part();
}

// In parts, for what waits in a connection is limited and one event may be longer than that.
void StreamReader::send_part() {
  if (sent_ == text_.size()) {
    text_ = {};  // with its memory: most readers have nothing to get most of the time
    idle_ = true;
    return;
  }
  const bool whole = sent_ == 0 && text_.size() < 2 * limits::kStreamPartBytes;  // nearly always
  std::string part =
      whole ? std::exchange(text_, {}) : text_.substr(sent_, limits::kStreamPartBytes);
  sent_ = whole ? 0 : sent_ + part.size();
  const MutexLock lock(mutex_);
  if (ended_) return;
  if (!responder_->write(std::move(part))) {
    failed_ = true;
    return;
  }
  responder_->when_sent([self = shared_from_this()] { self->send_part(); });
}

void StreamReader::end(std::string last) {
  const MutexLock lock(mutex_);
  if (ended_) return;
  ended_ = true;
  failed_ = true;
  if (!last.empty()) (void)responder_->write(std::move(last));
  responder_->end();
}

}  // namespace gantry::api
