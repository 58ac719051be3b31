#include "net/exchange.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "net/response_head.h"

namespace gantry::net {

void Exchange::respond(Response response) {
  const MutexLock lock(mutex_);
  CHECK(stage_ == Stage::Unanswered);
  const Framing framing{.length = response.body.size(), .keep_alive = facts_.keep_alive};
  waiting_ = response_head(response, framing, SystemClock().wall());
  if (!facts_.head && may_have_body(response.status)) waiting_ += response.body;
  move_to(Stage::Ended);
}

void Exchange::begin_stream(Response head) {
  const MutexLock lock(mutex_);
  CHECK(stage_ == Stage::Unanswered);
  bodyless_ = facts_.head || !may_have_body(head.status);
  chunked_ = facts_.may_chunk;
  if (!chunked_) facts_.keep_alive = false;  // the body of HTTP/1.0 ends with the connection
  const Framing framing{.chunked = chunked_, .keep_alive = facts_.keep_alive};
  waiting_ = response_head(head, framing, SystemClock().wall());
  append_chunk(head.body);
  move_to(Stage::Streaming);
}

bool Exchange::write(std::string chunk) {
  const MutexLock lock(mutex_);
  CHECK(stage_ == Stage::Streaming || stage_ == Stage::Cut);
  if (gone_ || stage_ == Stage::Cut) return false;
  if (waiting_.size() + in_flight_bytes_ > limits::kStreamBytesMax) {
    move_to(Stage::Cut);
    return false;
  }
  append_chunk(chunk);
  wake();
  return true;
}

void Exchange::end() {
  const MutexLock lock(mutex_);
  CHECK(stage_ == Stage::Streaming || stage_ == Stage::Cut);
  if (stage_ == Stage::Cut) return;
  if (chunked_ && !bodyless_) waiting_ += "0\r\n\r\n";
  move_to(Stage::Ended);
}

void Exchange::when_sent(std::function<void()> task) {
  const MutexLock lock(mutex_);
  CHECK(!when_sent_);
  when_sent_ = std::move(task);
  call_if_sent();
}

bool Exchange::gone() const {
  const MutexLock lock(mutex_);
  return gone_ || stage_ == Stage::Cut;
}

void Exchange::abandon() {
  const MutexLock lock(mutex_);
  if (stage_ != Stage::Ended) move_to(Stage::Cut);
}

Exchange::Output Exchange::take() {
  const MutexLock lock(mutex_);
  woken_ = false;
  Output out;
  out.bytes.swap(waiting_);
  out.last = stage_ == Stage::Ended;
  out.keep_alive = facts_.keep_alive;
  in_flight_bytes_ += out.bytes.size();
  return out;
}

bool Exchange::is_cut() const {
  const MutexLock lock(mutex_);
  return stage_ == Stage::Cut;
}

void Exchange::sent() {
  const MutexLock lock(mutex_);
  in_flight_bytes_ = 0;
  call_if_sent();
}

void Exchange::mark_gone() {
  const MutexLock lock(mutex_);
  gone_ = true;
  call_if_sent();
}

void Exchange::forbid_keep_alive() {
  const MutexLock lock(mutex_);
  facts_.keep_alive = false;
}

void Exchange::append_chunk(std::string_view chunk) {
  if (chunk.empty() || bodyless_) return;  // an empty chunk would end the body
  if (chunked_) waiting_ += fmt::format("{:x}\r\n", chunk.size());
  waiting_ += chunk;
  if (chunked_) waiting_ += "\r\n";
}

void Exchange::move_to(Stage stage) {
  stage_ = stage;
  if (stage == Stage::Cut) woken_ = false;  // what is being sent must not hold this up
  wake();
}

// Posted, so that the task may write and ask again. The task often owns the responder, hence this
// exchange: it is always let go, because a connection that closes marks its exchange gone.
void Exchange::call_if_sent() {
  const bool sent = waiting_.empty() && in_flight_bytes_ == 0;
  if (!when_sent_ || !(sent || gone_)) return;
  loop_.post(std::exchange(when_sent_, nullptr));
}

// Posts one flush for all that comes before it is served.
void Exchange::wake() {
  if (woken_) return;
  woken_ = true;
  loop_.post([connection = connection_] {
    if (const auto live = connection.lock()) live->flush();
  });
}

}  // namespace gantry::net
