#include "forms/forms_testing.h"

namespace gantry::forms {
namespace {

// What `edges` give, as "a>b" for each task b that needs a.
std::string needs_of(const std::string& body, const std::string& head = "flowchart LR\n") {
  const auto read = chart(head + body);
  for (const std::string& found : read->found)
    if (!found.starts_with("drawing-only")) return found;
  if (!read->tree) return "nothing";
  const auto& tree = *read->tree;
  std::string out;
  const auto& root = tree.root();
  const auto& tasks = tree.at(root.children.back());
  for (std::size_t i = 0; i < tasks.children.size(); i += 2) {
    const auto& task = tree.at(tasks.children[i + 1]);
    for (std::size_t k = 0; k < task.children.size(); k += 2)
      if (tree.at(task.children[k]).text == "needs")
        for (const auto need : tree.at(task.children[k + 1]).children)
          out +=
              (out.empty() ? "" : " ") + tree.at(need).text + ">" + tree.at(tasks.children[i]).text;
  }
  return out;
}

TEST(Links, OfEveryKindAreEdges) {
  for (const std::string link : {"-->", "---", "-.->", "-.-", "==>", "===", "---->", "-..->", "--x",
                                 "--o", "-->|text|", "-- text -->", "-. text .->", "== text ==>",
                                 "-->|\"a | b\"|", "-- \"a -- b\" -->", "e1@-->"})
    EXPECT_EQ(needs_of("a " + link + " b\n"), "a>b") << link;
  EXPECT_EQ(needs_of("a-->b\n"), "a>b");
  EXPECT_EQ(needs_of("a-b-->c_d\n"), "a-b>c_d");
  EXPECT_EQ(needs_of("a ~~~ b\n"), "");
}

TEST(Links, InChainsAndGroups) {
  EXPECT_EQ(needs_of("a --> b --> c\n"), "a>b b>c");
  EXPECT_EQ(needs_of("a & b --> c & d\n"), "a>c b>c a>d b>d");
  EXPECT_EQ(needs_of("a --> b; b --> c;\n"), "a>b b>c");
  EXPECT_EQ(needs_of("a -->\n b\n"), "a>b");
  EXPECT_EQ(needs_of("a --> b\n a --> b\n"), "a>b");
}

TEST(Header, HasDirectionsCommentsAndDirectives) {
  EXPECT_EQ(needs_of("a --> b", "%% a comment\n%%{init: {'theme': 'dark'}}%%\ngraph TD;\n"), "a>b");
  EXPECT_EQ(needs_of("a --> b %% why\n%% end\n", "graph\n"), "a>b");
  EXPECT_EQ(needs_of("a --> b\r\nb --> c\r\n", "flowchart RL\r\n"), "a>b b>c");
  EXPECT_EQ(chart("sequenceDiagram\na->>b: x\n")->found, Found{"mermaid-syntax 1:1"});
  EXPECT_EQ(chart("---\na: b\n")->found, Found{"mermaid-syntax 1:1"});
}

TEST(Nodes, OfEveryShapeHaveTheirLabelAsTitle) {
  const std::pair<const char*, const char*> shapes[] = {
      {"[", "]"},   {"(", ")"},   {"[[", "]]"},   {"[(", ")]"},  {">", "]"},    {"{", "}"},
      {"{{", "}}"}, {"[/", "/]"}, {"[\\", "\\]"}, {"[/", "\\]"}, {"[\\", "/]"}, {"(-", "-)"}};
  for (const auto& [open, close] : shapes)
    for (const std::string text : {"装 载", "\"装 载\""})
      EXPECT_EQ(chart(fmt::format("flowchart LR\nload{}{}{}\n", open, text, close))->yaml(),
                "tasks:\n  load: {title: 装 载}\n")
          << open << text << close;
  for (const auto& [open, close] :
       {std::pair("([", "])"), std::pair("((", "))"), std::pair("(((", ")))")})
    EXPECT_EQ(chart(fmt::format("flowchart LR\ns{}Start{}\n", open, close))->yaml(),
              "tasks:\n  s: {title: Start, pass: true}\n");
}

TEST(Nodes, HaveDataClassesAndEntities) {
  EXPECT_EQ(chart("graph LR\na@{ shape: stadium, label: \"Go #quot;x#quot;\" }\n")->yaml(),
            "tasks:\n  a: {title: \"Go \\\"x\\\"\", pass: true}\n");
  EXPECT_EQ(chart("graph LR\na[\"x<br/>y #35;1\"]:::big --> b\n")->found,
            Found{"drawing-only 2:19"});
  EXPECT_EQ(chart("graph LR\na[\"`one\n  two`\"]\n")->yaml(), "tasks:\n  a: {title: one two}\n");
}

TEST(Drawing, LinesArePutAside) {
  const auto read = chart(
      "flowchart LR\na --> b\nclassDef big fill:#f9f\nclass a big\nstyle a fill:#bbf\n"
      "linkStyle 0 stroke:red\nclick a \"http://x/;y\"\na -->|why| c\n");
  EXPECT_EQ(read->found, (Found{"drawing-only 3:1", "drawing-only 4:1", "drawing-only 5:1",
                                "drawing-only 6:1", "drawing-only 7:1", "drawing-only 8:7"}));
  EXPECT_EQ(read->yaml(), "tasks:\n  a: {}\n  b: {needs: [a]}\n  c: {needs: [a]}\n");
}

TEST(FrontMatter, GivesKeysOfWorkflowAndTasksWithTheirPlaces) {
  const auto read = chart(
      "---\ntitle: Sales\ntasks:\n  a: {run: ./a.sh}\n  b:\n    retry: {limit: 2}\n---\n"
      "flowchart TD\n  a[Load] --> b\n");
  EXPECT_EQ(read->found, Found{});
  EXPECT_EQ(
      read->yaml(),
      "title: Sales\n\ntasks:\n  a: {title: Load, run: ./a.sh}\n  b: {needs: [a], retry: {limit: "
      "2}}\n");
  EXPECT_EQ(chart("---\ntasks: {x: {run: a}}\n---\ngraph LR\na\n")->found,
            Found{"unknown-task 2:9"});
  EXPECT_EQ(chart("---\ntasks: [\n---\ngraph LR\na\n")->found, Found{"yaml-syntax 3:1"});
}

TEST(Decisions, WithCasesAreSwitches) {
  const auto read = chart(
      "---\ntasks:\n  d: {cases: {是: params.n > 1}}\n---\nflowchart LR\n"
      "a --> d{Big?}\nd -->|否| c\nd -->|是| b\nb & c --> e\n");
  EXPECT_EQ(read->found, Found{});
  EXPECT_EQ(read->yaml(),
            "tasks:\n  a: {}\n  d:\n    title: Big?\n    needs: [a]\n    switch:\n"
            "      - {when: params.n > 1, then: [b]}\n      - {otherwise: [c]}\n"
            "  c: {needs: [d]}\n  b: {needs: [d]}\n  e: {needs: [b, c], join: any}\n");
}

TEST(Decisions, WithoutCasesAskAPerson) {
  const auto read = chart("flowchart LR\nask{\"Which?\"} -->|left| l\nask -->|right| r\n");
  EXPECT_EQ(read->found, Found{});
  EXPECT_EQ(read->yaml(),
            "tasks:\n  ask: {title: Which?, todo: {outcomes: [left, right]}}\n  ask-choice:\n"
            "    needs: [ask]\n    switch:\n"
            "      - {when: \"tasks.ask.outputs.outcome == \\\"left\\\"\", then: [l]}\n"
            "      - {when: \"tasks.ask.outputs.outcome == \\\"right\\\"\", then: [r]}\n"
            "  l: {needs: [ask-choice]}\n  r: {needs: [ask-choice]}\n");
}

TEST(Decisions, ThatLeaveSomethingOpenAreErrors) {
  const std::string front = "---\ntasks: {d: {cases: {x: \"true\"}}}\n---\nflowchart LR\n";
  EXPECT_EQ(chart(front + "d{D} -->|y| a\nd -->|x| b\nd -->|z| c\n")->found,
            (Found{"bad-decision 5:10", "bad-decision 7:7"}));
  EXPECT_EQ(chart(front + "d{D} -->|y| a\n")->found, Found{"bad-decision 2:21"});
  EXPECT_EQ(chart("graph LR\nd{D} -->|y| a\nd --> b\n")->found, Found{"bad-decision 3:3"});
}

TEST(Joins, OnlyOfExclusiveArmsAreAny) {
  const std::string front = "---\ntasks: {d: {cases: {x: \"true\"}}}\n---\nflowchart LR\n";
  const auto any_of = [&](const std::string& body) {
    const std::string yaml = chart(front + body)->yaml();
    std::string names;
    for (std::size_t at = 0; (at = yaml.find("join: any", at)) != std::string::npos; ++at)
      names += yaml.substr(yaml.rfind("\n  ", at) + 3, 1);
    return names;
  };
  const std::string d = "d{D} -->|x| a\nd -->|y| b\n";
  EXPECT_EQ(any_of(d + "a --> e\nb --> f\ne & f --> g --> h\n"), "g");
  EXPECT_EQ(any_of(d + "a --> e & f\ne & f --> g\n"), "");
  EXPECT_EQ(any_of(d + "a & b --> g\ng & c --> h\n"), "g");
  EXPECT_EQ(any_of(d + "d -->|y| c\nb & c --> h\na & h --> i\n"), "i");
}

TEST(Subgraphs, AreGroups) {
  const auto read = chart(
      "flowchart LR\nsubgraph g [All of it]\n direction TB\n a --> b\nend\nx --> g\nb --> y\n");
  EXPECT_EQ(read->found, Found{});
  EXPECT_EQ(read->yaml(),
            "tasks:\n  g: {title: All of it, needs: [x], tasks: {a: {}, b: {needs: [a]}}}\n  x: "
            "{}\n  y: {needs: [g]}\n");
  EXPECT_EQ(chart("graph LR\nsubgraph g\na --> g\nend\n")->found, Found{"needs-cycle 3:3"});
  EXPECT_EQ(chart("graph LR\nsubgraph g\na\n")->found, Found{"mermaid-syntax 2:10"});
  EXPECT_EQ(chart("graph LR\na\nend\n")->found.size(), 1u);
  EXPECT_EQ(chart("graph LR\nsubgraph A\nB\nend\nsubgraph B\nA\nend\n")->found.size(), 1u);
}

TEST(Cycles, AreErrorsButForApprovals) {
  EXPECT_EQ(needs_of("a --> b --> c\nc --> a\n"), "needs-cycle 3:3");
  EXPECT_EQ(needs_of("s --> a\na --> a\n"), "needs-self 3:3");
  EXPECT_EQ(needs_of("a <--> b\n"), "mermaid-syntax 2:3");
  const auto read = chart(
      "---\ntasks: {ok: {approval: {by: x}}}\n---\ngraph LR\nw --> ok -->|yes| p\nok -->|no| w\n");
  EXPECT_EQ(read->found, Found{});
  EXPECT_EQ(read->yaml(),
            "tasks:\n  w: {}\n  ok: {needs: [w], approval: {by: x, on_reject: {back_to: w}}}\n"
            "  p: {needs: [ok]}\n");
}

TEST(Errors, AreAllToldWithTheirPlaces) {
  EXPECT_EQ(chart("graph LR\na[x\nb --> \nc ? d\ne[\"x]\n")->found,
            (Found{"mermaid-syntax 2:3", "mermaid-syntax 4:3", "mermaid-syntax 5:3"}));
}

TEST(Hostile, TextsGiveErrorsOrTreesButNeverACrash) {
  std::string deep = "graph LR\n", wide = "graph LR\n", many = "graph LR\n", quotes = "graph LR\n";
  for (int i = 0; i < 100'000; ++i) deep += "subgraph s" + std::to_string(i) + "\n";
  EXPECT_EQ(chart(deep)->found.front().substr(0, 8), "too-deep");
  for (int i = 0; i < 3'000; ++i) many += (i == 0 ? "a" : " & a") + std::to_string(i);
  EXPECT_EQ(chart(many + " --> " + many.substr(9) + "\n")->found.front().substr(0, 14),
            "too-many-nodes");
  for (int i = 0; i < 300'000; ++i) wide += "a" + std::to_string(i) + "[/x/];";
  EXPECT_TRUE(chart(wide)->tree);
  for (int i = 0; i < 100'000; ++i) quotes += "a[\"\nb[/\n";
  EXPECT_FALSE(chart(quotes)->tree);
  EXPECT_EQ(chart(std::string("graph LR\na\0b", 12))->found, Found{"control-character 2:2"});
  EXPECT_EQ(chart("graph LR\na\xff\n")->found, Found{"not-utf8 2:2"});
  std::string nested = "graph LR\n";
  for (int i = 1; i < 50'000; ++i) nested += fmt::format("subgraph g{}\ng{}\nend\n", i, i - 1);
  EXPECT_EQ(chart(nested)->found.front().substr(0, 8), "too-deep");
}

TEST(Large, FlowchartIsRead) {
  std::string text = "flowchart LR\n";
  for (int i = 0; i < 47'917; ++i)
    text += fmt::format("  n{} --> n{}[\"node {}\"]\n", i * 7 % (i + 1) / 2, i + 1, i + 1);
  const auto read = chart(text);
  ASSERT_TRUE(read->tree) << read->found.front();
  EXPECT_EQ(read->tree->at(read->tree->root().children.back()).children.size(), 2u * 47'918u);
}

}  // namespace
}  // namespace gantry::forms
