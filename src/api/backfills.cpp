// Backfills: beginning, steering and looking at them.
#include <fmt/format.h>

#include <algorithm>

#include "api/audit.h"
#include "api/backfill_ask.h"
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"
#include "base/json.h"
#include "store/absent.h"

namespace gantry::api {

using model::DateFate;

namespace {
void write_dates(JsonWriter& w, const store::BackfillView& view) {
  std::int64_t total = 0;
  for (const std::int64_t count : view.dates) total += count;
  w.key("dates").object().field("total", total);
  for (std::size_t i = 0; i < view.dates.size(); ++i)
    w.field(name_of(static_cast<DateFate>(i)), view.dates.at(i));
  w.end();
}

void write_backfill(JsonWriter& w, const store::BackfillView& view) {
  const model::BackfillRow& row = view.row;
  w.object().field("backfill", row.id.value).field("workflow", row.workflow_name);
  write_text(w, "trigger", row.trigger);
  w.field("params", Value(row.params)).field("parallel", std::int64_t{row.parallel});
  w.field("state", name_of(row.state));
  write_text(w, "note", row.note);
  write_text(w, "key", row.key);
  w.field("created_by", row.created_by).field("created_at", row.created_at).key("ended_at");
  row.ended_at ? w.value(*row.ended_at) : w.null();
  write_dates(w, view);
  w.end();
}

void write_date(JsonWriter& w, const model::BackfillDate& date) {
  w.object().field("date", format_date(date.date)).field("fate", name_of(date.fate)).key("run");
  date.run.value == 0 ? w.null() : w.value(date.run.value);
  write_text(w, "message", date.message);
  w.end();
}

Result<BackfillId> id_of(const Call& call) {
  if (const auto number = whole_number(call.path[0])) return BackfillId{*number};
  return refuse({"'{}' is not the number of a backfill", "“{}”不是补数的编号"}, call.path[0]);
}

std::int64_t skipped_in(const std::vector<model::BackfillDate>& dates) {
  return std::count_if(dates.begin(), dates.end(), [](const model::BackfillDate& date) {
    return date.fate == DateFate::Skipped;
  });
}

net::Response begun(int status, BackfillId id, const model::BackfillRequested& request) {
  JsonWriter w;
  w.object().field("backfill", id.value).field("workflow", request.workflow);
  w.field("dates", static_cast<std::int64_t>(request.dates.size()));
  w.field("skipped", skipped_in(request.dates)).end();
  net::Response response = json_response(std::move(w).text(), status);
  response.headers.emplace_back("Location", fmt::format("/api/v1/backfills/{}", id.value));
  return response;
}

Result<std::vector<CivilDate>> dates_of(store::Reader& reader, BackfillId id) {
  std::vector<CivilDate> dates;
  store::Page page{limits::kPageMax, ""};
  do {
    TRY(const auto rows, reader.backfill_dates(id, std::nullopt, page));
    for (const model::BackfillDate& date : rows.rows) dates.push_back(date.date);
    page.cursor = rows.next_cursor;
  } while (!page.cursor.empty());
  return dates;
}

// The answer of an earlier request with this key; none if there was none.
Result<std::optional<net::Response>> earlier(Backend& backend,
                                             const model::BackfillRequested& request) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto id, reader->backfill_by_key(request.workflow, request.key));
  if (!id) return std::optional<net::Response>();
  TRY(const store::BackfillView before, reader->backfill(*id));
  TRY(const auto dates, dates_of(*reader, *id));
  const model::BackfillRow& row = before.row;
  const bool same =
      row.trigger == request.trigger && row.parallel == request.parallel &&
      Value(row.params) == Value(request.params) &&
      std::equal(dates.begin(), dates.end(), request.dates.begin(), request.dates.end(),
                 [](CivilDate had, const auto& asked) { return had == asked.date; });
  if (!same)
    return explain(Code::AlreadyExists,
                   {"the key '{}' has been used for backfill {}, which is another one; take a new "
                    "key for a new backfill",
                    "幂等键“{}”已用于补数 {}，但内容不同；新的补数请换一个键"},
                   request.key, id->value);
  return std::optional(begun(200, *id, request));
}

// `hold` may be null.
void request_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
                      const model::BackfillRequested& request,
                      const std::shared_ptr<KeyHold>& hold) {
  const auto make = [request](model::ReplyTo to) {
    model::BackfillRequested event = request;
    event.reply = to;
    return model::Event(std::move(event));
  };
  const auto on_answer = [reply, hold, request](const model::Answer& answer) {
    if (hold) hold->release();
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    reply->send(begun(201, answer.backfill, request));
  };
  mutate(backend, call, make, on_answer);
}
}  // namespace

