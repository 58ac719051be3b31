// The log of an attempt: pages of lines, the whole as text, or all lines as they come (follow).
//
// A page is one JSON object per line, with the number of the next line in the header Gantry-Next.
// Following sends the same lines as they come, until the attempt has ended and all is sent; only
// then the answer has an end. It is read at the pace of the reader.
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <tuple>

#include "api/handlers.h"
#include "api/log_ask.h"
#include "api/log_text.h"
#include "api/path.h"
#include "base/explain.h"
#include "runner/log_limits.h"

namespace gantry::api {

namespace {

constexpr std::size_t kStepLines = 5'000;
constexpr std::size_t kPartBytes = 256u << 10;
// A line is in the file within 20 ms of its end and shall be with its readers within 200 ms.
constexpr Duration kFollowPause = milliseconds(25);
constexpr Duration kFollowPauseAtRest = milliseconds(100);
constexpr int kRestsAfterSteps = 200;
constexpr int kStepsPerStateCheck = 4;

net::Response lines_response(const model::AttemptRow& attempt) {
  net::Response response;
  response.content_type = "application/x-ndjson";
  response.headers.emplace_back("Gantry-Attempt", fmt::format("{}", attempt.number));
  response.headers.emplace_back("Gantry-Generation", fmt::format("{}", attempt.generation));
  return response;
}

// The attempt that was asked for; the last one of the last generation if nothing was.
Result<model::AttemptRow> find_attempt(const std::vector<model::AttemptRow>& rows,
                                       const Call& call) {
  const std::int64_t generation = call.integer("generation", 0);
  const std::int64_t number = call.integer("attempt", 0);
  const model::AttemptRow* best = nullptr;
  for (const model::AttemptRow& row : rows) {
    const bool wanted =
        (generation == 0 || row.generation == generation) && (number == 0 || row.number == number);
    if (!wanted) continue;
    const bool later = best == nullptr || std::tie(row.generation, row.number, row.id) >
                                              std::tie(best->generation, best->number, best->id);
    if (later) best = &row;
  }
  if (best == nullptr)
    return about("no-log", explain(Code::NotFound,
                                   {"task '{}' has no such attempt; it may not have begun",
                                    "任务“{}”没有这次尝试；它可能尚未开始"},
                                   call.path[1]));
  return *best;
}

// What a retry writes after retention took the log is there again.
Status require_log(const store::RunView& run, const model::AttemptRow& attempt) {
  if (!run.log_removed_at || !attempt.ended_at || *attempt.ended_at > *run.log_removed_at)
    return ok();
  return explain(Code::NotFound,
                 {"the log was removed by retention at {}", "日志已于 {} 按保留策略删除"},
                 format_instant(*run.log_removed_at));
}

Result<model::AttemptRow> attempt_of(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  TRY(const PhaseModels models, models_of(backend, *reader, run));
  TRY(const auto rows, attempts_of(*reader, run, models, call.path[1]));
  TRY(auto attempt, find_attempt(rows, call));
  TRY_STATUS(require_log(run, attempt));
  return attempt;
}

LogText::Form form_of(const LogAsk& ask) {
  if (!ask.as_text) return LogText::Form::Objects;
  return ask.with_stamps ? LogText::Form::StampedText : LogText::Form::Text;
}

Result<runner::LogPage> read_page(LogSource& logs, const LogSource::Log& log, LogAsk ask) {
  if (ask.tail > 0 && ask.tail <= limits::kPageMax) {
    ask.back = true;
    ask.query.lines_max = std::min(ask.query.lines_max, static_cast<std::size_t>(ask.tail));
    ask.query.stop = [] { return false; };  // fewer lines than there are would be a lie
  } else if (ask.tail > 0) {
    TRY(const runner::LogPlace end, logs.end(log));
    ask.query.from = std::max<std::int64_t>(1, end.line - ask.tail);
  }
  return ask.back ? logs.read_back(log, ask.query) : logs.read(log, ask.query);
}

Result<net::Response> one_page(Backend& backend, const LogSource::Log& log, const LogAsk& ask) {
  TRY(const runner::LogPage page, read_page(backend.logs, log, ask));
  net::Response response = lines_response(log.attempt);
  const auto add = [&](const char* name, std::string value) {
    response.headers.emplace_back(name, std::move(value));
  };
  add("Gantry-Next", fmt::format("{}", page.next.line));
  if (page.previous > 1) add("Gantry-Previous", fmt::format("{}", page.previous));
  add("Gantry-At-End", page.at_end ? "true" : "false");
  // True: nothing will ever follow. The state was read before the lines.
  const bool complete = page.at_end && is_terminal(log.attempt.state);
  add("Gantry-Complete", complete ? "true" : "false");
  response.body = LogText(LogText::Form::Objects).render(page.lines);
  return response;
}

// The line from which a stream has the last lines that were asked for.
Result<std::int64_t> first_of_tail(LogSource& logs, const LogSource::Log& log, const LogAsk& ask) {
  TRY(const runner::LogPlace end, logs.end(log));
  if (ask.query.filter.takes_all()) return std::max<std::int64_t>(1, end.line - ask.tail);
  runner::LogQuery query = ask.query;
  query.lines_max = static_cast<std::size_t>(ask.tail);
  query.stop = [] { return false; };
  TRY(const runner::LogPage page, logs.read_back(log, query));
  return page.lines.empty() ? end.line : page.lines.front().number;
}

// Where a stream begins; query.from says with which line.
Result<runner::LogPlace> start_of_stream(LogSource& logs, const LogSource::Log& log, LogAsk& ask) {
  if (ask.tail > 0) {
    TRY(ask.query.from, first_of_tail(logs, log, ask));
  }
  return logs.find(log, ask.query);
}

// One reader of a whole log, to its end now or, following, to the end of the attempt. Each step
// runs on a worker and arms the next.
class LogSender : public std::enable_shared_from_this<LogSender> {
 public:
  LogSender(Backend& backend, std::shared_ptr<net::Responder> responder, model::AttemptRow attempt,
            std::string task, LogAsk ask, Caller caller, runner::LogPlace place)
      : backend_(backend),
        responder_(std::move(responder)),
        attempt_(std::move(attempt)),
        task_(std::move(task)),
        ask_(std::move(ask)),
        caller_(std::move(caller)),
        renderer_(form_of(ask_)),
        place_(place),
        left_(ask_.query.lines_max) {
    // Steps are short whatever the file is like: a step that matches nothing still gives way.
    ask_.query.stop = [] { return true; };
  }

