#include "runner/log_reader.h"

#include <algorithm>

#include "runner/log_limits.h"

namespace gantry::runner {

namespace {

constexpr std::size_t kFirstChunkBytes = 64u << 10;

// One pass forward over the lines of an open log.
class Scan {
 public:
  Scan(int fd, LogPlace place, const LogQuery& query, const LogIndex* index, std::size_t bytes_max)
      : fd_(fd), query_(query), index_(index), bytes_max_(bytes_max), known_(place) {
    page_.next = place;
  }

  Result<LogPage> run() {
    for (std::size_t size = kFirstChunkBytes; !done_;
         size = std::min(size * 2, limits::kLogChunkBytes)) {
      TRY(chunk_, read_log_chunk(fd_, page_.next.offset, size, query_.finished));
      start_ = page_.next.offset;
      known_ = page_.next;
      take_chunk();
      done_ = done_ || page_.at_end || query_.stop();
    }
    return std::move(page_);
  }

 private:
  void take_chunk() {
    std::size_t at = 0;
    while (!done_) {
      at = line_to_look_at(at);
      if (at >= chunk_.lines.size()) break;
      const std::size_t end = chunk_.lines.find('\n', at);
      take_line(at, std::string_view(chunk_.lines).substr(at, end - at));
      if (done_) break;
      at = end + 1;
      done_ = full();
    }
    at = std::min(at, chunk_.lines.size());
    page_.next = place_of(at);
    page_.at_end = chunk_.end_of_file && at == chunk_.lines.size();
  }

  // Where the next line begins that may match.
  std::size_t line_to_look_at(std::size_t at) const {
    if (!query_.filter.pattern) return at;
    const std::size_t found = query_.filter.pattern->candidate(chunk_.lines, at);
    if (found == std::string::npos) return chunk_.lines.size();
    const std::size_t end = found == 0 ? std::string::npos : chunk_.lines.rfind('\n', found - 1);
    return end == std::string::npos ? 0 : end + 1;
  }

  void take_line(std::size_t at, std::string_view line) {
    const auto& wanted = query_.filter.stream;
    if (wanted && has_log_stamp(line) && line.substr(kLogStampBytes + 1, 6) != name_of(*wanted))
      return;
    // Matching is cheaper than numbering and parsing, and leaves few lines.
    const auto& pattern = query_.filter.pattern;
    if (pattern && has_log_stamp(line) && !pattern->matches(line.substr(kLogLineHeadBytes))) return;
    const std::int64_t number = place_of(at).line;
    if (number >= query_.before) {
      done_ = true;
      return;
    }
    if (number < query_.from) return;
    LogLine parsed = parse_log_line(line, number);
    if (!query_.filter.takes(parsed)) return;
    bytes_ += parsed.text.size();
    page_.lines.push_back(std::move(parsed));
  }

  bool full() const { return page_.lines.size() >= query_.lines_max || bytes_ >= bytes_max_; }

  // Counts from the nearest line whose number is known.
  LogPlace place_of(std::size_t at) {
    const std::int64_t offset = start_ + static_cast<std::int64_t>(at);
    if (index_ != nullptr) {
      const LogPlace mark = index_->mark_of_offset(offset);
      if (mark.offset > known_.offset) known_ = mark;
    }
    const auto from = static_cast<std::size_t>(known_.offset - start_);
    known_.line += count_line_ends(std::string_view(chunk_.lines).substr(from, at - from));
    known_.offset = offset;
    // A damaged line is longer than what is shown of it.
    if (at == chunk_.lines.size()) known_.offset = start_ + chunk_.bytes;
    return known_;
  }

  const int fd_;
  const LogQuery& query_;
  const LogIndex* const index_;
  const std::size_t bytes_max_;
  LogChunk chunk_;
  std::int64_t start_ = 0;  // of the chunk in the file
  LogPlace known_;          // a line of the chunk
  LogPage page_;
  std::size_t bytes_ = 0;
  bool done_ = false;
};

// Keeps the last lines, at most about limits::kLogBackBytes; true if any had to go.
bool keep_last(std::vector<LogLine>& lines, std::size_t lines_max) {
  std::size_t bytes = 0;
  std::size_t kept = 0;
  while (kept < std::min(lines.size(), lines_max) && bytes < limits::kLogBackBytes)
    bytes += lines[lines.size() - ++kept].text.size();
  const std::size_t surplus = lines.size() - kept;
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(surplus));
  return surplus > 0;
}

}  // namespace

bool LogFilter::takes(const LogLine& line) const {
  if (stream && line.stream != *stream) return false;
  if (since && line.at < *since) return false;
  return !pattern || pattern->matches(line.text);
}

Result<LogPage> read_log(const std::string& path, LogPlace place, const LogQuery& query,
                         const LogIndex* index) {
  TRY(const Fd fd, open_log(path));
  if (!fd.valid()) {
    LogPage page;
    page.next = place;
    return page;
  }
  return Scan(fd.get(), place, query, index, limits::kLogPageBytes).run();
}

Result<LogPage> read_log(const std::string& path, const LogIndex& index, const LogQuery& query) {
  const LogPlace place = index.place_for(query.from, query.filter.since);
  TRY(LogPage page, read_log(path, place, query, &index));
  page.previous =
      page.lines.empty() ? std::min(query.from, page.next.line) : page.lines.front().number;
  return page;
}

Result<LogPage> read_log_back(const std::string& path, const LogIndex& index,
                              const LogQuery& query) {
  LogPage page;
  TRY(const Fd fd, open_log(path));
  if (!fd.valid()) return page;
  LogQuery part = query;
  part.lines_max = std::numeric_limits<std::size_t>::max();
  part.stop = [] { return false; };
  const LogPlace oldest = query.filter.since ? index.mark_of_time(*query.filter.since) : LogPlace{};
  // First what stands below the last mark, then whole blocks, more at a time.
  LogPlace high = query.before > index.end().line ? index.end() : index.mark_of_line(query.before);
  TRY(page, Scan(fd.get(), high, part, &index, std::string::npos).run());
  bool cut = keep_last(page.lines, query.lines_max);
  for (std::size_t marks = 1;
       !cut && high.offset > oldest.offset && page.lines.size() < query.lines_max && !query.stop();
       marks = std::min(marks * 2, limits::kLogMarksAtOnce)) {
    const LogPlace low = index.marks_before(high, marks);
    part.before = std::min(high.line, query.before);
    TRY(LogPage block, Scan(fd.get(), low, part, &index, std::string::npos).run());
    page.lines.insert(page.lines.begin(), std::make_move_iterator(block.lines.begin()),
                      std::make_move_iterator(block.lines.end()));
    cut = keep_last(page.lines, query.lines_max);
    high = low;
  }
  page.previous = cut ? page.lines.front().number : high.offset > oldest.offset ? high.line : 1;
  return page;
}

Result<LogPage> tail_log(const std::string& path, std::size_t lines_max) {
  LogQuery query;
  query.lines_max = lines_max;
  query.finished = true;
  TRY(const Fd fd, open_log(path));
  if (!fd.valid()) return LogPage{};
  TRY(const auto index, LogIndex::extended(nullptr, fd.get()));
  return read_log_back(path, *index, query);
}

}  // namespace gantry::runner
