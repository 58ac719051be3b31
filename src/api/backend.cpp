#include "api/backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gantry::api {

bool KeysInFlight::enter(const std::string& workflow, const std::string& key) {
  const MutexLock lock(mutex_);
  return keys_.emplace(workflow, key).second;
}

void KeysInFlight::leave(const std::string& workflow, const std::string& key) {
  const MutexLock lock(mutex_);
  keys_.erase({workflow, key});
}

Error engine_busy() {
  return error(Code::Unavailable, "the server has more requests than it can take; try again");
}

namespace {
bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

Result<RunNo> find_run(store::Reader& reader, const std::string& text) {
  if (!is_number(text)) return reader.last_run_of(text);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) return error(Code::NotFound, "there is no run " + text.substr(0, 30));
  return RunNo{number};
}

Result<store::RunView> read_run(store::Reader& reader, const std::string& text) {
  TRY(const RunNo run, find_run(reader, text));
  return reader.run(run);
}

store::Page page_of(const Call& call) {
  return {static_cast<int>(call.integer("limit", limits::kPageDefault)), call.text("cursor")};
}

}  // namespace gantry::api
