// What the attempts of tasks do in a simulation: how long they take, how they end, what they leave.
//
//   load: {takes: 5m, exit: 1}
//   check: [{exit: 1}, {outputs: {rows: 3}}]     the first attempt, then all later ones
//   list: {stdout: '["a"]', files: {out.txt: done}}
//
// A task that is not named takes a second and succeeds.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/value.h"

namespace gantry::simulate {

struct Outcome {
  Duration takes = seconds(1);
  int exit_code = 0;
  Value outputs = {};                             // of $GANTRY_OUTPUT: a map, or null
  std::string printed = {};                       // its standard output
  std::map<std::string, std::string> files = {};  // of the workspace, for file('x')
};

class Outcomes {
 public:
  // A script as above. The error begins with FILE:LINE:COLUMN.
  static Result<Outcomes> parse(std::string_view text, const std::string& file);

  void fail(const std::string& task);  // every attempt, with exit code 1
  void set_takes(const std::string& task, Duration takes);

  // Of the n-th attempt (1, 2 ...).
  const Outcome& of(const std::string& task, int attempt) const;
  std::vector<std::string> tasks() const;  // those that are named

 private:
  std::vector<Outcome>& known(const std::string& task);

  std::map<std::string, std::vector<Outcome>> by_task_;  // no list is empty
};

}  // namespace gantry::simulate
