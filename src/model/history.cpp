#include "model/history.h"

#include <fmt/format.h>

#include "base/json.h"
#include "model/codec.h"

namespace gantry::model {

namespace {
void text(JsonWriter& w, std::string_view name, std::string_view value) {
  if (!value.empty()) w.field(name, value);
}
void number(JsonWriter& w, std::string_view name, std::int64_t value, std::int64_t normal) {
  if (value != normal) w.field(name, value);
}
void flag(JsonWriter& w, std::string_view name, bool value) {
  if (value) w.field(name, true);
}
void instant(JsonWriter& w, std::string_view name, const std::optional<Instant>& value) {
  if (value) w.field(name, *value);
}

// One overload per kind of change; each fills the open JSON object.
class Describer {
 public:
  Describer(NameLookup& names, HistoryRecord& record, JsonWriter& w)
      : names_(names), record_(record), w_(w) {}

  void operator()(const VersionStored& c) {
    record_.what = "version_stored";
    text(w_, "workflow", c.definition->workflow.name);
    w_.field("version", c.number).field("hash", c.definition->hash);
    number(w_, "tasks", static_cast<std::int64_t>(c.definition->workflow.tasks.size()), 0);
  }

  void operator()(const WorkflowChanged& c) {
    record_.what = "workflow_changed";
    w_.field("workflow", c.row.name).field("version", c.row.version_number);
    if (!c.row.enabled) w_.field("enabled", false);
    number(w_, "concurrency_limit", c.row.concurrency_limit, 0);
    number(w_, "priority", c.row.priority, 0);
    if (!c.row.triggers.empty()) triggers(c.row.triggers);
    flag(w_, "paused", c.row.paused);
    flag(w_, "disabled", c.row.disabled);
    text(w_, "note", c.row.hold_note);
  }

  void operator()(const TriggerMoved& c) {
    record_.what = "trigger_moved";
    workflow(c.row.workflow);
    w_.field("trigger", c.row.trigger).field("cursor", c.row.cursor);
    if (c.row.failed.value != 0) w_.field("failed", c.row.failed.value);
  }

  void operator()(const FiringsMissed& c) {
    record_.what = "firings_missed";
    workflow(c.row.workflow);
    w_.field("trigger", c.row.trigger).field("first", c.row.first).field("last", c.row.last);
    w_.field("count", c.row.count);
    if (c.row.reason != MissedReason::Late) w_.field("reason", name_of(c.row.reason));
  }

  void operator()(const RunCreated& c) {
    const RunOrigin& o = *c.origin;
    record_.what = "run_created";
    record_.run = o.run;
    w_.field("workflow", o.workflow_name).field("version", o.version_number);
    w_.field("cause", name_of(o.cause));
    text(w_, "trigger", o.trigger);
    text(w_, "initiator", o.initiator);
    text(w_, "key", o.key);
    text(w_, "title", o.title);
    number(w_, "priority", o.priority, 0);
    text(w_, "concurrency_key", o.concurrency_key);
    if (o.scheduled_at != o.created_at) w_.field("scheduled_at", o.scheduled_at);
    w_.field("date", format_date(o.dates.date));
    number(w_, "backfill", o.backfill.value, 0);
    number(w_, "event", o.event_id.value, 0);
  }

  void operator()(const RunChanged& c) {
    record_.what = "run_changed";
    record_.run = c.row.run;
    w_.field("state", name_of(c.row.state));
    text(w_, "reason", name_of(c.row.reason));
    if (c.row.state == RunState::Finishing) w_.field("verdict", name_of(c.row.verdict));
    flag(w_, "cancel_requested", c.row.cancel_requested);
    flag(w_, "hard_cancel", c.row.hard_cancel);
    flag(w_, "quarantined", c.row.quarantined);
    flag(w_, "paused", c.row.paused);
    number(w_, "phase", c.row.phase, 1);
    instant(w_, "started_at", c.row.started_at);
    instant(w_, "ended_at", c.row.ended_at);
    text(w_, "message", c.row.message);
  }

  void operator()(const TaskChanged& c) {
    record_.what = "task_changed";
    place(c.row.run, c.row.task, c.row.item);
    w_.field("state", name_of(c.row.state));
    text(w_, "reason", name_of(c.row.reason));
    number(w_, "generation", c.row.generation, 1);
    number(w_, "attempts", c.row.attempts, 0);
    number(w_, "tries", c.row.tries, c.row.attempts);
    number(w_, "lost_starts", c.row.lost_starts, 0);
    number(w_, "exit_code", c.row.exit_code, -1);
    instant(w_, "started_at", c.row.started_at);
    instant(w_, "ended_at", c.row.ended_at);
    if (c.row.message) text(w_, "message", *c.row.message);
  }

  void operator()(const AttemptChanged& c) {
    record_.what = "attempt_changed";
    place(c.row.run, c.row.task, c.row.item);
    w_.field("state", name_of(c.row.state)).field("attempt", std::int64_t{c.row.number});
    w_.field("id", c.row.id.value);
    number(w_, "generation", c.row.generation, 1);
    number(w_, "worker", c.row.worker.value, kLocalWorker.value);
    text(w_, "reason", name_of(c.row.reason));
    flag(w_, "stop_requested", c.row.stop_requested);
    number(w_, "exit_code", c.row.exit_code, -1);
    number(w_, "signal", c.row.signal, 0);
    instant(w_, "started_at", c.row.started_at);
    instant(w_, "ended_at", c.row.ended_at);
    usage(c.row);
    text(w_, "error", c.row.error_tail);
  }

