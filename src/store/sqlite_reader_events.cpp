// Events and their fates.
#include <fmt/format.h>

#include "model/codec.h"
#include "store/absent.h"
#include "store/blob.h"
#include "store/cursor.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_trigger_rows.h"

namespace gantry::store {

namespace {
// Equalities first: each has an index that ends in the id.
std::string events_query(const EventFilter& filter) {
  std::string sql = fmt::format("SELECT {} FROM event e WHERE id<?", kEventColumns);
  if (!filter.name.empty()) sql += " AND name=?";
  if (filter.from) sql += " AND source=?";
  if (filter.fate) sql += " AND fate_set & ? <> 0";
  if (filter.since) sql += " AND at>=?";
  if (filter.before) sql += " AND at<?";
  return sql + " ORDER BY id DESC LIMIT ?";
}

void put_filter(Query& q, const EventFilter& filter) {
  if (!filter.name.empty()) q.put(filter.name);
  if (filter.from) q.put(static_cast<std::int64_t>(*filter.from));
  if (filter.fate) q.put(std::int64_t{1} << static_cast<int>(*filter.fate));
  if (filter.since) q.put(*filter.since);
  if (filter.before) q.put(*filter.before);
}
}  // namespace

Result<Rows<model::EventRow>> SqliteReader::events(const EventFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before,
      read_number_cursor("events", page.cursor, std::numeric_limits<std::int64_t>::max()));
  TRY(Query q, db_.query(events_query(filter)));
  q.put(before);
  put_filter(q, filter);
  q.put(page.limit + 1);
  Rows<model::EventRow> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    if (rows.rows.size() == static_cast<std::size_t>(page.limit)) {
      rows.next_cursor = make_cursor("events", rows.rows.back().id.value);
      return rows;
    }
    TRY(auto event, event_of(q));
    rows.rows.push_back(std::move(event));
  }
}

Result<model::EventRow> SqliteReader::event(EventId id) {
  TRY(Query q,
      db_.query(fmt::format("SELECT {}, e.payload FROM event e WHERE id=?", kEventColumns)));
  TRY(const bool row, q.put(id.value).next());
  if (!row) return no_event(id);
  TRY(auto event, event_of(q));
  TRY(event.payload, payload_of(q));
  return event;
}

Result<std::optional<EventId>> SqliteReader::event_by_keys(model::EventFrom from,
                                                           const std::string& name,
                                                           const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    TRY(Query q, db_.query("SELECT event FROM event_key WHERE source=? AND name=? AND key=?"));
    q.put(static_cast<std::int64_t>(from)).put(name).put(key);
    TRY(const bool row, q.next());
    if (row) return std::optional(EventId{q.integer(0)});
  }
  return std::optional<EventId>();
}

}  // namespace gantry::store
