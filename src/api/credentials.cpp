#include "api/credentials.h"

#include <algorithm>
#include <future>

#include "base/explain.h"
#include "base/hash.h"
#include "base/limits.h"
#include "engine/engine.h"

namespace gantry::api {

namespace {
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kIdBytes = 8;
constexpr Duration kExpiredKept = hours(1);
}  // namespace

Status Credentials::load(store::Reader& reader) {
  const auto rows = reader.credentials();
  const MutexLock lock(mutex_);
  rows_.clear();
  ids_by_hash_.clear();
  if (!rows.ok()) return rows.error();
  for (const model::CredentialRow& row : *rows) put(row);
  return ok();
}

void Credentials::on_commit(std::span<const model::Change> changes) {
  for (const model::Change& change : changes) {
    const auto* changed = std::get_if<model::CredentialChanged>(&change.body);
    if (changed == nullptr) continue;
    const MutexLock lock(mutex_);
    put(changed->row);
  }
}

void Credentials::put(const model::CredentialRow& row) {
  if (row.revoked_at) {
    rows_.erase(row.id);
    ids_by_hash_.erase(row.secret_hash);
    return;
  }
  rows_[row.id] = row;
  ids_by_hash_[row.secret_hash] = row.id;
}

Standing Credentials::standing_of(const model::CredentialRow& row, Instant now) const {
  if (row.expires_at && *row.expires_at <= now) return Standing::Expired;
  if (row.parent.empty()) return Standing::Valid;
  const auto parent = rows_.find(row.parent);
  if (parent == rows_.end() || !parent->second.parent.empty()) return Standing::Revoked;
  return standing_of(parent->second, now);
}

std::optional<model::CredentialRow> Credentials::find(std::string_view secret, Instant now) const {
  const std::string hash = sha256_hex(secret);
  const MutexLock lock(mutex_);
  const auto id = ids_by_hash_.find(hash);
  if (id == ids_by_hash_.end()) return std::nullopt;
  const model::CredentialRow& row = rows_.at(id->second);
  return is_valid(row, now) ? std::optional(row) : std::nullopt;
}

std::optional<model::CredentialRow> Credentials::find_token(std::string_view id_or_name,
                                                            Instant now) const {
  for (const model::CredentialRow& row : tokens(now))
    if (row.id == id_or_name || row.name == id_or_name) return row;
  return std::nullopt;
}

std::optional<model::CredentialRow> Credentials::find_session(const std::string& id,
                                                              Instant now) const {
  const MutexLock lock(mutex_);
  const auto found = rows_.find(id);
  if (found == rows_.end() || found->second.kind != model::CredentialKind::Session)
    return std::nullopt;
  return is_valid(found->second, now) ? std::optional(found->second) : std::nullopt;
}

Standing Credentials::standing(const std::string& id, Instant now) const {
  const MutexLock lock(mutex_);
  const auto found = rows_.find(id);
  return found == rows_.end() ? Standing::Revoked : standing_of(found->second, now);
}

std::vector<model::CredentialRow> Credentials::tokens(Instant now) const {
  std::vector<model::CredentialRow> out;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, row] : rows_)
      if (row.kind == model::CredentialKind::Token && is_valid(row, now)) out.push_back(row);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

void Credentials::use(const std::string& id, Instant now,
                      const std::function<void(const model::CredentialRow&)>& store) {
  const MutexLock lock(mutex_);
  const auto found = rows_.find(id);
  if (found == rows_.end() || claimed_.contains(id)) return;
  model::CredentialRow& row = found->second;
  if (row.last_used_at && now - *row.last_used_at < limits::kLastUseEvery) return;
  row.last_used_at = now;
  if (row.kind == model::CredentialKind::Session)
    row.expires_at =
        std::min(now + limits::kSessionIdleMax, row.created_at + limits::kSessionLifeMax);
  store(row);
}

bool Credentials::claim(const std::string& what) {
  const MutexLock lock(mutex_);
  return claimed_.insert(what).second;
}

bool Credentials::claim_known(const std::string& id) {
  const MutexLock lock(mutex_);
  return rows_.contains(id) && claimed_.insert(id).second;
}

void Credentials::release(const std::string& what) {
  const MutexLock lock(mutex_);
  claimed_.erase(what);
}

std::vector<model::Change> Credentials::forget_expired(Instant now, std::size_t max) const {
  std::vector<model::Change> out;
  const MutexLock lock(mutex_);
  for (const auto& [id, row] : rows_) {
    if (row.kind == model::CredentialKind::Token || is_valid(row, now)) continue;
    if (out.size() == max) break;
    model::CredentialRow gone = row;
    gone.revoked_at = now;
    out.push_back({now, "engine", model::CredentialChanged{std::move(gone)}});
  }
  return out;
}

void Credentials::drop_expired(Instant now) {
  const MutexLock lock(mutex_);
  for (auto at = rows_.begin(); at != rows_.end();) {
    const model::CredentialRow& row = at->second;
    const bool is_old = row.kind == model::CredentialKind::Token && row.expires_at &&
                        *row.expires_at + kExpiredKept <= now;
    if (is_old) ids_by_hash_.erase(row.secret_hash);
    at = is_old ? rows_.erase(at) : std::next(at);
  }
}

std::size_t Credentials::size() const {
  const MutexLock lock(mutex_);
  return rows_.size();
}

NewCredential make_credential(model::CredentialKind kind, std::string name, model::Role role,
                              Instant now) {
  NewCredential made;
  made.secret = (kind == model::CredentialKind::Token ? "gantry_" : "") + random_hex(kSecretBytes);
  made.row.id = random_hex(kIdBytes);
  made.row.kind = kind;
  made.row.name = std::move(name);
  made.row.secret_hash = sha256_hex(made.secret);
  made.row.role = role;
  made.row.created_at = now;
  return made;
}

Result<std::string> make_login_link(engine::Engine& engine, Instant now) {
  NewCredential made =
      make_credential(model::CredentialKind::LoginLink, "admin", model::Role::Admin, now);
  made.row.created_by = "server";
  made.row.expires_at = now + limits::kLoginLinkLife;
  std::promise<Status> stored;
  const bool taken = engine.record({{now, "server", model::CredentialChanged{made.row}}},
                                   [&](const Status& status) { stored.set_value(status); });
  if (!taken) return explain(Code::Unavailable, {"the server is stopping", "服务器正在停止"});
  TRY_STATUS(stored.get_future().get());
  return made.secret;
}

}  // namespace gantry::api
