// The small pieces: problems, languages, paths, fields, watches.
#include <gtest/gtest.h>

#include <set>

#include "api/fields.h"
#include "api/path.h"
#include "api/problem.h"
#include "api/route.h"
#include "api/run_watch.h"
#include "api/tag.h"
#include "base/json.h"

namespace gantry::api {
namespace {

TEST(Problem, EveryCodeHasAStatusACodeAndTwoTitles) {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(Code::Internal); ++i) {
    const auto code = static_cast<Code>(i);
    const Problem& problem = problem_of(code);
    EXPECT_EQ(problem.code, code_name(code));
    EXPECT_GE(problem.status, 400);
    EXPECT_LT(problem.status, 600);
    EXPECT_FALSE(problem.title.en.empty());
    EXPECT_FALSE(problem.title.zh.empty());
    codes.insert(problem.code);
  }
  EXPECT_EQ(codes.size(), 14u);
}

TEST(Problem, IsADocumentOfRfc9457) {
  const auto response = problem_response(error(Code::Unavailable, "a \"b\"\n"), Lang::En);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const Value json = parse_json(response.body).value();
  EXPECT_EQ(json.find("detail")->as_string(), "a \"b\"\n");
  EXPECT_EQ(json.find("status")->as_int(), 503);
}

TEST(Tag, IfNoneMatchNamesIt) {
  for (const char* header : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", " \"b\" ,W/\"a\" ", "*"})
    EXPECT_TRUE(names_tag(header, "\"a\"")) << header;
  for (const char* header : {"", "a", "\"b\"", "\"a", "W/", "w/\"a\"", "\"a\"\"b\""})
    EXPECT_FALSE(names_tag(header, "\"a\"")) << header;
}

TEST(AcceptedLanguage, TheHeaviestOfOursWins) {
  EXPECT_EQ(accepted_language(""), Lang::En);
  EXPECT_EQ(accepted_language("zh"), Lang::Zh);
  EXPECT_EQ(accepted_language("de, zh-CN;q=0.9, en;q=0.8"), Lang::Zh);
  EXPECT_EQ(accepted_language("en-US,zh;q=0.9"), Lang::En);
  EXPECT_EQ(accepted_language("zh;q=0, en;q=0.1"), Lang::En);
  EXPECT_EQ(accepted_language("zh;q=much"), Lang::En);
  EXPECT_EQ(accepted_language("zha, zhuang-CN;;;q=,,,"), Lang::En);
}

TEST(SplitPath, DecodesEachSegmentOnce) {
  const auto path = split_path("/api/v1/workflows/etl%2Fnightly%20load/%252e").value();
  ASSERT_EQ(path.size(), 5u);
  EXPECT_EQ(path[3].raw, "etl%2Fnightly%20load");
  EXPECT_EQ(path[3].decoded, "etl/nightly load");
  EXPECT_EQ(path[4].decoded, "%2e");
}

TEST(SplitPath, RefusesWhatAnotherReaderCouldTakeForSomethingElse) {
  for (const char* path :
       {"",      "api",       "/",       "//",        "/a//b",       "/a/",
        "/a/.",  "/a/..",     "/a/../b", "/%2e%2e/b", "/a%2f..%2fb", "/a%2f",
        "/%2fa", "/a%2f%2fb", "/a%5cb",  "/a\\b",     "/a%00",       "/a%0ab",
        "/a%7f", "/a%",       "/a%4",    "/a%zz",     "/a%ff",       "/\xc0\xaf"}) {
    EXPECT_FALSE(split_path(path).ok()) << path;
  }
}

TEST(PathPattern, LiteralsMatchByteForByte) {
  const PathPattern pattern("/api/v1/runs/{run}/tasks/{task}/log");
  const auto match = [&](const char* path) { return pattern.match(split_path(path).value()); };
  const auto found = match("/api/v1/runs/17/tasks/etl.load%5B3%5D/log");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<std::string>{"17", "etl.load[3]"}));
  for (const char* path : {"/api/v1/runs/17/tasks/a/Log", "/api/v1/runs/17/tasks/a/l%6fg",
                           "/api/v1/runs/17/tasks/a/log;x", "/api/v1/runs/17/tasks/a/log.css",
                           "/api/v1/runs/17/tasks/a", "/api/v1/runs/17/tasks/a/log/log"})
    EXPECT_FALSE(match(path)) << path;
}

