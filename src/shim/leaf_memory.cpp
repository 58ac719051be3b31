#include "shim/leaf_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>

#include "shim/small_file.h"

namespace gantry::shim {

namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> oom_kills_in(std::string_view events) {
  constexpr std::string_view kName = "oom_kill ";
  while (!events.empty()) {
    const std::size_t end = events.find('\n');
    const std::string_view line = events.substr(0, end);
    if (line.starts_with(kName)) return number_of(line.substr(kName.size()));
    events.remove_prefix(end == std::string_view::npos ? events.size() : end + 1);
  }
  return std::nullopt;
}

LeafMemory::LeafMemory(const std::string& leaf) {
  if (leaf.empty()) return;
  events_path_ = leaf + "/memory.events";
  kills_before_ = oom_kills_in(read_small_file(events_path_));
  if (!kills_before_) return;
  // What is written sets the peak back, for who reads it through this descriptor.
  peak_fd_ = ::open((leaf + "/memory.peak").c_str(), O_RDWR | O_CLOEXEC);
  if (peak_fd_ >= 0 && ::pwrite(peak_fd_, "0", 1, 0) == 1) return;
  if (peak_fd_ >= 0) ::close(peak_fd_);
  peak_fd_ = -1;
}

LeafMemory::~LeafMemory() {
  if (peak_fd_ >= 0) ::close(peak_fd_);
}

bool LeafMemory::was_killed_for() const {
  if (!kills_before_) return false;
  const auto kills = oom_kills_in(read_small_file(events_path_));
  return kills && *kills > *kills_before_;
}

std::int64_t LeafMemory::peak_bytes() const {
  char buffer[32];
  const ssize_t n = peak_fd_ < 0 ? -1 : ::pread(peak_fd_, buffer, sizeof buffer, 0);
  if (n <= 0) return 0;
  return number_of({buffer, static_cast<std::size_t>(n)}).value_or(0);
}

void add_memory(const LeafMemory& memory, ExitRecord& record) {
  record.memory_bytes_max = std::max(record.memory_bytes_max, memory.peak_bytes());
  const bool failed =
      record.ended == Ended::Signaled || (record.ended == Ended::Exited && record.exit_code != 0);
  if (!failed) return;  // one that succeeded got over the loss; a stop or a timeout was ours
  if (memory.was_killed_for()) {
    record.ended = Ended::Oom;
  } else if (!memory.knows_kills() && record.signal == SIGKILL) {
    if (!record.error_tail.empty() && record.error_tail.back() != '\n')
      record.error_tail.push_back('\n');
    record.error_tail +=
        "killed with SIGKILL, not by Gantry: somebody did it, or the kernel for want of memory "
        "(its log says so)";
  }
}

}  // namespace gantry::shim
