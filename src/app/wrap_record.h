// The record of a wrapped command: two lines of JSON, one before it starts and one at its end. The
// file is locked while `gantry wrap` lives, so an unlocked file without a second line tells that
// nobody knows how the command ended. docs/format/wrap.md shows one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"

namespace gantry::app {

struct WrapStart {
  std::string id;    // 32 hex digits
  std::string name;  // of the job, without the folder
  std::string title;
  std::vector<model::NamedText> labels;
  std::vector<std::string> command;  // masked, at most kWrapCommandBytesMax
  std::string directory;
  std::string host;
  std::string user;
  std::int64_t pid = 0;  // of gantry wrap
  Instant started_at;

  std::string workflow() const { return std::string(model::kWrapFolder) + name; }
};

struct WrapRecord {
  WrapStart start;
  std::optional<model::AttemptReport> end;  // none: not over, or nobody knows
};

inline constexpr std::size_t kWrapCommandBytesMax = 32u << 10;
inline constexpr std::size_t kWrapRecordBytesMax = 256u << 10;
inline constexpr std::int64_t kWrapTextMax = 500;  // of a title or a label, in bytes
inline constexpr std::size_t kWrapLabelsMax = 20;

// What is wrong with the name of a wrapped command: a path of ids, as of a workflow.
Status check_wrap_name(const std::string& name);
bool is_wrap_id(std::string_view text);

Value start_value(const WrapStart& start);
Value end_value(const model::AttemptReport& end);
// From anywhere, so everything is checked. InvalidArgument says what is wrong.
Result<WrapStart> read_wrap_start(const Value& value);
Result<model::AttemptReport> read_wrap_end(const Value& value);
// Of a file's content. A second line that is torn does not count.
Result<WrapRecord> parse_wrap_record(std::string_view text);

// The event for the core. A record without an end is one of which nobody knows.
Result<model::WrapReported> wrap_event(const WrapRecord& record);

}  // namespace gantry::app
