// The rows of keys.h: that their examples load, and that what they say is what the readers do.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "fake_files.h"
#include "spec/difference.h"
#include "spec/keys.h"
#include "spec/load.h"

namespace gantry::spec {
namespace {

constexpr const KeySet* kSets[] = {
    &kWorkflowKeys,   &kDefaultsKeys, &kConcurrencyKeys, &kTaskKeys,      &kRetryKeys,
    &kParamKeys,      &kTriggerKeys,  &kEventKeys,       &kWebhookKeys,   &kFileKeys,
    &kCompletionKeys, &kCatchUpKeys,  &kWaitKeys,        &kWaitEventKeys, &kArmKeys,
    &kRepeatKeys,     &kTolerateKeys, &kThresholdKeys};

bool has(std::string_view lines, std::string_view key) {
  for (const std::string_view line : split(lines, '\n'))
    if (line.starts_with(fmt::format("{}:", key))) return true;
  return false;
}

std::string indented(std::string_view lines, int columns) {
  std::string out;
  for (const std::string_view line : split(lines, '\n'))
    out += fmt::format("{:{}}{}\n", "", columns, line);
  return out;
}

// Adds `line` unless its key is there.
std::string with(std::string lines, std::string_view line) {
  if (has(lines, line.substr(0, line.find(':')))) return lines;
  return lines.empty() ? std::string(line) : lines + "\n" + std::string(line);
}

std::string task_lines(std::string lines) {
  const bool acts = has(lines, "exec") || has(lines, "pass") || has(lines, "switch") ||
                    has(lines, "tasks") || has(lines, "wait");
  if (!acts) lines = with(lines, "run: echo hello");
  return with(lines, "needs: [extract]");
}

std::string task(const std::string& lines) {
  const std::string ways = "  publish: {needs: [it], run: echo}\n  ask: {needs: [it], run: echo}\n";
  return "tasks:\n  extract: {run: echo}\n" + (has(lines, "switch") ? ways : std::string()) +
         "  it:\n" + indented(task_lines(lines), 4);
}

std::string retry_lines(const std::string& lines) {
  return with(lines, has(lines, "max_delay") ? "delay: 0s" : "max_delay: 30d");
}

std::string wait_lines(const std::string& lines) {
  const bool has_form =
      has(lines, "for") || has(lines, "until") || has(lines, "when") || has(lines, "event");
  return has_form ? lines : with(lines, "when: true");
}

// The lines as those of a map of this set, in the smallest file around it.
std::string file_of(const KeySet& set, std::string lines) {
  std::string file;
  if (&set == &kWorkflowKeys) file = lines;
  if (&set == &kDefaultsKeys) file = "defaults:\n" + indented(with(lines, "timeout: 1m"), 2);
  if (&set == &kConcurrencyKeys) file = "concurrency:\n" + indented(with(lines, "limit: 1"), 2);
  if (&set == &kParamKeys)
    file = "params:\n  region: {}\n  it:\n" + indented(with(lines, "title: It"), 4);
  if (&set == &kTriggerKeys) {
    if (!has(lines, "every") && !has(lines, "at") && !has(lines, "event") && !has(lines, "file") &&
        !has(lines, "webhook") && !has(lines, "workflow"))
      lines = with(lines, "cron: \"0 2 * * *\"");
    file = "triggers:\n  -\n" + indented(lines, 4);
  }
  if (&set == &kEventKeys) file = "triggers:\n  - event:\n" + indented(with(lines, "name: it"), 6);
  if (&set == &kWebhookKeys)
    file = "triggers:\n  - webhook:\n" + indented(with(with(lines, "name: it"), "secret: IT"), 6);
  if (&set == &kFileKeys)
    file = "triggers:\n  - file:\n" +
           indented(with(lines, has(lines, "path") ? "# more" : "path: /srv/*.csv"), 6);
  if (&set == &kCompletionKeys)
    file = "triggers:\n  - workflow:\n" +
           indented(has(lines, "all") ? lines : with(lines, "name: other"), 6);
  if (&set == &kCatchUpKeys)
    file = "triggers:\n  - cron: \"0 2 * * *\"\n    catchup:\n" +
           indented(with(lines, has(lines, "policy") ? "# more" : "policy: latest"), 6);
  if (&set == &kTaskKeys) file = task(lines);
  if (&set == &kRetryKeys) file = task("retry:\n" + indented(retry_lines(lines), 2));
  if (&set == &kArmKeys)
    file = task(
        "switch:\n  -\n" +
        indented(has(lines, "otherwise") ? lines : with(with(lines, "when: true"), "then: []"), 4));
  if (&set == &kWaitKeys) file = task("wait:\n" + indented(wait_lines(lines), 2));
  if (&set == &kWaitEventKeys)
    file = task("wait:\n  event:\n" + indented(with(lines, "name: paid"), 4));
  if (&set == &kRepeatKeys) file = task("repeat:\n" + indented(with(lines, "until: true"), 2));
  if (&set == &kTolerateKeys)
    file = task(
        "foreach: [a]\ntolerate:\n" +
        indented(has(lines, "failed") ? lines : "failed: " + kTolerateKeys.known[0].fallback(), 2));
  if (&set == &kThresholdKeys)
    file = task("foreach: [a]\nthreshold:\n" + indented(with(lines, "failed: 3"), 2));
  file = with(file, "params: {region: {}}");
  file = with(file, "env: {LEVEL: full}");
  return with(file, "tasks: {extract: {run: echo}}");
}

LoadResult loaded(const std::string& file) { return load(file, "it", "it.yaml", FakeFiles()); }

std::string complaints(const LoadResult& result, const std::string& file) {
  std::string out = "\n" + file;
  for (const Diagnostic& diagnostic : result.diagnostics) out += to_line(diagnostic) + "\n";
  return out;
}

bool accepts(const std::string& file) { return loaded(file).definition.has_value(); }

// The lines of the example besides the key's own: what it needs beside it.
std::string beside(const Key& key) {
  std::string out;
  for (const std::string_view line : split(key.example, '\n')) {
    const bool is_own = line.starts_with(fmt::format("{}:", key.name)) || line.starts_with(" ");
    if (!is_own) out += (out.empty() ? "" : "\n") + std::string(line);
  }
  return out;
}

std::string file_with_line(const KeySet& set, const Key& key, const std::string& line) {
  const std::string others = beside(key);
  return file_of(set, others.empty() ? line : others + "\n" + line);
}

std::string file_with(const KeySet& set, const Key& key, std::string_view value) {
  return file_with_line(set, key, fmt::format("{}: {}", key.name, value));
}

template <typename Check>
void for_each_key(Check check) {
  for (const KeySet* set : kSets)
    for (const Key& key : set->known) {
      SCOPED_TRACE(fmt::format("{}{}", set->path, key.name));
      check(*set, key);
    }
}

TEST(KeyRows, AreWholeInBothLanguages) {
  for_each_key([](const KeySet&, const Key& key) {
    EXPECT_FALSE(key.name.empty());
    EXPECT_FALSE(key.about.en.empty() || key.about.zh.empty());
    EXPECT_TRUE(has(key.example, key.name));
    EXPECT_EQ(key.usual.en.empty(), key.usual.zh.empty());
  });
}

TEST(KeyRows, StandOnceAndNotAmongTheLaterOnes) {
  for_each_key([](const KeySet& set, const Key& key) {
    EXPECT_EQ(find_key(set, key.name), &key);
    for (const std::string_view later : set.later) EXPECT_NE(later, key.name);
  });
}

TEST(KeyRows, ExamplesLoad) {
  for_each_key([](const KeySet& set, const Key& key) {
    const std::string file = file_of(set, std::string(key.example));
    const LoadResult result = loaded(file);
    EXPECT_TRUE(result.definition) << complaints(result, file);
  });
}

model::Definition without_places(const LoadResult& result) {
  model::Definition definition = *result.definition;
  for (model::Task& task : definition.workflow.tasks) task.place = {};
  return definition;
}

// `gantry diff` sees each key: what the model holds is told as a difference.
TEST(KeyRows, EachMakesADifference) {
  int compared = 0;
  for_each_key([&compared](const KeySet& set, const Key& key) {
    const LoadResult said = loaded(file_of(set, std::string(key.example)));
    const LoadResult without = loaded(file_with_line(set, key, "# not said"));
    if (!said.definition || !without.definition) return;  // needed, or the file is another one
    const model::Definition a = without_places(without);
    const model::Definition b = without_places(said);
    EXPECT_EQ(differences(a, b).empty(), a.workflow == b.workflow && a.files == b.files);
    EXPECT_TRUE(differences(b, b).empty());
    ++compared;
  });
  EXPECT_GE(compared, 60);
}

// A file that says the default is the file that leaves it out.
TEST(KeyRows, DefaultsAreThoseOfTheModel) {
  int compared = 0;
  for_each_key([&compared](const KeySet& set, const Key& key) {
    if (key.fallback == nullptr) return;
    const LoadResult without = loaded(file_with_line(set, key, "# not said"));
    const std::string file = file_with(set, key, key.fallback());
    const LoadResult said = loaded(file);
    ASSERT_TRUE(without.definition && said.definition) << complaints(said, file);
    EXPECT_TRUE(without.definition->workflow == said.definition->workflow) << file;
    ++compared;
  });
  EXPECT_GE(compared, 20);
}

TEST(KeyRows, ChoicesAreAcceptedAndNothingElse) {
  for_each_key([](const KeySet& set, const Key& key) {
    if (key.form != Form::Choice && key.form != Form::ChoiceOrMap) return;
    for (const std::string_view choice : key.choices) {
      const std::string needed = choice == "enum" ? "enum\nvalues: [a]" : std::string(choice);
      EXPECT_TRUE(accepts(file_with(set, key, needed))) << choice;
    }
    EXPECT_FALSE(accepts(file_with(set, key, "nothing")));
  });
}

std::string shown(const Key& key, double value) {
  if (key.form == Form::Wholes) return fmt::format("[{}]", value);
  if (key.form != Form::Duration) return fmt::format("{}", value);
  return format_duration({static_cast<std::int64_t>(value)});
}

TEST(KeyRows, RangesAreTheReaders) {
  int ranges = 0;
  for_each_key([&ranges](const KeySet& set, const Key& key) {
    if (key.min == key.max) return;
    EXPECT_TRUE(accepts(file_with(set, key, shown(key, key.min)))) << key.min;
    EXPECT_TRUE(accepts(file_with(set, key, shown(key, key.max)))) << key.max;
    EXPECT_FALSE(accepts(file_with(set, key, shown(key, key.max + 1)))) << key.max;
    ++ranges;
  });
  EXPECT_GE(ranges, 10);
}

// Forms with one value that each of them takes, and one that it refuses.
TEST(KeyRows, FormsAreTheReaders) {
  for_each_key([](const KeySet& set, const Key& key) {
    switch (key.form) {
      case Form::Mark:
      case Form::Flag: EXPECT_FALSE(accepts(file_with(set, key, "'yes'"))); break;
      case Form::Whole: EXPECT_FALSE(accepts(file_with(set, key, "1.5"))); break;
      case Form::Number: EXPECT_FALSE(accepts(file_with(set, key, "much"))); break;
      case Form::Duration: EXPECT_FALSE(accepts(file_with(set, key, "soon"))); break;
      case Form::Value: break;
      case Form::Map:
      case Form::Maps:
      case Form::NamedTexts:
      case Form::NamedTemplates:
      case Form::NamedExpressions:
      case Form::NamedValues:
      case Form::Dates:
      case Form::Spans: EXPECT_FALSE(accepts(file_with(set, key, "text"))); break;
      case Form::Elements:
      case Form::Texts:
      case Form::Wholes:
      case Form::Templates:
      case Form::Items: EXPECT_FALSE(accepts(file_with(set, key, "text"))); break;
      case Form::Text:
      case Form::Template:
      case Form::Expression:
      case Form::ChoiceOrMap:
      case Form::Choice: EXPECT_FALSE(accepts(file_with(set, key, "[a, b]"))); break;
    }
  });
}

std::string templated(const Key& key, std::string_view expression) {
  if (key.form == Form::Expression) return fmt::format("\"{}\"", expression);
  const std::string text = fmt::format("\"${{{{ {} }}}}\"", expression);
  if (key.form == Form::Templates) return fmt::format("[echo, {}]", text);
  if (key.form == Form::NamedExpressions) return fmt::format("{{x: \"{}\"}}", expression);
  if (key.form == Form::NamedTemplates) return fmt::format("{{LEVEL: {}}}", text);
  return text;
}

TEST(KeyRows, ExpressionsMayUseWhatIsSaidAndNothingElse) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"run", "string(run.number) == ''"},
      {"params", "params.region == ''"},
      {"env", "env.LEVEL == ''"},
      {"tasks", "tasks.extract.state == ''"},
      {"exit_code", "exit_code == 75"}};
  int checked = 0;
  for_each_key([&](const KeySet& set, const Key& key) {
    if (!key.scope) return;
    for (const auto& [name, expression] : kNames) {
      const auto names = names_of(*key.scope);
      const bool allowed = std::find(names.begin(), names.end(), name) != names.end();
      const std::string file = file_with(set, key, templated(key, expression));
      EXPECT_EQ(accepts(file), allowed) << name << complaints(loaded(file), file);
      ++checked;
    }
  });
  EXPECT_GE(checked, 50);
}

TEST(KeyRows, TextsThatAreNoTemplatesRefuseThem) {
  for_each_key([](const KeySet& set, const Key& key) {
    if (key.form != Form::Text) return;
    EXPECT_FALSE(accepts(file_with(set, key, "\"${{ run.number }}\"")));
  });
}

}  // namespace
}  // namespace gantry::spec
