#include "app/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

#include "app/workflow_files.h"
#include "base/files.h"
#include "base/log.h"

namespace gantry::app {

namespace {
// An editor writes a file in several steps; a checkout writes many. Both are quiet soon.
constexpr Duration kQuiet = milliseconds(100);
constexpr int kQuietTimesMax = 5;  // never later than this, however busy the folder is
constexpr Duration kPollPeriod = seconds(2);
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_ATTRIB | IN_MODIFY | IN_DELETE_SELF |
                                  IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;
}  // namespace

FolderWatch::FolderWatch(net::Loop& loop, std::string folder, int depth, OnChange on_change)
    : loop_(loop), folder_(std::move(folder)), depth_(depth), on_change_(std::move(on_change)) {
  if (const Status opened = open(); !opened.ok()) poll(opened.error());
}

FolderWatch::~FolderWatch() = default;

Status FolderWatch::open() {
  inotify_ = Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify_.valid()) return errno_error("cannot watch " + folder_);
  TRY_STATUS(watch_below(folder_, 0));
  readable_ = loop_.on_readable(inotify_.get(), [this] { read_events(); });
  return ok();
}

// Watching a folder that is watched already gives the same descriptor again.
Status FolderWatch::watch_below(const std::string& folder, int depth) {
  const int watch = ::inotify_add_watch(inotify_.get(), folder.c_str(), kEvents);
  if (watch < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return ok();  // gone meanwhile
    return errno_error("cannot watch " + folder);
  }
  folders_[watch] = folder;
  if (depth >= depth_) return ok();
  const auto names = list_directory(folder);
  if (!names.ok()) return ok();
  for (const std::string& name : *names) {
    const std::string path = join_path(folder, name);
    if (name.front() != '.' && is_folder(path)) TRY_STATUS(watch_below(path, depth + 1));
  }
  return ok();
}

void FolderWatch::read_events() {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) break;
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_IGNORED) != 0) folders_.erase(event->wd);
      // A lost event may have been about a folder.
      if ((event->mask & (IN_ISDIR | IN_Q_OVERFLOW)) != 0) folders_changed_ = true;
    }
    changed();
  }
}

void FolderWatch::changed() {
  if (waited_ >= kQuietTimesMax) return;  // the timer that runs tells it
  ++waited_;
  quiet_ = loop_.after(kQuiet, [this] { settle(); });
}

void FolderWatch::settle() {
  waited_ = 0;
  // What was written into a new folder before it was watched is found by the reader's own scan.
  if (std::exchange(folders_changed_, false))
    if (const Status watched = watch_below(folder_, 0); !watched.ok()) poll(watched.error());
  on_change_();
}

void FolderWatch::poll(const Error& why) {
  if (poll_) return;
  log_warning("workflows", "{}; looking every {} s instead", why.message,
              kPollPeriod.us / 1'000'000);
  poll_ = loop_.every(kPollPeriod, [this] { on_change_(); });
}

}  // namespace gantry::app
