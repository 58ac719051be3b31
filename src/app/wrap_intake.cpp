#include "app/wrap_intake.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/log.h"
#include "runner/log_path.h"

namespace gantry::app {

namespace {
constexpr Duration kRescanEvery = seconds(60);
constexpr Duration kRetryAfter = seconds(1);
constexpr std::size_t kRecordsAtOnce = 256;  // locked and sorted by time
constexpr std::string_view kTask = "command";

// Nothing that time or a restart would mend.
bool is_for_good(const Error& why) { return why.code == Code::InvalidArgument; }
}  // namespace

WrapIntake::WrapIntake(Stack& stack, const Home& home)
    : stack_(stack), data_(home.data), spool_(wrap_spool(home)) {}

void WrapIntake::begin() {
  if (const Status made = make_directories(spool_ + "/.logs", 0700); !made.ok())
    return log_error("wrap", "{}", made.error().message);
  watch_.emplace(stack_.loop(), spool_, kFolderDepthMax, [this] { scan_soon(); });
  rescan_ = stack_.loop().every(kRescanEvery, [this] { scan_soon(); });
  scan_soon();
}

api::WrapDoor WrapIntake::door() {
  return {[this](const Value& start, const Value* end, const engine::Notes& notes) {
            return take_from_afar(start, end, notes);
          },
          [this](const std::string& id, std::int64_t offset, std::string_view bytes) -> Status {
            if (!is_wrap_id(id))
              return gantry::refuse({"the id has to have 32 hex digits", "id 须为 32 位十六进制"});
            return put_wrap_log_part(spool_, id, offset, bytes);
          }};
}

// Loop thread. What comes while a look waits for its turn is seen by it.
void WrapIntake::scan_soon() {
  if (scan_waits_.exchange(true)) return;
  const bool taken = stack_.workers().post([this] {
    scan_waits_ = false;
    scan();
  });
  if (taken) return;
  scan_waits_ = false;
  retry_ = stack_.loop().after(kRetryAfter, [this] { scan_soon(); });
}

void WrapIntake::scan() {
  sweep_wrap_spool(spool_, stack_.clock().wall());
  while (scan_some()) {
  }
}

// The oldest first. True if there may be more, and something was done.
bool WrapIntake::scan_some() {
  std::vector<TakenRecord> batch;
  const std::vector<std::string> ids = wrap_records(spool_);
  for (const std::string& id : ids) {
    if (batch.size() == kRecordsAtOnce) break;
    auto taken = take_wrap_record(spool_, id);
    if (!taken.ok() && is_for_good(taken.error())) refuse(id, taken.error());
    if (!taken.ok() && !is_for_good(taken.error()))
      log_warning("wrap", "{}", taken.error().message);
    if (taken.ok() && *taken) batch.push_back(std::move(**taken));
  }
  std::sort(batch.begin(), batch.end(), [](const TakenRecord& a, const TakenRecord& b) {
    return a.record.start.started_at < b.record.start.started_at;
  });
  bool any_taken = false;
  for (TakenRecord& taken : batch) {
    const MutexLock lock(taking_);
    if (!exists(wrap_record_path(spool_, taken.record.start.id))) continue;
    const auto result = take(taken.record, nullptr);
    any_taken |= result.ok();
    if (result.ok()) continue;
    if (!is_for_good(result.error())) {
      log_warning("wrap", "a record waits: {}", result.error().message);
      return false;
    }
    refuse(taken.record.start.id, result.error());
  }
  return any_taken && batch.size() == kRecordsAtOnce;
}

Result<api::TakenWrap> WrapIntake::take(const WrapRecord& record, const engine::Notes& notes) {
  TRY(auto taken, find(record));
  if (!taken) {
    TRY(taken, hand_to_engine(record, notes));
  }
  TRY_STATUS(move_log(record.start.id, taken->run));
  TRY_STATUS(drop_wrap_record(spool_, record.start.id));
  return *taken;
}

Result<std::optional<api::TakenWrap>> WrapIntake::find(const WrapRecord& record) {
  TRY(const auto reader, stack_.new_reader());
  store::RunFilter filter;
  filter.workflow = record.start.workflow();
  filter.key = record.start.id;
  TRY(const auto found, reader->runs(filter, {1, ""}));
  if (found.rows.empty()) return std::optional<api::TakenWrap>();
  const model::RunOrigin& origin = found.rows.front().origin;
  return std::optional(
      api::TakenWrap{origin.run, origin.workflow_name, origin.version_number, true});
}

Result<api::TakenWrap> WrapIntake::hand_to_engine(const WrapRecord& record,
                                                  const engine::Notes& notes) {
  TRY(const model::WrapReported event, wrap_event(record));
  auto promise = std::make_shared<std::promise<model::Answer>>();
  const auto make = [&event](model::ReplyTo reply) {
    model::WrapReported with_reply = event;
    with_reply.reply = reply;
    return model::Event(std::move(with_reply));
  };
  const auto on_answer = [promise](const model::Answer& answer) { promise->set_value(answer); };
  if (!stack_.engine().request(make, on_answer, notes))
    return error(Code::Unavailable, "the engine is busy");
  const model::Answer answer = promise->get_future().get();
  TRY_STATUS(answer.status);
  return api::TakenWrap{answer.run, record.start.workflow(), answer.version_number, false};
}

// A log that is there already is the whole one: what lies here came a second time.
Status WrapIntake::move_log(const std::string& id, RunNo run) {
  const std::string from = wrap_log_path(spool_, id);
  if (!exists(from)) return ok();
  const std::string to = runner::log_path(data_, {run, kTask});
  if (exists(to)) return ok();
  TRY_STATUS(make_directories(parent_path(to), 0700));
  if (::rename(from.c_str(), to.c_str()) != 0) return errno_error("cannot move " + from);
  return ok();
}

void WrapIntake::refuse(const std::string& id, const Error& why) {
  const std::string folder = spool_ + "/refused";
  const std::string record = wrap_record_path(spool_, id);
  log_error("wrap", "{} can not be taken in and goes to {}: {}", record, folder, why.message);
  if (!make_directories(folder, 0700).ok()) return;
  for (const std::string& path : {wrap_log_path(spool_, id), record})
    (void)::rename(path.c_str(), join_path(folder, base_name(path)).c_str());
}

// Durable in the spool before it is taken in, as if its command had run here.
Result<api::TakenWrap> WrapIntake::take_from_afar(const Value& start, const Value* end,
                                                  const engine::Notes& notes) {
  WrapRecord record;
  TRY(record.start, read_wrap_start(start));
  if (end != nullptr) {
    TRY(record.end, read_wrap_end(*end));
  }
  TRY(const auto checked, wrap_event(record));
  (void)checked;
  const MutexLock lock(taking_);
  TRY_STATUS(put_wrap_record(spool_, record));
  return take(record, notes);
}

}  // namespace gantry::app