TEST(EncodeSegment, ComesBackAsItWas) {
  for (const char* name : {"etl/nightly", "a b%2F?#", "夜间/报表", "a-b_c.d~e"}) {
    const std::string encoded = encode_segment(name);
    EXPECT_EQ(encoded.find('/'), std::string::npos);
    EXPECT_EQ(split_path("/" + encoded).value().front().decoded, name);
  }
  EXPECT_EQ(encode_segment("a-b_c.d~e"), "a-b_c.d~e");
}

const std::vector<Field> kFields{
    {.name = "limit", .kind = FieldKind::Integer, .min = 1, .max = 10},
    {.name = "name", .kind = FieldKind::String, .min = 1, .max = 3},
    {.name = "follow", .kind = FieldKind::Boolean},
    {.name = "from", .kind = FieldKind::Time},
    {.name = "timeout", .kind = FieldKind::Duration, .max = seconds(60).us},
    {.name = "state", .kind = FieldKind::Choices, .choices = {"queued", "failed"}},
    {.name = "as", .kind = FieldKind::Choice, .choices = {"queued", "failed"}},
    {.name = "params", .kind = FieldKind::Object},
};

TEST(Fields, QueryValuesHaveTheirTypes) {
  const auto values = check_query(kFields, {{"limit", "10"},
                                            {"name", "\u591c\u95f4"},
                                            {"follow", ""},
                                            {"from", "2026-01-31T00:00:00+08:00"},
                                            {"timeout", "1m"},
                                            {"state", "queued, failed"},
                                            {"state", "queued"}})
                          .value();
  EXPECT_EQ(values.at("limit"), Value(10));
  EXPECT_EQ(values.at("name"), Value("\u591c\u95f4"));
  EXPECT_EQ(values.at("follow"), Value(true));
  EXPECT_EQ(format_instant(values.at("from").as_timestamp()), "2026-01-30T16:00:00.000000Z");
  EXPECT_EQ(values.at("timeout"), Value(seconds(60)));
  EXPECT_EQ(values.at("state").as_list().size(), 3u);
}

TEST(Fields, EachBadValueIsNamed) {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"limit", "0"},     {"limit", "11"},
      {"limit", ""},      {"limit", "1x"},
      {"limit", " 1"},    {"limit", "+1"},
      {"limit", "1e1"},   {"limit", "99999999999999999999"},
      {"name", ""},       {"name", "abcd"},
      {"name", "\xff"},   {"follow", "yes"},
      {"from", "today"},  {"timeout", "61s"},
      {"timeout", "-1s"}, {"state", "done"},
      {"state", ""},      {"state", "queued,"},
      {"as", "x"},        {"params", "{}"}};
  for (const auto& one : bad) {
    const auto values = check_query(kFields, {one});
    ASSERT_FALSE(values.ok()) << one.first << "=" << one.second;
    EXPECT_NE(values.error().message.find("'" + one.first + "'"), std::string::npos)
        << values.error().message;
  }
  EXPECT_FALSE(check_query(kFields, {{"limit", "1"}, {"limit", "1"}}).ok());
  EXPECT_FALSE(check_query(kFields, {{"name", std::string("a\0b", 3)}}).ok());
}

TEST(Fields, SeveralValuesHaveALimit) {
  const auto count = static_cast<std::size_t>(kFieldValuesMax);
  std::vector<std::pair<std::string, std::string>> query(count, {"state", "failed"});
  EXPECT_TRUE(check_query(kFields, query).ok());
  query.emplace_back("state", "failed");
  EXPECT_FALSE(check_query(kFields, query).ok());
  std::string text = "failed";
  for (std::size_t i = 1; i < count; ++i) text += ",failed";
  EXPECT_TRUE(check_query(kFields, {{"state", text}}).ok());
  EXPECT_FALSE(check_query(kFields, {{"state", text + ",failed"}}).ok());
  const auto body = [](ValueList states) {
    return check_body(kFields, Value(ValueMap{{Value("state"), Value(std::move(states))}}));
  };
  EXPECT_FALSE(body({}).ok());
  EXPECT_TRUE(body(ValueList(count, Value("failed"))).ok());
  EXPECT_FALSE(body(ValueList(count + 1, Value("failed"))).ok());
}

