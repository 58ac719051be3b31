#include "api/shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/codec.h"
#include "model/states.h"
#include "spec/diagnostics.h"

namespace gantry::api {

void write_text(JsonWriter& w, std::string_view name, std::string_view value) {
  w.key(name);
  if (value.empty())
    w.null();
  else
    w.value(value);
}

namespace {

// Empty texts, missing times and codes that stand for "none" are null.
void time(JsonWriter& w, std::string_view name, const std::optional<Instant>& value) {
  w.key(name);
  if (value)
    w.value(*value);
  else
    w.null();
}
void number(JsonWriter& w, std::string_view name, std::int64_t value, std::int64_t none) {
  w.key(name);
  if (value == none)
    w.null();
  else
    w.value(value);
}
void duration(JsonWriter& w, std::string_view name, const std::optional<Duration>& value) {
  write_text(w, name, value ? format_duration(*value) : std::string());
}
void names(JsonWriter& w, std::string_view name, const std::vector<std::string>& all) {
  w.key(name).array();
  for (const std::string& one : all) w.value(one);
  w.end();
}
// Only a map or nothing.
void outputs(JsonWriter& w, const Value& value) {
  w.key("outputs");
  if (value.is(Value::Kind::Map))
    w.value(value);
  else
    w.null();
}

const model::Task* task_of(const model::Workflow& workflow, TaskIndex index) {
  return index.value < workflow.tasks.size() ? &workflow.tasks[index.value] : nullptr;
}
std::string task_name(const model::Workflow& workflow, TaskIndex index) {
  const model::Task* task = task_of(workflow, index);
  return task == nullptr ? fmt::format("#{}", index.value) : task->name;
}

}  // namespace

void write_token(JsonWriter& w, const model::CredentialRow& row, const std::string& secret) {
  w.object().field("id", row.id).field("name", row.name).field("role", name_of(row.role));
  w.field("created_at", row.created_at).field("created_by", row.created_by);
  time(w, "expires_at", row.expires_at);
  time(w, "last_used_at", row.last_used_at);
  time(w, "revoked_at", row.revoked_at);
  if (!secret.empty()) w.field("token", secret);
  w.end();
}

void write_me(JsonWriter& w, const std::string& name, model::Role role, Via via,
              const std::optional<Instant>& expires_at) {
  w.object().field("name", name).field("role", name_of(role)).field("via", name_of(via));
  time(w, "expires_at", expires_at);
  w.end();
}

void write_audit(JsonWriter& w, const store::AuditView& view) {
  const model::AuditRow& row = view.row;
  w.object().field("position", view.position.value).field("at", row.at).field("actor", row.actor);
  w.field("address", row.address).field("action", row.action).field("target", row.target);
  w.field("outcome", row.outcome).key("details").raw(row.details).end();
}

void begin_page(JsonWriter& w) { w.object().key("items").array(); }

std::string end_page(JsonWriter& w, const std::string& next_cursor) {
  w.end();
  write_text(w, "next_cursor", next_cursor);
  w.end();
  return std::move(w).text();
}

void write_run(JsonWriter& w, const store::RunView& run) {
  const model::RunOrigin& o = run.origin;
  const model::RunRow& r = run.row;
  w.object().field("number", o.run.value);
  write_text(w, "title", o.title);
  w.field("workflow", o.workflow_name).field("version", o.version_number);
  w.field("state", name_of(r.state));
  write_text(w, "reason", name_of(r.reason));
  w.key("outcome").null().key("rollback").null();
  w.field("cause", name_of(o.cause));
  write_text(w, "trigger", o.trigger);
  write_text(w, "initiator", o.initiator);
  write_text(w, "key", o.key);
  w.key("labels").object();
  for (const auto& [name, value] : o.labels) w.field(name, value);
  w.end();
  w.field("priority", o.priority);
  write_text(w, "concurrency_key", o.concurrency_key);
  w.field("created_at", o.created_at).field("scheduled_at", o.scheduled_at);
  w.field("date", format_date(o.dates.date));
  w.field("business_date", format_date(o.dates.business_date));
  w.field("data_interval_start", o.dates.interval_start);
  w.field("data_interval_end", o.dates.interval_end);
  number(w, "backfill", o.backfill.value, 0);
  number(w, "event", o.event_id.value, 0);
  time(w, "started_at", r.started_at);
  time(w, "ended_at", r.ended_at);
  w.field("params", Value(o.params));
  write_text(w, "message", r.message);
  w.field("cancel_requested", r.cancel_requested).field("quarantined", r.quarantined);
  w.field("paused", r.paused).field("phase", std::int64_t{r.phase});
  time(w, "log_removed_at", run.log_removed_at);
  w.end();
}

void write_task(JsonWriter& w, const model::TaskRow& row, const model::Workflow& workflow) {
  const model::Task* task = task_of(workflow, row.task);
  w.object().field("run", row.run.value).field("task", task_name(workflow, row.task));
  write_text(w, "item", to_text(row.item));
  write_text(w, "title", task == nullptr ? "" : task->about->title);
  w.field("state", name_of(row.state));
  write_text(w, "reason", name_of(row.reason));
  w.field("generation", row.generation).field("attempts", row.attempts);
  number(w, "exit_code", row.exit_code, -1);
  time(w, "started_at", row.started_at);
  time(w, "ended_at", row.ended_at);
  outputs(w, row.outputs);
  write_text(w, "message", row.message ? *row.message : std::string());
  w.key("needs").array();
  if (task != nullptr)
    for (const TaskIndex up : task->needs) w.value(task_name(workflow, up));
  w.end();
  write_text(w, "join", task == nullptr ? "" : name_of(task->join));
  write_text(w, "pool", task == nullptr ? "" : task->pool);
  w.field("retry_limit", task == nullptr ? 0 : task->retry->limit);
  w.field("allow_failure", task != nullptr && task->allow_failure);
  w.field("background", task != nullptr && task->background);
  w.field("finally", task != nullptr && task->is_finally);
  w.end();
}

void write_attempt(JsonWriter& w, const model::AttemptRow& row, const model::Workflow& workflow) {
  // As a text: ids of restored stores are larger than what a double holds exactly.
  w.object().field("id", fmt::format("{}", row.id.value)).field("run", row.run.value);
  w.field("task", task_name(workflow, row.task));
  write_text(w, "item", to_text(row.item));
  w.field("generation", row.generation).field("attempt", row.number);
  w.field("worker", row.worker.value).field("state", name_of(row.state));
  write_text(w, "reason", name_of(row.reason));
  w.field("stop_requested", row.stop_requested);
  number(w, "exit_code", row.exit_code, -1);
  number(w, "signal", row.signal, 0);
  w.field("begun_at", row.begun_at);
  time(w, "started_at", row.started_at);
  time(w, "ended_at", row.ended_at);
  w.field("cpu_us", row.cpu_us).field("memory_bytes_max", row.memory_bytes_max);
  w.field("log_bytes", row.log_bytes).field("log_dropped_bytes", row.log_dropped_bytes);
  w.field("unkillable", row.unkillable);
  write_text(w, "error", row.error_tail);
  w.end();
}

void write_phase(JsonWriter& w, const model::PhaseRow& phase) {
  w.object().field("run", phase.run.value).field("phase", std::int64_t{phase.no});
  w.field("kind", name_of(phase.kind)).field("version", phase.version_number);
  write_text(w, "initiator", phase.initiator);
  write_text(w, "key", phase.key);
  write_text(w, "from", phase.from);
  w.field("newest", phase.newest).field("created_at", phase.created_at);
  w.field("state", name_of(phase.state));
  write_text(w, "reason", name_of(phase.reason));
  time(w, "started_at", phase.started_at);
  time(w, "ended_at", phase.ended_at);
  w.end();
}

void write_history(JsonWriter& w, const store::HistoryView& record) {
  w.object().field("position", record.position.value).field("at", record.at);
  w.field("actor", record.actor);
  number(w, "run", record.run.value, 0);
  w.field("what", record.what);
  write_text(w, "task", record.task);
  write_text(w, "item", to_text(record.item));
  w.key("details").raw(record.details.empty() ? "{}" : record.details);
  w.end();
}

namespace {

void write_catch_up(JsonWriter& w, const model::CatchUp& rule) {
  w.key("catchup").object().field("policy", model::name_of(rule.policy));
  w.field("window", format_duration(rule.window)).field("max", rule.max).end();
}

void write_timer(JsonWriter& w, const model::Trigger& trigger) {
  const model::TimerDetails& details = *trigger.timer;
  time(w, "at", trigger.at);
  time(w, "start", details.start);
  time(w, "end", details.end);
  const bool spread = details.jitter > Duration{};
  duration(w, "jitter", spread ? std::optional(details.jitter) : std::nullopt);
  if (model::is_timer(trigger.kind))
    write_catch_up(w, details.catch_up);
  else
    w.key("catchup").null();
}

void write_trigger(JsonWriter& w, const model::Trigger& trigger,
                   const std::vector<model::TriggerRow>& cursors) {
  w.object().field("id", trigger.id).field("kind", model::name_of(trigger.kind));
  write_text(w, "cron", trigger.cron);
  duration(w, "every",
           trigger.kind == model::TriggerKind::Every ? std::optional(trigger.every) : std::nullopt);
  w.field("timezone", trigger.timezone).field("enabled", trigger.enabled);
  write_timer(w, trigger);
  const auto row = std::find_if(cursors.begin(), cursors.end(),
                                [&](const auto& one) { return one.trigger == trigger.id; });
  const bool known = row != cursors.end();
  time(w, "handled_until", known ? std::optional(row->cursor) : std::nullopt);
  number(w, "failed_run", known ? row->failed.value : 0, 0);
  w.end();
}

// The members without the braces, so that the details can follow.
void workflow_members(JsonWriter& w, const store::WorkflowView& workflow) {
  const model::WorkflowRow& row = workflow.row;
  w.field("name", row.name).field("version", row.version_number).field("hash", row.hash);
  w.field("enabled", row.enabled).field("paused", row.paused).field("disabled", row.disabled);
  write_text(w, "hold_note", row.hold_note);
  number(w, "concurrency_limit", row.concurrency_limit, 0);
  w.field("priority", row.priority).key("triggers").array();
  for (const model::Trigger& trigger : row.triggers) write_trigger(w, trigger, workflow.cursors);
  w.end();
}

void write_param(JsonWriter& w, const model::Param& param) {
  w.object().field("name", param.name).field("type", name_of(param.type));
  write_text(w, "title", param.title);
  write_text(w, "help", param.help);
  w.field("required", param.required).key("default");
  if (param.fallback)
    w.value(*param.fallback);
  else
    w.null();
  names(w, "values", param.values);
  w.key("min");
  if (param.min)
    w.value(*param.min);
  else if (param.low)
    w.value(*param.low);
  else
    w.null();
  w.key("max");
  if (param.max)
    w.value(*param.max);
  else if (param.high)
    w.value(*param.high);
  else
    w.null();
  write_text(w, "pattern", param.pattern);
  write_text(w, "items", param.type == model::ParamType::List ? name_of(param.items) : "");
  w.end();
}

void write_definition_task(JsonWriter& w, const model::Task& task,
                           const model::Workflow& workflow) {
  w.object().field("task", task.name);
  write_text(w, "title", task.about->title);
  write_text(w, "description", task.about->description);
  write_text(w, "owner", task.about->owner);
  w.field("action", model::name_of(task.action.kind)).key("needs").array();
  for (const TaskIndex up : task.needs) w.value(task_name(workflow, up));
  w.end();
  w.field("join", name_of(task.join));
  write_text(w, "pool", task.pool);
  w.field("slots", task.slots).field("priority", task.priority);
  w.field("retry_limit", task.retry->limit);
  duration(w, "timeout", task.timeout);
  w.field("allow_failure", task.allow_failure).field("background", task.background);
  w.field("finally", task.is_finally);
  w.end();
}

}  // namespace

void write_workflow(JsonWriter& w, const store::WorkflowView& workflow) {
  w.object();
  workflow_members(w, workflow);
  w.end();
}

void write_workflow_details(JsonWriter& w, const store::WorkflowView& workflow,
                            const model::Workflow& model) {
  w.object();
  workflow_members(w, workflow);
  write_text(w, "title", model.title);
  write_text(w, "description", model.description);
  write_text(w, "owner", model.owner);
  w.key("labels").object();
  for (const auto& [name, value] : model.labels) w.field(name, value);
  w.end();
  w.field("timezone", model.timezone);
  duration(w, "timeout", model.timeout);
  w.key("params").array();
  for (const model::Param& param : model.params) write_param(w, param);
  w.end().key("tasks").array();
  for (const model::Task& task : model.tasks) write_definition_task(w, task, model);
  w.end().end();
}

void write_upcoming(JsonWriter& w, const std::vector<core::Upcoming>& triggers) {
  w.array();
  for (const core::Upcoming& one : triggers) {
    w.object().field("trigger", one.trigger).field("timezone", one.timezone).key("idle");
    if (one.idle == core::Idle::No)
      w.null();
    else
      w.value(name_of(one.idle));
    w.key("firings").array();
    for (const schedule::Firing& firing : one.firings)
      w.object().field("at", firing.at).field("scheduled_at", firing.scheduled_at).end();
    w.end().key("skipped").array();
    for (const core::DayOff& day : one.skipped)
      w.object()
          .field("date", format_date(day.date))
          .field("holiday", day.is_holiday)
          .field("name", day.name)
          .field("calendar", day.calendar)
          .end();
    w.end().key("calendar");
    one.calendar.empty() ? w.null() : w.value(one.calendar);
    w.key("unknown_years").array();
    for (const int year : one.unknown_years) w.value(std::int64_t{year});
    w.end().end();
  }
  w.end();
}

void write_version_fields(JsonWriter& w, const store::VersionView& version) {
  w.field("workflow", version.workflow_name).field("version", version.number);
  w.field("hash", version.hash).field("created_at", version.created_at);
  w.field("actor", version.actor);
}

void write_version(JsonWriter& w, const store::VersionView& version) {
  w.object();
  write_version_fields(w, version);
  w.end();
}

void write_diagnostic(JsonWriter& w, const spec::Diagnostic& diagnostic, Lang lang) {
  w.object().field("file", diagnostic.file).field("line", diagnostic.line);
  w.field("column", diagnostic.column).field("severity", spec::name_of(diagnostic.severity).en);
  w.field("code", diagnostic.code).field("message", message_in(diagnostic, lang));
  write_text(w, "suggestion", diagnostic.suggestion);
  w.end();
}

}  // namespace gantry::api
