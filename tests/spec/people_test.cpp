// people.yaml: what is wrong is told all at once with its places; what is right becomes People.
#include "spec/people.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "bad_files.h"
#include "base/limits.h"
#include "spec/keys.h"

namespace gantry::spec {
namespace {

std::vector<std::string> found(const PeopleResult& result) {
  std::vector<std::string> list;
  for (const Diagnostic& d : result.diagnostics)
    list.push_back(fmt::format("{} {}:{}", d.code, d.line, d.column));
  return list;
}

TEST(BadPeople, GiveExactlyWhatTheyExpect) {
  const auto names = yaml_files("bad-people");
  ASSERT_GE(names.size(), 6u);
  for (const std::string& name : names) {
    const std::string text = read(kSpec + "bad-people/" + name);
    const PeopleResult result = load_people(text, name);
    EXPECT_EQ(found(result), expected(text)) << name;
    EXPECT_FALSE(result.people) << name;
    for (const Diagnostic& d : result.diagnostics)
      EXPECT_TRUE(says_it_in_chinese(d)) << name << ": " << to_line(d, Lang::Zh);
  }
}

TEST(BadPeople, ASlipIsToldWithWhatWasMeant) {
  const auto slip = load_people("people:\n  - {id: chen}\n  - {id: a, manager: chem}\n", "p.yaml");
  ASSERT_EQ(slip.diagnostics.size(), 1u);
  EXPECT_EQ(slip.diagnostics[0].suggestion, "chen");
  const auto key = load_people("people: [{id: a, mial: x@y.z}]", "p.yaml");
  ASSERT_EQ(key.diagnostics.size(), 1u);
  EXPECT_EQ(key.diagnostics[0].suggestion, "mail");
}

TEST(BadPeople, ACircleIsToldOnceWithAllThatAreInIt) {
  const auto result = load_people(
      "people: [{id: c, manager: a}, {id: a, manager: b}, {id: b, manager: c}, {id: d, manager: "
      "b}]",
      "p.yaml");
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].message, "managers in a circle: a -> b -> c -> a");
}

TEST(BadPeople, AsManyAsMayBeAreReadAndOneMoreIsRefused) {
  const auto chain = [](std::size_t count) {
    std::string text = "people:\n  - {id: p0}\n";
    for (std::size_t i = 1; i < count; ++i)
      text += fmt::format("  - {{id: p{}, manager: p{}}}\n", i, i - 1);
    return text;
  };
  const auto all = load_people(chain(limits::kPeopleMax), "p.yaml");
  ASSERT_TRUE(all.people);
  EXPECT_EQ(all.people->managers_of(fmt::format("p{}", limits::kPeopleMax - 1)).size(),
            limits::kPeopleMax - 1);
  EXPECT_EQ(found(load_people(chain(limits::kPeopleMax + 1), "p.yaml")),
            std::vector<std::string>{"out-of-range 2:3"});
}

TEST(GoodPeople, BecomeValues) {
  const auto result = load_people(R"(people:
  - id: anna
    name: Anna Berg
    mail: anna.berg+gantry@mail.example.org
    mobile: +49 (170) 000-0000
    im: {slack: U012AB3CD, dingtalk: 4567}
    roles: [sales, 销售主管]
    manager: 陈-1
  - {id: 陈-1, mobile: 13800000000, mail: 陈@例子.中国}
)",
                                  "people.yaml");
  ASSERT_TRUE(result.people) << to_line(result.diagnostics.front());
  const model::Person* anna = result.people->find("anna");
  ASSERT_NE(anna, nullptr);
  EXPECT_EQ(*anna, (model::Person{"anna",
                                  "Anna Berg",
                                  "anna.berg+gantry@mail.example.org",
                                  "+49 (170) 000-0000",
                                  {{"dingtalk", "4567"}, {"slack", "U012AB3CD"}},
                                  {"sales", "销售主管"},
                                  "陈-1"}));
  const model::Person* chen = result.people->find("陈-1");
  ASSERT_NE(chen, nullptr);
  EXPECT_EQ(chen->name, "陈-1");
  EXPECT_EQ(chen->mobile, "13800000000");
}

TEST(GoodPeople, AFileMayHoldNobody) {
  for (const std::string_view text : {"", "# nobody yet\n", "people: []\n"}) {
    const auto result = load_people(text, "people.yaml");
    ASSERT_TRUE(result.people) << text;
    EXPECT_TRUE(result.people->all().empty());
    EXPECT_TRUE(result.diagnostics.empty());
  }
}

TEST(MailAddress, IsBareAndHasADomain) {
  for (const std::string_view good : {"a@b", "a.b-c_d+e@x-1.example.org", "吴@例子.中国"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const std::string_view bad :
       {"", "@", "a", "a@", "@b", "a b@c", "a@b@c", "a@b c", "a@.b", "a@b.", "a@-b", "a@b-",
        "<a@b>", "a@b\r\nBcc: c@d", "a,b@c", "a@b,c", "a\t@b"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_FALSE(is_mail_address(std::string(255, 'a') + "@b"));
  EXPECT_FALSE(is_mail_address("\xff@b"));
}

// Each example of a key loads, and the page of the format shows every key.
TEST(PeopleKeys, HaveExamplesThatLoadAndStandInTheFormat) {
  const std::string pages[] = {read(GANTRY_SOURCE_DIR "/docs/format/people.md"),
                               read(GANTRY_SOURCE_DIR "/docs/zh/format/people.md")};
  const auto loads = [](const std::string& text) {
    const auto result = load_people(text, "people.yaml");
    EXPECT_TRUE(result.people) << text << to_line(result.diagnostics.front());
  };
  for (const Key& key : kPersonKeys.known)
    loads(fmt::format("people: [{{id: chen}}, {{{}{}}}]", key.name == "id" ? "" : "id: it, ",
                      key.example));
  for (const Key& key : kImKeys.known)
    loads(fmt::format("people: [{{id: it, im: {{{}}}}}]", key.example));
  for (const std::string& page : pages) {
    for (const KeySet* set : {&kPersonKeys, &kImKeys})
      for (const Key& key : set->known)
        EXPECT_NE(page.find(fmt::format("`{}`", key.name)), std::string::npos) << key.name;
    const std::size_t at = page.find("```yaml\n");
    ASSERT_NE(at, std::string::npos);
    const std::size_t begin = at + 8;
    loads(page.substr(begin, page.find("```", begin) - begin));
  }
}

}  // namespace
}  // namespace gantry::spec
