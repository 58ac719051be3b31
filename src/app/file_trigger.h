// FileTrigger: one trigger of kind `file`. A look finds the files of its pattern, those that have
// settled and were not taken are handed in as events, each with the keys that make it one of a
// kind; the event, its fates and its runs are one commit. Whatever cuts this off, the next look
// asks the store for the keys first and goes on from there: each file fires once.
//
// A file counts only if it came after the trigger did, and not longer ago than events are kept:
// what the store has forgotten is not taken again.
//
// Threads: none of its own; one caller at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/file_memory.h"
#include "model/event.h"

namespace gantry::app {

// Where files become events.
class EventDoor {
 public:
  virtual ~EventDoor() = default;
  // Whether an event of this name has one of the keys. Blocks.
  virtual Result<bool> is_known(const std::string& name, const std::vector<std::string>& keys) = 0;
  // For each whether it is durable with its fates, in order; blocks until all are decided.
  virtual std::vector<Status> hand_in(std::vector<model::EventReceived> events) = 0;
};

struct FileTriggerFacts {
  std::string workflow;
  std::string trigger;
  model::FileSource source;
  Instant since;  // files of before are none of its own
  bool operator==(const FileTriggerFacts&) const = default;
};

class FileTrigger {
 public:
  explicit FileTrigger(FileTriggerFacts facts);

  const FileTriggerFacts& facts() const { return facts_; }
  const spec::FilePattern& pattern() const { return pattern_; }
  // How long until the next look is worth it; none: when something has changed. `kept`: as long as
  // the store keeps events.
  std::optional<Duration> look(FileFinder& finder, EventDoor& door, Instant wall, Duration boot,
                               Duration kept);
  const std::optional<Error>& problem() const { return problem_; }  // of the last look
  bool is_folder_there() const { return is_folder_there_; }

 private:
  using Files = std::vector<FoundFile>;
  std::string name() const { return facts_.workflow + "/" + facts_.trigger; }
  Status drop_known(EventDoor& door, Files& files);
  Status hand_in(EventDoor& door, const Files& files);
  model::EventReceived event_of(const Files& files) const;

  const FileTriggerFacts facts_;
  const spec::FilePattern pattern_;
  FileMemory memory_;
  std::optional<Error> problem_;
  bool is_folder_there_ = true;
};

}  // namespace gantry::app
