#include "app/file_trigger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/files.h"

namespace gantry::app {

namespace {
constexpr std::size_t kEventsAtOnce = 256;  // handed in before any is answered
constexpr Duration kRetryAfter = seconds(1);
// The kernel stamps files with a clock that lags a tick behind.
constexpr Duration kTick = milliseconds(10);

Value value_of(const FoundFile& file) {
  ValueMap map;
  map.emplace_back("path", file.path);
  map.emplace_back("name", base_name(file.path));
  map.emplace_back("folder", parent_path(file.path));
  map.emplace_back("size", file.size_bytes);
  map.emplace_back("modified_at", format_instant(Instant{file.modified_ns / 1'000}));
  return Value(std::move(map));
}

// How many of those from `at` on go into one event: all have to fit into it.
std::size_t count_of_event(const std::vector<FoundFile>& files, std::size_t at, bool batch) {
  if (!batch) return 1;
  std::size_t bytes = 0, count = 0;
  while (at + count < files.size() && count < limits::kFilesOfEventMax) {
    bytes += value_of(files[at + count]).size_bytes();
    if (count > 0 && bytes > limits::kEventBytesMax / 2) break;
    ++count;
  }
  return count;
}
}  // namespace

FileTrigger::FileTrigger(FileTriggerFacts facts)
    : facts_(std::move(facts)), pattern_(spec::split_file_pattern(facts_.source.path)) {}

std::optional<Duration> FileTrigger::look(FileFinder& finder, EventDoor& door, Instant wall,
                                          Duration boot, Duration kept) {
  FoundFiles found = finder.find(pattern_);
  is_folder_there_ = found.is_folder_there;
  problem_ = std::move(found.problem);
  const Instant since = std::max(facts_.since - kTick, wall - kept);
  std::erase_if(found.files, [&](const FoundFile& file) { return file.changed_at < since; });
  memory_.look(found.files, boot);
  Files files = memory_.settled(facts_.source.settle, boot);
  Status taken = drop_known(door, files);
  if (taken.ok()) taken = hand_in(door, files);
  if (taken.ok()) return memory_.wait(facts_.source.settle, boot);
  if (!problem_) problem_ = taken.error();
  return kRetryAfter;
}

// Also all but one of several links to one file.
Status FileTrigger::drop_known(EventDoor& door, Files& files) {
  Files unknown;
  std::set<std::string> seen;
  for (FoundFile& file : files) {
    const auto keys = keys_of(file);
    TRY(const bool known, door.is_known(name(), keys));
    if (known || !seen.insert(keys.front()).second)
      memory_.take(file);
    else
      unknown.push_back(std::move(file));
  }
  files = std::move(unknown);
  return ok();
}

Status FileTrigger::hand_in(EventDoor& door, const Files& files) {
  for (std::size_t at = 0; at < files.size();) {
    std::vector<Files> parts;
    std::vector<model::EventReceived> events;
    while (at < files.size() && events.size() < kEventsAtOnce) {
      const auto first = files.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t count = count_of_event(files, at, facts_.source.batch);
      parts.emplace_back(first, first + static_cast<std::ptrdiff_t>(count));
      events.push_back(event_of(parts.back()));
      at += count;
    }
    const std::vector<Status> answers = door.hand_in(std::move(events));
    for (std::size_t i = 0; i < parts.size(); ++i)
      for (const FoundFile& file : parts[i])
        if (answers[i].ok()) memory_.take(file);
    for (const Status& answer : answers) TRY_STATUS(answer);
  }
  return ok();
}

model::EventReceived FileTrigger::event_of(const Files& files) const {
  model::EventReceived event;
  event.from = model::EventFrom::File;
  event.name = name();
  event.actor = "file trigger";
  for (const FoundFile& file : files)
    for (std::string& key : keys_of(file)) event.keys.push_back(std::move(key));
  if (!facts_.source.batch) {
    event.payload = value_of(files.front());
    return event;
  }
  ValueList list;
  for (const FoundFile& file : files) list.push_back(value_of(file));
  ValueMap map;
  map.emplace_back("count", static_cast<std::int64_t>(files.size()));
  map.emplace_back("files", std::move(list));
  event.payload = Value(std::move(map));
  return event;
}

}  // namespace gantry::app
