#include "store/sqlite_rows.h"

#include <fmt/format.h>

#include "model/codec.h"
#include "store/blob.h"

namespace gantry::store {

using model::AttemptRow;
using model::AttemptState;
using model::CauseKind;
using model::PhaseKind;
using model::Reason;
using model::RunState;
using model::TaskRow;
using model::TaskState;

// Enumerators are stored by number: these may only be appended to.
static_assert(static_cast<int>(RunState::Cancelled) == 5);
static_assert(static_cast<int>(TaskState::Interrupted) == 9);
static_assert(static_cast<int>(AttemptState::NotStarted) == 7);
static_assert(static_cast<int>(Reason::Rounds) == 20);
static_assert(static_cast<int>(CauseKind::Workflow) == 9);
static_assert(static_cast<int>(PhaseKind::Retry) == 1);

Error damaged(std::string_view what, std::int64_t value) {
  return error(Code::DataLoss,
               fmt::format("the store holds {} {}, which this version does not know", what, value));
}

// None is -1, so that the item of a single foreach is its index.
std::int64_t item_number(ItemPath item) { return item.value - 1; }

Result<Value> value_of(std::string_view blob) {
  TRY(const std::string json, read_blob(blob));
  return model::decode_value(json);
}
namespace {
std::int32_t small(const Columns& c, int column) {
  return static_cast<std::int32_t>(c.integer(column));
}

ItemPath item_at(const Columns& c, int column) { return {c.integer(column) + 1}; }

Steady steady_of(const Columns& c, int column) {
  return c.is_null(column) ? Steady::max() : Steady{c.integer(column)};
}

void put_steady(Query& query, Steady at) {
  if (at == Steady::max())
    query.put(std::nullopt);
  else
    query.put(at.us);
}

void put_value(Query& query, const Value& value) {
  if (value.is(Value::Kind::Null))
    query.put(std::nullopt);
  else
    query.put_blob(make_blob(model::encode_value(value)));
}

template <typename E>
std::int64_t number_of(E e) {
  return static_cast<std::int64_t>(e);
}

}  // namespace

void put_task(Query& query, const TaskRow& row) {
  query.put(row.run.value).put(std::int64_t{row.task.value}).put(item_number(row.item));
  query.put(number_of(row.state)).put(number_of(row.reason)).put(row.generation);
  query.put(row.attempts).put(row.tries).put(row.lost_starts).put(row.exit_code);
  query.put(row.attempt.value).put(row.queue_no);
  put_steady(query, row.wake_at);
  query.put(row.started_at).put(row.ended_at);
  put_value(query, row.outputs);
  if (row.message)
    query.put(*row.message);
  else
    query.put(std::nullopt);
  query.put(row.arm).put(row.rounds);
  put_value(query, *row.items);
  query.put(row.wakes->wall == Instant::max() ? std::nullopt : std::optional(row.wakes->wall));
  put_steady(query, row.wakes->give_up);
}

Result<TaskRow> task_of(const Columns& c) {
  TaskRow row;
  row.run = RunNo{c.integer(0)};
  row.task = TaskIndex{static_cast<std::uint32_t>(c.integer(1))};
  row.item = item_at(c, 2);
  TRY(row.state, enum_of(c, 3, TaskState::Interrupted, "task state"));
  TRY(row.reason, enum_of(c, 4, Reason::Rounds, "reason"));
  row.generation = small(c, 5);
  row.attempts = small(c, 6);
  row.tries = small(c, 7);
  row.lost_starts = small(c, 8);
  row.exit_code = small(c, 9);
  row.attempt = AttemptId{c.integer(10)};
  row.queue_no = c.integer(11);
  row.wake_at = steady_of(c, 12);
  row.started_at = c.instant(13);
  row.ended_at = c.instant(14);
  if (!c.is_null(15)) {
    TRY(row.outputs, value_of(c.bytes(15)));
  }
  if (!c.is_null(16)) row.message = std::make_shared<const std::string>(c.text(16));
  if (c.is_null(17)) return row;  // it was written before there were any
  row.arm = small(c, 17);
  row.rounds = small(c, 18);
  if (!c.is_null(19)) {
    TRY(Value items, value_of(c.bytes(19)));
    row.items = std::move(items);
  }
  row.wakes = model::Wakes{c.instant(20).value_or(Instant::max()), steady_of(c, 21)};
  return row;
}

void put_attempt(Query& query, const AttemptRow& row) {
  query.put(row.run.value)
      .put(row.id.value)
      .put(std::int64_t{row.task.value})
      .put(item_number(row.item));
  query.put(row.generation).put(row.number).put(row.worker.value);
  query.put(number_of(row.state)).put(number_of(row.reason)).put(row.stop_requested);
  query.put(row.exit_code).put(row.signal).put(row.begun_at);
  query.put(row.started_at).put(row.ended_at).put(row.cpu_us).put(row.memory_bytes_max);
  query.put(row.log_bytes).put(row.log_dropped_bytes).put(row.unkillable).put(row.error_tail);
}

Result<AttemptRow> attempt_of(const Columns& c) {
  AttemptRow row;
  row.run = RunNo{c.integer(0)};
  row.id = AttemptId{c.integer(1)};
  row.task = TaskIndex{static_cast<std::uint32_t>(c.integer(2))};
  row.item = item_at(c, 3);
  row.generation = small(c, 4);
  row.number = small(c, 5);
  row.worker = WorkerId{small(c, 6)};
  TRY(row.state, enum_of(c, 7, AttemptState::NotStarted, "attempt state"));
  TRY(row.reason, enum_of(c, 8, Reason::Rounds, "reason"));
  row.stop_requested = c.flag(9);
  row.exit_code = small(c, 10);
  row.signal = small(c, 11);
  row.begun_at = Instant{c.integer(12)};
  row.started_at = c.instant(13);
  row.ended_at = c.instant(14);
  row.cpu_us = c.integer(15);
  row.memory_bytes_max = c.integer(16);
  row.log_bytes = c.integer(17);
  row.log_dropped_bytes = c.integer(18);
  row.unkillable = c.flag(19);
  row.error_tail = c.text(20);
  return row;
}

void put_run_state(Query& query, const model::RunRow& row) {
  query.put(number_of(row.state)).put(number_of(row.reason)).put(row.message);
  query.put(row.cancel_requested).put(row.hard_cancel).put(row.quarantined);
  query.put(number_of(row.verdict));
  put_steady(query, row.timeout_at);
  query.put(row.started_at).put(row.ended_at).put(row.phase).put(row.paused);
}

void put_phase(Query& query, const model::PhaseRow& row) {
  query.put(row.run.value).put(row.no).put(number_of(row.kind)).put(row.version.value);
  query.put(row.version_number).put(row.initiator).put(row.key).put(row.from).put(row.newest);
  query.put(row.created_at).put(number_of(row.state)).put(number_of(row.reason));
  query.put(row.started_at).put(row.ended_at);
}

Result<model::PhaseRow> phase_of(const Columns& c) {
  model::PhaseRow row;
  row.run = RunNo{c.integer(0)};
  row.no = small(c, 1);
  TRY(row.kind, enum_of(c, 2, PhaseKind::Retry, "phase"));
  row.version = VersionId{c.integer(3)};
  row.version_number = c.integer(4);
  row.initiator = c.text(5);
  row.key = c.text(6);
  row.from = c.text(7);
  row.newest = c.flag(8);
  row.created_at = Instant{c.integer(9)};
  TRY(row.state, enum_of(c, 10, RunState::Cancelled, "run state"));
  TRY(row.reason, enum_of(c, 11, Reason::Rounds, "reason"));
  row.started_at = c.instant(12);
  row.ended_at = c.instant(13);
  return row;
}

namespace {
Result<model::RunRow> run_state_of(const Columns& c) {
  model::RunRow row;
  row.run = RunNo{c.integer(0)};
  TRY(row.state, enum_of(c, 14, RunState::Cancelled, "run state"));
  TRY(row.reason, enum_of(c, 15, Reason::Rounds, "reason"));
  row.message = c.text(16);
  row.cancel_requested = c.flag(17);
  row.hard_cancel = c.flag(18);
  row.quarantined = c.flag(19);
  TRY(row.verdict, enum_of(c, 20, RunState::Cancelled, "run state"));
  row.timeout_at = steady_of(c, 21);
  row.started_at = c.instant(22);
  row.ended_at = c.instant(23);
  row.phase = small(c, 24);
  row.paused = c.flag(25);
  return row;
}
}  // namespace

namespace {
// A run of before format 6 has no dates: those of UTC stand for them.
model::RunDates dates_of(const Columns& c, Instant scheduled_at) {
  constexpr int kDate = 30;
  const std::int64_t day = split_days(scheduled_at.us).day;
  if (c.is_null(kDate))
    return {civil_from_days(day), civil_from_days(day - 1), scheduled_at, scheduled_at};
  return {civil_from_days(c.integer(kDate)), civil_from_days(c.integer(kDate + 1)),
          Instant{c.integer(kDate + 2)}, Instant{c.integer(kDate + 3)}};
}
}  // namespace

Result<RunView> run_of(const Columns& c) {
  RunView view;
  model::RunOrigin& origin = view.origin;
  origin.run = RunNo{c.integer(0)};
  origin.workflow = WorkflowId{c.integer(1)};
  origin.workflow_name = c.text(2);
  origin.version = VersionId{c.integer(3)};
  origin.version_number = c.integer(4);
  TRY(origin.cause, enum_of(c, 5, CauseKind::Workflow, "cause"));
  origin.trigger = c.text(6);
  origin.initiator = c.text(7);
  origin.key = c.text(8);
  TRY(const Value params, value_of(c.bytes(9)));
  if (!params.is(Value::Kind::Map)) return damaged("parameters of run", origin.run.value);
  origin.params = params.as_map();
  origin.title = c.text(10);
  origin.priority = small(c, 11);
  origin.created_at = Instant{c.integer(12)};
  origin.scheduled_at = Instant{c.integer(13)};
  TRY(view.row, run_state_of(c));
  view.closed = c.flag(26);
  if (!c.is_null(27)) {
    TRY(origin.labels, decode_labels(c.bytes(27)));
  }
  view.log_removed_at = c.instant(28);
  origin.concurrency_key = c.text(29);
  origin.dates = dates_of(c, origin.scheduled_at);
  origin.backfill = BackfillId{c.integer(34)};
  origin.event_id = EventId{c.integer(35)};
  return view;
}

Result<Value> run_event_of(const Columns& c) {
  constexpr int kEvent = 36;
  return c.is_null(kEvent) ? Value() : value_of(c.bytes(kEvent));
}

Result<HistoryView> history_of(const Columns& c) {
  HistoryView view;
  view.position = Position{c.integer(0)};
  view.at = Instant{c.integer(1)};
  view.actor = c.text(2);
  view.run = RunNo{c.integer(3)};
  view.what = c.text(4);
  view.task = c.text(5);
  view.item = item_at(c, 6);
  TRY(view.details, read_blob(c.bytes(7)));
  return view;
}

Result<model::WorkflowRow> workflow_of(const Columns& c) {
  model::WorkflowRow row;
  row.id = WorkflowId{c.integer(0)};
  row.name = c.text(1);
  row.version = VersionId{c.integer(2)};
  row.version_number = c.integer(3);
  row.hash = c.text(4);
  row.enabled = c.flag(5);
  row.concurrency_limit = small(c, 6);
  row.priority = small(c, 7);
  TRY(const std::string triggers, read_blob(c.bytes(8)));
  TRY(row.triggers, model::decode_triggers(triggers));
  row.paused = c.flag(9);
  row.disabled = c.flag(10);
  row.hold_note = c.text(11);
  return row;
}

model::PoolLimitRow pool_limit_of(const Columns& c) {
  return {c.text(0), small(c, 1), c.text(2), c.text(3), Instant{c.integer(4)}};
}

std::string encode_version_tasks(const std::vector<model::Task>& tasks) {
  ValueList list;
  list.reserve(tasks.size());
  for (const model::Task& t : tasks) {
    ValueMap one{{"name", t.name}};
    if (t.group != model::kNoTask) one.emplace_back("nested", true);
    if (const int loops = loops_around(tasks, t); loops > 0) one.emplace_back("loops", loops);
    if (t.flow->foreach.exists()) one.emplace_back("foreach", true);
    if (begins_again(tasks, t)) one.emplace_back("repeats", true);
    if (!t.pool.empty()) one.emplace_back("pool", t.pool);
    if (t.slots != 1) one.emplace_back("slots", t.slots);
    if (t.background) one.emplace_back("background", true);
    list.emplace_back(std::move(one));
  }
  return make_blob(model::encode_value(Value(std::move(list))));
}

Result<std::vector<VersionTask>> decode_version_tasks(std::string_view blob) {
  using namespace std::string_view_literals;
  TRY(const Value list, value_of(blob));
  std::vector<VersionTask> tasks;
  if (!list.is(Value::Kind::List)) return damaged("a task list of kind", 0);
  tasks.reserve(list.as_list().size());
  for (const Value& one : list.as_list()) {
    VersionTask task;
    if (const Value* name = one.find("name"sv)) task.name = name->as_string();
    if (const Value* pool = one.find("pool"sv)) task.pool = pool->as_string();
    if (const Value* slots = one.find("slots"sv)) task.slots = static_cast<int>(slots->as_int());
    task.background = one.find("background"sv) != nullptr;
    if (const Value* loops = one.find("loops"sv)) task.loops = static_cast<int>(loops->as_int());
    task.is_foreach = one.find("foreach"sv) != nullptr;
    task.nested = one.find("nested"sv) != nullptr;
    task.repeats = task.background || one.find("repeats"sv) != nullptr;
    tasks.push_back(std::move(task));
  }
  return tasks;
}

std::string encode_labels(const std::vector<model::NamedText>& labels) {
  ValueList list;
  for (const auto& [name, value] : labels) list.emplace_back(ValueList{name, value});
  return make_blob(model::encode_value(Value(std::move(list))));
}

Result<std::vector<model::NamedText>> decode_labels(std::string_view blob) {
  TRY(const Value list, value_of(blob));
  std::vector<model::NamedText> labels;
  if (!list.is(Value::Kind::List)) return damaged("labels of kind", 0);
  for (const Value& one : list.as_list()) {
    if (!one.is(Value::Kind::List) || one.as_list().size() != 2)
      return damaged("labels of size", 0);
    labels.emplace_back(one.as_list()[0].as_string(), one.as_list()[1].as_string());
  }
  return labels;
}

std::string folder_of(std::string_view workflow_name) {
  const auto slash = workflow_name.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : workflow_name.substr(0, slash));
}

}  // namespace gantry::store
