#include "runner/log_index.h"

#include <algorithm>
#include <cstring>

#include "base/crc32.h"
#include "runner/log_limits.h"
#include "runner/log_line.h"

namespace gantry::runner {

namespace {

constexpr std::string_view kMagic("GLOGIX1\n", 8);
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kHeadNumbers = 7;
constexpr std::size_t kMarkNumbers = 3;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kLastLineBytes = 64;

void append_number(std::string& out, std::int64_t number) {
  for (std::size_t i = 0; i < kNumberBytes; ++i)
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xFF);
}

std::int64_t take_number(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  bytes.remove_prefix(kNumberBytes);
  return static_cast<std::int64_t>(number);
}

std::string checksum_of(std::string_view bytes) {
  const std::uint32_t sum = crc32(bytes.data(), bytes.size());
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(sum >> (8 * i) & 0xFF);
  return out;
}

Instant instant_of(std::string_view stamp) { return parse_instant(stamp).value_or(Instant{}); }

}  // namespace

Result<std::shared_ptr<const LogIndex>> LogIndex::extended(std::shared_ptr<const LogIndex> known,
                                                           int fd) {
  TRY(const LogState now, log_state(fd));
  bool holds = false;
  if (known) {
    TRY(holds, known->still_holds(fd, now));
  }
  if (holds && known->state_ == now) return known;
  auto next = holds ? std::make_shared<LogIndex>(*known) : std::make_shared<LogIndex>();
  next->state_ = now;
  TRY_STATUS(next->read_on(fd));
  TRY_STATUS(next->remember_last_line(fd));
  return std::shared_ptr<const LogIndex>(std::move(next));
}

// A disk that did not take a line can make the file shorter: the line is taken back, and another
// one may come in its place.
Result<bool> LogIndex::still_holds(int fd, const LogState& now) const {
  if (now.size_bytes < end_.offset) return false;
  TRY(const std::string found, read_log_bytes(fd, last_line_offset_, last_line_.size()));
  return found == last_line_;
}

Status LogIndex::remember_last_line(int fd) {
  const auto size = std::min<std::int64_t>(end_.offset - last_line_offset_, kLastLineBytes);
  TRY(last_line_, read_log_bytes(fd, last_line_offset_, static_cast<std::size_t>(size)));
  return ok();
}

Status LogIndex::read_on(int fd) {
  for (;;) {
    // Not as a finished log: what has no line end may still get one.
    TRY(const LogChunk chunk, read_log_chunk(fd, end_.offset, limits::kLogChunkBytes, false));
    if (chunk.bytes == 0) return ok();
    const std::int64_t next = end_.offset + chunk.bytes;
    std::string_view rest = chunk.lines;
    for (std::size_t size = rest.find('\n'); size != rest.npos; size = rest.find('\n')) {
      add_line(rest.substr(0, size));
      rest.remove_prefix(size + 1);
    }
    end_.offset = next;  // a damaged line is longer than what was read of it
    if (chunk.end_of_file) return ok();
  }
}

void LogIndex::add_line(std::string_view line) {
  const bool first = marks_.empty();
  if (first || end_.line - marks_.back().place.line >= limits::kLogMarkLines ||
      end_.offset - marks_.back().place.offset >= limits::kLogMarkBytes)
    marks_.push_back({end_, instant_of(latest_)});
  if (has_log_stamp(line) && log_stamp(line) > latest_) latest_ = log_stamp(line);
  last_line_offset_ = end_.offset;
  ++end_.line;
  end_.offset += static_cast<std::int64_t>(line.size()) + 1;
}

LogPlace LogIndex::mark_of_line(std::int64_t line) const {
  if (line >= end_.line) return end_;
  const auto after = std::upper_bound(
      marks_.begin(), marks_.end(), line,
      [](std::int64_t wanted, const LogMark& mark) { return wanted < mark.place.line; });
  return after == marks_.begin() ? LogPlace{} : std::prev(after)->place;
}

LogPlace LogIndex::mark_of_offset(std::int64_t offset) const {
  const auto after = std::upper_bound(
      marks_.begin(), marks_.end(), offset,
      [](std::int64_t wanted, const LogMark& mark) { return wanted < mark.place.offset; });
  return after == marks_.begin() ? LogPlace{} : std::prev(after)->place;
}

LogPlace LogIndex::mark_of_time(Instant since) const {
  if (!marks_.empty() && instant_of(latest_) < since) return end_;
  const auto newer = std::partition_point(
      marks_.begin(), marks_.end(), [since](const LogMark& mark) { return mark.latest < since; });
  return newer == marks_.begin() ? LogPlace{} : std::prev(newer)->place;
}

LogPlace LogIndex::place_for(std::int64_t line, const std::optional<Instant>& since) const {
  const LogPlace by_line = mark_of_line(line);
  const LogPlace by_time = since ? mark_of_time(*since) : LogPlace{};
  return by_time.offset > by_line.offset ? by_time : by_line;
}

LogPlace LogIndex::marks_before(LogPlace place, std::size_t count) const {
  const auto at = std::lower_bound(
      marks_.begin(), marks_.end(), place.offset,
      [](const LogMark& mark, std::int64_t wanted) { return mark.place.offset < wanted; });
  const auto index = static_cast<std::size_t>(at - marks_.begin());
  return index <= count ? LogPlace{} : marks_[index - count].place;
}

std::string LogIndex::encode() const {
  std::string out(kMagic);
  for (const std::int64_t number :
       {state_.size_bytes, state_.modified_ns, end_.line, end_.offset, last_line_offset_,
        instant_of(latest_).us, static_cast<std::int64_t>(marks_.size())})
    append_number(out, number);
  for (const LogMark& mark : marks_)
    for (const std::int64_t number : {mark.place.line, mark.place.offset, mark.latest.us})
      append_number(out, number);
  return out + checksum_of(out);
}

std::shared_ptr<const LogIndex> LogIndex::decode(std::string_view bytes, int fd) {
  const std::size_t least = kMagic.size() + kHeadNumbers * kNumberBytes + kChecksumBytes;
  if (bytes.size() < least || !bytes.starts_with(kMagic)) return nullptr;
  const std::string_view sum = bytes.substr(bytes.size() - kChecksumBytes);
  bytes.remove_suffix(kChecksumBytes);
  if (sum != checksum_of(bytes)) return nullptr;
  bytes.remove_prefix(kMagic.size());
  auto index = std::make_shared<LogIndex>();
  index->state_.size_bytes = take_number(bytes);
  index->state_.modified_ns = take_number(bytes);
  index->end_.line = take_number(bytes);
  index->end_.offset = take_number(bytes);
  index->last_line_offset_ = take_number(bytes);
  index->latest_ = format_instant(Instant{take_number(bytes)});
  const auto marks = static_cast<std::size_t>(take_number(bytes));
  if (bytes.size() != marks * kMarkNumbers * kNumberBytes) return nullptr;
  index->marks_.resize(marks);
  for (LogMark& mark : index->marks_) {
    mark.place.line = take_number(bytes);
    mark.place.offset = take_number(bytes);
    mark.latest.us = take_number(bytes);
  }
  const auto now = log_state(fd);
  if (!now.ok() || *now != index->state_) return nullptr;
  if (!index->remember_last_line(fd).ok()) return nullptr;
  return index;
}

}  // namespace gantry::runner
