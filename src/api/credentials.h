// Credentials: every token, session and login link that is valid, by the hash of its secret. Read
// from the store at the start, then fed with what the engine commits; nothing is valid before its
// commit. Any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "model/change.h"
#include "store/reader.h"

namespace gantry::engine {
class Engine;
}

namespace gantry::api {

enum class Standing { Valid, Expired, Revoked };

class Credentials {
 public:
  // Takes what the store holds for all there is; if it can not be read, nothing is valid. At the
  // start, and when the engine has recovered: a commit without an answer was never told.
  Status load(store::Reader& reader);
  // engine::Options::on_commit.
  void on_commit(std::span<const model::Change> changes);

  // The one with this secret, if it has not expired, nor the token it came from.
  std::optional<model::CredentialRow> find(std::string_view secret, Instant now) const;
  // The valid token with this id or name.
  std::optional<model::CredentialRow> find_token(std::string_view id_or_name, Instant now) const;
  std::optional<model::CredentialRow> find_session(const std::string& id, Instant now) const;
  std::vector<model::CredentialRow> tokens(Instant now) const;  // by name
  // How the credential with this id stands; one that is not known, or not any more, is revoked.
  // What came from a token stands no better than it.
  Standing standing(const std::string& id, Instant now) const;

  // Hands `store` the row with this use written down (a session lives on by it), if the last one
  // was written longer than a minute ago. `store` must not block: it is called with the rows held,
  // so that no use is stored after the revocation of what was used.
  void use(const std::string& id, Instant now,
           const std::function<void(const model::CredentialRow&)>& store);

  // One at a time may hold `what`: the id of what is being revoked or used up, the name of a token
  // that is being made. Whoever gets false came second. What is held is not used any more.
  bool claim(const std::string& what);
  // The same of a credential that is there, asked in one step: whoever found it before the first
  // one used it up, and claims it after that, comes too late.
  bool claim_known(const std::string& id);
  void release(const std::string& what);

  // Rows of expired sessions and links as revoked, to be stored so that they are forgotten.
  std::vector<model::Change> forget_expired(Instant now, std::size_t max) const;
  // Forgets tokens that expired longer than an hour ago: until then it can be said of them. The
  // store deletes them by its retention.
  void drop_expired(Instant now);
  std::size_t size() const;

 private:
  void put(const model::CredentialRow& row) REQUIRES(mutex_);
  Standing standing_of(const model::CredentialRow& row, Instant now) const REQUIRES(mutex_);
  bool is_valid(const model::CredentialRow& row, Instant now) const REQUIRES(mutex_) {
    return standing_of(row, now) == Standing::Valid;
  }

  mutable Mutex mutex_;
  std::map<std::string, model::CredentialRow, std::less<>> rows_ GUARDED_BY(mutex_);  // by id
  std::map<std::string, std::string, std::less<>> ids_by_hash_ GUARDED_BY(mutex_);
  std::set<std::string> claimed_ GUARDED_BY(mutex_);
};

// A credential that is about to be made: the secret is told once, the row is stored.
struct NewCredential {
  std::string secret;
  model::CredentialRow row;
};
NewCredential make_credential(model::CredentialKind kind, std::string name, model::Role role,
                              Instant now);

// A one-time login link's secret for the administrator; returns after its commit. Blocks.
Result<std::string> make_login_link(engine::Engine& engine, Instant now);

}  // namespace gantry::api
