#include "shim/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "shim/clock.h"

namespace gantry::shim {

namespace {

constexpr std::size_t kBufferBytes = 256u << 10;

// The largest cut <= `at` that does not divide a UTF-8 character (unless the text is not UTF-8).
std::size_t cut_at_character(std::string_view text, std::size_t at) {
  std::size_t cut = at;
  for (int i = 0; i < 3 && cut > 0; ++i, --cut)
    if ((static_cast<unsigned char>(text[cut]) & 0xC0) != 0x80) return cut;
  return (static_cast<unsigned char>(text[cut]) & 0xC0) != 0x80 && cut > 0 ? cut : at;
}

std::string line_head(std::string_view stamp, Stream stream, char flag) {
  std::string head(stamp);
  return head.append(stream == Stream::Out ? " stdout " : " stderr ").append({flag, ' '});
}

}  // namespace

TaskLog::TaskLog(std::string path, LogCaps caps) : path_(std::move(path)), caps_(caps) {}

TaskLog::~TaskLog() {
  if (fd_ >= 0) ::close(fd_);
}

void TaskLog::append(Stream stream, std::string_view bytes, std::int64_t wall) {
  const std::string now = stamp(wall);
  const std::string full = line_head(now, stream, 'F');
  const std::string part = line_head(now, stream, 'P');
  std::string& partial = partial_[static_cast<int>(stream)];
  while (!bytes.empty()) {
    // Only up to one line's worth is looked at, so a line without end costs no more than others.
    const std::size_t room = caps_.line_bytes - partial.size();
    const std::size_t newline = bytes.substr(0, room + 1).find('\n');
    if (newline == std::string_view::npos && bytes.size() <= room) {
      partial.append(bytes);
      return;
    }
    const bool whole = newline != std::string_view::npos;
    std::size_t size = newline;
    if (!whole) size = cut_at_character(bytes, room);
    const std::string_view& head = whole ? full : part;
    if (partial.empty()) {
      add_line(head, bytes.substr(0, size));
    } else {
      partial.append(bytes.substr(0, size));
      add_line(head, partial);
      partial.clear();
    }
    bytes.remove_prefix(whole ? size + 1 : size);
  }
}

void TaskLog::add_line(std::string_view head, std::string_view text) {
  const std::size_t size = head.size() + text.size() + 1;
  if (!full_ && static_cast<std::size_t>(head_used_) + size > caps_.head_bytes) full_ = true;
  if (full_) {
    keep_in_tail(head);
    keep_in_tail(text);
    keep_in_tail("\n");
    return;
  }
  head_used_ += static_cast<std::int64_t>(size);
  buffer_.append(head).append(text).push_back('\n');
  if (buffer_.size() >= kBufferBytes) flush();
}

void TaskLog::keep_in_tail(std::string_view bytes) {
  if (tail_.empty()) tail_.resize(std::max<std::size_t>(caps_.tail_bytes, 1));
  tail_seen_ += static_cast<std::int64_t>(bytes.size());
  if (bytes.size() > tail_.size()) bytes.remove_prefix(bytes.size() - tail_.size());
  const std::size_t first = std::min(bytes.size(), tail_.size() - tail_at_);
  std::memcpy(tail_.data() + tail_at_, bytes.data(), first);
  std::memcpy(tail_.data(), bytes.data() + first, bytes.size() - first);
  tail_at_ = (tail_at_ + bytes.size()) % tail_.size();
}

void TaskLog::flush() {
  if (buffer_.empty()) return;
  if (unreported_ > 0) {
    const std::string text = std::to_string(unreported_) +
                             " bytes of the log were dropped here: the disk did not take them";
    std::string lines;
    lines.swap(buffer_);
    add_notice(wall_us(), text);
    if (!write_out(buffer_)) {
      dropped_ += static_cast<std::int64_t>(lines.size());
      unreported_ += static_cast<std::int64_t>(lines.size());
      buffer_.clear();
      return;
    }
    unreported_ = 0;
    buffer_.swap(lines);
  }
  if (!write_out(buffer_)) {
    const auto lost = static_cast<std::int64_t>(buffer_.size());
    dropped_ += lost;
    unreported_ += lost;
  }
  buffer_.clear();
}

void TaskLog::add_notice(std::int64_t wall, std::string_view text) {
  buffer_.append(stamp(wall)).append(" system F ").append(text).push_back('\n');
}

// False if the disk did not take all; then nothing of it counts as written.
bool TaskLog::write_out(std::string_view bytes) {
  // What another history of this data directory left there (a restored backup) is not of this
  // attempt, which is ours alone by its claim.
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  if (fd_ < 0) fd_ = ::open(path_.c_str(), kFlags, 0640);
  if (fd_ < 0) return false;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      cut_torn_line(bytes.substr(0, bytes.size() - rest.size()));
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  file_bytes_ += static_cast<std::int64_t>(bytes.size());
  return true;
}

// A write that failed half-way is taken back, so that every line in the file is whole.
void TaskLog::cut_torn_line(std::string_view written) {
  if (!written.empty() && ::ftruncate(fd_, file_bytes_) != 0)
    file_bytes_ += static_cast<std::int64_t>(written.size());
}

void TaskLog::close(std::int64_t wall) {
  if (partial_[0].empty() && partial_[1].empty() && !full_) return flush();
  const std::string now = stamp(wall);
  for (const Stream stream : {Stream::Out, Stream::Err}) {
    std::string& partial = partial_[static_cast<int>(stream)];
    if (!partial.empty()) add_line(line_head(now, stream, 'P'), partial);
    partial.clear();
  }
  flush();
  if (full_) write_tail(wall);
  flush();
}

void TaskLog::write_tail(std::int64_t wall) {
  const bool wrapped = tail_seen_ > static_cast<std::int64_t>(tail_.size());
  std::string kept;
  if (wrapped) kept.assign(tail_.data() + tail_at_, tail_.size() - tail_at_);
  kept.append(tail_.data(), tail_at_);
  // The oldest line was overwritten in part.
  if (wrapped) kept.erase(0, std::min(kept.size(), kept.find('\n')) + 1);
  const std::int64_t gone = tail_seen_ - static_cast<std::int64_t>(kept.size());
  if (gone > 0) {
    dropped_ += gone;
    add_notice(wall, std::to_string(gone) + " bytes of the log were dropped here: it is limited " +
                         "to the first " + std::to_string(caps_.head_bytes) +
                         " bytes and the last " + std::to_string(caps_.tail_bytes));
  }
  buffer_.append(kept);
}

}  // namespace gantry::shim
