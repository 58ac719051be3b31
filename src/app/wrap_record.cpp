#include "app/wrap_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "spec/load.h"
#include "spec/names.h"

namespace gantry::app {

namespace {
constexpr std::size_t kIdDigits = 32;
constexpr std::int64_t kNumberMax = std::int64_t{1} << 53;  // what JSON readers hold exactly

// The same for every record of every job, so that a job has one version.
constexpr std::string_view kDefinition =
    R"(# Made by gantry wrap: its runs are commands that ran elsewhere. The server never starts one.
description: a command under gantry wrap
enabled: false
params:
  command: {type: list}
  directory: {}
  host: {}
  user: {}
tasks:
  command: {pass: true}
)";

class NoFiles : public spec::FileSource {
  Result<model::VersionFile> read(const std::string& path) const override {
    return error(Code::NotFound, path);
  }
  Result<std::vector<std::string>> glob(const std::string&) const override {
    return std::vector<std::string>();
  }
};

// Reads the members of one object; the first fault is kept.
class Members {
 public:
  explicit Members(const Value& object) : object_(object) {
    if (!object.is(Value::Kind::Map)) fault_ = "an object is expected";
  }

  std::string text(const char* name, std::size_t bytes_max, bool required = false) {
    const Value* value = find(name, Value::Kind::String, required);
    if (value == nullptr) return {};
    if (value->as_string().size() > bytes_max)
      fail(fmt::format("{} has more than {} bytes", name, bytes_max));
    return value->as_string();
  }
  std::int64_t number(const char* name, std::int64_t otherwise, std::int64_t min) {
    const Value* value = find(name, Value::Kind::Int, false);
    if (value == nullptr) return otherwise;
    if (value->as_int() < min || value->as_int() > kNumberMax)
      fail(fmt::format("{} is out of range", name));
    return value->as_int();
  }
  std::optional<Instant> instant(const char* name, bool required = false) {
    const Value* value = find(name, Value::Kind::String, required);
    if (value == nullptr) return std::nullopt;
    auto instant = parse_instant(value->as_string());
    if (instant.ok()) return *instant;
    fail(fmt::format("{} is no time: {}", name, instant.error().message));
    return std::nullopt;
  }
  const Value* find(const char* name, Value::Kind kind, bool required) {
    const Value* value = object_.find(name);
    if (value == nullptr) {
      if (required) fail(fmt::format("{} is missing", name));
    } else if (!value->is(kind)) {
      fail(fmt::format("{} has to be of type {}", name, kind_name(kind)));
      value = nullptr;
    }
    return value;
  }
  void fail(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
  }
  Status status() const {
    if (fault_.empty()) return ok();
    return refuse({"the record: {}", "记录：{}"}, fault_);
  }

 private:
  const Value& object_;
  std::string fault_;
};

std::vector<model::NamedText> read_labels(Members& members) {
  std::vector<model::NamedText> labels;
  const Value* map = members.find("labels", Value::Kind::Map, false);
  if (map == nullptr) return labels;
  if (map->as_map().size() > kWrapLabelsMax)
    members.fail(fmt::format("more than {} labels", kWrapLabelsMax));
  for (const auto& [name, value] : map->as_map()) {
    const bool fits = value.is(Value::Kind::String) && !name.as_string().empty() &&
                      name.as_string().size() <= kWrapTextMax &&
                      value.as_string().size() <= kWrapTextMax;
    if (!fits) {
      members.fail("a label is no short text");
      break;
    }
    labels.emplace_back(name.as_string(), value.as_string());
  }
  return labels;
}

std::vector<std::string> read_command(Members& members) {
  std::vector<std::string> command;
  const Value* list = members.find("command", Value::Kind::List, true);
  if (list == nullptr) return command;
  std::size_t bytes = 0;
  for (const Value& word : list->as_list()) {
    if (!word.is(Value::Kind::String) || (bytes += word.as_string().size()) > kWrapRecordBytesMax) {
      members.fail("command has to be a list of texts, shorter than 256 KiB");
      break;
    }
    command.push_back(word.as_string());
  }
  return command;
}

Result<std::shared_ptr<const model::Definition>> definition_of(const std::string& workflow) {
  auto loaded = spec::load(kDefinition, workflow, workflow, NoFiles());
  if (!loaded.definition) return spec::to_error(loaded.diagnostics.front());
  return std::make_shared<const model::Definition>(std::move(*loaded.definition));
}

model::AttemptReport unknown_end(const WrapStart& start) {
  model::AttemptReport report;
  report.state = model::AttemptState::Interrupted;
  report.reason = model::Reason::Interrupted;
  report.started_at = start.started_at;
  report.error_tail =
      "gantry wrap was killed before the end: nobody knows how the command ended, or whether it "
      "still runs";
  return report;
}

void put(ValueMap& map, const char* name, Value value) { map.emplace_back(name, std::move(value)); }

void put_number(ValueMap& map, const char* name, std::int64_t value, std::int64_t normal) {
  if (value != normal) put(map, name, value);
}
}  // namespace

Status check_wrap_name(const std::string& name) {
  if (name.size() + model::kWrapFolder.size() > limits::kNameBytesMax)
    return refuse({"the name is longer than {} bytes", "名称超过 {} 字节"},
                  limits::kNameBytesMax - model::kWrapFolder.size());
  for (const std::string_view part : split(name, '/'))
    if (const auto fault = spec::fault_of_id(part))
      return Error{Code::InvalidArgument,
                   fmt::format("'{}' is no name for a wrapped command: {}", name, fault->message),
                   fmt::format("“{}”不能作为名称：{}", name, fault->zh)};
  return ok();
}

