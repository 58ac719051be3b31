// People through the Api: pages, roles, and who sees how to reach them.
#include "api/api_fixture.h"

namespace gantry::api {
namespace {

class PeopleTest : public ApiFixture {
 protected:
  PeopleTest() {
    people = std::make_shared<const model::People>(
        std::vector<model::Person>{{"anna",
                                    "Anna Berg",
                                    "anna@example.org",
                                    "+49 170 0000000",
                                    {{"slack", "U1"}},
                                    {"sales"},
                                    "陈"},
                                   {"bob", "Bob", "", "", {}, {"sales", "lead"}, "anna"},
                                   {"陈", "陈静", "", "", {}, {"boss"}, ""}});
  }
  std::string token_of(const std::string& role) {
    return at(
        post("/api/v1/tokens", R"({"name":"the-)" + role + R"(","role":")" + role + "\"}").json(),
        "token");
  }
};

TEST_F(PeopleTest, AreListedByIdInPages) {
  const Value first = get("/api/v1/people?limit=2").json();
  EXPECT_EQ(at(first, "items.0.id"), "anna");
  EXPECT_EQ(at(first, "items.1.manager"), "anna");
  EXPECT_EQ(at(first, "items.2"), "-");
  const Value rest = get("/api/v1/people?cursor=" + at(first, "next_cursor")).json();
  EXPECT_EQ(at(rest, "items.0.name"), "陈静");
  EXPECT_EQ(at(rest, "items.0.manager"), "null");
  EXPECT_EQ(at(rest, "next_cursor"), "null");
}

TEST_F(PeopleTest, ARoleSelects) {
  const Value sales = get("/api/v1/people?role=sales&limit=1").json();
  EXPECT_EQ(at(sales, "items.0.id"), "anna");
  EXPECT_EQ(
      at(get("/api/v1/people?role=sales&cursor=" + at(sales, "next_cursor")).json(), "items.0.id"),
      "bob");
  EXPECT_EQ(at(get("/api/v1/people?role=none").json(), "items.0"), "-");
}

TEST_F(PeopleTest, OnlyAdminsSeeHowToReachThem) {
  const Value seen = get("/api/v1/people/anna").json();
  EXPECT_EQ(at(seen, "contact.mail"), "anna@example.org");
  EXPECT_EQ(at(seen, "contact.mobile"), "+49 170 0000000");
  EXPECT_EQ(at(seen, "contact.im.slack"), "U1");
  EXPECT_EQ(at(get("/api/v1/people/bob").json(), "contact.mail"), "null");
  for (const std::string role : {"viewer", "operator"}) {
    const std::string token = token_of(role);
    for (const std::string path : {"/api/v1/people", "/api/v1/people/anna"}) {
      const Answer answer = ask({.target = path, .token = token});
      EXPECT_EQ(answer.status, 200);
      EXPECT_NE(answer.body.find("Anna Berg"), std::string::npos);
      for (const char* hidden : {"example.org", "0000000", "U1"})
        EXPECT_EQ(answer.body.find(hidden), std::string::npos) << role << " " << answer.body;
      EXPECT_NE(answer.body.find("\"contact\":null"), std::string::npos);
    }
  }
}

TEST_F(PeopleTest, WhoIsNotThereIsToldWithASuggestion) {
  const Answer answer = get("/api/v1/people/ana");
  EXPECT_EQ(answer.status, 404);
  EXPECT_NE(answer.body.find("did you mean 'anna'"), std::string::npos) << answer.body;
  EXPECT_EQ(get("/api/v1/people/" + encode_segment("陈")).status, 200);
}

}  // namespace
}  // namespace gantry::api
