#include "store/memory_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "store/absent.h"
#include "store/cursor.h"
#include "store/memory_page.h"

namespace gantry::store {

namespace {
constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

Result<const MemoryRun*> find_run(const MemoryState& s, RunNo run) {
  const auto found = s.runs.find(run);
  if (found == s.runs.end()) return no_run(run);
  return &found->second;
}

Result<const model::WorkflowRow*> find_workflow(const MemoryState& s, const std::string& name) {
  for (const auto& [id, row] : s.workflows)
    if (row.name == name) return &row;
  return no_workflow(name);
}

Result<const MemoryVersion*> find_version(const MemoryState& s, VersionId id) {
  const auto found = s.versions.find(id);
  if (found == s.versions.end()) return no_version(id);
  return &found->second;
}

RunView view_of(const MemoryState& s, const MemoryRun& run) {
  RunView view{*run.origin, run.row, !s.open.contains(run.origin->run), run.log_removed_at};
  view.origin.event = Value();
  return view;
}

bool in_workflow(const std::string& filter, const std::string& name) {
  if (filter.empty() || filter == "/") return true;
  return filter.ends_with('/') ? name.starts_with(filter) : name == filter;
}

bool has_label(const std::vector<model::NamedText>& labels, const LabelFilter& wanted) {
  return std::any_of(labels.begin(), labels.end(), [&](const model::NamedText& label) {
    return label.first == wanted.name && (!wanted.value || label.second == *wanted.value);
  });
}

bool matches(const RunFilter& f, const MemoryRun& run) {
  const auto& states = f.states;
  return in_workflow(f.workflow, run.origin->workflow_name) &&
         (states.empty() || std::count(states.begin(), states.end(), run.row.state) > 0) &&
         (!f.cause || *f.cause == run.origin->cause) &&
         (f.key.empty() || f.key == run.origin->key) &&
         (!f.created_from || run.listed_at >= *f.created_from) &&
         (!f.created_before || run.listed_at < *f.created_before) &&
         std::all_of(f.labels.begin(), f.labels.end(), [&](const LabelFilter& wanted) {
           return has_label(run.origin->labels, wanted);
         });
}

bool matches(const EventFilter& f, const model::EventRow& row) {
  const auto is_wanted = [&](const model::TriggerFate& fate) { return fate.fate == *f.fate; };
  return (f.name.empty() || f.name == row.name) && (!f.from || *f.from == row.from) &&
         (!f.fate || std::any_of(row.fates.begin(), row.fates.end(), is_wanted)) &&
         (!f.since || row.at >= *f.since) && (!f.before || row.at < *f.before);
}

bool matches(const AuditFilter& f, const model::AuditRow& row) {
  return (f.actor.empty() || f.actor == row.actor) &&
         (f.action.empty() || f.action == row.action) && (!f.from || row.at >= *f.from) &&
         (!f.before || row.at < *f.before);
}

VersionView view_of(const MemoryVersion& v) {
  return {v.stored.id,     v.stored.workflow,         v.stored.definition->workflow.name,
          v.stored.number, v.stored.definition->hash, v.at,
          v.actor};
}

WorkflowView view_of(const MemoryState& s, const model::WorkflowRow& row) {
  WorkflowView view{row, {}};
  for (const auto& [key, cursor] : s.cursors)
    if (key.first == row.id) view.cursors.push_back(cursor);
  return view;
}
}  // namespace

Result<Rows<RunView>> MemoryReader::runs(const RunFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  const std::string_view list = run_list_name(filter);
  TRY(const std::int64_t after, read_number_cursor(list, page.cursor, run_list_start(filter)));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<RunView>> {
    std::vector<RunView> rows;
    const auto take = [&](const auto& at) {
      const bool beyond = filter.oldest_first ? at.first.value > after : at.first.value < after;
      if (!is_full(rows.size(), page.limit) && beyond && matches(filter, at.second))
        rows.push_back(view_of(s, at.second));
    };
    if (filter.oldest_first)
      std::for_each(s.runs.begin(), s.runs.end(), take);
    else
      std::for_each(s.runs.rbegin(), s.runs.rend(), take);
    return page_of(std::move(rows), page.limit, list,
                   [](const RunView& v) { return v.origin.run.value; });
  });
}

Result<RunView> MemoryReader::run(RunNo run) {
  return disk_->use([&](const MemoryState& s) -> Result<RunView> {
    TRY(const MemoryRun* found, find_run(s, run));
    return view_of(s, *found);
  });
}

Result<Value> MemoryReader::run_event(RunNo run) {
  return disk_->use([&](const MemoryState& s) -> Result<Value> {
    TRY(const MemoryRun* found, find_run(s, run));
    return *found->origin->event;
  });
}

