// Backfills: beginning, steering and looking at them.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

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

void write_backfill(JsonWriter& w, const store::BackfillView& view, Lang lang) {
  const model::BackfillRow& row = view.row;
  w.object().field("backfill", row.id.value).field("workflow", row.workflow_name);
  write_text(w, "trigger", row.trigger);
  w.field("params", Value(row.params)).field("parallel", std::int64_t{row.parallel});
  w.field("state", name_of(row.state));
  write_text(w, "note", told_in(lang, row.note, row.note_zh));
  write_text(w, "key", row.key);
  w.field("created_by", row.created_by).field("created_at", row.created_at).key("ended_at");
  row.ended_at ? w.value(*row.ended_at) : w.null();
  write_dates(w, view);
  w.end();
}

void write_date(JsonWriter& w, const model::BackfillDate& date, Lang lang) {
  w.object().field("date", format_date(date.date)).field("fate", name_of(date.fate)).key("run");
  date.run.value == 0 ? w.null() : w.value(date.run.value);
  write_text(w, "message", told_in(lang, date.message, date.message_zh));
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

void write_warnings(JsonWriter& w, const std::vector<Error>& warnings, Lang lang) {
  w.key("warnings").array();
  for (const Error& warning : warnings) w.value(message_in(warning, lang));
  w.end();
}

struct Begun {
  BackfillId id;
  std::string workflow;
  std::int64_t dates = 0, skipped = 0;
  std::vector<Error> warnings = {};
};

net::Response begun(int status, const Begun& what, Lang lang) {
  JsonWriter w;
  w.object().field("backfill", what.id.value).field("workflow", what.workflow);
  w.field("dates", what.dates).field("skipped", what.skipped);
  write_warnings(w, what.warnings, lang);
  w.end();
  net::Response response = json_response(std::move(w).text(), status);
  response.headers.emplace_back("Location", fmt::format("/api/v1/backfills/{}", what.id.value));
  return response;
}

// The answer of an earlier request with this key; none if there was none. From what is stored: the
// dates would not be the same if they were looked for again.
Result<std::optional<net::Response>> earlier(Backend& backend, const Call& call) {
  TRY(auto reader, backend.readers.lease());
  TRY(const auto id, reader->backfill_by_key(call.path[0], call.key));
  if (!id) return std::optional<net::Response>();
  TRY(const store::BackfillView before, reader->backfill(*id));
  if (before.row.asked != hash_of(call.body))
    return explain(Code::AlreadyExists,
                   {"the key '{}' has been used for backfill {}, which is another one; take a new "
                    "key for a new backfill",
                    "幂等键“{}”已用于补数 {}，但内容不同；新的补数请换一个键"},
                   call.key, id->value);
  const Begun what{*id, before.row.workflow_name,
                   std::accumulate(before.dates.begin(), before.dates.end(), std::int64_t{0}),
                   before.dates.at(static_cast<std::size_t>(DateFate::Skipped))};
  return std::optional(begun(200, what, call.lang));
}

void write_details(const Call& call, const model::BackfillRequested& request) {
  JsonWriter details;
  details.object().field("first", format_date(request.dates.front().date));
  details.field("last", format_date(request.dates.back().date));
  details.field("dates", static_cast<std::int64_t>(request.dates.size())).end();
  call.audit->set_details(std::move(details).text());
}

// `hold` may be null.
void request_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
                      const std::shared_ptr<KeyHold>& hold) {
  auto plan = backfill_of(backend, *call);
  if (!plan.ok()) {
    if (hold) hold->release();
    return reply->fail(plan.error());
  }
  model::BackfillRequested& request = plan->request;
  request.actor = call->actor;
  request.key = call->key;
  request.asked = hash_of(call->body);
  write_details(*call, request);
  const auto make = [request](model::ReplyTo to) {
    model::BackfillRequested event = request;
    event.reply = to;
    return model::Event(std::move(event));
  };
  const Begun what{{},
                   request.workflow,
                   static_cast<std::int64_t>(request.dates.size()),
                   skipped_in(request.dates),
                   std::move(plan->warnings)};
  const auto on_answer = [reply, hold, what, lang = call->lang](const model::Answer& answer) {
    if (hold) hold->release();
    if (!answer.status.ok()) return reply->fail(answer.status.error());
    Begun with_id = what;
    with_id.id = answer.backfill;
    reply->send(begun(201, with_id, lang));
  };
  mutate(backend, call, make, on_answer);
}
}  // namespace

Result<net::Response> plan_backfill(Backend& backend, const Call& call) {
  TRY(const BackfillPlan plan, backfill_of(backend, call));
  JsonWriter w;
  w.object().field("workflow", plan.request.workflow);
  write_text(w, "trigger", plan.request.trigger);
  w.key("dates").array();
  for (const model::BackfillDate& date : plan.request.dates) write_date(w, date, call.lang);
  w.end();
  write_warnings(w, plan.warnings, call.lang);
  w.end();
  return json_response(std::move(w).text());
}

void begin_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  if (call->key.empty()) return request_backfill(backend, call, reply, nullptr);
  const auto hold = KeyHold::take(backend.keys, "backfills/" + call->path[0], call->key);
  if (!hold) return reply->fail(key_under_way());
  auto before = earlier(backend, *call);
  if (before.ok() && !*before) return request_backfill(backend, call, reply, hold);
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
  for (const store::BackfillView& view : page.rows) write_backfill(w, view, call.lang);
  return json_response(end_page(w, page.next_cursor));
}

Result<net::Response> get_backfill(Backend& backend, const Call& call) {
  TRY(const BackfillId id, id_of(call));
  TRY(auto reader, backend.readers.lease());
  TRY(const auto view, reader->backfill(id));
  JsonWriter w;
  write_backfill(w, view, call.lang);
  return json_response(std::move(w).text());
}

Result<net::Response> list_backfill_dates(Backend& backend, const Call& call) {
  TRY(const BackfillId id, id_of(call));
  TRY(auto reader, backend.readers.lease());
  TRY(const auto page,
      reader->backfill_dates(id, model::date_fate_of(call.text("fate")), page_of(call)));
  JsonWriter w;
  begin_page(w);
  for (const model::BackfillDate& date : page.rows) write_date(w, date, call.lang);
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
