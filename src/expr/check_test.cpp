#include "expr/check.h"

#include <gtest/gtest.h>

#include "expr/references.h"

namespace gantry::expr {
namespace {

// "text" or "text?" if it may be missing, and the column.
std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> all;
  const Expression expression = parse(text).value();
  for (const Reference& reference : references(expression))
    all.push_back(to_text(reference) + (reference.tested ? "?" : "") + " " +
                  std::to_string(reference.place.column));
  return all;
}

using Names3 = std::vector<std::string>;

TEST(References, AreDottedPathsInTheOrderOfTheText) {
  EXPECT_EQ(names("tasks.load.outputs.n > params.n"),
            (Names3{"tasks.load.outputs.n 1", "params.n 24"}));
  EXPECT_EQ(names("tasks['load'].state"), (Names3{"tasks.load.state 1"}));
  EXPECT_EQ(names("tasks[\"部门审批\"].state"), (Names3{"tasks[\"部门审批\"].state 1"}));
  EXPECT_EQ(names("tasks[item].state"), (Names3{"tasks 1", "item 7"}));
  EXPECT_EQ(names("tasks[env.x + 'y'].state"), (Names3{"tasks 1", "env.x 7"}));
  EXPECT_EQ(names("params.list[0].x"), (Names3{"params.list 1"}));
  EXPECT_EQ(names("params.name.startsWith(run.key)"), (Names3{"params.name 1", "run.key 24"}));
  EXPECT_EQ(names("1 + 2"), (Names3{}));
}

TEST(References, SayWhatMayBeMissing) {
  EXPECT_EQ(names("has(tasks.load.outputs.n)"), (Names3{"tasks.load.outputs.n? 5"}));
  EXPECT_EQ(names("params.?a.b.orValue(1)"), (Names3{"params.a? 1"}));
}

TEST(References, LeaveOutVariablesOfMacrosAndNamespaces) {
  EXPECT_EQ(names("[1].map(x, x + y)"), (Names3{"y 16"}));
  EXPECT_EQ(names("x.map(x, x.a)"), (Names3{"x 1"}));
  EXPECT_EQ(names("[1].map(x, .x.a)"), (Names3{"x.a 13"}));
  EXPECT_EQ(names("cel.bind(v, params.a, v + v)"), (Names3{"params.a 13"}));
  EXPECT_EQ(names("math.greatest(a, b)"), (Names3{"a 15", "b 18"}));
  EXPECT_EQ(names("type(a) == google.protobuf.Timestamp"), (Names3{"a 6"}));
}

Names scope() {
  auto task = std::make_shared<Names>();
  task->add("state").add("outputs").add("exit_code", std::make_shared<Names>());
  auto tasks = std::make_shared<Names>();
  for (const char* name : {"load", "load-data", "部门审批"}) tasks->add(name, task);
  auto params = std::make_shared<Names>();
  params->add("day").add("limit");
  Names roots;
  roots.add("tasks", tasks).add("params", params).add("run");
  return roots;
}

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> all;
  for (const Problem& problem : check(parse(text).value(), scope()))
    all.push_back(to_text(problem));
  return all;
}

using Problems = std::vector<std::string>;

TEST(Check, KnownNamesAreFine) {
  EXPECT_EQ(
      problems(
          "tasks.load.outputs.anything.below > params.limit && run.x == int(tasks.load.exit_code)"),
      Problems{});
  EXPECT_EQ(problems("tasks['部门审批'].state == 'succeeded'"), Problems{});
  EXPECT_EQ(problems("has(params.other) || type(1) == int"), Problems{});
}

TEST(Check, UnknownNamesGetASuggestion) {
  EXPECT_EQ(problems("param.day"),
            Problems{"column 1: unknown name 'param'; did you mean 'params'?"});
  EXPECT_EQ(problems("1 + params.dayy"),
            Problems{"column 5: 'params' has no 'dayy'; did you mean 'day'?"});
  EXPECT_EQ(problems("tasks.load.stat"),
            Problems{"column 1: 'tasks.load' has no 'stat'; did you mean 'state'?"});
  EXPECT_EQ(problems("params.zzzzzz"),
            Problems{"column 1: 'params' has no 'zzzzzz'; there is day, limit"});
  EXPECT_EQ(problems("has(param.day)"),
            Problems{"column 5: unknown name 'param'; did you mean 'params'?"});
  EXPECT_EQ(problems("tasks.load.exit_code.x").size(), 1u);
}

TEST(Check, AllProblemsAtOnce) {
  EXPECT_EQ(problems("a + params.b + sise(c)"),
            (Problems{"column 1: unknown name 'a'; there is params, run, tasks",
                      "column 5: 'params' has no 'b'; there is day, limit",
                      "column 16: unknown function 'sise'; did you mean 'size'?",
                      "column 21: unknown name 'c'; there is params, run, tasks"}));
}

TEST(Check, FunctionsAreCheckedForNameCountAndPattern) {
  EXPECT_EQ(problems("'a'.startswith('b')"),
            Problems{"column 5: unknown function 'startswith'; did you mean 'startsWith'?"});
  EXPECT_EQ(problems("'a'.startsWith()"),
            Problems{"column 5: startsWith() takes 1 argument, not 0"});
  EXPECT_EQ(problems("'a'.substring(1, 2, 3)"),
            Problems{"column 5: substring() takes 1 to 2 arguments, not 3"});
  EXPECT_EQ(problems("math.greatest()"),
            Problems{"column 1: math.greatest() takes at least 1 arguments, not 0"});
  EXPECT_EQ(problems("params.day.matches('a(')").size(), 1u);
  EXPECT_EQ(problems("params.day.matches('a(')")[0].substr(0, 62),
            "column 20: 'a(' is not a regular expression (RE2 syntax): miss");
}

TEST(Check, ADashInANameIsExplained) {
  EXPECT_EQ(
      problems("tasks.load-data.state == 'failed'"),
      Problems{"column 1: this subtracts; for the name with a dash write tasks[\"load-data\"]"});
  EXPECT_EQ(problems("params.limit-run.x"), Problems{});
}

}  // namespace
}  // namespace gantry::expr
