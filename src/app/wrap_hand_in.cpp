#include "app/wrap_hand_in.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/base64.h"
#include "base/files.h"
#include "base/json.h"
#include "runner/log_file.h"

namespace gantry::app {

namespace {
constexpr std::size_t kLogBytesMax = limits::kLogHeadBytes + limits::kLogTailBytes + (1u << 20);
constexpr std::size_t kPartBytes = 2u << 20;  // of a log, in one request

Status send_log(const std::string& path, const std::string& id, Client& client) {
  TRY(const Fd log, runner::open_log(path));
  if (!log.valid()) return ok();
  for (std::int64_t offset = 0;;) {
    TRY(const std::string bytes, runner::read_log_bytes(log.get(), offset, kPartBytes));
    if (bytes.empty()) return ok();
    ValueMap body;
    body.emplace_back("offset", offset);
    body.emplace_back("data", base64_encode(bytes));
    TRY(const Value answer, client.post("/api/v1/wraps/" + id + "/log", Value(std::move(body))));
    (void)answer;
    offset += static_cast<std::int64_t>(bytes.size());
  }
}

Status send(const std::string& spool, const WrapRecord& record, Client& client) {
  const std::string& id = record.start.id;
  TRY_STATUS(send_log(wrap_log_path(spool, id), id, client));
  ValueMap body;
  body.emplace_back("start", start_value(record.start));
  if (record.end) body.emplace_back("end", end_value(*record.end));
  TRY(const Value answer, client.post("/api/v1/wraps", Value(std::move(body)), id));
  (void)answer;
  return drop_wrap_record(spool, id);
}

// The log, then the record: what is cut off in between is done again.
Status move(const std::string& from, const TakenRecord& taken, const std::string& to) {
  const std::string& id = taken.record.start.id;
  if (exists(wrap_log_path(from, id))) {
    TRY(const std::string log, read_file(wrap_log_path(from, id), kLogBytesMax));
    TRY_STATUS(put_wrap_log(to, id, log));
  }
  TRY_STATUS(put_wrap_record(to, taken.record));
  return drop_wrap_record(from, id);
}
}  // namespace

Result<int> hand_in(const std::string& spool, Client& client) {
  int sent = 0;
  for (const std::string& id : wrap_records(spool)) {
    TRY(const auto taken, take_wrap_record(spool, id));
    if (!taken) continue;
    TRY_STATUS(send(spool, taken->record, client));
    ++sent;
  }
  return sent;
}

Result<int> hand_over(const std::string& spool, const std::string& home_spool) {
  int moved = 0;
  for (const std::string& id : wrap_records(spool)) {
    TRY(const auto taken, take_wrap_record(spool, id));
    if (!taken) continue;
    TRY_STATUS(move(spool, *taken, home_spool));
    ++moved;
  }
  return moved;
}

}  // namespace gantry::app
