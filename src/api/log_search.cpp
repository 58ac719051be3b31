// Lines of the logs of all tasks of a run: attempt after attempt in the order of their starts, as
// far as one request may take; the cursor says where it stopped.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/handlers.h"
#include "api/log_ask.h"
#include "api/log_text.h"
#include "base/explain.h"
#include "store/cursor.h"

namespace gantry::api {

namespace {

constexpr std::string_view kCursorName = "logs";

struct SearchPlace {
  AttemptId attempt;
  std::int64_t line = 1;
};

bool take_number(std::string_view text, std::int64_t& out) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc() && end == text.data() + text.size();
}

Result<SearchPlace> place_of(const std::string& cursor) {
  SearchPlace place;
  if (cursor.empty()) return place;
  TRY(const std::string text, store::read_text_cursor(kCursorName, cursor));
  const std::size_t colon = text.find(':');
  const std::string_view view = text;
  if (colon == std::string::npos || !take_number(view.substr(0, colon), place.attempt.value) ||
      !take_number(view.substr(colon + 1), place.line))
    return refuse({"the cursor is not one of this list; use next_cursor of the page before",
                   "游标不属于该列表；请使用上一页的 next_cursor"});
  return place;
}

std::string cursor_of(AttemptId attempt, std::int64_t line) {
  return store::make_cursor(kCursorName, fmt::format("{}:{}", attempt.value, line));
}

struct Attempts {
  PhaseModels models;
  std::vector<model::AttemptRow> rows;  // in the order of their starts

  // Each phase has its version, and so its own names.
  const std::string& task_of(const model::AttemptRow& row) const {
    return models.at(row.generation)->tasks[row.task.value].name;
  }
};

Result<Attempts> attempts_from(Backend& backend, const Call& call, AttemptId first) {
  TRY(auto reader, backend.readers.lease());
  TRY(const store::RunView run, read_run(*reader, call.path[0]));
  Attempts out;
  TRY(out.models, models_of(backend, *reader, run));
  TRY(out.rows, attempts_of(*reader, run, out.models, ""));
  std::erase_if(out.rows, [&](const model::AttemptRow& row) { return row.id < first; });
  std::sort(out.rows.begin(), out.rows.end(),
            [](const model::AttemptRow& a, const model::AttemptRow& b) { return a.id < b.id; });
  return out;
}

void write_match(JsonWriter& w, const LogSource::Log& log, const runner::LogLine& line) {
  w.object().field("task", log.task).key("item");
  if (log.attempt.item.is_none())
    w.null();
  else
    w.value(to_text(log.attempt.item));
  w.field("generation", log.attempt.generation).field("attempt", log.attempt.number);
  write_log_line(w, line);
  w.end();
}

// From the beginning no line has to be found, so a small log costs one reading.
Result<runner::LogPage> read_lines(LogSource& logs, const LogSource::Log& log,
                                   const runner::LogQuery& query) {
  if (query.from <= 1 && !query.filter.since) return logs.read_on(log, {}, query);
  return logs.read(log, query);
}

}  // namespace

Result<net::Response> search_logs(Backend& backend, const Call& call) {
  TRY(LogAsk ask, log_ask(backend, call));
  TRY(const SearchPlace place, place_of(call.text("cursor")));
  TRY(const Attempts attempts, attempts_from(backend, call, place.attempt));
  auto left = static_cast<std::size_t>(call.integer("limit", limits::kPageDefault));
  std::string next_cursor;
  JsonWriter w;
  begin_page(w);
  for (const model::AttemptRow& attempt : attempts.rows) {
    const LogSource::Log log{attempt, attempts.task_of(attempt)};
    ask.query.from = attempt.id == place.attempt ? place.line : 1;
    if (left == 0 || (ask.query.stop() && attempt.id != place.attempt)) {
      next_cursor = cursor_of(attempt.id, ask.query.from);
      break;
    }
    ask.query.lines_max = left;
    TRY(const runner::LogPage page, read_lines(backend.logs, log, ask.query));
    for (const runner::LogLine& line : page.lines) write_match(w, log, line);
    left -= page.lines.size();
    if (!page.at_end) {
      next_cursor = cursor_of(attempt.id, page.next.line);
      break;
    }
  }
  return json_response(end_page(w, next_cursor));
}

}  // namespace gantry::api
