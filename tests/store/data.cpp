#include "data.h"

#include <fmt/format.h>

#include "model/codec.h"
#include "model/history.h"

namespace gantry::store {

using namespace model;

Change change(ChangeBody body, std::string actor) {
  return {Instant{1'000'000}, std::move(actor), std::move(body)};
}

std::shared_ptr<const Definition> definition_of(const std::string& workflow, int tasks) {
  Definition d;
  d.workflow.name = workflow;
  for (int i = 0; i < tasks; ++i) {
    Task t;
    t.name = fmt::format("task-{}", i);
    t.background = i == 2;
    if (i == 1) {
      t.pool = "warehouse";
      t.slots = 2;
    }
    d.workflow.tasks.push_back(t);
  }
  d.text = "name: " + workflow + "\n" + std::string(2'000, '#');
  d.files = {{"a.sh", "hash-of-a", true, "echo a"}, {"empty", "hash-of-empty", false, ""}};
  d.hash = "hash-of-" + workflow;
  return std::make_shared<const Definition>(std::move(d));
}

std::vector<Change> workflow_changes(std::int64_t id, const std::string& name, int tasks) {
  WorkflowRow row;
  row.id = WorkflowId{id};
  row.name = name;
  row.version = VersionId{id};
  row.version_number = 1;
  row.hash = "hash-of-" + name;
  return {change(VersionStored{VersionId{id}, row.id, 1, definition_of(name, tasks)}, "loader"),
          change(WorkflowChanged{row}, "loader")};
}

RunOrigin origin_of(std::int64_t run, std::int64_t workflow, const std::string& name) {
  RunOrigin o;
  o.run = RunNo{run};
  o.workflow = WorkflowId{workflow};
  o.workflow_name = name;
  o.version = VersionId{workflow};
  o.version_number = 1;
  o.created_at = o.scheduled_at = Instant{run * 1'000};
  return o;
}

Change created(const RunOrigin& origin) {
  return change(RunCreated{std::make_shared<const RunOrigin>(origin)}, origin.initiator);
}

RunRow run_row(std::int64_t run, RunState state) {
  RunRow row;
  row.run = RunNo{run};
  row.state = state;
  return row;
}

TaskRow task_row(std::int64_t run, std::uint32_t task, TaskState state) {
  TaskRow row;
  row.run = RunNo{run};
  row.task = TaskIndex{task};
  row.state = state;
  return row;
}

AttemptRow attempt_row(std::int64_t run, std::uint32_t task, std::int64_t id, AttemptState state) {
  AttemptRow row;
  row.id = AttemptId{id};
  row.run = RunNo{run};
  row.task = TaskIndex{task};
  row.number = 1;
  row.state = state;
  if (state == AttemptState::Succeeded) row.exit_code = 0;
  return row;
}

RunOrigin full_origin(std::int64_t run) {
  RunOrigin o = origin_of(run, 1, "finance/sales");
  o.version_number = 7;
  o.cause = CauseKind::CatchUp;
  o.trigger = "nightly";
  o.initiator = "alice";
  o.key = "key-1";
  o.params = {{"day", "2026-01-31"}, {"ratio", 1.0}, {"list", ValueList{1, Value(), "汉字"}}};
  o.labels = {{"team", "data"}, {"app", "汉字=1"}};
  o.title = "Sales of \"today\"";
  o.priority = -3;
  o.scheduled_at = Instant{-5};
  o.dates = {{2026, 2, 28}, {2026, 2, 27}, Instant{-86400000005}, Instant{-5}};
  o.backfill = BackfillId{12};
  o.event_id = EventId{34};
  o.event = Value(ValueMap{{"file", "/data/销售.csv"}});
  return o;
}

RunRow full_run_row(std::int64_t run) {
  RunRow r = run_row(run, RunState::Finishing);
  r.reason = Reason::RunTimeout;
  r.message = "over after 5m";
  r.cancel_requested = r.hard_cancel = r.quarantined = true;
  r.verdict = RunState::Failed;
  r.timeout_at = Steady{123};
  r.started_at = Instant{0};
  r.ended_at = Instant{-1};
  r.phase = 3;
  r.paused = true;
  return r;
}

TaskRow full_task_row(std::int64_t run, std::uint32_t task) {
  TaskRow t = task_row(run, task, TaskState::Waiting);
  t.item = ItemPath().child(5).child(2);
  t.arm = 1;
  t.rounds = 3;
  t.items = Value(ValueList{1, "two"});
  t.wakes = model::Wakes{Instant{-3}, Steady{12}};
  t.reason = Reason::Outputs;
  t.generation = 2;
  t.attempts = 3;
  t.tries = 4;
  t.lost_starts = 5;
  t.exit_code = 0;
  t.attempt = AttemptId{(std::int64_t{1} << kAttemptCounterBits) + 9};
  t.queue_no = 77;
  t.wake_at = Steady{-9};
  t.started_at = Instant{1};
  t.ended_at = Instant{2};
  t.outputs = ValueMap{{"rows", std::uint64_t{5}}, {"big", std::string(3'000, 'x')}};
  t.message = std::make_shared<const std::string>("");
  return t;
}

AttemptRow full_attempt_row(std::int64_t run, std::uint32_t task, std::int64_t id) {
  AttemptRow a = attempt_row(run, task, id, AttemptState::Running);
  a.item = ItemPath().child(5);
  a.generation = 2;
  a.number = 3;
  a.worker = WorkerId{4};
  a.reason = Reason::Timeout;
  a.stop_requested = a.unkillable = true;
  a.exit_code = 137;
  a.signal = 9;
  a.begun_at = Instant{10};
  a.started_at = Instant{11};
  a.ended_at = Instant{12};
  a.cpu_us = 13;
  a.memory_bytes_max = std::int64_t{1} << 40;
  a.log_bytes = 15;
  a.log_dropped_bytes = 16;
  a.error_tail = std::string("bytes \xff and \0 zero", 18);
  return a;
}

std::vector<Change> finished_run(std::int64_t run, std::int64_t workflow, const std::string& name,
                                 int tasks) {
  std::vector<Change> all{created(origin_of(run, workflow, name)),
                          change(RunChanged{run_row(run, RunState::Running)})};
  for (int i = 0; i < tasks; ++i) {
    const auto task = static_cast<std::uint32_t>(i);
    const std::int64_t id = run * 100'000 + i + 1;
    all.push_back(change(TaskChanged{task_row(run, task, TaskState::Running)}));
    all.push_back(change(AttemptChanged{attempt_row(run, task, id, AttemptState::Running)}));
    TaskRow done = task_row(run, task, TaskState::Succeeded);
    done.attempts = 1;
    done.exit_code = 0;
    done.outputs = ValueMap{{"rows", i}};
    all.push_back(change(AttemptChanged{attempt_row(run, task, id, AttemptState::Succeeded)}));
    all.push_back(change(TaskChanged{done}));
  }
  all.push_back(change(RunChanged{run_row(run, RunState::Succeeded)}));
  all.push_back(change(RunClosed{RunNo{run}}));
  return all;
}

TimeMark mark_of(std::int64_t n) { return {Instant{n}, Steady{n + 1}, "boot", Duration{n + 2}}; }

Status Committer::open() {
  TRY(epoch_, store_->open_epoch());
  TRY(const std::int64_t last, store_->last_batch());
  next_ = last + 1;
  return ok();
}

Status Committer::commit(const std::vector<Change>& changes) {
  TRY_STATUS(store_->commit({epoch_, next_, mark_of(next_), changes}));
  ++next_;
  return ok();
}

Result<Loaded> load_all(Store& store) {
  Loaded loaded;
  TRY(loaded.recovery, store.load([&](const Change& c) { loaded.changes.push_back(c); }));
  return loaded;
}

namespace {
std::string text_of(const std::optional<Instant>& at) {
  return at ? fmt::format("{}", at->us) : "-";
}

std::string text_of(const std::vector<NamedText>& labels) {
  std::string out;
  for (const auto& [name, value] : labels) out += name + "=" + value + ",";
  return out;
}

struct Text {
  std::string operator()(const VersionStored& c) const {
    return fmt::format("version {}", c.id.value);
  }
  std::string operator()(const WorkflowChanged& c) const {
    return fmt::format("workflow {} {} v{} n{} {} {} {} {} {} {}{}[{}]", c.row.id.value, c.row.name,
                       c.row.version.value, c.row.version_number, c.row.hash, c.row.enabled,
                       c.row.concurrency_limit, c.row.priority, encode_triggers(c.row.triggers),
                       c.row.paused, c.row.disabled, c.row.hold_note);
  }
  std::string operator()(const TriggerMoved& c) const {
    return fmt::format("trigger {} {} {}", c.row.workflow.value, c.row.trigger, c.row.cursor.us);
  }
  std::string operator()(const FiringsMissed& c) const {
    return fmt::format("missed {} {} {} {} {}", c.row.workflow.value, c.row.trigger, c.row.first.us,
                       c.row.last.us, c.row.count);
  }
  std::string operator()(const RunCreated& c) const { return (*this)(*c.origin); }
  std::string operator()(const RunOrigin& o) const {
    return fmt::format("created {} {} {} v{} n{} {} [{}] [{}] [{}] {} [{}] {} {} {} [{}]",
                       o.run.value, o.workflow.value, o.workflow_name, o.version.value,
                       o.version_number, name_of(o.cause), o.trigger, o.initiator, o.key,
                       encode_map(o.params), o.title, o.priority, o.created_at.us,
                       o.scheduled_at.us, text_of(o.labels));
  }
  std::string operator()(const RunChanged& c) const { return (*this)(c.row); }
  std::string operator()(const RunRow& r) const {
    return fmt::format("run {} {} {} [{}] {}{}{} {} {} {} {} p{} {}", r.run.value, name_of(r.state),
                       name_of(r.reason), r.message, r.cancel_requested, r.hard_cancel,
                       r.quarantined, name_of(r.verdict), r.timeout_at.us, text_of(r.started_at),
                       text_of(r.ended_at), r.phase, r.paused);
  }
  std::string operator()(const PhaseRow& p) const {
    return fmt::format("phase {}/{} {} v{} n{} [{}] [{}] [{}] {} {} {} {} {} {}", p.run.value, p.no,
                       name_of(p.kind), p.version.value, p.version_number, p.initiator, p.key,
                       p.from, p.newest, p.created_at.us, name_of(p.state), name_of(p.reason),
                       text_of(p.started_at), text_of(p.ended_at));
  }
  std::string operator()(const RunReopened& c) const {
    return fmt::format("reopened {}", (*this)(c.reopening->begun));
  }
  std::string operator()(const ServerChanged& c) const {
    return fmt::format("server {} [{}]", c.row.paused, c.row.note);
  }
  std::string operator()(const PoolLimitChanged& c) const {
    return fmt::format("pool {} {} {} [{}] {}", c.row.pool,
                       c.row.slots ? fmt::to_string(*c.row.slots) : "-", c.row.set_by, c.row.note,
                       c.row.set_at.us);
  }
  std::string operator()(const TaskChanged& c) const { return (*this)(c.row); }
  std::string operator()(const TaskRow& t) const {
    return fmt::format(
        "task {}/{}/{} {} {} g{} a{} t{} l{} x{} id{} q{} w{} {} {} {} [{}] {} {} {} {} {}",
        t.run.value, t.task.value, to_text(t.item), name_of(t.state), name_of(t.reason),
        t.generation, t.attempts, t.tries, t.lost_starts, t.exit_code, t.attempt.value, t.queue_no,
        t.wake_at.us, text_of(t.started_at), text_of(t.ended_at), encode_value(t.outputs),
        t.message ? *t.message : std::string("-"), t.arm, t.rounds, encode_value(*t.items),
        t.wakes->wall.us, t.wakes->give_up.us);
  }
  std::string operator()(const AttemptChanged& c) const { return (*this)(c.row); }
  std::string operator()(const AttemptRow& a) const {
    return fmt::format(
        "attempt {} {}/{}/{} g{} n{} w{} {} {} {} x{} s{} {} {} {} cpu{} mem{} log{} drop{} {} "
        "[{}]",
        a.id.value, a.run.value, a.task.value, to_text(a.item), a.generation, a.number,
        a.worker.value, name_of(a.state), name_of(a.reason), a.stop_requested, a.exit_code,
        a.signal, a.begun_at.us, text_of(a.started_at), text_of(a.ended_at), a.cpu_us,
        a.memory_bytes_max, a.log_bytes, a.log_dropped_bytes, a.unkillable, a.error_tail);
  }
  std::string operator()(const RunClosed& c) const { return fmt::format("closed {}", c.run.value); }
  std::string operator()(const CredentialChanged& c) const { return (*this)(c.row); }
  std::string operator()(const CredentialRow& r) const {
    return fmt::format("credential {} {} {} {} {} {} {} {} {} {} {} [{}]", r.id, name_of(r.kind),
                       r.name, r.secret_hash, name_of(r.role), r.parent, r.created_at.us,
                       r.created_by, text_of(r.expires_at), text_of(r.last_used_at),
                       text_of(r.revoked_at), r.key);
  }
  std::string operator()(const EventRecorded& c) const { return (*this)(*c.row); }
  std::string operator()(const EventRow& e) const {
    std::string keys;
    for (const std::string& key : e.keys) keys += key + ",";
    return fmt::format("event {} {} {} [{}] {} {} {} {} {}", e.id.value, name_of(e.from), e.name,
                       keys, e.at.us, e.actor, e.is_open, encode_fates(e.fates),
                       encode_value(e.payload));
  }
  std::string operator()(const MeetingChanged& c) const {
    std::string have;
    for (const std::string& name : c.row.have) have += name + ",";
    return fmt::format("meeting {} {} {} [{}] {}", c.row.workflow.value, c.row.trigger,
                       format_date(c.row.date), have, c.row.is_met);
  }
  std::string operator()(const BackfillBegun& c) const {
    std::string out = (*this)(c.row);
    for (const BackfillDate& date : *c.dates) out += "\n  " + (*this)(date);
    return out;
  }
  std::string operator()(const BackfillChanged& c) const { return (*this)(c.row); }
  std::string operator()(const BackfillDateChanged& c) const {
    return fmt::format("{} {} {}", c.backfill.value, c.place, (*this)(c.row));
  }
  std::string operator()(const BackfillRow& b) const {
    return fmt::format("backfill {} {} {} {} {} {} {} {} {} {} [{}] {}", b.id.value,
                       b.workflow.value, b.workflow_name, b.trigger, encode_value(Value(b.params)),
                       b.parallel, b.created_by, b.key, b.created_at.us, name_of(b.state), b.note,
                       text_of(b.ended_at));
  }
  std::string operator()(const BackfillDate& d) const {
    return fmt::format("{} {} {} [{}]", format_date(d.date), name_of(d.fate), d.run.value,
                       d.message);
  }
  std::string operator()(const AuditNoted& c) const { return (*this)(c.row); }
  std::string operator()(const AuditRow& r) const {
    return fmt::format("audit {} {} {} {} {} {} {}", r.at.us, r.actor, r.address, r.action,
                       r.target, r.outcome, r.details);
  }
};

Result<std::string> describe_history(Reader& reader, RunNo run) {
  std::string out;
  Page page{7, ""};  // small, so that pages are crossed
  do {
    TRY(const auto rows, reader.history(run, page));
    for (const HistoryView& h : rows.rows)
      out += fmt::format("history {} {} {} {} {} {} {} {}\n", h.position.value, h.at.us, h.actor,
                         h.run.value, h.what, h.task, to_text(h.item), h.details);
    page.cursor = rows.next_cursor;
  } while (!page.cursor.empty());
  return out;
}

Result<std::string> describe_run(Reader& reader, const RunView& view) {
  std::string out = Text()(view.origin) + "\n" + Text()(view.row) + "\n";
  out += view.closed ? "closed\n" : "open\n";
  TRY(const auto phases, reader.phases(view.origin.run));
  for (const PhaseRow& row : phases) out += Text()(row) + "\n";
  TRY(const auto tasks, reader.tasks(view.origin.run));
  for (const TaskRow& row : tasks) out += Text()(row) + "\n";
  TRY(const auto attempts, reader.attempts(view.origin.run));
  for (const AttemptRow& row : attempts) out += Text()(row) + "\n";
  TRY(const std::string history, describe_history(reader, view.origin.run));
  return out + history;
}
}  // namespace

std::vector<std::string> describe(const std::vector<Change>& changes) {
  std::vector<std::string> texts;
  for (const Change& c : changes) texts.push_back(std::visit(Text(), c.body));
  return texts;
}

Result<std::string> describe_everything(Reader& reader) {
  std::string out;
  Page page{3, ""};
  do {
    TRY(const auto rows, reader.runs({}, page));
    for (const RunView& view : rows.rows) {
      TRY(const std::string text, describe_run(reader, view));
      out += text;
    }
    page.cursor = rows.next_cursor;
  } while (!page.cursor.empty());
  TRY(const std::string others, describe_history(reader, RunNo{}));
  return out + others;
}

}  // namespace gantry::store