  void operator()(const RunClosed& c) {
    record_.what = "run_closed";
    record_.run = c.run;
  }

  void operator()(const RunReopened& c) {
    const PhaseRow& phase = c.reopening->begun;
    record_.what = "run_reopened";
    record_.run = phase.run;
    w_.field("phase", std::int64_t{phase.no}).field("kind", name_of(phase.kind));
    w_.field("version", phase.version_number);
    text(w_, "from", phase.from);
    flag(w_, "newest", phase.newest);
    text(w_, "key", phase.key);
  }

  void operator()(const ServerChanged& c) {
    record_.what = "server_changed";
    w_.field("paused", c.row.paused);
    text(w_, "note", c.row.note);
  }

  void operator()(const PoolLimitChanged& c) {
    record_.what = "pool_limit_changed";
    w_.field("pool", c.row.pool);
    if (c.row.slots) w_.field("slots", std::int64_t{*c.row.slots});
    text(w_, "note", c.row.note);
  }

  // Never the hash of the secret.
  void operator()(const CredentialChanged& c) {
    record_.what = "credential_changed";
    w_.field("id", c.row.id).field("kind", name_of(c.row.kind)).field("name", c.row.name);
    w_.field("role", name_of(c.row.role));
    instant(w_, "expires_at", c.row.expires_at);
    instant(w_, "revoked_at", c.row.revoked_at);
  }

  void operator()(const AuditNoted& c) {
    record_.what = "audit_noted";
    w_.field("action", c.row.action).field("target", c.row.target);
    w_.field("outcome", c.row.outcome);
  }

  // Not what came with it: that may be large, and is in the event.
  void operator()(const EventRecorded& c) {
    record_.what = "event_recorded";
    w_.field("event", c.row->id.value).field("from", name_of(c.row->from));
    w_.field("name", c.row->name);
    flag(w_, "open", c.row->is_open);
    w_.key("fates").array();
    for (const TriggerFate& fate : c.row->fates) {
      w_.object().field("fate", name_of(fate.fate));
      text(w_, "workflow", fate.workflow_name);
      text(w_, "trigger", fate.trigger);
      number(w_, "run", fate.run.value, 0);
      text(w_, "reason", fate.reason);
      w_.end();
    }
    w_.end();
  }

  void operator()(const MeetingChanged& c) {
    record_.what = "meeting_changed";
    workflow(c.row.workflow);
    w_.field("trigger", c.row.trigger).field("date", format_date(c.row.date));
    w_.field("have", static_cast<std::int64_t>(c.row.have.size()));
    flag(w_, "met", c.row.is_met);
  }

  void operator()(const BackfillBegun& c) {
    record_.what = "backfill_begun";
    backfill(c.row);
    text(w_, "trigger", c.row.trigger);
    text(w_, "key", c.row.key);
    w_.field("parallel", std::int64_t{c.row.parallel});
    w_.field("dates", static_cast<std::int64_t>(c.dates->size()));
  }

  void operator()(const BackfillChanged& c) {
    record_.what = "backfill_changed";
    backfill(c.row);
    text(w_, "note", c.row.note);
    instant(w_, "ended_at", c.row.ended_at);
  }

  void operator()(const BackfillDateChanged& c) {
    record_.what = "backfill_date_changed";
    w_.field("backfill", c.backfill.value).field("date", format_date(c.row.date));
    w_.field("fate", name_of(c.row.fate));
    number(w_, "run", c.row.run.value, 0);
    text(w_, "message", c.row.message);
  }

 private:
  void backfill(const BackfillRow& row) {
    w_.field("backfill", row.id.value).field("workflow", row.workflow_name);
    w_.field("state", name_of(row.state));
  }

  void workflow(WorkflowId id) {
    const std::string_view name = names_.workflow_name(id);
    if (name.empty()) return static_cast<void>(w_.field("workflow", fmt::format("#{}", id.value)));
    w_.field("workflow", name);
  }

  void place(RunNo run, TaskIndex task, ItemPath item) {
    const std::string_view name = names_.task_name(run, task);
    record_.run = run;
    record_.task = name.empty() ? fmt::format("#{}", task.value) : std::string(name);
    record_.item = item;
  }

  void usage(const AttemptRow& row) {
    number(w_, "cpu_us", row.cpu_us, 0);
    number(w_, "memory_bytes_max", row.memory_bytes_max, 0);
    number(w_, "log_bytes", row.log_bytes, 0);
    number(w_, "log_dropped_bytes", row.log_dropped_bytes, 0);
    flag(w_, "unkillable", row.unkillable);
  }

  void triggers(const std::vector<Trigger>& all) {
    w_.key("triggers").array();
    for (const Trigger& t : all) {
      w_.object().field("id", t.id);
      if (t.kind == TriggerKind::Cron) w_.field("cron", t.cron);
      if (t.kind == TriggerKind::Every) w_.field("every", format_duration(t.every));
      w_.field("timezone", t.timezone);
      if (!t.enabled) w_.field("enabled", false);
      w_.end();
    }
    w_.end();
  }

  NameLookup& names_;
  HistoryRecord& record_;
  JsonWriter& w_;
};
}  // namespace

HistoryRecord to_history(const Change& change, NameLookup& names) {
  HistoryRecord record;
  JsonWriter w;
  w.object();
  std::visit(Describer(names, record, w), change.body);
  w.end();
  record.details = std::move(w).text();
  return record;
}

}  // namespace gantry::model
