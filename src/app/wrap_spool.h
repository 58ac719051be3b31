// Where records of wrapped commands wait for the server: SPOOL/ID.record and SPOOL/.logs/ID.log.
// Whoever holds the lock of a record owns it: `gantry wrap` while the command runs, then one taker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/home.h"
#include "app/wrap_record.h"
#include "base/fd.h"

namespace gantry::app {

std::string wrap_spool(const Home& home);  // of the server's home: DATA/wrap
// Of a user without one: $XDG_STATE_HOME/gantry/wrap, else ~/.local/state/gantry/wrap.
Result<std::string> own_wrap_spool();

std::string wrap_record_path(const std::string& spool, const std::string& id);
std::string wrap_log_path(const std::string& spool, const std::string& id);

// A record that is being written. Durable when create() and seal() return.
class WrapFile {
 public:
  // Makes the folders that are missing. Room for the end is reserved, as far as the disk can.
  static Result<WrapFile> create(const std::string& spool, const WrapStart& start);
  Status seal(const model::AttemptReport& end);
  void close() { fd_.reset(); }  // ends the lock, unless a forked process has it too

 private:
  WrapFile(std::string spool, std::string id, Fd fd)
      : spool_(std::move(spool)), id_(std::move(id)), fd_(std::move(fd)) {}

  std::string spool_;
  std::string id_;
  Fd fd_;
};

// A record that is complete, in one step, so that nobody sees it without its end. Its log comes
// before it.
Status put_wrap_record(const std::string& spool, const WrapRecord& record);
Status put_wrap_log(const std::string& spool, const std::string& id, std::string_view text);
// A part of a log that comes from afar; parts before it are there, a part may come again.
Status put_wrap_log_part(const std::string& spool, const std::string& id, std::int64_t offset,
                         std::string_view bytes);

struct TakenRecord {
  WrapRecord record;
  Fd lock;
};
// The ids of the records in the folder, sorted; none if there is no folder.
std::vector<std::string> wrap_records(const std::string& spool);
// The record and its lock; nothing if the command still runs, another has it, or it is gone.
Result<std::optional<TakenRecord>> take_wrap_record(const std::string& spool,
                                                    const std::string& id);
// The record, then its log if it is still there.
Status drop_wrap_record(const std::string& spool, const std::string& id);
// What was begun and never became a record, and logs without one, after two days.
void sweep_wrap_spool(const std::string& spool, Instant now);

}  // namespace gantry::app
