// Where the log of an attempt lies. Logs stay when the run is closed.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/item_path.h"

namespace gantry::runner {

struct LogName {
  RunNo run;
  std::string_view task;
  ItemPath item = {};
  std::int32_t generation = 1;
  std::int32_t number = 1;
};

// DATA/logs/RUN/TASK.GENERATION.NUMBER.log, of an item TASK[ITEM].GENERATION.NUMBER.log. Bytes of
// the task's name that a file name should not have are percent-encoded.
std::string log_path(std::string_view data_dir, const LogName& name);

}  // namespace gantry::runner
