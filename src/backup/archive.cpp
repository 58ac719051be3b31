#include "backup/archive.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "backup/backup_limits.h"
#include "backup/facts.h"
#include "backup/tar.h"
#include "base/explain.h"
#include "base/files.h"

namespace gantry::backup {

namespace {
// What the server is writing, to be renamed when it is whole: of no use to anybody.
bool is_temporary(std::string_view folder, std::string_view name) {
  return folder.starts_with("data/") && (name.ends_with(".tmp") || name.ends_with(".new"));
}

bool has_control_characters(std::string_view path) {
  return std::any_of(path.begin(), path.end(),
                     [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

Result<struct stat> stat_of(int fd, const std::string& path) {
  struct stat st {};
  if (::fstat(fd, &st) != 0) return errno_error("cannot stat " + path);
  return st;
}
}  // namespace

PartWriter::PartWriter(std::string manifest_name, std::deque<Source> sources)
    : manifest_name_(std::move(manifest_name)), sources_(std::move(sources)) {}

void PartWriter::add_bytes(const std::string& path, std::string_view bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  packer_.add(tar_header({path, size, 0600}));
  packer_.add(bytes);
  packer_.add(std::string(tar_padding(size), '\0'));
  Sha256 hash;
  hash.add(bytes);
  manifest_ += manifest_line(hash.hex(), size, path);
}

void PartWriter::add_open_file(const std::string& path, Fd file) {
  CHECK(file_ == nullptr);
  file_ = std::make_unique<File>(File{path, std::move(file), -1, 0});
}

Result<std::string> PartWriter::next() {
  while (!ended_ && packer_.out().size() < kPartBytes) TRY_STATUS(step());
  return std::exchange(packer_.out(), {});
}

Status PartWriter::step() {
  if (file_ != nullptr && file_->size < 0) {
    File file = std::move(*file_);
    return begin_file(file.path, std::move(file.fd));
  }
  if (file_ != nullptr && file_->left > 0) return read_some();
  if (file_ != nullptr) {
    end_file();
    return ok();
  }
  if (!sources_.empty()) return open_next();
  write_manifest();
  packer_.end_frame();
  ended_ = true;
  return ok();
}

Status PartWriter::open_next() {
  const Source source = std::move(sources_.front());
  sources_.pop_front();
  struct stat st {};
  if (::stat(source.disk.c_str(), &st) != 0)
    return errno == ENOENT || errno == ELOOP ? ok() : errno_error("cannot stat " + source.disk);
  if (S_ISDIR(st.st_mode)) return expand(source);
  if (!S_ISREG(st.st_mode)) return ok();
  Fd file(::open(source.disk.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid())
    return errno == ENOENT ? ok() : Status(errno_error("cannot open " + source.disk));
  return begin_file(source.path, std::move(file));
}

// In front of the others, so that what waits stays small. Links to folders are not followed.
Status PartWriter::expand(const Source& folder) {
  struct stat st {};
  if (::lstat(folder.disk.c_str(), &st) == 0 && S_ISLNK(st.st_mode)) return ok();
  const auto names = list_directory(folder.disk);
  if (!names.ok()) return exists(folder.disk) ? Status(names.error()) : ok();
  for (auto name = names->rbegin(); name != names->rend(); ++name)
    if (!is_temporary(folder.path, *name))
      sources_.push_front({join_path(folder.disk, *name), join_path(folder.path, *name)});
  return ok();
}

Status PartWriter::begin_file(const std::string& path, Fd fd) {
  TRY(const struct stat st, stat_of(fd.get(), path));
  if (!S_ISREG(st.st_mode)) return ok();
  if (has_control_characters(path) || path.size() > kPathBytesMax)
    return invalid(
        fmt::format("'{}' can not be backed up: its name is too long or holds control "
                    "characters; rename it",
                    printable_path(path)));
  const std::int64_t size = st.st_size;
  const int mode = (st.st_mode & 0100) != 0 ? 0700 : 0600;
  packer_.add(tar_header({path, size, (st.st_mode & 0200) != 0 ? mode : mode & 0500}));
  file_ = std::make_unique<File>(File{path, std::move(fd), size, size});
  return ok();
}

// A log that grows meanwhile ends where it ended when its turn came.
Status PartWriter::read_some() {
  buffer_.resize(kPartBytes);
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::int64_t>(file_->left, kPartBytes));
  const ssize_t size = ::read(file_->fd.get(), buffer_.data(), wanted);
  if (size < 0 && errno == EINTR) return ok();
  if (size < 0) return errno_error("cannot read " + file_->path);
  if (size == 0)
    return explain(
        Code::Aborted,
        {"{} became shorter while it was read; try again", "{} 在读取期间变短了；请重试"},
        file_->path);
  const std::string_view part(buffer_.data(), static_cast<std::size_t>(size));
  hash_.add(part);
  packer_.add(part);
  file_->left -= size;
  return ok();
}

void PartWriter::end_file() {
  packer_.add(std::string(tar_padding(file_->size), '\0'));
  manifest_ += manifest_line(hash_.hex(), file_->size, file_->path);
  file_.reset();
}

void PartWriter::write_manifest() {
  const auto size = static_cast<std::int64_t>(manifest_.size());
  packer_.add(tar_header({manifest_name_, size, 0600}));
  packer_.add(manifest_);
  packer_.add(std::string(tar_padding(size), '\0'));
}

std::string archive_end() {
  Packer packer;
  packer.add(std::string(2 * kTarBlock, '\0'));
  packer.end_frame();
  return std::move(packer.out());
}

}  // namespace gantry::backup
