// The live stream: opening one.
#include <fmt/format.h>

#include <charconv>

#include "api/handlers.h"
#include "api/problem.h"
#include "base/explain.h"

namespace gantry::api {

namespace {

// Where the reader has got to: Last-Event-ID, else `after`, else here and now.
Result<Position> position_of(Backend& backend, const Call& call) {
  const std::string& id = call.last_event_id;
  if (id.empty()) return Position{call.integer("after", backend.services.feed.position().value)};
  Position position;
  const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), position.value);
  if (failure != std::errc() || end != id.data() + id.size() || position.value < 0)
    return refuse({"Last-Event-ID is not an id of an event of this stream",
                   "Last-Event-ID 不是该流的事件 id"});
  return position;
}

// So that a wrong number is said at once, not met with silence.
Status require_runs(Backend& backend, const StreamTopics& topics) {
  if (topics.run.empty()) return ok();
  TRY(auto reader, backend.readers.lease());
  for (const RunNo run : topics.run) TRY_STATUS(reader->run(run));
  return ok();
}

net::Response head_of_stream() {
  net::Response head;
  head.content_type = "text/event-stream";
  // Proxies that gather answers would hold the events back.
  head.headers.emplace_back("X-Accel-Buffering", "no");
  return head;
}

struct Wanted {
  StreamTopics topics;
  Position after;
};
Result<Wanted> read_call(Backend& backend, const Call& call) {
  Wanted wanted;
  TRY(wanted.topics, parse_topics(call.text("topics")));
  TRY_STATUS(require_runs(backend, wanted.topics));
  TRY(wanted.after, position_of(backend, call));
  return wanted;
}

StreamReaderPtr begin(Backend& backend, Wanted wanted, const Caller& caller, Reply& reply) {
  auto reader = std::make_shared<StreamReader>(std::move(wanted.topics), caller, wanted.after,
                                               reply.stream(head_of_stream()));
  reader->last_sent = backend.services.clock.since_boot();
  reader->send(
      event_text(wanted.after, "ready", fmt::format(R"({{"position":{}}})", wanted.after.value)));
  return reader;
}

}  // namespace

void open_stream(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto wanted = read_call(backend, *call);
  if (!wanted.ok()) return reply->fail(wanted.error());
  if (call->head_only) return reply->stream(head_of_stream())->end();
  const auto make = [&] { return begin(backend, *std::move(wanted), call->caller, *reply); };
  if (!backend.streams.add(make))
    reply->fail(
        explain(Code::Unavailable, {"there are as many live streams as the server takes; try again",
                                    "实时流数量已达上限；请稍后再试"}));
}

}  // namespace gantry::api
