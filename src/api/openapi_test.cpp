// The document against itself, and answers of the server against the document.
#include "api/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/api_fixture.h"

namespace gantry::api {
namespace {

using K = Value::Kind;

// The member at the end of these names, or null.
const Value* member(const Value& root, std::initializer_list<std::string_view> names) {
  const Value* value = &root;
  for (const std::string_view name : names)
    if (value != nullptr) value = value->find(name);
  return value;
}

bool has_type(const Value& value, const std::string& type) {
  if (type == "null") return value.is(K::Null);
  if (type == "string") return value.is(K::String);
  if (type == "integer") return value.is(K::Int);
  if (type == "boolean") return value.is(K::Bool);
  if (type == "array") return value.is(K::List);
  if (type == "object") return value.is(K::Map);
  ADD_FAILURE() << "a type this test does not know: " << type;
  return false;
}

// As much of JSON Schema as the document uses. Members that a schema does not name are errors.
class Checker {
 public:
  explicit Checker(const Value& document) : document_(document) {}

  void check(const Value& value, const Value& schema, const std::string& place) {
    if (const Value* all = schema.find("allOf")) {
      std::set<std::string> known;
      for (const Value& one : all->as_list()) {
        check_here(value, resolve(one), place);
        add_names(resolve(one), known);
      }
      return check_names(value, known, place);
    }
    const Value& real = resolve(schema);
    if (real.find("allOf") != nullptr) return check(value, real, place);
    check_here(value, real, place);
    std::set<std::string> known;
    add_names(real, known);
    if (real.find("properties") != nullptr) check_names(value, known, place);
  }

  const Value& resolve(const Value& schema) {
    const Value* reference = schema.find("$ref");
    if (reference == nullptr) return schema;
    const std::string prefix = "#/components/schemas/";
    EXPECT_EQ(reference->as_string().substr(0, prefix.size()), prefix);
    const std::string name = reference->as_string().substr(prefix.size());
    const Value* found = member(document_, {"components", "schemas", name});
    EXPECT_NE(found, nullptr) << reference->as_string();
    static const Value kNothing = Value(ValueMap());
    return found == nullptr ? kNothing : *found;
  }

 private:
  static void add_names(const Value& schema, std::set<std::string>& known) {
    if (const Value* properties = schema.find("properties"))
      for (const auto& [name, property] : properties->as_map()) known.insert(name.as_string());
  }

  static void check_names(const Value& value, const std::set<std::string>& known,
                          const std::string& place) {
    if (!value.is(K::Map)) return;
    for (const auto& [name, member] : value.as_map())
      EXPECT_TRUE(known.contains(name.as_string())) << place << ": " << name.as_string();
  }

  void check_here(const Value& value, const Value& schema, const std::string& place) {
    check_type(value, schema, place);
    if (const Value* allowed = schema.find("enum")) {
      const ValueList& all = allowed->as_list();
      EXPECT_NE(std::find(all.begin(), all.end(), value), all.end()) << place;
    }
    if (const Value* required = schema.find("required")) {
      for (const Value& name : required->as_list())
        EXPECT_NE(member(value, {name.as_string()}), nullptr)
            << place << " lacks " << to_text(name);
    }
    if (const Value* properties = schema.find("properties"))
      for (const auto& [name, property] : properties->as_map())
        if (const Value* found = member(value, {name.as_string()}))
          check(*found, property, place + "." + name.as_string());
    if (const Value* items = schema.find("items"); items != nullptr && value.is(K::List))
      for (const Value& item : value.as_list()) check(item, *items, place + "[]");
  }

  static void check_type(const Value& value, const Value& schema, const std::string& place) {
    const Value* type = schema.find("type");
    if (type == nullptr) return;
    bool fits = false;
    if (type->is(K::List))
      for (const Value& one : type->as_list()) fits = fits || has_type(value, one.as_string());
    else
      fits = has_type(value, type->as_string());
    EXPECT_TRUE(fits) << place << ": " << to_json(value) << " is no " << to_json(*type);
  }

  const Value& document_;
};

std::string lower(std::string_view method) {
  std::string out(method);
  for (char& c : out) c = static_cast<char>(c - 'A' + 'a');
  return out;
}

class OpenApiTest : public ApiFixture {
 protected:
  Value document() { return ask({.target = "/api/v1/openapi.json", .token = ""}).json(); }