bool is_wrap_id(std::string_view text) {
  return text.size() == kIdDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

Value start_value(const WrapStart& start) {
  ValueMap labels;
  for (const auto& [name, value] : start.labels) labels.emplace_back(name, value);
  ValueList command;
  for (const std::string& word : start.command) command.emplace_back(word);
  ValueMap map;
  put(map, "id", start.id);
  put(map, "name", start.name);
  if (!start.title.empty()) put(map, "title", start.title);
  if (!labels.empty()) put(map, "labels", std::move(labels));
  put(map, "command", std::move(command));
  put(map, "directory", start.directory);
  put(map, "host", start.host);
  put(map, "user", start.user);
  put_number(map, "pid", start.pid, 0);
  put(map, "started_at", format_instant(start.started_at));
  return Value(std::move(map));
}

Value end_value(const model::AttemptReport& end) {
  ValueMap map;
  put(map, "state", name_of(end.state));
  if (end.reason != model::Reason::None) put(map, "reason", name_of(end.reason));
  put_number(map, "exit_code", end.exit_code, -1);
  put_number(map, "signal", end.signal, 0);
  if (end.started_at) put(map, "started_at", format_instant(*end.started_at));
  if (end.ended_at) put(map, "ended_at", format_instant(*end.ended_at));
  put_number(map, "cpu_us", end.cpu_us, 0);
  put_number(map, "memory_bytes_max", end.memory_bytes_max, 0);
  put_number(map, "log_bytes", end.log_bytes, 0);
  put_number(map, "log_dropped_bytes", end.log_dropped_bytes, 0);
  if (!end.error_tail.empty()) put(map, "error", end.error_tail);
  return Value(std::move(map));
}

Result<WrapStart> read_wrap_start(const Value& value) {
  Members members(value);
  WrapStart start;
  start.id = members.text("id", kIdDigits, true);
  start.name = members.text("name", limits::kNameBytesMax, true);
  start.title = members.text("title", kWrapTextMax);
  start.labels = read_labels(members);
  start.command = read_command(members);
  start.directory = members.text("directory", 4096);
  start.host = members.text("host", kWrapTextMax);
  start.user = members.text("user", kWrapTextMax);
  start.pid = members.number("pid", 0, 0);
  start.started_at = members.instant("started_at", true).value_or(Instant{});
  TRY_STATUS(members.status());
  if (!is_wrap_id(start.id))
    return refuse({"the record: id has to have 32 hex digits", "记录：id 须为 32 位十六进制"});
  TRY_STATUS(check_wrap_name(start.name));
  return start;
}

Result<model::AttemptReport> read_wrap_end(const Value& value) {
  Members members(value);
  model::AttemptReport end;
  const auto state = model::attempt_state_of(members.text("state", 100, true));
  const std::string reason = members.text("reason", 100);
  end.reason = model::reason_of(reason).value_or(model::Reason::None);
  end.exit_code =
      static_cast<std::int32_t>(std::min<std::int64_t>(members.number("exit_code", -1, -1), 255));
  end.signal =
      static_cast<std::int32_t>(std::min<std::int64_t>(members.number("signal", 0, 0), 64));
  end.started_at = members.instant("started_at");
  end.ended_at = members.instant("ended_at");
  end.cpu_us = members.number("cpu_us", 0, 0);
  end.memory_bytes_max = members.number("memory_bytes_max", 0, 0);
  end.log_bytes = members.number("log_bytes", 0, 0);
  end.log_dropped_bytes = members.number("log_dropped_bytes", 0, 0);
  end.error_tail = members.text("error", 4 * limits::kErrorTailBytes);
  TRY_STATUS(members.status());
  using S = model::AttemptState;
  if (state != S::Succeeded && state != S::Failed && state != S::TimedOut && state != S::Killed &&
      state != S::Interrupted)
    return refuse(
        {"the record: its state is none that a command ends in", "记录：状态不是命令的结束状态"});
  end.state = *state;
  return end;
}

Result<WrapRecord> parse_wrap_record(std::string_view text) {
  const std::size_t newline = text.find('\n');
  if (newline == text.npos) return refuse({"the record has no whole line", "记录不完整"});
  TRY(const Value first, parse_json(text.substr(0, newline)));
  WrapRecord record;
  TRY(record.start, read_wrap_start(first));
  text.remove_prefix(newline + 1);
  const std::size_t end = text.find('\n');
  if (end == text.npos) return record;
  const auto second = parse_json(text.substr(0, end));
  if (!second.ok()) return record;
  if (auto report = read_wrap_end(*second); report.ok()) record.end = std::move(report).value();
  return record;
}

Result<model::WrapReported> wrap_event(const WrapRecord& record) {
  const WrapStart& start = record.start;
  model::WrapReported event;
  event.actor = fmt::format("{}@{}", start.user.empty() ? "?" : start.user,
                            start.host.empty() ? "?" : start.host);
  event.key = start.id;
  TRY(event.definition, definition_of(start.workflow()));
  ValueList command;
  for (const std::string& word : start.command) command.emplace_back(word);
  put(event.params, "command", std::move(command));
  put(event.params, "directory", start.directory);
  put(event.params, "host", start.host);
  put(event.params, "user", start.user);
  event.title = start.title;
  event.labels = start.labels;
  event.begun_at = start.started_at;
  event.report = record.end ? *record.end : unknown_end(start);
  if (!event.report.started_at) event.report.started_at = start.started_at;
  return event;
}

}  // namespace gantry::app
