#include <fmt/format.h>

#include "base/explain.h"
#include "model/codec.h"
#include "store/absent.h"
#include "store/blob.h"
#include "store/cursor.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_trigger_rows.h"

namespace gantry::store {

namespace {
constexpr std::string_view kVersionColumns =
    "id, workflow, workflow_name, number, hash, created_at, actor";

VersionView version_of(const Columns& c) {
  return {VersionId{c.integer(0)},
          WorkflowId{c.integer(1)},
          c.text(2),
          c.integer(3),
          c.text(4),
          Instant{c.integer(5)},
          c.text(6)};
}

// The first text after every text that begins with `prefix`.
std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return "\xff\xff";
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

std::string member(const Value& map, std::string_view name) {
  const Value* value = map.find(name);
  return value != nullptr && value->is(Value::Kind::String) ? value->as_string() : std::string();
}
}  // namespace

Result<Rows<WorkflowView>> SqliteReader::workflows(const std::string& prefix, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  std::string after;
  if (!page.cursor.empty()) {
    TRY(after, read_text_cursor("workflows", page.cursor));
  }
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(Query q, db_.query(fmt::format("SELECT {} FROM workflow w WHERE w.name>? AND w.name>=? AND "
                                     "w.name<? ORDER BY w.name LIMIT ?",
                                     kWorkflowColumns)));
  q.put(after).put(prefix).put(end_of_prefix(prefix)).put(page.limit + 1);
  Rows<WorkflowView> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    if (rows.rows.size() == static_cast<std::size_t>(page.limit)) {
      rows.next_cursor = make_cursor("workflows", rows.rows.back().row.name);
      return rows;
    }
    WorkflowView view;
    TRY(view.row, workflow_of(q));
    TRY_STATUS(add_cursors(view));
    rows.rows.push_back(std::move(view));
  }
}

Status SqliteReader::add_cursors(WorkflowView& view) {
  TRY(Query q, db_.query("SELECT trigger_id, cursor, failed FROM trigger_cursor WHERE workflow=? "
                         "ORDER BY trigger_id"));
  q.put(view.row.id.value);
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    view.cursors.push_back({view.row.id, q.text(0), Instant{q.integer(1)}, RunNo{q.integer(2)}});
  }
}

Result<WorkflowView> SqliteReader::workflow(const std::string& name) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(Query q,
      db_.query(fmt::format("SELECT {} FROM workflow w WHERE w.name=?", kWorkflowColumns)));
  TRY(const bool row, q.put(name).next());
  if (!row) return no_workflow(name);
  WorkflowView view;
  TRY(view.row, workflow_of(q));
  TRY_STATUS(add_cursors(view));
  return view;
}

Result<std::int64_t> SqliteReader::workflow_id(const std::string& name) {
  TRY(Query q, db_.query("SELECT id FROM workflow WHERE name=?"));
  TRY(const bool row, q.put(name).next());
  if (!row) return no_workflow(name);
  return q.integer(0);
}

Result<Rows<VersionView>> SqliteReader::versions(const std::string& workflow, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before,
      read_number_cursor("versions", page.cursor, std::numeric_limits<std::int64_t>::max()));
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(const std::int64_t id, workflow_id(workflow));
  TRY(Query q, db_.query(fmt::format("SELECT {} FROM version WHERE workflow=? AND number<? "
                                     "ORDER BY number DESC LIMIT ?",
                                     kVersionColumns)));
  q.put(id).put(before).put(page.limit + 1);
  Rows<VersionView> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    if (rows.rows.size() == static_cast<std::size_t>(page.limit)) {
      rows.next_cursor = make_cursor("versions", rows.rows.back().number);
      return rows;
    }
    rows.rows.push_back(version_of(q));
  }
}

Result<VersionView> SqliteReader::version(VersionId id) {
  TRY(Query q, db_.query(fmt::format("SELECT {} FROM version WHERE id=?", kVersionColumns)));
  TRY(const bool row, q.put(id.value).next());
  if (!row) return no_version(id);
  return version_of(q);
}

Result<VersionView> SqliteReader::version_by_number(const std::string& workflow,
                                                    std::int64_t number) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(const std::int64_t id, workflow_id(workflow));
  TRY(Query q, db_.query(fmt::format("SELECT {} FROM version WHERE workflow=? AND number=?",
                                     kVersionColumns)));
  TRY(const bool row, q.put(id).put(number).next());
  if (!row) return no_version(workflow, number);
  return version_of(q);
}

Result<std::vector<VersionTask>> SqliteReader::version_tasks(VersionId id) {
  TRY(Query q, db_.query("SELECT tasks FROM version WHERE id=?"));
  TRY(const bool row, q.put(id.value).next());
  if (!row) return no_version(id);
  return decode_version_tasks(q.bytes(0));
}

Result<model::Definition> SqliteReader::definition(VersionId id) {
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(Query q, db_.query("SELECT hash, text_hash, files FROM version WHERE id=?"));
  TRY(const bool row, q.put(id.value).next());
  if (!row) return no_version(id);
  model::Definition definition;
  definition.hash = q.text(0);
  TRY(definition.text, content(q.text(1)));
  TRY(const std::string files, read_blob(q.bytes(2)));
  TRY(definition.files, files_of(files));
  return definition;
}

Result<std::vector<model::VersionFile>> SqliteReader::files_of(const std::string& json) {
  TRY(const Value list, model::decode_value(json));
  if (!list.is(Value::Kind::List)) return error(Code::DataLoss, "a version's file list is damaged");
  std::vector<model::VersionFile> files;
  for (const Value& one : list.as_list()) {
    model::VersionFile file;
    file.path = member(one, "path");
    file.hash = member(one, "hash");
    const Value* executable = one.find(std::string_view("executable"));
    file.executable = executable != nullptr && *executable == Value(true);
    TRY(file.content, content(member(one, "content")));
    files.push_back(std::move(file));
  }
  return files;
}

Result<std::string> SqliteReader::content(const std::string& hash) {
  TRY(Query q, db_.query("SELECT data FROM content WHERE hash=?"));
  TRY(const bool row, q.put(hash).next());
  if (!row) return error(Code::DataLoss, fmt::format("the content {} is missing", hash));
  return read_blob(q.bytes(0));
}

Result<std::vector<model::MissedRow>> SqliteReader::missed(const std::string& workflow, int limit) {
  TRY_STATUS(check_limit(limit));
  TRY(const Transaction snapshot, Transaction::begin_read(db_));
  TRY(const std::int64_t id, workflow_id(workflow));
  TRY(Query q,
      db_.query(
          "SELECT workflow, trigger_id, first, last, count, reason FROM missed WHERE workflow=? "
          "ORDER BY position DESC LIMIT ?"));
  q.put(id).put(limit);
  std::vector<model::MissedRow> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    TRY(model::MissedRow missed, missed_of(q));
    rows.push_back(std::move(missed));
  }
}

}  // namespace gantry::store