  // Asks, and checks the answer against what the document says of this route.
  void check_answer(const Value& doc, const std::string& path, const Ask& asked) {
    SCOPED_TRACE(asked.method + " " + asked.target);
    const Answer answer = ask(asked);
    const std::string method = lower(asked.method);
    const Value* operation = member(doc, {"paths", path, method});
    ASSERT_NE(operation, nullptr);
    const Value* described = member(*operation, {"responses", std::to_string(answer.status)});
    ASSERT_NE(described, nullptr) << answer.status;
    const auto& [type, media] = described->find("content")->as_map().front();
    Checker checker(doc);
    if (type.as_string() != "application/x-ndjson")
      return checker.check(answer.json(), *media.find("schema"), "answer");
    for (const std::string_view line : split(answer.body, '\n'))
      if (!line.empty()) checker.check(parse_json(line).value(), *media.find("schema"), "line");
  }
};

void collect_references(const Value& value, std::set<std::string>& out) {
  if (value.is(K::List))
    for (const Value& item : value.as_list()) collect_references(item, out);
  if (!value.is(K::Map)) return;
  for (const auto& [name, member] : value.as_map()) {
    if (name.as_string() == "$ref") out.insert(member.as_string());
    collect_references(member, out);
  }
}

TEST_F(OpenApiTest, HoldsEveryRouteAndEveryReferenceResolves) {
  const Value doc = document();
  EXPECT_EQ(at(doc, "openapi"), "3.1.0");
  std::set<std::string> ids;
  for (const Route& route : api->routes().routes()) {
    const Value* path = doc.find("paths")->find(route.path);
    ASSERT_NE(path, nullptr) << route.path;
    const Value* operation = path->find(std::string_view(lower(route.method)));
    ASSERT_NE(operation, nullptr) << route.path;
    EXPECT_TRUE(ids.insert(at(*operation, "operationId")).second) << route.path;
    EXPECT_EQ(operation->find("security") != nullptr,
              route.policy == Policy::Open || route.policy == Policy::Signed)
        << route.path;
  }
  std::set<std::string> references;
  collect_references(doc, references);
  for (const std::string& reference : references)
    EXPECT_NE(member(doc, {"components", "schemas", reference.substr(21)}), nullptr) << reference;
  for (const NamedSchema& schema : schemas())
    EXPECT_TRUE(references.contains("#/components/schemas/" + std::string(schema.name)))
        << schema.name << " is not used";
}

TEST_F(OpenApiTest, AnswersAreAsTheDocumentSays) {
  const Value doc = document();
  define("etl/sales", R"(
title: Sales
description: of a day
labels: {team: data}
timeout: 1h
params:
  day: {type: date, default: "2026-01-31"}
  kind: {type: enum, values: [a, b], default: a}
  names: {type: list, items: int, default: [1]}
triggers:
  - every: 1h
  - cron: "30 2 * * *"
tasks:
  a: {run: "true", retry: {limit: 1, delay: 0s}}
  b: {run: "true", needs: [a], timeout: 5s, pool: db}
finally:
  c: {run: "true"}
)");
  runner.script("a", {testing::fails(2, "no such table"), testing::succeeds()});
  runner.script("b", {testing::fails(3)});
  const auto run = start("etl/sales");
  finished(run);
  logs.add(runner.started().front().id, "hello");
  const std::string w = "/api/v1/workflows/";
  const std::string r = "/api/v1/runs/{run}";
  check_answer(doc, "/api/v1/health", {.target = "/api/v1/health"});
  check_answer(doc, "/api/v1/openapi.json", {.target = "/api/v1/openapi.json"});
  check_answer(doc, "/api/v1/pools", {.target = "/api/v1/pools"});
  check_answer(doc, "/api/v1/lint",
               {.method = "POST", .target = "/api/v1/lint", .body = "task: 3\n"});
  check_answer(doc, "/api/v1/workflows", {.target = "/api/v1/workflows"});
  check_answer(doc, w + "{name}", {.target = w + "etl%2Fsales"});
  check_answer(doc, w + "{name}", {.target = w + "none"});
  check_answer(doc, w + "{name}/versions", {.target = w + "etl%2Fsales/versions"});
  const Ask once{.method = "POST", .target = w + "etl%2Fsales/runs", .body = R"({"key":"k"})"};
  check_answer(doc, w + "{name}/runs", once);
  check_answer(doc, w + "{name}/runs", once);
  check_answer(doc, "/api/v1/runs", {.target = "/api/v1/runs?limit=1"});
  check_answer(doc, r, {.target = run_path(run)});
  check_answer(doc, r, {.target = run_path(77)});
  check_answer(doc, r + "/wait", {.target = run_path(run, "/wait")});
  check_answer(doc, r + "/tasks", {.target = run_path(run, "/tasks")});
  check_answer(doc, r + "/attempts", {.target = run_path(run, "/attempts")});
  check_answer(doc, r + "/history", {.target = run_path(run, "/history")});
  check_answer(doc, r + "/why", {.target = run_path(run, "/why")});
  check_answer(doc, r + "/why", {.target = run_path(run, "/why?task=a")});
  check_answer(doc, r + "/tasks/{task}/log", {.target = run_path(run, "/tasks/a/log?attempt=1")});
  check_answer(doc, "/api/v1/me", {.target = "/api/v1/me"});
  const std::string t = "/api/v1/tokens";
  check_answer(doc, t, {.method = "POST", .target = t, .body = R"({"name":"ci"})"});
  check_answer(doc, t, {.method = "POST", .target = t, .body = R"({"name":"ci"})"});
  check_answer(doc, t, {.target = t});
  check_answer(doc, t + "/{token}", {.method = "DELETE", .target = t + "/ci"});
  check_answer(doc, "/login", {.method = "POST", .target = "/login", .body = "token=" + kToken});
  check_answer(doc, "/login", {.method = "POST", .target = "/login", .body = "token=x"});
  check_answer(doc, "/logout", {.method = "POST", .target = "/logout"});
  check_answer(doc, "/api/v1/audit", {.target = "/api/v1/audit"});
  check_answer(doc, r + "/cancel", {.method = "POST", .target = run_path(run, "/cancel")});
}

}  // namespace
}  // namespace gantry::api