  void step() {
    if (responder_->gone()) return;
    // Dropped unended; who comes again is told that its credential has ended.
    if (backend_.gate.standing(caller_, backend_.services.clock.wall()) != Standing::Valid) return;
    // Before the lines: what an ended attempt has written is all there.
    const bool ended = !ask_.follow || has_ended();
    ask_.query.lines_max = std::min(kStepLines, left_);
    auto page = backend_.logs.read_on({attempt_, task_}, place_, ask_.query);
    if (!page.ok()) return;  // dropped unended, so that nobody takes it for the whole log
    if (page->next.offset != place_.offset) idle_steps_ = 0;
    place_ = page->next;
    if (!ask_.follow) left_ -= page->lines.size();
    last_ = left_ == 0 || place_.line >= ask_.query.before || (ended && page->at_end);
    pause_ = page->at_end ? pause() : Duration{};
    text_ = renderer_.render(page->lines);
    sent_ = 0;
    send_part();
  }

 private:
  // A log that moves is looked at often; one that rests, often enough for limits of people.
  Duration pause() {
    ++idle_steps_;
    return idle_steps_ < kRestsAfterSteps ? kFollowPause : kFollowPauseAtRest;
  }

  // Asks less often than it reads the file; and the store, which has all attempts of a run in one
  // piece, only if there is news of this one.
  bool has_ended() {
    if (is_terminal(attempt_.state)) return true;
    if (idle_steps_ < kRestsAfterSteps && steps_++ % kStepsPerStateCheck != 0) return false;
    const Position now = backend_.services.feed.position();
    if (known_at_ && !backend_.services.feed.may_have_changed(attempt_.id, *known_at_)) {
      known_at_ = now;
      return false;
    }
    auto reader = backend_.readers.lease();
    if (!reader.ok()) return false;
    auto rows = (*reader)->attempts(attempt_.run);
    if (!rows.ok()) return false;
    for (model::AttemptRow& row : *rows)
      if (row.id == attempt_.id) attempt_ = std::move(row);
    known_at_ = now;
    return is_terminal(attempt_.state);
  }

