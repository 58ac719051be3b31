// What every Store must do with credentials and the audit.
#include "contract_fixture.h"

namespace gantry::store {
namespace {

using namespace model;

class AccessContract : public StoreContract {};

CredentialRow full_credential(const std::string& id) {
  return {id,
          CredentialKind::Session,
          "ci",
          "hash-" + id,
          Role::Operator,
          "parent",
          Instant{1},
          "admin",
          Instant{2},
          Instant{3},
          std::nullopt};
}

TEST_P(AccessContract, CredentialsComeBackUntilTheyAreRevoked) {
  const CredentialRow one = full_credential("a");
  CredentialRow other = full_credential("b");
  other.expires_at = other.last_used_at = std::nullopt;
  commit({change(CredentialChanged{one}), change(CredentialChanged{other})});
  restart();
  EXPECT_EQ(reader()->credentials().value(), (std::vector<CredentialRow>{one, other}));
  EXPECT_TRUE(loaded().empty());  // no state of the engine
  CredentialRow revoked = one;
  revoked.revoked_at = Instant{9};
  other.last_used_at = Instant{10};
  commit({change(CredentialChanged{revoked}), change(CredentialChanged{other})});
  EXPECT_EQ(reader()->credentials().value(), std::vector<CredentialRow>{other});
}

TEST_P(AccessContract, ATokenIsFoundByTheKeyOfItsRequestAlsoWhenItHasEnded) {
  CredentialRow with_key = full_credential("a");
  with_key.key = "k1";
  commit({change(CredentialChanged{with_key}), change(CredentialChanged{full_credential("b")})});
  restart();
  EXPECT_EQ(reader()->token_with_key("k1").value(), with_key);
  EXPECT_EQ(reader()->token_with_key("k2").value(), std::nullopt);
  EXPECT_EQ(reader()->token_with_key("").value(), std::nullopt);
  with_key.revoked_at = Instant{9};
  commit({change(CredentialChanged{with_key})});
  EXPECT_EQ(reader()->token_with_key("k1").value(), with_key);
}

TEST_P(AccessContract, HistoryHoldsNoSecretOfACredential) {
  commit({change(CredentialChanged{full_credential("a")})});
  const auto rows = reader()->history(RunNo{0}, {});
  ASSERT_EQ(rows.value().rows.size(), 1u);
  EXPECT_EQ(rows.value().rows[0].what, "credential_changed");
  EXPECT_EQ(rows.value().rows[0].details.find("hash-"), std::string::npos);
}

AuditRow audit_row(std::int64_t n) {
  return {Instant{n * 10},
          n % 2 == 0 ? "ann" : "ben",
          "127.0.0.1",
          n % 3 == 0 ? "login" : "run.start",
          "workflows/w",
          n % 4 == 0 ? "not_found" : "ok",
          R"({"run":)" + std::to_string(n) + "}"};
}

std::vector<std::int64_t> listed(Reader& reader, const AuditFilter& filter) {
  std::vector<std::int64_t> out;
  Page page{2, ""};
  do {
    const auto rows = reader.audit(filter, page);
    if (!rows.ok()) ADD_FAILURE() << rows.error().message;
    for (const AuditView& view : rows.value().rows) {
      out.push_back(view.row.at.us / 10);
      EXPECT_EQ(view.row, audit_row(out.back()));
    }
    page.cursor = rows.value().next_cursor;
  } while (!page.cursor.empty());
  return out;
}

TEST_P(AccessContract, TheAuditIsListedNewestFirstWithEveryFilter) {
  using Numbers = std::vector<std::int64_t>;
  for (std::int64_t n = 1; n <= 7; ++n) commit({change(AuditNoted{audit_row(n)})});
  restart();
  const auto r = reader();
  EXPECT_EQ(listed(*r, {}), (Numbers{7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(listed(*r, {.actor = "ann"}), (Numbers{6, 4, 2}));
  EXPECT_EQ(listed(*r, {.action = "login"}), (Numbers{6, 3}));
  EXPECT_EQ(listed(*r, {.actor = "ann", .action = "login"}), (Numbers{6}));
  EXPECT_EQ(listed(*r, {.from = Instant{30}, .before = Instant{60}}), (Numbers{5, 4, 3}));
  EXPECT_EQ(listed(*r, {.actor = "nobody"}), Numbers{});
  EXPECT_EQ(r->audit({}, {0, ""}).error().code, Code::InvalidArgument);
  EXPECT_EQ(r->audit({}, {5, "x"}).error().code, Code::InvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Stores, AccessContract, testing::ValuesIn(kStores),
                         [](const auto& instance) { return instance.param.first; });

}  // namespace
}  // namespace gantry::store
