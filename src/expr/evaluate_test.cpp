#include "expr/evaluate.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/limits.h"

namespace gantry::expr {
namespace {

MapScope sample_scope() {
  MapScope scope;
  scope.set("params",
            parse_json(R"({"n": 3, "name": "x", "dry-run": true, "list": [1, 2, 3]})").value());
  scope.set("big", Value(std::string(300 << 10, 'x')));
  return scope;
}

std::string text_of(const Result<Value>& result) {
  return result.ok() ? to_json(*result) : result.error().message;
}

// The result as JSON, or the error.
std::string run(std::string_view text, const Scope& scope = sample_scope()) {
  const auto expression = parse(text);
  return expression.ok() ? text_of(evaluate(*expression, scope))
                         : "parse: " + expression.error().message;
}

Code code(std::string_view text) {
  const auto result = evaluate(parse(text).value(), sample_scope());
  return result.ok() ? Code::Internal : result.error().code;
}

TEST(Evaluate, ArithmeticNeverWrapsOrConverts) {
  EXPECT_EQ(run("7 / 2 * 2 + 7 % -2"), "7");
  EXPECT_EQ(run("-7 / 2"), "-3");
  EXPECT_EQ(run("7.0 / 2.0"), "3.5");
  EXPECT_EQ(run("1 / 0"), "column 3: division by zero; guard it, as in n == 0 ? 0 : total / n");
  EXPECT_EQ(run("1u % 0u"), "column 4: modulus by zero; guard it, as in n == 0 ? 0 : total % n");
  EXPECT_EQ(run("1.0 / 0.0 > 1e300"), "true");
  EXPECT_EQ(code("9223372036854775807 + 1"), Code::OutOfRange);
  EXPECT_EQ(code("-9223372036854775808 - 1"), Code::OutOfRange);
  EXPECT_EQ(code("-(-9223372036854775808)"), Code::OutOfRange);
  EXPECT_EQ(code("-9223372036854775808 / -1"), Code::OutOfRange);
  EXPECT_EQ(code("-9223372036854775808 % -1"), Code::OutOfRange);
  EXPECT_EQ(code("4294967296 * 4294967296"), Code::OutOfRange);
  EXPECT_EQ(code("0u - 1u"), Code::OutOfRange);
  EXPECT_EQ(run("1 + 1.0"),
            "column 3: no overload of + for int and double; convert one side, as in string(x) or "
            "double(x)");
  EXPECT_EQ(code("'n=' + 3"), Code::InvalidArgument);
}

TEST(Evaluate, EqualityAndOrderFollowValues) {
  EXPECT_EQ(run("1 == 1.0 && 1u == 1 && 'a' != 1"), "true");
  EXPECT_EQ(run("{'a': 1, 'b': [2]} == {'b': [2.0], 'a': 1u}"), "true");
  EXPECT_EQ(run("0.0 / 0.0 == 0.0 / 0.0"), "false");
  EXPECT_EQ(run("1 < 1.5 && 2u > 1 && -1 < 1u"), "true");
  EXPECT_EQ(run("'B' < 'a' && b'a' < b'b' && false < true"), "true");
  EXPECT_EQ(run("'z' < '\u00e9'"), "true");
  EXPECT_EQ(code("[1] < [2]"), Code::InvalidArgument);
  EXPECT_EQ(code("'1' < 2"), Code::InvalidArgument);
}

TEST(Evaluate, LogicAbsorbsErrorsOfTheOtherSide) {
  EXPECT_EQ(run("1/0 > 0 || true"), "true");
  EXPECT_EQ(run("true || 1/0 > 0"), "true");
  EXPECT_EQ(run("1/0 > 0 && false"), "false");
  EXPECT_EQ(run("nope && false"), "false");
  EXPECT_EQ(run("false || 1/0 > 0"),
            "column 11: division by zero; guard it, as in n == 0 ? 0 : total / n");
  EXPECT_EQ(run("3 || true"), "true");
  EXPECT_EQ(code("3 || false"), Code::InvalidArgument);
  EXPECT_EQ(run("false ? 1/0 : 2"), "2");
  EXPECT_EQ(run("1 ? 2 : 3"),
            "column 3: the condition of ? : is a int, not a bool; compare it with something");
}

TEST(Evaluate, NamesKeysAndIndices) {
  EXPECT_EQ(run("params.n + 1"), "4");
  EXPECT_EQ(run("params['dry-run']"), "true");
  EXPECT_EQ(run("params.`dry-run`"), "true");
  EXPECT_EQ(run("params.list[2] + params.list[0u] + params.list[1.0]"), "6");
  EXPECT_EQ(run("parms.n"), "column 1: unknown name 'parms'; text is written in quotes");
  EXPECT_EQ(run("params.nam"), "column 8: no such key 'nam'; did you mean 'name'?");
  EXPECT_EQ(run("params.list[3]"),
            "column 12: index 3 is outside the list of 3; test with size() first");
  EXPECT_EQ(run("params.n.x"), "column 10: '.x' needs a map, but this is an int");
  EXPECT_EQ(run("has(params.n) && !has(params.m)"), "true");
  EXPECT_EQ(run("'n' in params && 2 in params.list && !(9 in params.list)"), "true");
  EXPECT_EQ(run("{1: 'a', 1u: 'b'}"), "column 10: the key 1 stands twice in one map");
  EXPECT_EQ(run("{1.5: 'a'}"),
            "column 2: a double can not be a key; keys are bool, int, uint or string");
  EXPECT_EQ(run("type(params) == map && type(int) == type && string == type('')"), "true");
  EXPECT_EQ(run("type(timestamp('2026-01-01T00:00:00Z')) == google.protobuf.Timestamp"), "true");
}

TEST(Evaluate, MacrosBindTheirVariableAndOnlyThere) {
  EXPECT_EQ(run("[1, 2, 3].map(x, x * x).filter(x, x > 1)"), "[4,9]");
  EXPECT_EQ(run("[1, 2].map(x, [10, 20].map(x, x + 1))"), "[[11,21],[11,21]]");
  EXPECT_EQ(run("[1, 2].map(x, [10].map(y, x + y)[0])"), "[11,12]");
  EXPECT_EQ(run("[params].map(params, params.n)"), "[3]");
  EXPECT_EQ(run("[1].map(params, .params.n)"), "[3]");
  EXPECT_EQ(run("[1].all(x, true) && x"), "column 21: unknown name 'x'; text is written in quotes");
  EXPECT_EQ(run("[1, 2, 3].map(x, x > 1, x * 10)"), "[20,30]");
  EXPECT_EQ(run("{'b': 1, 'a': 2}.map(k, k)"), "[\"b\",\"a\"]");
  EXPECT_EQ(run("[0, 2].exists(x, 4 / x == 2)"), "true");
  EXPECT_EQ(run("[0, 2].all(x, 4 / x == 3)"), "false");
  EXPECT_EQ(code("[0, 2].exists(x, 4 / x == 3)"), Code::OutOfRange);
  EXPECT_EQ(code("[2, 0].exists_one(x, 4 / x == 2)"), Code::OutOfRange);
  EXPECT_EQ(run("[1, 2].exists_one(x, x == 2)"), "true");
  EXPECT_EQ(run("3.map(x, x)"), "column 3: map() needs a list or a map, not a int");
  EXPECT_EQ(run("[1].all(x, 'yes')"),
            "column 5: all() needs a bool for each element, not a string");
  EXPECT_EQ(run("{'a': 1}.transformMap(k, v, v + 1)"), "{\"a\":2}");
  EXPECT_EQ(run("cel.bind(x, 2, cel.bind(y, x + 1, x * y))"), "6");
}

TEST(Evaluate, OptionalsStandForWhatMayBeMissing) {
  EXPECT_EQ(run("params.?m.orValue(7)"), "7");
  EXPECT_EQ(run("params.?n.orValue(7)"), "3");
  EXPECT_EQ(run("params.?m.deeper[0].orValue('-')"), "\"-\"");
  EXPECT_EQ(run("[?params.?m, 1, ?params.?n]"), "[1,3]");
  EXPECT_EQ(run("{?'m': params.?m, 'k': 1}"), "{\"k\":1}");
  EXPECT_EQ(run("params.?n.optMap(x, x * 2).value()"), "6");
  EXPECT_EQ(run("params.?m"),
            "column 9: the result is an optional value; end it with .orValue(...)");
  EXPECT_EQ(code("params.?m.value()"), Code::NotFound);
}

TEST(Evaluate, ConversionsRefuseWhatDoesNotFit) {
  EXPECT_EQ(run("[int('-12'), int(3.99), int(-3.99), int(7u)]"), "[-12,3,-3,7]");
  EXPECT_EQ(run("[string(1.5), string(true), string(b'ab'), string(2u), string(1e20)]"),
            R"(["1.5","true","ab","2","1e+20"])");
  EXPECT_EQ(run("double('1e3') + double(1) == 1001.0"), "true");
  EXPECT_EQ(run("bytes('\u00e9') == b'\\xc3\\xa9'"), "true");
  EXPECT_EQ(run("int('12x')"), "column 1: '12x' is not an int");
  EXPECT_EQ(code("int(1e19)"), Code::OutOfRange);
  EXPECT_EQ(code("uint(-1)"), Code::OutOfRange);
  EXPECT_EQ(code("string(b'\\xff')"), Code::InvalidArgument);
  EXPECT_EQ(code("bool('yes')"), Code::InvalidArgument);
  EXPECT_EQ(run("int([])"), "column 1: no overload of int for (list); convert the values first");
  EXPECT_EQ(run("int()"), "column 1: no overload of int for (); convert the values first");
}

TEST(Evaluate, TimesAndDurations) {
  EXPECT_EQ(run("string(timestamp('2026-11-22T10:00:00Z') + duration('1h30m'))"),
            "\"2026-11-22T11:30:00Z\"");
  EXPECT_EQ(run("string(timestamp('2026-11-22T10:00:00.25+08:00'))"),
            "\"2026-11-22T02:00:00.25Z\"");
  EXPECT_EQ(run("string(timestamp('1969-12-31T23:59:59.5Z'))"), "\"1969-12-31T23:59:59.5Z\"");
  EXPECT_EQ(run("int(timestamp('1969-12-31T23:59:59.5Z'))"), "-1");
  EXPECT_EQ(run("[duration('-1.5s'), duration('2d')].map(d, string(d))"), R"(["-1.5s","172800s"])");
  EXPECT_EQ(run("timestamp('2026-11-22T20:00:00Z').getDate('+08:00')"), "23");
  EXPECT_EQ(run("timestamp('2026-11-22T20:00:00Z').getDayOfWeek()"), "0");
  EXPECT_EQ(run("duration('-90m').getHours()"), "-1");
  EXPECT_EQ(code("timestamp('2026-11-22T20:00:00Z').getHours('Mars/Base')"), Code::NotFound);
  EXPECT_EQ(code("timestamp('9999-12-31T23:59:59Z') + duration('1s')"), Code::OutOfRange);
  EXPECT_EQ(code("duration('9223372036s') + duration('1s')"), Code::OutOfRange);
  EXPECT_EQ(code("duration('1 h')"), Code::InvalidArgument);
}

TEST(Evaluate, TextFunctionsCountCodePoints) {
  EXPECT_EQ(run("'部门审批'.substring(1, 3) + '部门'.charAt(1)"), "\"门审门\"");
  EXPECT_EQ(run("['a,b,c'.split(','), 'abc'.split(''), 'a,b,c'.split(',', 2)]"),
            R"([["a","b","c"],["a","b","c"],["a","b,c"]])");
  EXPECT_EQ(run("'aXbXc'.replace('X', '--', 1)"), "\"a--bXc\"");
  EXPECT_EQ(run("'ab'.replace('', '.')"), "\".a.b.\"");
  EXPECT_EQ(run("'\u00e9t\u00e9'.indexOf('t') + '\u00e9t\u00e9'.lastIndexOf('\u00e9')"), "3");
  EXPECT_EQ(run("size('部门') == 2 && '部门'.size() == 2"), "true");
  EXPECT_EQ(run("'v1.2'.matches('^v[0-9]+[.]')"), "true");
  EXPECT_EQ(code("'x'.matches('(')"), Code::InvalidArgument);
  EXPECT_EQ(code("'abc'.substring(4)"), Code::OutOfRange);
  EXPECT_EQ(run("toJson(fromJson('{\"a\":[1,2.5]}'))"), R"("{\"a\":[1,2.5]}")");
  EXPECT_EQ(run("sha256('abc').substring(0, 8)"), "\"ba7816bf\"");
}

TEST(Evaluate, UnknownFunctionsAreErrorsOnlyWhenReached) {
  EXPECT_EQ(run("nofunc(1) || true"), "true");
  EXPECT_EQ(code("nofunc(1)"), Code::NotFound);
  EXPECT_EQ(code("'a'.nofunc()"), Code::NotFound);
  EXPECT_EQ(code("contains('a', 'b')"), Code::NotFound);  // only a method
}

// Answers tasks.load alone and fails if anything asks for all of `tasks`.
class TasksScope final : public Scope {
 public:
  std::optional<Value> lookup(std::string_view name) const override {
    EXPECT_NE(name, "tasks");
    return std::nullopt;
  }
  std::optional<Value> lookup_member(std::string_view root,
                                     std::string_view member) const override {
    if (root != "tasks" || member != "load") return std::nullopt;
    return Value(ValueMap{{Value("state"), Value("succeeded")}});
  }
};

TEST(Evaluate, AsksTheScopeForTheMemberFirst) {
  const TasksScope scope;
  EXPECT_EQ(run("tasks.load.state", scope), "\"succeeded\"");
  EXPECT_EQ(run("tasks['load'].state", scope), "\"succeeded\"");
  EXPECT_EQ(run("['load'].map(t, tasks[t].state)", scope), "[\"succeeded\"]");
  EXPECT_EQ(run("has(tasks.load) && has(tasks.load.state)", scope), "true");
  EXPECT_EQ(run("tasks.?load.state.orValue('')", scope), "\"succeeded\"");
}

TEST(Evaluate, TheSlotOfAMacroIsNeverAskedOfTheScope) {
  EXPECT_EQ(run("[{'load': 1}].map(tasks, tasks.load)", TasksScope()), "[1]");
}

TEST(Limits, StepsEndARunawayLoop) {
  const std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  std::string loop = "true";
  for (int i = 0; i < 6; ++i) loop = ten + ".all(x" + std::to_string(i) + ", " + loop + ")";
  EXPECT_EQ(code(loop), Code::ResourceExhausted);
  EXPECT_EQ(code(loop + " || true"), Code::ResourceExhausted);  // a limit is no error to absorb
}

TEST(Limits, DoublingNeverGetsLarge) {
  std::string lists = "['x']";
  std::string texts = "['0123456789abcdef']";
  for (int i = 0; i < 40; ++i) {
    lists += ".map(x, [x, x])";
    texts += ".map(x, x + x)";
  }
  EXPECT_EQ(code(lists), Code::ResourceExhausted);
  EXPECT_EQ(code(texts), Code::ResourceExhausted);
  EXPECT_EQ(code("big.replace('', big)"), Code::ResourceExhausted);
  EXPECT_EQ(code("[big, big].join(big)"), Code::ResourceExhausted);
}

TEST(Limits, ResultsAreBoundedButLargeInputsMayBeRead) {
  EXPECT_EQ(code("big"), Code::ResourceExhausted);
  EXPECT_EQ(run("big.size()"), "307200");
  EXPECT_EQ(run("big.startsWith('xx')"), "true");
}

TEST(Limits, WorkOnLargeInputsIsCounted) {
  const auto repeated = [](const std::string& test) {
    std::string all = test;
    while (all.size() + test.size() + 4 < limits::kExpressionBytesMax) all += " || " + test;
    return all;
  };
  EXPECT_EQ(code(repeated("size(big) < 0")), Code::ResourceExhausted);
  EXPECT_EQ(code(repeated("big < big")), Code::ResourceExhausted);
  EXPECT_EQ(code(repeated("big != big")), Code::ResourceExhausted);
  EXPECT_EQ(code(repeated("big.contains('y')")), Code::ResourceExhausted);
  EXPECT_EQ(code(repeated("bytes(big) == b''")), Code::ResourceExhausted);
}

TEST(Limits, RegularExpressionsAreBounded) {
  EXPECT_EQ(code("'a'.matches('((a{1000}){1000}){1000}')"), Code::InvalidArgument);
  EXPECT_EQ(run("big.matches('(x+x+)+y')"), "false");
}

TEST(Limits, LongChainsEvaluateWithoutRecursion) {
  std::string sum = "1";
  for (int i = 0; i < 5000; ++i) sum += "+1";
  EXPECT_EQ(run(sum), "5001");
  EXPECT_EQ(run(std::string(5000, '!').append("true")), "true");
}

}  // namespace
}  // namespace gantry::expr
