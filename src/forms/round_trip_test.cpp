// From each form to each other and back: the tree means the same.
#include <filesystem>

#include "base/files.h"
#include "forms/encoding.h"
#include "forms/forms_testing.h"

namespace gantry::forms {
namespace {

void expect_round_trips(const std::string& yaml, const std::string& what) {
  const auto source = read_form(yaml, Form::Yaml);
  ASSERT_TRUE(source->tree) << what;
  for (const Form form : {Form::Yaml, Form::Mermaid, Form::Csv}) {
    spec::Diagnostics problems(what);
    const auto there = convert(yaml, Form::Yaml, form, problems);
    const auto found = problems.take();
    ASSERT_TRUE(there) << what << ": " << (found.empty() ? "" : spec::to_line(found.front()));
    EXPECT_EQ(form_of_text(there->text), form) << there->text;
    spec::Diagnostics none(what);
    const auto back = convert(there->text, form, Form::Yaml, none);
    ASSERT_TRUE(back) << there->text;
    const auto again = read_form(back->text, Form::Yaml);
    ASSERT_TRUE(again->tree) << back->text;
    EXPECT_EQ(differs_at(*source->tree, *again->tree), std::nullopt) << there->text << back->text;
    EXPECT_EQ(none.take().size(), 0u) << there->text;  // nothing is said of what we write
  }
}

TEST(RoundTrip, OfEveryExampleAndGoodFile) {
  int files = 0;
  for (const std::string folder : {"/examples", "/tests/spec/good"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(GANTRY_SOURCE_DIR + folder)) {
      const std::string path = entry.path().string();
      const auto text = path.ends_with(".yaml") ? read_file(path) : Result<std::string>("");
      if (!text.ok() || text->find("\ntasks:") == std::string::npos) continue;
      expect_round_trips(*text, path);
      ++files;
    }
  EXPECT_GE(files, 20);
}

// A small generator of its own, so that the same seed is the same file everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % n;
  }
  template <std::size_t N>
  std::string_view pick(const char* const (&of)[N]) {
    return of[below(N)];
  }

 private:
  std::uint64_t state_;
};

constexpr const char* kNames[] = {"load",     "end", "a-b",  "a--b",  "部门",  "x1",
                                  "subgraph", "n1",  "task", "Style", "graph", "9"};
constexpr const char* kTexts[] = {"plain",
                                  "two words",
                                  "\"\"",
                                  "\" padded \"",
                                  "\"=1+1\"",
                                  "\"-x\"",
                                  "\"'@y\"",
                                  "\"a; b、c\"",
                                  "\"{x}\"",
                                  "\"[ -f x ]\"",
                                  "\"true\"",
                                  "\"10\"",
                                  "\"q \\\" q\"",
                                  "\"#quot; #\"",
                                  "\"<br>\"",
                                  "\"a|b (c)\"",
                                  "\"l1\\nl2\\n\"",
                                  "\"tab\\there\"",
                                  "\"${{ run.number }}\"",
                                  "\"\\\"quoted\\\"\"",
                                  "\"`md`\"",
                                  "\"a,b,\"",
                                  "\"：冒号\""};
constexpr const char* kExtra[] = {
    "timeout: 10m",    "retry: {limit: 2, delay: 5s}", "retry: {}",
    "priority: -3",    "allow_failure: false",         "skip_exit_codes: [1, 99]",
    "secrets: [A, B]", "env: {A: \"1\", B: x}",        "foo.bar: 1",
    "undo: {run: x}",  "outputs: {a: \"1\"}",          "join: any",
    "join: all",       "when: params.x > 1",           "workdir: null",
    "owner: role:x"};

std::string task_body(Dice& dice, const std::vector<std::string>& before, int depth);

std::string tasks_of(Dice& dice, int depth) {
  std::vector<std::string> names;
  std::string out;
  const std::size_t count = 1 + dice.below(depth == 0 ? 7 : 3);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name(dice.pick(kNames));
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    out += fmt::format("{}\"{}\": {{{}}}", out.empty() ? "" : ", ", name,
                       task_body(dice, names, depth));
    names.push_back(name);
  }
  return out;
}

