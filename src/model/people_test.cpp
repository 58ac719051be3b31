#include "model/people.h"

#include <gtest/gtest.h>

namespace gantry::model {
namespace {

People three() {
  return People({{.id = "wu", .name = "吴", .roles = {"lead", "sales"}, .manager = "chen"},
                 {.id = "anna", .name = "Anna", .roles = {"sales"}, .manager = "wu"},
                 {.id = "chen", .name = "陈", .roles = {"boss"}}});
}

std::vector<std::string> ids(const std::vector<const Person*>& people) {
  std::vector<std::string> out;
  for (const Person* person : people) out.push_back(person->id);
  return out;
}
using Ids = std::vector<std::string>;

TEST(People, AreFoundById) {
  const People people = three();
  EXPECT_EQ(people.all().front().id, "anna");
  ASSERT_NE(people.find("wu"), nullptr);
  EXPECT_EQ(people.find("wu")->name, "吴");
  EXPECT_EQ(people.find("w"), nullptr);
  EXPECT_EQ(people.find("zoe"), nullptr);
  EXPECT_EQ(People().find(""), nullptr);
}

TEST(People, AreFoundByRole) {
  const People people = three();
  EXPECT_EQ(ids(people.with_role("sales")), (Ids{"anna", "wu"}));
  EXPECT_EQ(ids(people.with_role("boss")), Ids{"chen"});
  EXPECT_TRUE(people.with_role("none").empty());
  EXPECT_TRUE(people.has_role("lead"));
  EXPECT_FALSE(people.has_role("wu"));
}

TEST(People, HaveManagersUpToTheTop) {
  const People people = three();
  EXPECT_EQ(ids(people.managers_of("anna")), (Ids{"wu", "chen"}));
  EXPECT_TRUE(people.managers_of("chen").empty());
  EXPECT_TRUE(people.managers_of("nobody").empty());
}

TEST(People, ACircleThatNoReaderLetsThroughEndsAllTheSame) {
  const People people({{.id = "a", .manager = "b"}, {.id = "b", .manager = "a"}});
  EXPECT_EQ(people.managers_of("a").size(), 2u);
}

}  // namespace
}  // namespace gantry::model
