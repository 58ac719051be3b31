// Reading crontabs as Vixie's cron does: variables hold for the lines below them, `%` ends the
// command and begins its input, a user stands before the command in the system form. Pure.
//
// Nothing is left out silently: what is no line to run is a variable, a comment or a note.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gantry::app {

struct CrontabLine {
  int number = 0;     // from 1
  std::string times;  // five fields, or a macro
  std::string user;   // of the system form
  std::string command;
  std::optional<std::string> input;  // what follows `%`
  std::string comment;               // that stands right above it
  std::map<std::string, std::string> env;
};

// Something a person has to know. `lost`: the line is not taken over.
struct CrontabNote {
  int line = 0;
  bool lost = false;
  Error what;
};

struct Crontab {
  std::vector<CrontabLine> lines;
  std::vector<CrontabNote> notes;
};

Crontab read_crontab(std::string_view text, bool system);

// The text of the workflow that does what cron does for this line. `timezone` is that of cron.
std::string workflow_of(const CrontabLine& line, const std::string& task,
                        const std::string& timezone);

// A name after the program of the command: "backup" of "/opt/erp/backup.sh --full".
std::string name_after(const CrontabLine& line);

}  // namespace gantry::app