std::string task_body(Dice& dice, const std::vector<std::string>& before, int depth) {
  std::string out;
  const auto add = [&out](const std::string& entry) { out += (out.empty() ? "" : ", ") + entry; };
  if (dice.below(2) == 0) add(fmt::format("title: {}", dice.pick(kTexts)));
  std::string needs;
  for (const std::string& name : before)
    if (dice.below(3) == 0) needs += fmt::format("{}\"{}\"", needs.empty() ? "" : ", ", name);
  if (!needs.empty() || dice.below(6) == 0) add("needs: [" + needs + "]");
  switch (dice.below(depth < 2 ? 5 : 3)) {
    case 0: add("pass: true"); break;
    case 1: add(fmt::format("run: {}", dice.pick(kTexts))); break;
    case 2: add(fmt::format("exec: [x, {}]", dice.pick(kTexts))); break;
    case 3: add("tasks: {" + tasks_of(dice, depth + 1) + "}"); break;
    default: break;
  }
  const std::string_view extra = dice.pick(kExtra);
  if (extra.substr(0, 3) != "foo") add(std::string(extra));
  return out;
}

// Tasks that follow a switch, some of them in ways that no labelled edge can show.
std::string switch_of(Dice& dice) {
  constexpr const char* kSwitches[] = {
      "[{when: a > 1, then: [l]}, {otherwise: [r]}]",
      "[{when: a > 1, then: [l, m]}, {when: \"b == \\\"x\\\"\", then: [r]}]",
      "[{when: a > 1, then: [m, l]}, {otherwise: [r]}]",
      "[{when: a > 1, then: []}, {otherwise: [r]}]",
      "[{when: a > 1, then: [l]}, {when: a > 1, then: [r]}, {otherwise: [m]}]",
      "[{when: otherwise, then: [l]}, {otherwise: [r, m]}]"};
  return fmt::format(
      ", sw: {{switch: {}}}, l: {{needs: [sw], run: x}}, m: {{needs: [sw], run: x}}, r: {{needs: "
      "[sw], run: x}}, j: {{needs: [l, r]{}}}",
      dice.pick(kSwitches), dice.below(2) == 0 ? ", join: any" : "");
}

TEST(RoundTrip, OfGeneratedWorkflows) {
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    Dice dice(seed);
    const std::string tasks = tasks_of(dice, 0) + (dice.below(2) == 0 ? switch_of(dice) : "");
    const std::string yaml = fmt::format(
        "title: {}\ndescription: {}\nlabels: {{a: {}}}\nfiles: [\"./*.sql\", {}]\n"
        "triggers: [{{id: t, cron: \"* * * * *\"}}]\nfinally: {{f: {{run: {}}}}}\ntasks: {{{}}}\n",
        dice.pick(kTexts), dice.pick(kTexts), dice.pick(kTexts), dice.pick(kTexts),
        dice.pick(kTexts), tasks);
    expect_round_trips(yaml, fmt::format("seed {}\n{}", seed, yaml));
  }
}

TEST(RoundTrip, OfAChartKeepsItsLook) {
  spec::Diagnostics problems("");
  const auto out = convert("graph BT\n%% why\na --> b\nclassDef x fill:#fff\n", Form::Mermaid,
                           Form::Mermaid, problems);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->text, "flowchart BT\n  a\n  b\n  a --> b\n  classDef x fill:#fff\n");
  EXPECT_EQ(out->lost_comments, 1);
  EXPECT_EQ(out->first_comment_line, 2);
}

TEST(RoundTrip, TellsOfLostComments) {
  spec::Diagnostics problems("");
  const auto out = convert(
      "# one\ntasks:\n  a: {run: 'x # no'} # two\n  b:\n    run: |\n      # no\n"
      "# three\n",
      Form::Yaml, Form::Csv, problems);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->lost_comments, 3);
  EXPECT_EQ(out->first_comment_line, 1);
}

TEST(RoundTrip, RefusesWhatWouldChange) {
  for (const std::string yaml : {"tasks: {a: 1}\n", "tasks: []\n", "title: x\n",
                                 "tasks: {a: {needs: [b]}, b: {needs: [a]}}\n"}) {
    spec::Diagnostics problems("");
    EXPECT_FALSE(convert(yaml, Form::Yaml, Form::Mermaid, problems)) << yaml;
    EXPECT_TRUE(problems.has_errors()) << yaml;
  }
}

TEST(RoundTrip, OfATableInGb18030) {
  const std::string yaml = "title: 销售\ntasks:\n  提取: {run: echo 一}\n  装载: {needs: [提取]}\n";
  spec::Diagnostics problems("");
  const auto csv = convert(yaml, Form::Yaml, Form::Csv, problems);
  ASSERT_TRUE(csv);
  const auto gb = to_gb18030(csv->text.substr(3));  // without the mark
  ASSERT_TRUE(gb.ok());
  const auto back = convert(*gb, Form::Csv, Form::Yaml, problems);
  ASSERT_TRUE(back);
  const auto a = read_form(yaml, Form::Yaml), b = read_form(back->text, Form::Yaml);
  EXPECT_EQ(differs_at(*a->tree, *b->tree), std::nullopt);
}

}  // namespace
}  // namespace gantry::forms