TEST(Fields, AnUnknownNameGetsASuggestionOrTheList) {
  EXPECT_EQ(check_query(kFields, {{"limti", "1"}}).error().message,
            "unknown query parameter 'limti' (did you mean 'limit'?)");
  EXPECT_NE(check_query(kFields, {{"zzzzzz", "1"}}).error().message.find("known: limit, name"),
            std::string::npos);
  EXPECT_NE(check_query({}, {{"x", "1"}}).error().message.find("none is taken"), std::string::npos);
}

TEST(Fields, BodiesAreObjectsOfTheRightTypes) {
  const auto check = [](const char* text) { return check_body(kFields, parse_json(text).value()); };
  EXPECT_TRUE(check("{}").ok());
  EXPECT_TRUE(check_body(kFields, Value()).ok());
  EXPECT_TRUE(
      check(R"({"limit":3,"name":"ab","follow":true,"params":{"a":1},"as":"failed"})").ok());
  for (const char* bad : {"[]", "3", R"({"limit":"3"})", R"({"limit":3.0})", R"({"limit":11})",
                          R"({"name":3})", R"({"name":null})", R"({"follow":"true"})",
                          R"({"params":[]})", R"({"as":"x"})", R"({"other":1})"})
    EXPECT_FALSE(check(bad).ok()) << bad;
  const std::vector<Field> required{
      {.name = "as", .kind = FieldKind::String, .required = true, .max = 9}};
  EXPECT_FALSE(check_body(required, Value()).ok());
}

// What a request may name is exactly what the model has.
TEST(Fields, ChoicesAreTheNamesOfTheModel) {
  const auto choices = [](std::string_view path, std::string_view field) {
    for (const Route& route : all_routes())
      if (route.path == path)
        for (const Field& one : route.query)
          if (one.name == field) return one.choices;
    return std::vector<std::string_view>();
  };
  const auto names = [](auto last) {
    std::vector<std::string_view> out;
    for (int i = 0; i <= static_cast<int>(last); ++i)
      out.push_back(model::name_of(static_cast<decltype(last)>(i)));
    return out;
  };
  EXPECT_EQ(choices("/api/v1/runs", "state"), names(model::RunState::Cancelled));
  EXPECT_EQ(choices("/api/v1/runs", "cause"), names(model::CauseKind::Workflow));
  EXPECT_EQ(choices("/api/v1/runs/{run}/tasks", "state"), names(model::TaskState::Interrupted));
}

model::Change closed(std::int64_t run) { return {{}, "engine", model::RunClosed{RunNo{run}}}; }

TEST(RunWatch, CallsTheWatchesOfClosedRunsOnce) {
  RunWatch watch;
  int first = 0;
  int second = 0;
  watch.watch(RunNo{1}, [&] { ++first; });
  watch.watch(RunNo{1}, [&] { ++first; });
  watch.watch(RunNo{2}, [&] { ++second; });
  model::RunRow row;
  row.run = RunNo{1};
  const std::vector<model::Change> other{{{}, "x", model::RunChanged{row}}, closed(3)};
  watch.on_commit(other);
  EXPECT_EQ(first + second, 0);
  const std::vector<model::Change> one{closed(1)};
  watch.on_commit(one);
  watch.on_commit(one);
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 0);
  EXPECT_EQ(watch.size(), 1u);
}

TEST(RunWatch, WhatIsForgottenIsNotCalled) {
  RunWatch watch;
  int calls = 0;
  const auto ticket = watch.watch(RunNo{1}, [&] { ++calls; });
  watch.watch(RunNo{1}, [&] { ++calls; });
  watch.forget(ticket);
  watch.forget(ticket);
  const std::vector<model::Change> one{closed(1)};
  watch.on_commit(one);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(watch.size(), 0u);
}

TEST(RunWatch, ACallbackMayWatchAndForget) {
  RunWatch watch;
  int calls = 0;
  const auto other = watch.watch(RunNo{2}, [&] { ++calls; });
  watch.watch(RunNo{1}, [&] {
    watch.forget(other);
    watch.watch(RunNo{3}, [&] { ++calls; });
  });
  const std::vector<model::Change> one{closed(1)};
  watch.on_commit(one);
  EXPECT_EQ(watch.size(), 1u);
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace gantry::api
