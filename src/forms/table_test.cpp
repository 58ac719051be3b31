#include "forms/table.h"
#include "forms/cells.h"
#include "forms/encoding.h"
#include "forms/forms_testing.h"

namespace gantry::forms {
namespace {

constexpr const char* kPlain =
    "tasks:\n  extract: {run: ./a.sh}\n  load: {needs: [extract], run: ./b.sh}\n";

TEST(Table, HasARowPerTask) {
  EXPECT_EQ(table("task,needs,run\nextract,,./a.sh\nload,extract,./b.sh\n")->yaml(), kPlain);
  EXPECT_EQ(table("任务,前置,命令\nextract,,./a.sh\nload,extract,./b.sh\n")->yaml(), kPlain);
  EXPECT_EQ(
      table("\xEF\xBB\xBFtask;needs;run\r\nextract;;./a.sh\r\nload;extract;./b.sh\r\n")->yaml(),
      kPlain);
  EXPECT_EQ(table("task\tneeds\trun\nextract\t\t./a.sh\nload\textract\t./b.sh\n")->yaml(), kPlain);
}

TEST(Table, WithoutNeedsIsAChainOfAllButBackgroundTasks) {
  EXPECT_EQ(table("task,run\nextract,./a.sh\n\nload,./b.sh\n")->yaml(),
            "tasks:\n  extract: {run: ./a.sh}\n  load: {needs: [extract], run: ./b.sh}\n");
  EXPECT_EQ(table("task,run,background\na,x,\nw,y,true\nb,z,\n")->yaml(),
            "tasks:\n  a: {run: x}\n  w: {run: y, background: true}\n  b: {needs: [a], run: z}\n");
}

TEST(Cells, HaveListsMapsAndDottedKeys) {
  EXPECT_EQ(table("task,needs,run,retry.limit,retry.delay,env,重试间隔2\n")->found,
            Found{"unknown-key 1:44"});
  EXPECT_EQ(table("task,needs,run,retry.limit,重试间隔,env\na,,x,,,\nb,,y,,,\n"
                  "c,a；b,\"[ -f x ] && echo \"\"hi\"\"\nmore\",3,10s,\"{A: \"\"1\"\", B: two}\"\n")
                ->yaml(),
            "tasks:\n  a: {run: x}\n  b: {run: y}\n  c:\n    needs: [a, b]\n    run: |-\n"
            "      [ -f x ] && echo \"hi\"\n      more\n"
            "    env: {A: \"1\", B: two}\n    retry: {limit: 3, delay: 10s}\n");
}

TEST(Cells, ThatLookLikeFormulasAreGuarded) {
  for (const std::string text : {"=1+1", "+x", "-x", "@x", "'=x", "''-x", "x", "'x", "\ty"}) {
    EXPECT_EQ(unguarded(guarded(text)), text);
    EXPECT_EQ(std::string_view("=+-@\t").find(guarded(text)[0]), std::string_view::npos) << text;
  }
  EXPECT_EQ(table("task,run\na,'-x\nb,-y\n")->yaml(),
            "tasks:\n  a: {run: \"-x\"}\n  b: {needs: [a], run: \"-y\"}\n");
}

TEST(Comments, GiveKeysOfTheWorkflow) {
  const std::string head =
      "# title: Sales, and more\n# 时区：Asia/Shanghai\n# cron: * 2 * * *\n# concurrency.limit: 1\n"
      "# labels: {a: b, c: d}\n## free: text\n# just words\n";
  const std::string yaml =
      "title: \"Sales, and more\"\nlabels: {a: b, c: d}\ntimezone: Asia/Shanghai\n\ntriggers:\n"
      "  - {id: cron, cron: \"* 2 * * *\"}\n\nconcurrency: {limit: 1}\n\n"
      "tasks:\n  a: {run: x}\n";
  EXPECT_EQ(table(head + "task,run\na,x\n")->yaml(), yaml);
  EXPECT_EQ(free_comments_of_table(head + "task,run\n").count, 2);
  // As a spreadsheet saves it: split into cells, in quotes, filled up.
  EXPECT_EQ(table("# title: Sales, and more,,\n\"# 时区：Asia/Shanghai\",,\n# cron: * 2 * * *,,\n"
                  "# concurrency.limit: 1,,\n\"# labels: {a: b, c: d}\",,\ntask,run,\na,x,\n")
                ->yaml(),
            yaml);
}

TEST(Errors, PointToTheirCells) {
  EXPECT_EQ(table("task,run\na,x\na,y\n,z\nb,y,z\n")->found,
            (Found{"duplicate-key 3:1", "table-syntax 4:1", "table-syntax 5:5"}));
  EXPECT_EQ(table("task,env\na,{x: 1\n")->found, Found{"yaml-syntax 2:3"});
  EXPECT_EQ(table("task,env\nabc,\"{x: [}\"\n")->found, Found{"yaml-syntax 2:11"});
  EXPECT_EQ(table("run,task,run\nx,a,y\n")->found, Found{"duplicate-key 1:10"});
  EXPECT_EQ(table("run\nx\n")->found, (Found{"table-syntax 1:1", "table-syntax 2:1"}));
  EXPECT_EQ(table("")->found, Found{"table-syntax 1:1"});
  EXPECT_EQ(table("task,run\na,\"x\n")->found, Found{"table-syntax 2:3"});
  EXPECT_EQ(table("task,retry,retry.limit\na,{limit: 1},2\n")->found, Found{"duplicate-key 2:14"});
  EXPECT_EQ(table("# tiem: 1\ntask,run\na,x\n")->found, Found{});  // the loader knows the keys
}

TEST(Encoding, Gb18030IsReadStrictly) {
  const std::string utf8 = "任务,命令\n提取,echo 你好 €𠀀\n";
  const auto gb = to_gb18030(utf8);
  ASSERT_TRUE(gb.ok());
  EXPECT_NE(*gb, utf8);
  EXPECT_EQ(table(*gb)->yaml(), table(utf8)->yaml());
  EXPECT_EQ(table(utf8)->yaml(), "tasks:\n  提取: {run: echo 你好 €𠀀}\n");
  EXPECT_EQ(table("任务,命令\n\xff\xff,x\n")->found, Found{"not-utf8 2:1"});
  EXPECT_EQ(table("\xFF\xFEt\0")->found.size(), 1u);
}

TEST(Hostile, TablesGiveErrorsOrTrees) {
  std::string rows = "task,needs,env\n";
  for (int i = 0; i < 20'000; ++i) rows += fmt::format("t{},,\"{{a: [1, {{b: c}}]}}\"\n", i);
  EXPECT_TRUE(table(rows)->tree);
  EXPECT_FALSE(table(std::string(1'000'000, '"'))->tree);
  EXPECT_FALSE(table(std::string(1'000'000, ','))->tree);
  EXPECT_FALSE(table("task,env\na," + std::string(100'000, '[') + "\n")->tree);
  EXPECT_EQ(table(std::string("task\na\0b\n", 9))->found, Found{"control-character 2:2"});
  std::string columns = "task";
  for (int i = 0; i < 100'000; ++i) columns += ",c" + std::to_string(i);
  EXPECT_EQ(table(columns + "\n")->found, Found{"table-syntax 1:1"});
}

TEST(Form, OfATextIsKnown) {
  EXPECT_EQ(form_of_text("tasks: {a: {pass: true}}\n"), Form::Yaml);
  EXPECT_EQ(form_of_text("# task,run\ntasks:\n  task: {run: x}\n"), Form::Yaml);
  EXPECT_EQ(form_of_text("---\ntasks:\n  a: {pass: true}\n"), Form::Yaml);
  EXPECT_EQ(form_of_text("---\ntitle: x\n---\n%% hello\nflowchart LR\n"), Form::Mermaid);
  EXPECT_EQ(form_of_text("%%{init: {}}%%\n%%\ngraph TD;a-->b"), Form::Mermaid);
  EXPECT_EQ(form_of_text("graphs: 1\n"), Form::Yaml);
  EXPECT_EQ(form_of_text("\xEF\xBB\xBF\"# cron: 0 2 * * *\",\n任务,命令\n"), Form::Csv);
  EXPECT_EQ(form_of_name("a/b.flow.mmd"), Form::Mermaid);
  EXPECT_EQ(form_of_name(".yaml"), std::nullopt);
  EXPECT_EQ(workflow_name_of("a/b.flow.csv"), "a/b");
}

}  // namespace
}  // namespace gantry::forms
