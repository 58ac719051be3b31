// A SQLite VFS over the system's whose n-th disk operation (write, sync or truncate) fails: the
// method by which SQLite tests itself. Not for use from two threads at once.
#pragma once

#include <sqlite3.h>

#include <string>

namespace gantry::store {

enum class DiskFault {
  Io,          // nothing is written, EIO
  ShortWrite,  // half of it is written, EIO
  Full,        // ENOSPC
};

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }

  // The n-th operation from now (1 = the next) fails, with `sticky` every later one too.
  void fail(int nth, DiskFault fault, bool sticky);
  void heal() { armed_ = false; }
  bool fired() const { return fired_; }              // since fail()
  bool sync_failed() const { return sync_failed_; }  // since fail()

  // Asked by the file wrappers: true if this operation is to fail.
  bool next_operation(bool is_sync);
  DiskFault fault() const { return fault_; }

 private:
  std::string name_;
  sqlite3_vfs vfs_{};
  bool armed_ = false;
  bool sticky_ = false;
  bool fired_ = false;
  bool sync_failed_ = false;
  int left_ = 0;
  DiskFault fault_ = DiskFault::Io;
};

}  // namespace gantry::store
