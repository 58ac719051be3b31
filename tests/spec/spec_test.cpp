// Files in, diagnostics and models out: bad/ with the complete list each must give, good/ with the
// model, and generated hostile ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "bad_files.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/text.h"
#include "fake_files.h"
#include "forms/forms.h"
#include "model/states.h"
#include "spec/calendars.h"
#include "spec/codes.h"
#include "spec/keys.h"
#include "spec/load.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {
namespace {

// The calendars of the test home: the built-in ones and `factory`, which knows every year.
const Calendars& calendars() {
  static const Calendars all = [] {
    std::map<std::string, CalendarFile> files;
    files["factory"] = *load_calendar("week: [mon, tue]", "factory", "factory.yaml").calendar;
    return link_calendars(std::move(files)).calendars;
  }();
  return all;
}

LoadResult load_text(const std::string& text, forms::Form form = forms::Form::Yaml) {
  const KnownCalendars known{calendars(), {2026, 11, 23}};
  return forms::load(text, form, "flow", "flow", FakeFiles(), &known);
}

std::string report(const LoadResult& result) {
  std::string lines;
  for (const Diagnostic& d : result.diagnostics) lines += to_line(d) + "\n";
  return lines;
}

bool mentions(const std::vector<std::string>& list, std::string_view code) {
  return std::any_of(list.begin(), list.end(),
                     [code](const std::string& line) { return line.starts_with(code); });
}

// Hints count where a file is about one.
std::vector<std::string> found(const LoadResult& result, bool with_hints) {
  std::vector<std::string> list;
  for (const Diagnostic& d : result.diagnostics)
    if (d.severity != Severity::Hint || with_hints)
      list.push_back(fmt::format("{} {}:{}", d.code, d.line, d.column));
  return list;
}

TEST(BadFiles, GiveExactlyWhatTheyExpect) {
  auto names = yaml_files("bad");
  ASSERT_GE(names.size(), 45u);
  for (const std::string& name : chart_and_table_files("bad")) names.push_back(name);
  for (const std::string& name : names) {
    const std::string text = read(kSpec + "bad/" + name);
    const auto wanted = expected(text);
    ASSERT_FALSE(wanted.empty()) << name;
    const LoadResult result = load_text(text, forms::form_of_path(name));
    EXPECT_EQ(found(result, mentions(wanted, "timeout-missing")), wanted) << name << "\n"
                                                                          << report(result);
    const bool has_error =
        std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                    [](const Diagnostic& d) { return d.severity == Severity::Error; });
    EXPECT_EQ(result.definition.has_value(), !has_error) << name;
    for (const Diagnostic& d : result.diagnostics)
      EXPECT_TRUE(says_it_in_chinese(d)) << name << ": " << to_line(d, Lang::Zh);
  }
}

TEST(Codes, EachHasPagesInBothLanguagesAndABadFile) {
  std::vector<std::string> shown{"file-too-big", "too-many-tasks"};  // generated below
  for (const std::string folder : {"bad", "bad-people"}) {
    auto names = yaml_files(folder);
    for (const std::string& name : chart_and_table_files(folder)) names.push_back(name);
    for (const std::string& name : names) {
      const auto list = expected(read(kSpec + folder + "/" + name));
      shown.insert(shown.end(), list.begin(), list.end());
    }
  }
  for (const LintInfo& lint : kLints) {
    EXPECT_TRUE(mentions(shown, lint.name)) << lint.name << " has no file in tests/spec/bad";
    for (const std::string language : {"en", "zh"}) {
      const std::string page =
          fmt::format("{}/docs/{}/lint/{}.md", GANTRY_SOURCE_DIR, language, lint.name);
      ASSERT_TRUE(exists(page)) << page;
      EXPECT_TRUE(read(page).starts_with(fmt::format("# {}\n", lint.name))) << page;
    }
  }
}

TEST(Codes, NoPageIsAboutACodeThatIsGone) {
  std::set<std::string> names{"README.md"};
  for (const LintInfo& lint : kLints) names.insert(fmt::format("{}.md", lint.name));
  for (const std::string language : {"en", "zh"}) {
    const auto pages = list_directory(fmt::format("{}/docs/{}/lint", GANTRY_SOURCE_DIR, language));
    ASSERT_TRUE(pages.ok());
    for (const std::string& page : *pages)
      EXPECT_TRUE(names.contains(page)) << language << "/" << page;
  }
}

TEST(GoodFiles, LoadWithoutErrorsOrWarnings) {
  for (const std::string& name : yaml_files("good")) {
    const LoadResult result = load_text(read(kSpec + "good/" + name));
    EXPECT_TRUE(result.definition) << name << "\n" << report(result);
    EXPECT_EQ(found(result, false), std::vector<std::string>{}) << name;
  }
}

void collect_keys(const Tree& tree, const Node& node, std::set<std::string>& keys) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (node.kind == NodeKind::Map && i % 2 == 0) keys.insert(tree.at(node.children[i]).text);
    collect_keys(tree, tree.at(node.children[i]), keys);
  }
}

