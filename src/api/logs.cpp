// Logs: pages of lines, or all lines as they come (follow).
//
// A page is one JSON object per line, with the number of the next line in the header Gantry-Next.
// Following sends the same lines as they come, until the attempt has ended and all is sent; only
// then the answer has an end. It is read at the pace of the reader.
#include <fmt/format.h>

#include "api/handlers.h"
#include "base/json.h"
#include "base/utf8.h"

namespace gantry::api {

namespace {

constexpr std::size_t kFollowLines = 1'000;  // per step
constexpr std::size_t kPartBytes = 256u << 10;
constexpr Duration kFollowPause = milliseconds(100);

std::string lines_text(const runner::LogPage& page) {
  std::string out;
  for (const runner::LogLine& line : page.lines) {
    JsonWriter w;
    w.object().field("line", line.number).field("at", line.at);
    w.field("stream", name_of(line.stream)).field("part", line.part).field("text", line.text).end();
    out += w.text();
    out += '\n';
  }
  return out;
}

net::Response lines_response(const model::AttemptRow& attempt) {
  net::Response response;
  response.content_type = "application/x-ndjson";
  response.headers.emplace_back("Gantry-Attempt", fmt::format("{}", attempt.number));
  response.headers.emplace_back("Gantry-Generation", fmt::format("{}", attempt.generation));
  return response;
}

// The attempt that was asked for; the last one of the last generation if nothing was.
Result<model::AttemptRow> find_attempt(const std::vector<model::AttemptRow>& rows, TaskIndex task,
                                       const Call& call) {
  const std::int64_t generation = call.integer("generation", 0);
  const std::int64_t number = call.integer("attempt", 0);
  const model::AttemptRow* best = nullptr;
  for (const model::AttemptRow& row : rows) {
    const bool wanted = row.task == task && (generation == 0 || row.generation == generation) &&
                        (number == 0 || row.number == number);
    if (!wanted) continue;
    const bool later = best == nullptr || std::tie(row.generation, row.number, row.id) >
                                              std::tie(best->generation, best->number, best->id);
    if (later) best = &row;
  }
  if (best == nullptr)
    return error(Code::NotFound,
                 fmt::format("task '{}' has no such attempt; it may not have begun", call.path[1]));
  return *best;
}

// What a retry writes after retention took the log is there again.
Status require_log(const store::RunView& run, const model::AttemptRow& attempt) {
  if (!run.log_removed_at || !attempt.ended_at || *attempt.ended_at > *run.log_removed_at)
    return ok();
  return error(Code::NotFound, fmt::format("the log was removed by retention at {}",
                                           format_instant(*run.log_removed_at)));
}

Result<model::AttemptRow> attempt_of(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  TRY(const auto workflow,
      backend.versions.get(*reader, run.origin.version, run.origin.workflow_name));
  const auto index = workflow->find_task(call.path[1]);
  if (!index)
    return error(Code::NotFound,
                 fmt::format("run {} has no task '{}'", run.origin.run.value, call.path[1]));
  TRY(const auto rows, reader->attempts(run.origin.run));
  TRY(auto attempt, find_attempt(rows, *index, call));
  TRY_STATUS(require_log(run, attempt));
  return attempt;
}

Result<net::Response> one_page(Backend& backend, const Call& call,
                               const model::AttemptRow& attempt) {
  const auto limit = static_cast<std::size_t>(call.integer("limit", limits::kPageMax));
  TRY(const runner::LogPage page,
      backend.services.read_log(attempt, call.path[1], call.integer("from", 1), limit));
  net::Response response = lines_response(attempt);
  response.headers.emplace_back("Gantry-Next", fmt::format("{}", page.next.line));
  // True: nothing will ever follow. The state was read before the lines.
  const bool complete = page.at_end && is_terminal(attempt.state);
  response.headers.emplace_back("Gantry-Complete", complete ? "true" : "false");
  response.body = lines_text(page);
  return response;
}

// One reader that follows. Each step runs on a worker and arms the next.
class LogFollower : public std::enable_shared_from_this<LogFollower> {
 public:
  LogFollower(Backend& backend, std::shared_ptr<net::Responder> responder,
              model::AttemptRow attempt, std::string task, std::int64_t from)
      : backend_(backend),
        responder_(std::move(responder)),
        attempt_(std::move(attempt)),
        task_(std::move(task)),
        from_(from) {}

  void step() {
    if (responder_->gone()) return;
    // Before the lines: what an ended attempt has written is all there.
    const bool ended = has_ended();
    auto page = backend_.services.read_log(attempt_, task_, from_, kFollowLines);
    if (!page.ok()) return;  // dropped unended, so that nobody takes it for the whole log
    from_ = page->next.line;
    last_ = ended && page->at_end;
    pause_ = page->at_end ? kFollowPause : Duration{};
    text_ = lines_text(*page);
    sent_ = 0;
    send_part();
  }

 private:
  bool has_ended() {
    if (is_terminal(attempt_.state)) return true;
    auto reader = backend_.readers.lease();
    if (!reader.ok()) return false;
    auto rows = (*reader)->attempts(attempt_.run);
    if (!rows.ok()) return false;
    for (model::AttemptRow& row : *rows)
      if (row.id == attempt_.id) attempt_ = std::move(row);
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
  std::int64_t from_;

  // Of the step under way:
  std::string text_;
  std::size_t sent_ = 0;
  bool last_ = false;
  Duration pause_;
};

}  // namespace

void get_log(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto attempt = attempt_of(backend, *call);
  if (!attempt.ok()) return reply->fail(attempt.error());
  if (!call->flag("follow") || call->head_only)
    return reply->finish(one_page(backend, *call, *attempt));
  auto responder = reply->stream(lines_response(*attempt));
  std::make_shared<LogFollower>(backend, std::move(responder), *std::move(attempt), call->path[1],
                                call->integer("from", 1))
      ->step();
}

}  // namespace gantry::api
