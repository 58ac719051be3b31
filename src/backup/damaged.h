// What is said of an archive that can not be read as a backup.
#pragma once

#include "base/explain.h"

namespace gantry::backup {

// DataLoss. `why` is the rest of the sentence: refuse({"it is cut short", "..."}).
inline Error damaged(const Error& why) {
  Error error = within({"the archive is damaged or no backup", "归档已损坏，或不是备份"}, why);
  error.code = Code::DataLoss;
  return error;
}

}  // namespace gantry::backup