TEST(GoodFiles, UseEveryKey) {
  const std::string text = read(kSpec + "good/every-key.yaml");
  Diagnostics problems("");
  const auto tree = parse_yaml(text, problems);
  ASSERT_TRUE(tree);
  std::set<std::string> keys;
  collect_keys(*tree, tree->root(), keys);
  for (const KeySet* set :
       {&kWorkflowKeys, &kDefaultsKeys, &kConcurrencyKeys, &kTaskKeys, &kRetryKeys, &kParamKeys,
        &kArmKeys, &kRepeatKeys, &kTolerateKeys, &kThresholdKeys, &kTriggerKeys, &kCatchUpKeys,
        &kEventKeys, &kWebhookKeys, &kFileKeys, &kCompletionKeys})
    for (const Key& key : set->known)
      EXPECT_TRUE(keys.contains(std::string(key.name))) << set->what.en << ": " << key.name;
}

TEST(Documentation, ExamplesLoad) {
  const std::string page = read(GANTRY_SOURCE_DIR "/docs/format/workflow.md");
  int examples = 0;
  for (std::size_t at = 0; (at = page.find("```yaml\n", at)) != std::string::npos;) {
    at += std::string_view("```yaml\n").size();
    const std::string text = page.substr(at, page.find("```", at) - at);
    const LoadResult result = load_text(text);
    EXPECT_TRUE(result.definition) << text << report(result);
    ++examples;
  }
  EXPECT_GE(examples, 2);
}

TEST(Documentation, JoinRulesAreAllThere) {
  const std::string page = read(GANTRY_SOURCE_DIR "/docs/format/workflow.md");
  for (int i = 0; i < model::kJoinRuleCount; ++i) {
    const auto name = model::name_of(static_cast<model::JoinRule>(i));
    EXPECT_NE(page.find(fmt::format("| `{}`", name)), std::string::npos) << name;
  }
}

// ---- hostile files ---------------------------------------------------------------------------

void expect_refused(const std::string& text, const std::string& only) {
  const LoadResult result = load_text(text);
  EXPECT_FALSE(result.definition);
  EXPECT_EQ(found(result, false), std::vector<std::string>{only});
}

std::string repeat(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(Hostile, HundredMegabytes) {
  expect_refused(repeat("a: b\n", 20'000'000), "file-too-big 1:1");
}

TEST(Hostile, TenThousandDeepFlow) {
  expect_refused("tasks: " + repeat("[", 10'000), "too-deep 1:71");
  expect_refused("tasks: " + repeat("{a: ", 1'000'000), "too-deep 1:260");
}

TEST(Hostile, DeepBlocks) {
  expect_refused(repeat("- ", 1'000'000), "too-deep 1:129");
  expect_refused(repeat("? ", 1'000'000), "too-deep 1:129");
  std::string text;
  for (std::size_t i = 0; i < 2'000; ++i) text += std::string(i, ' ') + "a:\n";
  expect_refused(text, "too-deep 65:65");
}

TEST(Hostile, AliasBomb) {
  std::string text = "labels:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'z'; ++c)
    text +=
        fmt::format("  {0}: &{0} [*{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}]\n", c,
                    static_cast<char>(c - 1));
  expect_refused(text, "too-many-nodes 8:14");
}

TEST(Hostile, ManyDirectives) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += fmt::format("%TAG !a{}! b\n", i);
  expect_refused(text, "unknown-tag 1:1");
}

TEST(Hostile, MillionsOfValues) {
  expect_refused("labels: [" + repeat("a,", 2'050'000) + "]", "too-many-nodes 1:4000008");
}

std::string chain(int count, int back_to) {
  std::string text = fmt::format("tasks:\n  t0: {{pass: true{}}}\n",
                                 back_to > 0 ? fmt::format(", needs: [t{}]", back_to) : "");
  for (int i = 1; i < count; ++i)
    text += fmt::format("  t{}: {{pass: true, needs: [t{}]}}\n", i, i - 1);
  return text;
}

TEST(Hostile, CycleOfFiveThousand) {
  const LoadResult result = load_text(chain(5'000, 4'999));
  ASSERT_EQ(found(result, false), std::vector<std::string>{"needs-cycle 3:28"});
  EXPECT_LT(result.diagnostics[0].message.size(), 200u);
}

TEST(Hostile, ChainOfAllTasksAndOneMore) {
  const auto most = static_cast<int>(limits::kTasksMax);
  const LoadResult result = load_text(chain(most, 0));
  ASSERT_TRUE(result.definition) << report(result);
  EXPECT_EQ(result.definition->workflow.tasks.size(), limits::kTasksMax);
  expect_refused(chain(most + 1, 0), fmt::format("too-many-tasks {}:3", most + 2));
}

TEST(Hostile, ErrorsAreCountedNotListed) {
  std::string text = "tasks:\n";
  for (int i = 0; i < 100'000; ++i)
    text += fmt::format("  t{}: {{pass: true, needs: [u{}]}}\n", i, i);
  const LoadResult result = load_text(text);
  EXPECT_EQ(result.diagnostics.size(), limits::kErrorsShownMax + 1);
  EXPECT_EQ(result.diagnostics.back().code, "too-many-errors");
}

}  // namespace
}  // namespace gantry::spec
