// FolderWatch: tells when something below a folder changed: files written, renamed, removed, new
// folders. Many changes in a short time are told once, when it has been quiet for a moment.
//
// Where the kernel gives no watch (its limit on inotify watches, some network file systems), the
// folder counts as changed every few seconds, so that nothing is missed.
//
// Threads: all of it belongs to the loop thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "net/loop.h"

namespace gantry::app {

class FolderWatch {
 public:
  using OnChange = std::function<void()>;
  // `depth`: so many levels of folders below it are watched too.
  FolderWatch(net::Loop& loop, std::string folder, int depth, OnChange on_change);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  bool is_polling() const { return poll_ != nullptr; }

 private:
  Status open();
  Status watch_below(const std::string& folder, int depth);
  void read_events();
  void changed();
  void settle();
  void poll(const Error& why);

  net::Loop& loop_;
  const std::string folder_;
  const int depth_;
  const OnChange on_change_;
  Fd inotify_;
  std::map<int, std::string> folders_;  // by watch descriptor
  net::Handle readable_, quiet_, poll_;
  bool folders_changed_ = false;
  int waited_ = 0;  // quiet times begun since the first change that was not told
};

}  // namespace gantry::app
