// Credentials and the audit.
#include <fmt/format.h>

#include "store/cursor.h"
#include "store/sqlite_reader.h"

namespace gantry::store {

namespace {
Result<model::CredentialRow> credential_of(const Columns& c) {
  if (c.integer(1) < 0 || c.integer(1) > static_cast<int>(model::CredentialKind::LoginLink) ||
      c.integer(4) < 0 || c.integer(4) > static_cast<int>(model::Role::Admin))
    return error(Code::DataLoss, fmt::format("the credential {} is damaged", c.text(0)));
  model::CredentialRow row;
  row.id = c.text(0);
  row.kind = static_cast<model::CredentialKind>(c.integer(1));
  row.name = c.text(2);
  row.secret_hash = c.text(3);
  row.role = static_cast<model::Role>(c.integer(4));
  row.parent = c.text(5);
  row.created_at = Instant{c.integer(6)};
  row.created_by = c.text(7);
  row.expires_at = c.instant(8);
  row.last_used_at = c.instant(9);
  row.revoked_at = c.instant(10);
  row.key = c.text(11);
  return row;
}

AuditView audit_of(const Columns& c) {
  return {
      Position{c.integer(0)},
      {Instant{c.integer(1)}, c.text(2), c.text(3), c.text(4), c.text(5), c.text(6), c.text(7)}};
}

// Equalities first: each has an index that ends in the position.
std::string audit_query(const AuditFilter& filter) {
  std::string sql = "SELECT * FROM audit WHERE position<?";
  if (!filter.actor.empty()) sql += " AND actor=?";
  if (!filter.action.empty()) sql += " AND action=?";
  if (filter.from) sql += " AND at>=?";
  if (filter.before) sql += " AND at<?";
  return sql + " ORDER BY position DESC LIMIT ?";
}
}  // namespace

Result<std::vector<model::CredentialRow>> SqliteReader::credentials() {
  TRY(Query q, db_.query("SELECT * FROM credential WHERE revoked_at IS NULL ORDER BY id"));
  std::vector<model::CredentialRow> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    TRY(auto credential, credential_of(q));
    rows.push_back(std::move(credential));
  }
}

Result<std::optional<model::CredentialRow>> SqliteReader::token_with_key(const std::string& key) {
  TRY(Query q, db_.query("SELECT * FROM credential WHERE idempotency_key<>'' AND "
                         "idempotency_key=?"));
  TRY(const bool row, q.put(key).next());
  if (!row) return std::optional<model::CredentialRow>();
  TRY(auto credential, credential_of(q));
  return std::optional(std::move(credential));
}

Result<Rows<AuditView>> SqliteReader::audit(const AuditFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before,
      read_number_cursor("audit", page.cursor, std::numeric_limits<std::int64_t>::max()));
  TRY(Query q, db_.query(audit_query(filter)));
  q.put(before);
  if (!filter.actor.empty()) q.put(filter.actor);
  if (!filter.action.empty()) q.put(filter.action);
  if (filter.from) q.put(*filter.from);
  if (filter.before) q.put(*filter.before);
  q.put(page.limit + 1);
  Rows<AuditView> rows;
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return rows;
    if (rows.rows.size() == static_cast<std::size_t>(page.limit)) {
      rows.next_cursor = make_cursor("audit", rows.rows.back().position.value);
      return rows;
    }
    rows.rows.push_back(audit_of(q));
  }
}

}  // namespace gantry::store
