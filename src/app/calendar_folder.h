// CalendarFolder: the calendars of a home, from its folder calendars/ and built in. A file with
// errors keeps its last good version and is listed with its errors.
//
// Threads: scan() blocks on the disk, a second call waits; all from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/calendars.h"
#include "base/mutex.h"
#include "spec/calendars.h"

namespace gantry::app {

class CalendarFolder {
 public:
  enum class Tell { Log, Nobody };  // what is wrong with the files, besides list()
  explicit CalendarFolder(std::string folder, Tell tell = Tell::Log)
      : folder_(std::move(folder)), tell_(tell) {}

  // Reads all files. True if a calendar came, changed or went since the last call.
  bool scan();

  spec::Calendars calendars() const;
  std::map<std::string, spec::CalendarFile> files() const;  // the good ones of the folder
  std::vector<api::CalendarView> list() const;              // by name, also those with errors

 private:
  spec::CalendarLoad read(const std::string& name) const;
  void tell(const std::string& name, const std::vector<spec::Diagnostic>& problems)
      REQUIRES(mutex_);

  const std::string folder_;
  const Tell tell_;
  Mutex scanning_;
  mutable Mutex mutex_;
  std::map<std::string, spec::CalendarFile> good_ GUARDED_BY(mutex_);  // the last good ones
  std::map<std::string, std::vector<spec::Diagnostic>> problems_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<spec::Diagnostic>> told_ GUARDED_BY(mutex_);
  spec::Calendars calendars_ GUARDED_BY(mutex_);
};

// The date in UTC, for the years that calendars cover.
CivilDate date_of_today();

// The calendars of a home for commands that need no server: whatever can be read.
std::unique_ptr<CalendarFolder> read_calendars(const std::string& home_option);

}  // namespace gantry::app
