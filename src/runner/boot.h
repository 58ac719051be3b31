// Whether the machine has booted since the attempts on record were started. Files written without
// fsync may be lost with a boot, so an absent attempt file then says nothing.
#pragma once

#include <string>

#include "base/result.h"

namespace gantry::runner {

Result<std::string> read_boot_id();

class BootMark {
 public:
  // `directory` holds the mark: the id of the boot in which attempts were last started.
  BootMark(const std::string& directory, std::string boot_id);

  bool same_boot() const { return same_; }
  // To be called when the attempts of earlier boots are decided on disk, and before the first
  // start of this boot. Durable when it returns.
  Status renew();
  const std::string& boot_id() const { return boot_id_; }

 private:
  std::string directory_;
  std::string boot_id_;
  bool same_ = false;
};

}  // namespace gantry::runner
