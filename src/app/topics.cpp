#include "app/topics.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/pager.h"
#include "base/explain.h"
#include "pages/library.h"
#include "pages/terminal_text.h"

namespace gantry::app {

namespace {
constexpr int kColumnsMax = 100;     // longer lines are hard to read
constexpr int kColumnsOfFiles = 80;  // where no terminal says how wide it is
}  // namespace

bool print_topic(const Terminal& terminal, const std::string& topic) {
  const pages::Library& library = pages::built_in();
  const auto place = library.look_up(terminal.lang, topic);
  if (!place) return false;
  const int columns =
      terminal.is_terminal ? std::min(terminal.width, kColumnsMax) : kColumnsOfFiles;
  print_paged(terminal,
              pages::terminal_text(library, *place, {.columns = columns, .color = terminal.color}));
  return true;
}

std::string list_of_topics(Lang lang) {
  const pages::Library& library = pages::built_in();
  std::string out(Text{"Pages:\n", "页面：\n"}.in(lang));
  for (const auto& [key, page] : library.all())
    if (page.lang == lang || !library.has(lang, page.name)) out += "  " + page.name + "\n";
  out += Text{"\nErrors:\n", "\n错误：\n"}.in(lang);
  if (const pages::Page* errors = library.find(lang, pages::kErrors))
    for (const std::string& anchor : pages::anchors_of(errors->text)) out += "  " + anchor + "\n";
  return out;
}

Error no_topic(const std::string& word, const std::vector<Command>& commands) {
  const auto topics = pages::built_in().topics();
  std::vector<std::string_view> names(topics.begin(), topics.end());
  for (const Command& command : commands) names.push_back(command.name);
  const std::string near = nearest(word, names);
  if (near.empty())
    return refuse({"no help on '{}'; gantry help --all lists the commands, gantry help topics the "
                   "pages",
                   "没有关于“{}”的帮助；gantry help --all 列出命令，gantry help topics 列出页面"},
                  word);
  return refuse({"no help on '{}'; is it {}?", "没有关于“{}”的帮助；是不是 {}？"}, word, near);
}

std::string pointer_to(const std::string& topic, Lang lang) {
  return fmt::format("{}gantry help {}", Text{"help: ", "帮助："}.in(lang), topic);
}

}  // namespace gantry::app
