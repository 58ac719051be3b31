#include "fault_vfs.h"

#include <cstddef>
#include <cstring>

#include "base/check.h"

namespace gantry::store {

namespace {
// Lies before the system's own file object, in memory that SQLite allocates.
struct FaultFile {
  sqlite3_file base;
  FaultVfs* owner;
  sqlite3_file* real;
};

FaultFile& self(sqlite3_file* f) { return *reinterpret_cast<FaultFile*>(f); }
sqlite3_file* real(sqlite3_file* f) { return self(f).real; }
const sqlite3_io_methods& methods(sqlite3_file* f) { return *real(f)->pMethods; }

int close_file(sqlite3_file* f) {
  return real(f)->pMethods != nullptr ? methods(f).xClose(real(f)) : SQLITE_OK;
}
int read_file(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return methods(f).xRead(real(f), to, size, at);
}
int write_file(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (!self(f).owner->next_operation(false)) return methods(f).xWrite(real(f), from, size, at);
  const DiskFault fault = self(f).owner->fault();
  if (fault == DiskFault::ShortWrite) methods(f).xWrite(real(f), from, size / 2, at);
  return fault == DiskFault::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
  if (self(f).owner->next_operation(false)) return SQLITE_IOERR_TRUNCATE;
  return methods(f).xTruncate(real(f), size);
}
int sync_file(sqlite3_file* f, int flags) {
  if (self(f).owner->next_operation(true)) return SQLITE_IOERR_FSYNC;
  return methods(f).xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return methods(f).xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return methods(f).xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return methods(f).xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* out) { return methods(f).xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) {
  return methods(f).xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) { return methods(f).xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return methods(f).xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return methods(f).xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return methods(f).xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) { methods(f).xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return methods(f).xShmUnmap(real(f), remove); }

const sqlite3_io_methods kMethods{
    2,        close_file,  read_file,  write_file, truncate_file, sync_file,       file_size,
    lock,     unlock,      check_lock, control,    sector_size,   characteristics, shm_map,
    shm_lock, shm_barrier, shm_unmap,  nullptr,    nullptr};

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  FaultFile& file = self(f);
  file.owner = static_cast<FaultVfs*>(vfs->pAppData);
  file.real = reinterpret_cast<sqlite3_file*>(&file + 1);
  const int code = system_vfs()->xOpen(system_vfs(), name, file.real, flags, out_flags);
  file.base.pMethods = file.real->pMethods != nullptr ? &kMethods : nullptr;
  return code;
}
}  // namespace

FaultVfs::FaultVfs() : name_("gantry-fault"), vfs_(*system_vfs()) {
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultFile)) + system_vfs()->szOsFile;
  vfs_.xOpen = open_file;
  vfs_.pNext = nullptr;
  CHECK(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

void FaultVfs::fail(int nth, DiskFault fault, bool sticky) {
  armed_ = true;
  fired_ = sync_failed_ = false;
  left_ = nth;
  fault_ = fault;
  sticky_ = sticky;
}

bool FaultVfs::next_operation(bool is_sync) {
  if (!armed_ || --left_ > 0) return false;
  armed_ = sticky_;
  left_ = 0;
  fired_ = true;
  sync_failed_ = sync_failed_ || is_sync;
  return true;
}

}  // namespace gantry::store
