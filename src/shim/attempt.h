// One shim: executes one attempt from claim to report. One thread, one task process.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "shim/claim.h"
#include "shim/launch.h"
#include "shim/leaf_memory.h"
#include "shim/link.h"
#include "shim/log.h"
#include "shim/mask.h"
#include "shim/tree.h"

namespace gantry::shim {

class Attempt {
 public:
  Attempt(const StartRequest& request, const Inherited& inherited);

  // Returns when the attempt is over and everything is written, or at once without having
  // executed anything if the claim is not to be had.
  void run();

 private:
  struct Output {
    Output(Stream s, const MaskForms& forms) : stream(s), masker(forms) {}
    Stream stream;
    Masker masker;
    int fd = -1;
    std::string end;  // the last bytes, for the error tail
    std::size_t capture_bytes_max = 0;
    std::string captured;  // all of it, until it is over the limit
  };

  void watch();
  bool turn();
  std::int64_t next_wake(std::int64_t now) const;
  void wait(std::int64_t now);
  void read_output(Output& output);
  void take_output(Output& output, std::string_view bytes);
  void keep(Output& output, std::string_view bytes);
  void finish_output(Output& output);
  void drain();
  void hear(std::int64_t now);
  void begin_end(Ended why, std::int64_t grace_us);
  void clean_up();
  void note_status(int status);
  void fill_record();
  void take_outputs();
  void take_captures();
  std::string error_tail();
  void write_record();

  const StartRequest& request_;
  const Inherited& inherited_;
  MaskForms forms_;
  TaskLog log_;
  Output out_;
  Output err_;
  Link link_;
  Claim claim_;
  LeafMemory memory_;
  std::optional<Tree> tree_;
  ExitRecord record_;
  std::unique_ptr<char[]> read_buffer_;
  // Boot time; 0 = not set.
  std::int64_t timeout_at_ = 0;
  std::int64_t kill_at_ = 0;   // after SIGTERM
  std::int64_t flush_at_ = 0;  // of the log
  bool leader_ended_ = false;
  bool server_gone_ = false;
};

// Writes the record of an attempt that could not even get a shim.
void record_start_failure(const StartRequest& request, const std::string& why);

}  // namespace gantry::shim
