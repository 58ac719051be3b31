// good/every-key.yaml key by key: what each becomes in the model.
#include <gtest/gtest.h>

#include "base/files.h"
#include "fake_files.h"
#include "spec/load.h"

namespace gantry::spec {
namespace {

using namespace model;

Definition load_good(const std::string& name) {
  const auto text = read_file(GANTRY_SOURCE_DIR "/tests/spec/good/" + name);
  auto result = load(*text, "finance/sales", name, FakeFiles());
  EXPECT_TRUE(result.definition);
  return result.definition ? *result.definition : Definition{};
}

TEST(EveryKey, OfTheWorkflow) {
  const Workflow w = load_good("every-key.yaml").workflow;
  EXPECT_EQ(w.name, "finance/sales");
  EXPECT_EQ(w.title, "Sales of ${{ run.business_date }}");
  EXPECT_EQ(w.description, "Loads the sales of a day");
  EXPECT_EQ(w.owner, "role:data");
  EXPECT_EQ(w.labels, (std::vector<NamedText>{{"team", "data"}, {"层级", "gold"}}));
  EXPECT_EQ(w.timezone, "Asia/Shanghai");
  EXPECT_FALSE(w.enabled);
  EXPECT_EQ(w.priority, 7);
  EXPECT_TRUE(w.fail_fast);
  EXPECT_EQ(w.timeout, hours(2));
  EXPECT_EQ(w.concurrency_limit, 3);
  EXPECT_EQ(w.concurrency_key, "${{ params.region }}");
  EXPECT_EQ(w.conflict, Conflict::Skip);
  EXPECT_EQ(w.after_previous, AfterPrevious::Done);
  EXPECT_EQ(w.env, (std::vector<NamedText>{{"LEVEL", "${{ params.limit }}"}, {"COUNT", "5"}}));
  EXPECT_EQ(w.secrets, std::vector<std::string>{"BI"});
  EXPECT_EQ(w.tasks.size(), 14u);
}

TEST(EveryKey, OfParams) {
  const auto params = load_good("every-key.yaml").workflow.params;
  std::vector<Param> wanted(6);
  wanted[0] = {.name = "date",
               .type = ParamType::Date,
               .title = "Business date",
               .help = "The day to load",
               .fallback = Value("${{ run.business_date }}"),
               .values = {},
               .min = {},
               .max = {},
               .low = "2020-01-01",
               .high = "2030-12-31",
               .pattern = {}};
  wanted[1].name = "region";
  wanted[1].type = ParamType::Enum;
  wanted[1].values = {"north", "south"};
  wanted[1].fallback = Value("south");
  wanted[2].name = "limit";
  wanted[2].type = ParamType::Int;
  wanted[2].min = 1;
  wanted[2].max = 1000;
  wanted[2].fallback = Value(100);
  wanted[3].name = "name";
  wanted[3].required = true;
  wanted[3].min = 2;
  wanted[3].max = 20;
  wanted[3].pattern = "[a-z-]+";
  wanted[4].name = "dry";
  wanted[4].type = ParamType::Bool;
  wanted[4].fallback = Value(true);
  wanted[5].name = "days";
  wanted[5].type = ParamType::List;
  wanted[5].items = ParamType::Int;
  wanted[5].max = 5;
  wanted[5].fallback = Value(ValueList{Value(1), Value(2)});
  EXPECT_EQ(params, wanted);
}

TEST(AfterPrevious, IsReadByItsNames) {
  const auto rule_of = [](const std::string& word) {
    const auto result =
        load("after_previous: " + word + "\ntasks: {a: {pass: true}}\n", "x", "x", FakeFiles());
    return result.definition->workflow.after_previous;
  };
  EXPECT_EQ(rule_of("succeeded"), model::AfterPrevious::Succeeded);
  EXPECT_EQ(rule_of("done"), model::AfterPrevious::Done);
}

TEST(EveryKey, OfTriggers) {
  const auto triggers = load_good("every-key.yaml").workflow.triggers;
  std::vector<Trigger> wanted(9);
  wanted[0].id = "nightly";
  wanted[0].cron = "0 2 * * 1-5";
  wanted[0].timezone = "Europe/Berlin";
  wanted[0].params = {{Value("name"), Value("night")}, {Value("days"), Value(ValueList{Value(3)})}};
  wanted[1].id = "working";
  wanted[1].cron = "0 9 * * *";
  wanted[1].timezone = "Asia/Shanghai";
  TimerDetails details;
  details.calendar = "factory";
  details.on_holiday = OnHoliday::After;
  wanted[1].timer = details;
  wanted[1].params = {{Value("name"), Value("day")}};
  wanted[2].id = "often";
  wanted[2].kind = TriggerKind::Every;
  wanted[2].every = minutes(90);
  wanted[2].from = *parse_instant("2025-12-31T16:00:00Z");
  wanted[2].timezone = "Asia/Shanghai";
  wanted[2].enabled = false;
  wanted[2].params = {{Value("name"), Value("often")}};
  wanted[3].id = "month-end";
  wanted[3].cron = "0 18 28-31 * *";
  wanted[3].timezone = "Asia/Shanghai";
  wanted[3].params = {{Value("name"), Value("month")}};
  details = {};
  details.start = *parse_instant("2026-03-31T16:00:00Z");
  details.end = *parse_instant("2027-03-31T16:00:00Z");
  details.jitter = minutes(10);
  details.catch_up = {model::CatchUp::Policy::All, days(3), 10};
  wanted[3].timer = details;
  wanted[4].id = "once";
  wanted[4].kind = TriggerKind::At;
  wanted[4].at = *parse_instant("2026-12-31T15:00:00Z");
  wanted[4].timezone = "Asia/Shanghai";
  wanted[4].params = {{Value("name"), Value("once")}};
  model::TimerDetails none;
  none.catch_up.policy = model::CatchUp::Policy::None;
  wanted[4].timer = none;
  for (std::size_t i = 5; i < 9; ++i) wanted[i].timezone = "Asia/Shanghai";
  wanted[5].id = "order";
  wanted[5].kind = TriggerKind::Event;
  wanted[5].params = {{Value("name"), Value("order")}};
  model::SourceDetails source;
  source.event.name = "orders.received";
  source.match = "event.amount > 5";
  wanted[5].source = source;
  wanted[6].id = "push";
  wanted[6].kind = TriggerKind::Webhook;
  wanted[6].params = {{Value("name"), Value("push")}};
  source = {};
  source.hook = {"shop", model::HookAuth::GitHub, "HOOK"};
  wanted[6].source = source;
  wanted[7].id = "inbox";
  wanted[7].kind = TriggerKind::File;
  wanted[7].params = {{Value("name"), Value("inbox")}};
  source = {};
  source.file = {"/srv/in/**/*.csv", seconds(30), true};
  wanted[7].source = source;
  wanted[8].id = "loaded";
  wanted[8].kind = TriggerKind::Workflow;
  wanted[8].params = {{Value("name"), Value("loaded")}};
  source = {};
  source.completion = {{"finance/load", "财务/核对"}, true, true, true, true, false};
  wanted[8].source = source;
  EXPECT_EQ(triggers, wanted);
}

TEST(EveryKey, OfATask) {
  Task task = load_good("every-key.yaml").workflow.tasks[0];
  Task wanted;
  wanted.name = "extract";
  wanted.about = {"Extract ${{ params.region }}", "Reads the source", "wang"};
  wanted.action = {ActionKind::Run, "./run.sh \"$PARAM_DATE\"", "python3", {}};
  wanted.setup = {{{"TZ", "UTC"}, {"COLOR", "blue"}, {"N", "${{ params.limit * 2 }}"}},
                  {"BASE", "SOURCE"},  // BI is the workflow's
                  "out/extract"};
  wanted.retry = {5, seconds(1), 2.5, minutes(5), 0.2, "exit_code == 75"};
  wanted.timeout = seconds(90);
  wanted.grace = minutes(1);
  wanted.allow_failure = true;
  wanted.on_interrupt = OnInterrupt::Retry;
  wanted.priority = -3;
  wanted.pool = "source";
  wanted.slots = 3;
  wanted.skipping = {"params.limit > 1", {7, 8}};
  wanted.outputs = {{{"rows", "int(stdout)"}, {"twice", "outputs.rows * 2"}}};
  wanted.place = {63, 3};
  EXPECT_EQ(task, wanted);
}

TEST(EveryKey, DefaultsGoToProcesses) {
  const auto tasks = load_good("every-key.yaml").workflow.tasks;
  const Task& load_task = tasks[1];
  EXPECT_EQ(load_task.needs, std::vector<TaskIndex>{TaskIndex{0}});
  EXPECT_EQ(load_task.join, JoinRule::NoneFailedMinOneSuccess);
  EXPECT_EQ(load_task.action.kind, ActionKind::Exec);
  EXPECT_EQ(
      load_task.action.argv,
      (std::vector<std::string>{"./run.sh", "--rows", "${{ tasks.extract.outputs.rows }}", "5"}));
  EXPECT_EQ(load_task.action.shell, "");
  EXPECT_EQ(load_task.retry->limit, 2);
  EXPECT_EQ(load_task.retry->delay, seconds(10));
  EXPECT_EQ(load_task.timeout, minutes(10));
  EXPECT_EQ(load_task.grace, seconds(3));
  EXPECT_EQ(load_task.pool, "warehouse");
  EXPECT_EQ(load_task.slots, 2);
  EXPECT_EQ(load_task.setup->env, (std::vector<NamedText>{{"TZ", "UTC"}, {"COLOR", "red"}}));
  EXPECT_EQ(load_task.setup->secrets, std::vector<std::string>{"BASE"});
  EXPECT_EQ(load_task.setup->workdir, "out");
  EXPECT_EQ(load_task.on_interrupt, OnInterrupt::Ask);
  EXPECT_EQ(load_task.priority, 4);
  EXPECT_EQ(load_task.skipping, (model::Skipping{"", {99}}));

  const Task& done = tasks[2];
  EXPECT_EQ(done.action.kind, ActionKind::Pass);
  EXPECT_EQ(done.join, JoinRule::AllDone);
  EXPECT_EQ(done.retry, RetryPolicy{});
  EXPECT_EQ(done.skipping, model::Skipping{});
  EXPECT_EQ(done.pool, "");
  EXPECT_EQ(done.setup->env.size(), 0u);

  const Task& heartbeat = tasks[3];
  EXPECT_TRUE(heartbeat.background);
  EXPECT_EQ(heartbeat.every, seconds(30));
  EXPECT_FALSE(heartbeat.timeout) << "a time meant for tasks that end";
  EXPECT_EQ(heartbeat.action.shell, "sh");

  EXPECT_FALSE(tasks[3].is_finally);
  EXPECT_TRUE(tasks[13].is_finally);
}

TEST(EveryKey, OfDecisionsGroupsAndLoops) {
  const auto tasks = load_good("every-key.yaml").workflow.tasks;
  model::Foreach foreach;
  foreach
    .items = Value(ValueList{"north", "south"});
  foreach
    .as = "where";
  foreach
    .max_parallel = 2;
  foreach
    .tolerated = 1;
  foreach
    .threshold = {2, 0.5, 2};
  EXPECT_EQ(tasks[4].name, "each");
  EXPECT_EQ(tasks[4].flow->foreach, foreach);
  EXPECT_EQ(tasks[4].flow->repeat, (model::Repeat{"outputs.done", seconds(10), 5}));
  const std::vector<model::Arm> arms{{"tasks.each.items.all(i, i.outputs.done)", {TaskIndex{6}}},
                                     {"", {}}};
  EXPECT_EQ(tasks[5].action.kind, ActionKind::Switch);
  EXPECT_EQ(tasks[5].flow->arms, arms);
  EXPECT_EQ(tasks[6].action.kind, ActionKind::Group);
  EXPECT_EQ(tasks[6].span, 3u);
  EXPECT_EQ(tasks[7].name, "both.first");
  EXPECT_EQ(tasks[8].group, TaskIndex{6});
  EXPECT_EQ(tasks[8].needs, std::vector<TaskIndex>{TaskIndex{7}});
}

TEST(EveryKey, OfWaits) {
  const auto tasks = load_good("every-key.yaml").workflow.tasks;
  EXPECT_EQ(tasks[9].action.kind, ActionKind::Wait);
  EXPECT_EQ(tasks[9].wait->span, "10m");
  EXPECT_EQ(tasks[10].wait->until, "06:00");
  EXPECT_EQ(tasks[11].wait->when, "now > run.scheduled_at");
  EXPECT_EQ(tasks[11].wait->every, minutes(1));
  const model::Wait paid{
      "", "", "", "paid", "event.rows == tasks.each.items.size()", seconds(30), hours(2), true};
  EXPECT_EQ(*tasks[12].wait, paid);
}

TEST(EveryKey, FilesBelongToTheVersion) {
  const Definition definition = load_good("every-key.yaml");
  ASSERT_EQ(definition.files.size(), 3u);
  EXPECT_EQ(definition.files[0].path, "run.sh");
  EXPECT_TRUE(definition.files[0].executable);
  EXPECT_EQ(definition.files[1].path, "sql/a.sql");
  EXPECT_EQ(definition.files[2].content, "select 2;\n");
  EXPECT_EQ(definition.hash.size(), 64u);
}

TEST(YamlForms, AreThoseOfVersion12) {
  const Workflow w = load_good("yaml-forms.yaml").workflow;
  EXPECT_EQ(w.title, "yes");
  const std::vector<NamedText> env{{"ON", "on"},         {"NO", "no"},      {"OCTAL", "0o17"},
                                   {"OLD_OCTAL", "017"}, {"TIME", "12:30"}, {"EMPTY", ""},
                                   {"TILDE", "~"},       {"TAGGED", "5"}};
  EXPECT_EQ(w.env, env);
  EXPECT_EQ(w.tasks[0].setup->env, env);
  EXPECT_EQ(w.labels[0].second, "tab\tand \u2028 line");
  EXPECT_EQ(w.tasks[0].action.script, "echo \"one\ntwo\"\n");
  EXPECT_EQ(w.tasks[1].action.script, "echo folded text");
  EXPECT_EQ(w.tasks[4].name, "部门审批");
}

TEST(LoadStored, GivesTheSameModelWithoutFiles) {
  const auto text = read_file(GANTRY_SOURCE_DIR "/tests/spec/good/every-key.yaml");
  const auto stored = load_stored(*text, "finance/sales");
  ASSERT_TRUE(stored.definition);
  EXPECT_EQ(stored.definition->workflow, load_good("every-key.yaml").workflow);
  EXPECT_TRUE(stored.definition->files.empty());
  EXPECT_EQ(stored.definition->hash, "");
}

TEST(Triggers, WithoutIdKeepTheirsWhileTheTextStays) {
  const auto ids = [](const std::string& triggers) {
    const auto result =
        load("triggers: [" + triggers + "]\ntasks: {a: {pass: true}}\n", "x", "x", FakeFiles());
    std::vector<std::string> out;
    for (const Trigger& trigger : result.definition->workflow.triggers) out.push_back(trigger.id);
    return out;
  };
  const auto one = ids("{every: 1h}");
  const auto two = ids("{every: 2h}, {every: 60m}");
  EXPECT_EQ(one[0].size(), 12u);
  EXPECT_EQ(one[0], two[1]);
  EXPECT_NE(two[0], two[1]);
}

TEST(Names, OfWorkflowsArePaths) {
  const std::string text = "tasks: {a: {pass: true}}\n";
  EXPECT_TRUE(load(text, "财务/nightly-sales", "x", FakeFiles()).definition);
  for (const std::string name : {"a//b", "a b", "", "../a", "a/"})
    EXPECT_FALSE(load(text, name, "x", FakeFiles()).definition) << name;
}

}  // namespace
}  // namespace gantry::spec