  // The next part goes when the client has taken this one, so a slow reader costs no memory.
  void send_part() {
    if (sent_ == text_.size()) return last_ ? responder_->end() : step_later();
    std::string part = text_.substr(sent_, kPartBytes);
    sent_ += part.size();
    if (!responder_->write(std::move(part))) return;
    responder_->when_sent([self = shared_from_this()] { self->send_part(); });
  }

  void step_later() {
    const auto step = [self = shared_from_this()] {
      // Refused: dropped, the client is cut and comes again.
      (void)self->backend_.services.workers.post([self] { self->step(); });
    };
    if (pause_ == Duration{}) return step();
    (void)backend_.timers.after(pause_, step);
  }

  Backend& backend_;
  const std::shared_ptr<net::Responder> responder_;
  model::AttemptRow attempt_;
  const std::string task_;
  LogAsk ask_;
  const Caller caller_;
  LogText renderer_;
  runner::LogPlace place_;
  std::size_t left_;                  // lines; of what does not follow
  std::optional<Position> known_at_;  // attempt_ is as of then, or newer
  int steps_ = 0;
  int idle_steps_ = 0;

  // Of the step under way:
  std::string text_;
  std::size_t sent_ = 0;
  bool last_ = false;
  Duration pause_;
};

// Only plain letters in the quoted name; the other form has any.
std::string attachment(const std::string& task, const model::AttemptRow& attempt) {
  std::string plain;
  for (const char c : task) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    plain += safe ? c : '_';
  }
  const std::string rest = fmt::format(".{}.{}.log", attempt.generation, attempt.number);
  return fmt::format("attachment; filename=\"{0}-{1}{2}\"; filename*=UTF-8''{0}-{3}{2}",
                     attempt.run.value, plain, rest, encode_segment(task));
}

net::Response stream_head(const LogAsk& ask, const LogSource::Log& log) {
  net::Response head = lines_response(log.attempt);
  if (!ask.as_text) return head;
  head.content_type = "text/plain; charset=utf-8";
  head.headers.emplace_back("Content-Disposition", attachment(log.task, log.attempt));
  return head;
}

}  // namespace

void get_log(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto ask = log_ask(backend, *call);
  if (!ask.ok()) return reply->fail(ask.error());
  auto attempt = attempt_of(backend, *call);
  if (!attempt.ok()) return reply->fail(attempt.error());
  const LogSource::Log log{*attempt, call->path[1]};
  const bool whole = ask->follow || ask->as_text;
  if (!whole) return reply->finish(one_page(backend, log, *ask));
  if (call->head_only) return reply->stream(stream_head(*ask, log))->end();
  const bool limited = !ask->follow && value_in(call->query, "limit") != nullptr;
  if (!limited) ask->query.lines_max = std::numeric_limits<std::size_t>::max();
  auto start = start_of_stream(backend.logs, log, *ask);
  if (!start.ok()) return reply->fail(start.error());
  auto responder = reply->stream(stream_head(*ask, log));
  std::make_shared<LogSender>(backend, std::move(responder), *attempt, call->path[1],
                              *std::move(ask), call->caller, *start)
      ->step();
}

}  // namespace gantry::api