Result<RunNo> MemoryReader::last_run_of(const std::string& workflow) {
  RunFilter filter;
  filter.workflow = workflow;
  TRY(const auto newest, runs(filter, Page{1, ""}));
  if (!newest.rows.empty()) return newest.rows.front().origin.run;
  return about(
      "unknown-run",
      explain(Code::NotFound, {"the workflow '{}' has no run", "工作流“{}”没有运行"}, workflow));
}

Result<std::vector<model::TaskRow>> MemoryReader::tasks(RunNo run) {
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<model::TaskRow>> {
    TRY(const MemoryRun* found, find_run(s, run));
    std::vector<model::TaskRow> rows;
    for (const auto& [key, row] : found->tasks) rows.push_back(row);
    return rows;
  });
}

Result<std::vector<model::AttemptRow>> MemoryReader::attempts(RunNo run) {
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<model::AttemptRow>> {
    TRY(const MemoryRun* found, find_run(s, run));
    std::vector<model::AttemptRow> rows;
    for (const auto& [id, row] : found->attempts) rows.push_back(row);
    return rows;
  });
}

Result<RemovedHistory> MemoryReader::removed_history() {
  return disk_->use([](const MemoryState& s) -> Result<RemovedHistory> { return s.removed; });
}

Result<RetentionSurvey> MemoryReader::retention_survey(const RetentionCut& cut) {
  return disk_->use([&](const MemoryState& s) -> Result<RetentionSurvey> {
    RetentionSurvey survey;
    for (const auto& [no, run] : s.runs) {
      if (s.open.contains(no) || !run.row.ended_at) continue;
      const bool goes = *run.row.ended_at < cut.runs_before;
      survey.runs += goes ? 1 : 0;
      survey.logs += !goes && loses_log(run, cut) ? 1 : 0;
    }
    for (const AuditView& view : s.audit) survey.audit += view.row.at < cut.audit_before ? 1 : 0;
    return survey;
  });
}

Result<std::vector<model::PhaseRow>> MemoryReader::phases(RunNo run) {
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<model::PhaseRow>> {
    TRY(const MemoryRun* found, find_run(s, run));
    std::vector<model::PhaseRow> rows;
    for (const auto& [no, row] : found->phases) rows.push_back(row);
    return all_phases(std::move(rows), view_of(s, *found));
  });
}

Result<model::ServerRow> MemoryReader::server() {
  return disk_->use([](const MemoryState& s) -> Result<model::ServerRow> { return s.server; });
}

Result<std::vector<model::PoolLimitRow>> MemoryReader::pool_limits() {
  return disk_->use([](const MemoryState& s) -> Result<std::vector<model::PoolLimitRow>> {
    std::vector<model::PoolLimitRow> rows;
    for (const auto& [pool, row] : s.pool_limits) rows.push_back(row);
    return rows;
  });
}

Result<Rows<HistoryView>> MemoryReader::history(RunNo run, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t after, read_number_cursor("history", page.cursor, 0));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<HistoryView>> {
    const std::vector<HistoryView>* all = &s.history;
    if (run.value != 0) {
      TRY(const MemoryRun* found, find_run(s, run));
      all = &found->history;
    }
    std::vector<HistoryView> rows;
    for (const HistoryView& record : *all)
      if (record.position.value > after && !is_full(rows.size(), page.limit))
        rows.push_back(record);
    return page_of(std::move(rows), page.limit, "history",
                   [](const HistoryView& v) { return v.position.value; });
  });
}

Result<Rows<WorkflowView>> MemoryReader::workflows(const std::string& prefix, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  std::string after;
  if (!page.cursor.empty()) {
    TRY(after, read_text_cursor("workflows", page.cursor));
  }
  return disk_->use([&](const MemoryState& s) -> Result<Rows<WorkflowView>> {
    std::vector<WorkflowView> rows;
    for (const auto& [id, row] : s.workflows)
      if (row.name > after && row.name.starts_with(prefix)) rows.push_back(view_of(s, row));
    std::sort(rows.begin(), rows.end(),
              [](const WorkflowView& a, const WorkflowView& b) { return a.row.name < b.row.name; });
    return page_of(std::move(rows), page.limit, "workflows",
                   [](const WorkflowView& v) { return std::string_view(v.row.name); });
  });
}

Result<WorkflowView> MemoryReader::workflow(const std::string& name) {
  return disk_->use([&](const MemoryState& s) -> Result<WorkflowView> {
    TRY(const model::WorkflowRow* row, find_workflow(s, name));
    return view_of(s, *row);
  });
}

Result<Rows<VersionView>> MemoryReader::versions(const std::string& workflow, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before, read_number_cursor("versions", page.cursor, kNoBound));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<VersionView>> {
    TRY(const model::WorkflowRow* row, find_workflow(s, workflow));
    std::vector<VersionView> rows;
    for (const auto& [id, v] : s.versions)
      if (v.stored.workflow == row->id && v.stored.number < before) rows.push_back(view_of(v));
    std::sort(rows.begin(), rows.end(),
              [](const VersionView& a, const VersionView& b) { return a.number > b.number; });
    return page_of(std::move(rows), page.limit, "versions",
                   [](const VersionView& v) { return v.number; });
  });
}

