// Command: what the engine does after a commit. Serialisable: a later runner may be far away.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/item_path.h"
#include "base/result.h"
#include "base/time.h"
#include "model/event.h"

namespace gantry::model {

struct StartAttempt {
  AttemptId id;
  RunNo run;
  std::string workflow;
  std::string version_hash;  // whose files are laid out in the workspace; empty = none
  std::string task;
  ItemPath item;
  std::int32_t generation = 1;
  std::int32_t number = 1;        // of the attempt
  std::vector<std::string> argv;  // of Exec; for Run see script
  std::string script;             // of Run
  std::string shell;
  std::vector<NamedText> env;  // complete but for secrets and PATH, HOME, LANG, TZ, GANTRY_* paths
  std::vector<std::string> secrets;  // names, resolved and masked by the runner
  std::string workdir;               // relative to the workspace; empty = it
  std::optional<Duration> timeout;
  Duration grace = limits::kGraceDefault;
  std::vector<std::string> captures;  // files of the workspace, empty: standard output; see report
  Rare<Value> event;  // what the run came of, for the file $GANTRY_EVENT; null = nothing
};

// "load", of an item "load[3]".
inline std::string name_of(const StartAttempt& start) { return name_with(start.task, start.item); }

struct StopAttempt {
  AttemptId id;
  RunNo run;
  bool skip_grace = false;
};

// The version is not in memory: load it and send WorkflowProvided.
struct LoadWorkflow {
  VersionId version;
};

// A closed run: load it and send RunProvided.
struct LoadRun {
  RunNo run;
};

// The answer to a request. `run` is set by RunRequested, `version` by DefinitionLoaded.
struct Answer {
  ReplyTo to;
  Status status;
  RunNo run;
  std::int64_t version_number = 0;
  bool changed = true;     // of DefinitionLoaded: false if this version was the current one
  std::int32_t phase = 1;  // of RetryRequested: the one that has begun
  std::shared_ptr<const EventRow> event = {};  // of EventReceived
  BackfillId backfill = {};                    // of BackfillRequested
};

struct CloseRun {
  RunNo run;
};  // its attempt files may be deleted

using Command = std::variant<StartAttempt, StopAttempt, LoadWorkflow, LoadRun, Answer, CloseRun>;

struct Effects {
  std::vector<Change> changes;
  std::vector<Command> commands;
  void clear() {
    changes.clear();
    commands.clear();
  }
};

}  // namespace gantry::model
