#include "app/event_stream.h"

#include <fmt/format.h>
#include <poll.h>

#include "base/json.h"

namespace gantry::app {

namespace {
constexpr int kTriesMax = 30;
constexpr int kBetweenTriesMs = 1'000;
}  // namespace

bool EventParser::feed(std::string_view bytes, const Take& take) {
  pending_ += bytes;
  std::size_t begin = 0;
  for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', begin)) {
    const std::string_view line = std::string_view(pending_).substr(begin, end - begin);
    begin = end + 1;
    if (line.empty()) {
      if (!end_of_event(take)) return false;
    } else if (line.starts_with("event: ")) {
      name_ = line.substr(7);
    } else if (line.starts_with("id: ")) {
      id_ = line.substr(4);
    } else if (line.starts_with("data: ")) {
      data_ += line.substr(6);
    }
  }
  pending_.erase(0, begin);
  return true;
}

bool EventParser::end_of_event(const Take& take) {
  StreamEvent event{std::move(name_), std::move(id_), {}};
  const std::string data = std::move(data_);
  name_.clear();
  id_.clear();
  data_.clear();
  if (event.name.empty()) return true;  // a comment
  auto json = parse_json(data);
  if (json.ok()) event.data = std::move(json).value();
  return take(event);
}

Result<std::unique_ptr<Client>> connect_now(const Context& context) {
  TRY(const Home home, find_home(context.home_option));
  return Client::connect(home, context.terminal.lang);
}

namespace {
// One connection, until it ends.
Status follow_once(const Context& context, const std::string& path, const EventParser::Take& take) {
  TRY(const auto client, connect_now(context));
  EventParser parser;
  const auto feed = [&](std::string_view bytes) { return parser.feed(bytes, take); };
  TRY([[maybe_unused]] const auto next, client->stream(path, feed));
  return ok();
}
}  // namespace

Status follow_events(const Context& context, const std::string& topics,
                     const EventParser::Take& take) {
  std::string after;
  bool enough = false;
  bool connected = false;
  for (int tries = 0;;) {
    const auto take_one = [&](const StreamEvent& event) {
      connected = true;
      tries = 0;
      if (!event.id.empty()) after = event.id;
      if (const Value* position = event.data.find("position"); after.empty() && position != nullptr)
        after = to_text(*position);
      enough = !take(event);
      return !enough;
    };
    std::string path = "/api/v1/stream?topics=" + escape_segment(topics);
    if (!after.empty()) path += "&after=" + after;
    const Status ended = follow_once(context, path, take_one);
    if (enough) return ok();
    if (!ended.ok() && (!connected || ended.error().code != Code::Unavailable))
      return ended.error();
    if (++tries > kTriesMax)
      return ended.ok() ? error(Code::Unavailable, "the stream ends again and again")
                        : ended.error();
    ::poll(nullptr, 0, kBetweenTriesMs);
  }
}

}  // namespace gantry::app