Result<VersionView> MemoryReader::version(VersionId id) {
  return disk_->use([&](const MemoryState& s) -> Result<VersionView> {
    TRY(const MemoryVersion* found, find_version(s, id));
    return view_of(*found);
  });
}

Result<VersionView> MemoryReader::version_by_number(const std::string& workflow,
                                                    std::int64_t number) {
  return disk_->use([&](const MemoryState& s) -> Result<VersionView> {
    TRY(const model::WorkflowRow* row, find_workflow(s, workflow));
    for (const auto& [id, v] : s.versions)
      if (v.stored.workflow == row->id && v.stored.number == number) return view_of(v);
    return no_version(workflow, number);
  });
}

Result<std::vector<VersionTask>> MemoryReader::version_tasks(VersionId id) {
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<VersionTask>> {
    TRY(const MemoryVersion* found, find_version(s, id));
    std::vector<VersionTask> tasks;
    const auto& all = found->stored.definition->workflow.tasks;
    for (const model::Task& t : all)
      tasks.push_back({t.name, t.pool, t.slots, t.background, loops_around(all, t),
                       t.flow->foreach.exists(), t.group != model::kNoTask, begins_again(all, t)});
    return tasks;
  });
}

Result<model::Definition> MemoryReader::definition(VersionId id) {
  return disk_->use([&](const MemoryState& s) -> Result<model::Definition> {
    TRY(const MemoryVersion* found, find_version(s, id));
    model::Definition definition = *found->stored.definition;
    definition.workflow = {};
    return definition;
  });
}

Result<std::vector<model::MissedRow>> MemoryReader::missed(const std::string& workflow, int limit) {
  TRY_STATUS(check_limit(limit));
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<model::MissedRow>> {
    TRY(const model::WorkflowRow* row, find_workflow(s, workflow));
    std::vector<model::MissedRow> rows;
    for (auto at = s.missed.rbegin(); at != s.missed.rend(); ++at)
      if (at->row.workflow == row->id && static_cast<int>(rows.size()) < limit)
        rows.push_back(at->row);
    return rows;
  });
}

Result<std::optional<model::CredentialRow>> MemoryReader::token_with_key(const std::string& key) {
  return disk_->use([&](const MemoryState& s) -> Result<std::optional<model::CredentialRow>> {
    for (const auto& [id, row] : s.credentials)
      if (!key.empty() && row.key == key) return std::optional(row);
    return std::optional<model::CredentialRow>();
  });
}

Result<std::vector<model::CredentialRow>> MemoryReader::credentials() {
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<model::CredentialRow>> {
    std::vector<model::CredentialRow> rows;
    for (const auto& [id, row] : s.credentials)
      if (!row.revoked_at) rows.push_back(row);
    return rows;
  });
}

Result<Rows<AuditView>> MemoryReader::audit(const AuditFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before, read_number_cursor("audit", page.cursor, kNoBound));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<AuditView>> {
    std::vector<AuditView> rows;
    for (auto at = s.audit.rbegin(); at != s.audit.rend() && !is_full(rows.size(), page.limit);
         ++at)
      if (at->position.value < before && matches(filter, at->row)) rows.push_back(*at);
    return page_of(std::move(rows), page.limit, "audit",
                   [](const AuditView& v) { return v.position.value; });
  });
}

Result<Rows<model::EventRow>> MemoryReader::events(const EventFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before, read_number_cursor("events", page.cursor, kNoBound));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<model::EventRow>> {
    std::vector<model::EventRow> rows;
    for (auto at = s.events.rbegin(); at != s.events.rend() && !is_full(rows.size(), page.limit);
         ++at) {
      if (at->first.value >= before || !matches(filter, at->second)) continue;
      rows.push_back(at->second);
      rows.back().payload = {};
    }
    return page_of(std::move(rows), page.limit, "events",
                   [](const model::EventRow& row) { return row.id.value; });
  });
}

Result<model::EventRow> MemoryReader::event(EventId id) {
  return disk_->use([&](const MemoryState& s) -> Result<model::EventRow> {
    const auto found = s.events.find(id);
    if (found == s.events.end()) return no_event(id);
    return found->second;
  });
}

Result<std::optional<EventId>> MemoryReader::event_by_keys(model::EventFrom from,
                                                           const std::string& name,
                                                           const std::vector<std::string>& keys) {
  return disk_->use([&](const MemoryState& s) -> Result<std::optional<EventId>> {
    for (const std::string& key : keys)
      if (const auto found = s.event_keys.find({from, name, key}); found != s.event_keys.end())
        return std::optional(found->second);
    return std::optional<EventId>();
  });
}

}  // namespace gantry::store
