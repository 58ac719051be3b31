// That nothing is left out of a page, in either language.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/problem.h"
#include "api/route.h"
#include "app/grammar.h"
#include "app/settings.h"
#include "reference/markdown.h"
#include "reference/pages.h"
#include "reference/words.h"

namespace gantry::reference {
namespace {

constexpr Lang kLangs[] = {Lang::En, Lang::Zh};

bool holds(const std::string& page, const std::string& text) {
  return page.find(text) != std::string::npos;
}

TEST(Pages, ApiHasEveryRoute) {
  for (const Lang lang : kLangs) {
    const std::string page = api_page(lang);
    for (const api::Route& route : api::all_routes())
      EXPECT_TRUE(holds(page, fmt::format("\n### `{} {}`\n", route.method, route.path)))
          << route.method << " " << route.path;
  }
}

TEST(Pages, CommandsAndTheManualHaveEveryCommand) {
  app::Context context;
  for (const Lang lang : kLangs) {
    const std::string page = commands_page(lang);
    const std::string manual = man_page(lang, Instant{});
    for (const app::Command& command : all_commands(context)) {
      EXPECT_TRUE(holds(page, fmt::format("\n### `gantry {}`\n", command.name))) << command.name;
      EXPECT_TRUE(holds(manual, fmt::format("\n.SS gantry {}", command.name))) << command.name;
    }
  }
}

TEST(Pages, SettingsHaveEverySetting) {
  for (const Lang lang : kLangs)
    for (const app::Setting& row : app::settings()) {
      EXPECT_TRUE(holds(settings_page(lang), fmt::format("\n### `{}`\n", row.key))) << row.key;
      EXPECT_TRUE(holds(man_page(lang, Instant{}), variable_of(row))) << row.key;
    }
}

template <typename E>
void expect_words(const std::string& page, E last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto name = name_of(static_cast<E>(i));
    EXPECT_TRUE(name.empty() || holds(page, fmt::format("\n- `{}`", name))) << name;
  }
}

TEST(Pages, KeysHaveEveryStateReasonAndRule) {
  for (const Lang lang : kLangs) {
    const std::string page = keys_page(lang);
    expect_words(page, kLastRunState);
    expect_words(page, kLastTaskState);
    expect_words(page, kLastAttemptState);
    expect_words(page, kLastReason);
    expect_words(page, kLastCause);
    expect_words(page, kLastParamType);
    expect_words(page, kLastJoinRule);
  }
}

TEST(Markdown, EnglishHasLinesOf100ColumnsAndChineseALinePerParagraph) {
  const std::string words = [] {
    std::string out = "a";
    for (int i = 0; i < 100; ++i) out += " word";
    return out;
  }();
  for (const Lang lang : kLangs) {
    Markdown page(lang);
    page.item(both(words));
    const std::string text = page.take();
    std::size_t longest = 0;
    for (const std::string_view line : split(text, '\n')) longest = std::max(longest, line.size());
    EXPECT_EQ(longest <= 100, lang == Lang::En);
    EXPECT_EQ(holds(text, "\n  word"), lang == Lang::En);
  }
}

TEST(Markdown, ItemsThatFollowEachOtherAreOneList) {
  Markdown page(Lang::En);
  page.paragraph({"before", ""});
  page.item({"one", ""});
  page.item("TWO", {"two", ""});
  page.sentence({"after it", ""});
  EXPECT_EQ(page.take(), "before\n\n- one\n- `TWO`: two\n\nAfter it.\n");
}

}  // namespace
}  // namespace gantry::reference
