// PeopleFile: people.yaml of a home, as it was when it was last good.
//
// Threads: read() blocks on the disk, one at a time (a second call waits); the others from any.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/backend.h"
#include "base/mutex.h"
#include "model/people.h"
#include "spec/load.h"

namespace gantry::app {

class PeopleFile {
 public:
  explicit PeopleFile(std::string path) : path_(std::move(path)) {}

  // Takes the file as it is now. With errors the people stay as they are; without it there are
  // none. What is new is logged.
  void read();

  model::PeoplePtr people() const;
  std::vector<spec::Diagnostic> problems() const;  // of the newest text; empty if it is good
  // Puts them in their place among those of other files, which are sorted by their keys.
  void add_problem(std::vector<api::FileProblem>& all) const;

 private:
  void take(std::string text) REQUIRES(reading_);
  void refuse(std::vector<spec::Diagnostic> problems);

  const std::string path_;
  Mutex reading_;
  // What was read last; the same again says nothing new. Nothing: no file.
  std::optional<std::string> text_ GUARDED_BY(reading_);
  mutable Mutex mutex_;
  model::PeoplePtr people_ GUARDED_BY(mutex_) = std::make_shared<const model::People>();
  std::vector<spec::Diagnostic> problems_ GUARDED_BY(mutex_);
};

// Once, for who looks once: nobody if there is no good file.
model::PeoplePtr read_people(const std::string& path);

}  // namespace gantry::app
