// Who may do what, and who did what. The rows of credentials and of the audit; the core does not
// own them (folding ignores them), the store keeps them and the API decides by them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace gantry::model {

enum class CredentialKind { Token, Session, LoginLink };

// Each may do what those before it may.
enum class Role { Viewer, Operator, Admin };

struct CredentialRow {
  std::string id;  // public: 16 hex digits
  CredentialKind kind = CredentialKind::Token;
  std::string name;         // who acts with it; unique among tokens that are valid
  std::string secret_hash;  // SHA-256 of the secret, hex; the secret itself is stored nowhere
  Role role = Role::Viewer;
  std::string parent;  // id of the token that a session came from: it ends with it; empty = none
  Instant created_at;
  std::string created_by;
  std::optional<Instant> expires_at;
  std::optional<Instant> last_used_at;  // to the minute
  std::optional<Instant> revoked_at;
  std::string key = {};  // idempotency key of the request that made it; empty = none
  bool operator==(const CredentialRow&) const = default;
};

// One request that altered something, or was refused.
struct AuditRow {
  Instant at;
  std::string actor;    // empty: nobody we know
  std::string address;  // where the request came from, without the port
  std::string action;   // "run.start"
  std::string target;   // "workflows/etl/sales"
  std::string outcome;  // "ok", or the code of the problem
  std::string details;  // a JSON object
  bool operator==(const AuditRow&) const = default;
};

std::string_view name_of(CredentialKind kind);
std::string_view name_of(Role role);
std::optional<Role> role_of(std::string_view name);

}  // namespace gantry::model
