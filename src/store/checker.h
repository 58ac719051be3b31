// Checker: invariants over everything a store holds, for `gantry doctor --check` and after every
// test that hurts. The numbers are those of the quality document:
//   I1  a closed run is terminal; a terminal run has only terminal tasks; a run that succeeded has
//       all its tasks
//   I2  no (run, task, item, generation, attempt) ran twice
//   I3  no completed task ran again (background tasks with a period do)
//   I4  the recorded exit status is the real one
//   I5  what runs at once never exceeded a limit
//   I8  history has no gap, begins with run_created, and ends in the states the rows have
// I2 to I4 are also compared with a witness: lines that the tasks themselves wrote,
//   RUN TASK ITEM GENERATION ATTEMPT begin
//   RUN TASK ITEM GENERATION ATTEMPT end EXIT_CODE
// (ITEM is - for a task without items). I6 and I7 are checked where their oracle is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/reader.h"

namespace gantry::store {

struct Violation {
  std::string invariant;  // "I3"
  RunNo run;              // 0 = not about a run
  std::string evidence;   // one line
};

struct CheckOptions {
  int local_slots = 0;  // foreground attempts at once; 0 = not checked
  // Slots by name as configured; the history tells what a person set meanwhile. Others are not
  // checked.
  std::map<std::string, int> pools = {};
  std::string witness = {};  // content of a witness file; empty = none
  std::size_t violations_max = 1'000;
};

struct CheckReport {
  std::int64_t runs = 0;
  std::int64_t attempts = 0;
  std::int64_t records = 0;  // of history
  std::int64_t witness_lines = 0;
  std::vector<Violation> violations;
};

// Reads everything: not for the engine's thread. The store may be in use, but a run that changes
// meanwhile can look wrong: check a quiet store.
Result<CheckReport> check_store(Reader& reader, const CheckOptions& options = {});

// SQLite's own check of the file, and that counters and rows agree.
Result<std::vector<Violation>> check_sqlite_file(const std::string& path);

}  // namespace gantry::store
