#include <gtest/gtest.h>

#include "base/utf8.h"
#include "pages/fill.h"
#include "pages/html.h"
#include "pages/library.h"
#include "pages/links.h"
#include "pages/terminal_text.h"

namespace gantry::pages {
namespace {

Library small() {
  return Library(
      {{"docs/en/README.md", "# Gantry\n\nStart with the [tutorial](tutorial.md).\n"},
       {"docs/en/tutorial.md",
        "# Tutorial\n\nSee [keys](../format/workflow.md#runs), [a run](#one-run), "
        "[code](../../src/x.cpp), ![a picture](x.png) and <https://example.org>.\n\n"
        "## One run\n\n    gantry up\n\n| a | b |\n|---|---|\n| one | two |\n"},
       {"docs/zh/tutorial.md", "# 教程\n\n见[格式](../format/workflow.md)。\n"},
       {"docs/format/workflow.md", "# Workflow files\n"},
       {"docs/zh/format/workflow.md", "# 工作流文件\n"},
       {"docs/en/lint/bad-name.md", "# bad-name\n"},
       {"docs/en/errors.md",
        "# Errors\n\n## <a id=\"no-server\"></a>No server runs\n\nStart it.\n\n### More\n\n"
        "More.\n\n## <a id=\"other\"></a>Other\n\nNo.\n"}});
}

TEST(LibraryTest, ATopicIsANameItsLastPartOrAnAnchorOfTheErrors) {
  const Library library = small();
  EXPECT_EQ(library.look_up(Lang::En, "tutorial")->page->file, "docs/en/tutorial.md");
  EXPECT_EQ(library.look_up(Lang::Zh, "tutorial")->page->file, "docs/zh/tutorial.md");
  EXPECT_EQ(library.look_up(Lang::En, "bad-name")->page->name, "lint/bad-name");
  EXPECT_EQ(library.look_up(Lang::Zh, "bad-name")->page->lang, Lang::En);  // not translated
  EXPECT_EQ(library.look_up(Lang::En, "no-server")->anchor, "no-server");
  EXPECT_EQ(library.look_up(Lang::En, "index")->page->name, "index");
  EXPECT_FALSE(library.look_up(Lang::En, "../en/tutorial"));
  EXPECT_FALSE(library.look_up(Lang::En, ""));
}

TEST(LibraryTest, WhatIsBuiltInHasBothLanguages) {
  const Library& library = built_in();
  EXPECT_GT(library.all().size(), 100u);
  for (const Lang lang : {Lang::En, Lang::Zh}) {
    EXPECT_TRUE(library.has(lang, "lint/unknown-key"));
    EXPECT_TRUE(library.has(lang, "errors"));
  }
  EXPECT_EQ(anchors_of(library.find(Lang::En, kErrors)->text),
            anchors_of(library.find(Lang::Zh, kErrors)->text));
}

TEST(LibraryTest, EveryBuiltInPageIsRenderedAndItsLinksToPagesResolve) {
  for (const auto& [key, page] : built_in().all()) {
    SCOPED_TRACE(page.file);
    EXPECT_NE(html_page(built_in(), page, "1").find("</html>"), std::string::npos);
    EXPECT_FALSE(terminal_text(built_in(), {&page, ""}, {}).empty());
  }
}

TEST(LinksTest, AreFollowedFromTheFileInItsLanguage) {
  const Library library = small();
  const Page& en = *library.find(Lang::En, "tutorial");
  const Page& zh = *library.find(Lang::Zh, "tutorial");
  const auto place = follow(library, en, "../format/workflow.md#runs");
  ASSERT_TRUE(place);
  EXPECT_EQ(address_of(*place->page, place->anchor), "/docs/en/format/workflow#runs");
  EXPECT_EQ(address_of(*follow(library, zh, "../format/workflow.md")->page),
            "/docs/zh/format/workflow");
  for (const char* url : {"", "/etc/passwd", "https://example.org", "mailto:a@example.org",
                          "../../../../x.md", "../../src/x.cpp", "none.md"})
    EXPECT_FALSE(follow(library, en, url)) << url;
}

TEST(HtmlTest, LinksAnchorsAndTables) {
  const Library library = small();
  const std::string html = html_page(library, *library.find(Lang::En, "tutorial"), "0<1");
  EXPECT_NE(html.find("<a href=\"/docs/en/format/workflow#runs\">keys</a>"), std::string::npos);
  EXPECT_NE(html.find("<a href=\"/docs/en/tutorial#one-run\">a run</a>"), std::string::npos);
  EXPECT_NE(html.find("<h2><a id=\"one-run\"></a>One run</h2>"), std::string::npos) << html;
  EXPECT_NE(html.find("<td>two</td>"), std::string::npos);
  EXPECT_NE(html.find("code, a picture and"), std::string::npos) << "no link, no image";
  EXPECT_NE(html.find("hreflang=\"zh-CN\""), std::string::npos);
  EXPECT_NE(html.find("0&lt;1"), std::string::npos);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
}

TEST(HtmlTest, TheIndexListsAllPages) {
  const Library library = small();
  const std::string html = html_page(library, *library.find(Lang::En, "index"), "1");
  for (const char* address : {"/docs/en/tutorial", "/docs/en/lint/bad-name", "/docs/en/errors"})
    EXPECT_NE(html.find(address), std::string::npos) << address;
}

TEST(TerminalTextTest, HeadingsCodeAndTables) {
  const Library library = small();
  const std::string text = terminal_text(library, {library.find(Lang::En, "tutorial"), ""}, {});
  EXPECT_EQ(text,
            "Tutorial\n========\n\n"
            "See keys (gantry help format/workflow), a run, code, a picture and\n"
            "https://example.org.\n\n"
            "One run\n-------\n\n    gantry up\n\na    b\none  two\n");
  const std::string colored = terminal_text(library, {library.find(Lang::En, "tutorial"), ""},
                                            {.columns = 80, .color = true});
  EXPECT_TRUE(colored.starts_with("\x1b[1mTutorial\x1b[0m\n\nSee")) << colored;
}

TEST(TerminalTextTest, AnAnchorIsItsPartOnly) {
  const Library library = small();
  EXPECT_EQ(terminal_text(library, *library.look_up(Lang::En, "no-server"), {}),
            "No server runs\n--------------\n\nStart it.\n\nMore\n----\n\nMore.\n");
}

TEST(TerminalTextTest, ListsAreTightOrNotAsWritten) {
  const Library library(
      std::vector<Library::File>{{"docs/en/a.md", "- one\n- two\n  1. x\n\nend\n"}});
  EXPECT_EQ(terminal_text(library, {library.find(Lang::En, "a"), ""}, {}),
            "- one\n- two\n  1. x\n\nend\n");
}

TEST(FillTest, ChineseBreaksAnywhereButNotBeforePunctuation) {
  const auto lines = fill({{"一二三四，五六。", Look::Plain}}, 8, false);
  EXPECT_EQ(lines, (std::vector<std::string>{"一二三", "四，五", "六。"}));
  for (const std::string& line :
       fill({{"run `gantry up`，然后打开浏览器", Look::Plain}}, 12, false))
    EXPECT_LE(display_width(line), 12) << line;
}

TEST(FillTest, WordsOfSeveralLooksStayTogether) {
  EXPECT_EQ(fill({{"a ", Look::Plain}, {"bold", Look::Bold}, {", b", Look::Plain}}, 8, true),
            (std::vector<std::string>{"a \x1b[1mbold\x1b[0m,", "b"}));
  EXPECT_EQ(fill({{"overlong", Look::Plain}}, 3, false), std::vector<std::string>{"overlong"});
}

}  // namespace
}  // namespace gantry::pages
