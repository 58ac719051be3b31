#include "runner/report.h"

#include "runner/outputs.h"

namespace gantry::runner {

namespace {

using model::AttemptReport;
using model::AttemptState;
using model::Reason;
using shim::Ended;
using shim::ExitRecord;

struct Verdict {
  AttemptState state;
  Reason reason;
};

Verdict verdict_of(const ExitRecord& record) {
  switch (record.ended) {
    case Ended::Exited:
      if (record.exit_code == 0) return {AttemptState::Succeeded, Reason::None};
      return {AttemptState::Failed, Reason::Exit};
    case Ended::Signaled: return {AttemptState::Failed, Reason::Signal};
    case Ended::TimedOut: return {AttemptState::TimedOut, Reason::Timeout};
    case Ended::Stopped: return {AttemptState::Killed, Reason::Cancelled};
    case Ended::Oom: return {AttemptState::Oom, Reason::Oom};
    case Ended::StartFailed: return {AttemptState::Failed, Reason::Start};
    case Ended::Void: return {AttemptState::NotStarted, Reason::Interrupted};
    case Ended::Lost: return {AttemptState::Interrupted, Reason::Interrupted};
  }
  return {AttemptState::Interrupted, Reason::Interrupted};
}

std::optional<Instant> instant_of(std::int64_t us) {
  if (us == 0) return std::nullopt;
  return Instant{us};
}

// Bad outputs make a task fail that would have succeeded; of any other they are no news.
void take_outputs(const ExitRecord& record, AttemptReport& report) {
  std::string error = record.outputs_error;
  if (error.empty() && !record.outputs.empty()) {
    auto outputs = parse_outputs(record.outputs);
    if (outputs.ok())
      report.outputs = *std::move(outputs);
    else
      error = outputs.error().message;
  }
  if (error.empty() || report.state != AttemptState::Succeeded) return;
  report.state = AttemptState::Failed;
  report.reason = Reason::Outputs;
  report.error_tail = std::move(error);
}

}  // namespace

AttemptReport report_of(const ExitRecord& record) {
  AttemptReport report;
  report.id = {record.attempt};
  const Verdict verdict = verdict_of(record);
  report.state = verdict.state;
  report.reason = verdict.reason;
  report.exit_code = record.exit_code;
  report.signal = record.signal;
  report.started_at = instant_of(record.started_us);
  report.ended_at = instant_of(record.ended_us);
  report.cpu_us = record.cpu_us;
  report.memory_bytes_max = record.memory_bytes_max;
  report.log_bytes = record.log_bytes;
  report.log_dropped_bytes = record.log_dropped_bytes;
  report.unkillable = record.unkillable;
  report.error_tail = record.error_tail;
  report.captured = record.captured;
  take_outputs(record, report);
  return report;
}

AttemptReport start_failed(AttemptId id, std::string why) {
  AttemptReport report;
  report.id = id;
  report.state = AttemptState::Failed;
  report.reason = Reason::Start;
  report.error_tail = std::move(why);
  return report;
}

}  // namespace gantry::runner
