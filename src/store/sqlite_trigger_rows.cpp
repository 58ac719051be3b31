#include "store/sqlite_trigger_rows.h"

#include "model/codec.h"
#include "store/blob.h"
#include "store/sqlite_rows.h"

namespace gantry::store {

// Enumerators are stored by number: these may only be appended to.
static_assert(static_cast<int>(model::BackfillState::Cancelled) == 3);
static_assert(static_cast<int>(model::DateFate::Refused) == 6);

Result<model::MissedRow> missed_of(const Columns& c) {
  model::MissedRow row;
  row.workflow = WorkflowId{c.integer(0)};
  row.trigger = c.text(1);
  row.first = Instant{c.integer(2)};
  row.last = Instant{c.integer(3)};
  row.count = c.integer(4);
  TRY(row.reason, enum_of(c, 5, model::MissedReason::Skipped, "reason"));
  return row;
}

Result<std::vector<std::string>> texts_of(std::string_view blob) {
  TRY(const Value value, value_of(blob));
  std::vector<std::string> texts;
  if (!value.is(Value::Kind::List)) return error(Code::DataLoss, "texts are not a list");
  for (const Value& text : value.as_list()) {
    if (!text.is(Value::Kind::String)) return error(Code::DataLoss, "a text is none");
    texts.push_back(text.as_string());
  }
  return texts;
}

Result<model::EventRow> event_of(const Columns& c) {
  model::EventRow row;
  row.id = EventId{c.integer(0)};
  TRY(row.from, enum_of(c, 1, model::EventFrom::Workflow, "source"));
  row.name = c.text(2);
  row.at = Instant{c.integer(3)};
  row.actor = c.text(4);
  row.is_open = c.flag(5);
  TRY(row.keys, texts_of(c.bytes(6)));
  TRY(const std::string fates, read_blob(c.bytes(7)));
  TRY(row.fates, model::decode_fates(fates));
  return row;
}

Result<Value> payload_of(const Columns& c) { return value_of(c.bytes(8)); }

Result<model::BackfillRow> backfill_of(const Columns& c) {
  model::BackfillRow row;
  row.id = BackfillId{c.integer(0)};
  row.workflow = WorkflowId{c.integer(1)};
  row.workflow_name = c.text(2);
  row.trigger = c.text(3);
  TRY(const Value params, value_of(c.bytes(4)));
  if (!params.is(Value::Kind::Map)) return damaged("parameters of backfill", row.id.value);
  row.params = params.as_map();
  row.parallel = static_cast<std::int32_t>(c.integer(5));
  row.created_by = c.text(6);
  row.key = c.text(7);
  row.created_at = Instant{c.integer(8)};
  TRY(row.state, enum_of(c, 9, model::BackfillState::Cancelled, "a backfill state"));
  row.note = c.text(10);
  if (!c.is_null(11)) row.ended_at = Instant{c.integer(11)};
  row.asked = c.text(12);
  row.note_zh = c.text(13);
  return row;
}

Result<model::BackfillDate> backfill_date_of(const Columns& c) {
  model::BackfillDate date;
  date.date = civil_from_days(c.integer(0));
  TRY(date.fate, enum_of(c, 1, model::DateFate::Refused, "a fate of a date"));
  date.run = RunNo{c.integer(2)};
  date.message = c.text(3);
  date.message_zh = c.text(4);
  return date;
}

Result<model::MeetingRow> meeting_of(const Columns& c) {
  model::MeetingRow row;
  row.workflow = WorkflowId{c.integer(0)};
  row.trigger = c.text(1);
  row.date = civil_from_days(c.integer(2));
  TRY(row.have, texts_of(c.bytes(3)));
  row.is_met = c.flag(4);
  return row;
}

}  // namespace gantry::store