Result<net::Response> plan_backfill(Backend& backend, const Call& call) {
  TRY(const auto request, backfill_of(backend, call));
  JsonWriter w;
  w.object().field("workflow", request.workflow);
  write_text(w, "trigger", request.trigger);
  w.key("dates").array();
  for (const model::BackfillDate& date : request.dates) write_date(w, date);
  w.end().end();
  return json_response(std::move(w).text());
}

void begin_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  auto request = backfill_of(backend, *call);
  if (!request.ok()) return reply->fail(request.error());
  request->actor = call->actor;
  request->key = call->key;
  JsonWriter details;
  details.object().field("first", format_date(request->dates.front().date));
  details.field("last", format_date(request->dates.back().date));
  details.field("dates", static_cast<std::int64_t>(request->dates.size())).end();
  call->audit->set_details(std::move(details).text());
  if (request->key.empty()) return request_backfill(backend, call, reply, *request, nullptr);
  const auto hold = KeyHold::take(backend.keys, "backfills/" + request->workflow, request->key);
  if (!hold) return reply->fail(key_under_way());
  auto before = earlier(backend, *request);
  if (before.ok() && !*before) return request_backfill(backend, call, reply, *request, hold);
  hold->release();
  if (!before.ok()) return reply->fail(before.error());
  reply->send(**std::move(before));
}

Result<net::Response> list_backfills(Backend& backend, const Call& call) {
  const store::BackfillFilter filter{call.text("workflow"),
                                     model::backfill_state_of(call.text("state"))};
  TRY(auto reader, backend.readers.lease());
  TRY(const auto page, reader->backfills(filter, page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const store::BackfillView& view : page.rows) write_backfill(w, view);
  return json_response(end_page(w, page.next_cursor));
}

Result<net::Response> get_backfill(Backend& backend, const Call& call) {
  TRY(const BackfillId id, id_of(call));
  TRY(auto reader, backend.readers.lease());
  TRY(const auto view, reader->backfill(id));
  JsonWriter w;
  write_backfill(w, view);
  return json_response(std::move(w).text());
}

Result<net::Response> list_backfill_dates(Backend& backend, const Call& call) {
  TRY(const BackfillId id, id_of(call));
  TRY(auto reader, backend.readers.lease());
  TRY(const auto page,
      reader->backfill_dates(id, model::date_fate_of(call.text("fate")), page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const model::BackfillDate& date : page.rows) write_date(w, date);
  return json_response(end_page(w, page.next_cursor));
}

namespace {
void steer(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
           model::BackfillSteered request, const std::function<void(JsonWriter&)>& write_rest) {
  const auto id = id_of(*call);
  if (!id.ok()) return reply->fail(id.error());
  auto reader = backend.readers.lease();
  if (!reader.ok()) return reply->fail(reader.error());
  // The core knows only those that have not ended.
  if (const auto known = (*reader)->backfill(*id); !known.ok()) return reply->fail(known.error());
  request.backfill = *id;
  request.actor = call->actor;
  request.note = text_in(call->body, "note");
  JsonWriter w;
  w.object().field("backfill", id->value);
  write_rest(w);
  w.end();
  const auto make = [request](model::ReplyTo to) mutable {
    request.reply = to;
    return model::Event(request);
  };
  mutate(backend, call, make, [reply, text = std::move(w).text()](const model::Answer& answer) {
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    reply->send(json_response(text));
  });
}

void steer_to(Backend& backend, const CallPtr& call, const ReplyPtr& reply, model::Steer what,
              model::BackfillState state) {
  model::BackfillSteered request;
  request.what = what;
  request.running = flag_in(call->body, "running");
  steer(backend, call, reply, std::move(request),
        [state](JsonWriter& w) { w.field("state", name_of(state)); });
}
}  // namespace

void pause_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  steer_to(backend, call, reply, model::Steer::Pause, model::BackfillState::Paused);
}

void resume_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  steer_to(backend, call, reply, model::Steer::Resume, model::BackfillState::Running);
}

void cancel_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  steer_to(backend, call, reply, model::Steer::Cancel, model::BackfillState::Cancelled);
}

void cancel_backfill_date(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  model::BackfillSteered request;
  request.what = model::Steer::Cancel;
  request.date = date_in(call->body, "date");
  steer(backend, call, reply, std::move(request),
        [date = *request.date](JsonWriter& w) { w.field("date", format_date(date)); });
}

}  // namespace gantry::api
