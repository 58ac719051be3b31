#include "reference/markdown.h"

#include <fmt/format.h>

namespace gantry::reference {

namespace {
constexpr std::size_t kColumns = 100;
}

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

void Markdown::separate(bool is_item) {
  if (!out_.empty() && !(is_item && in_list_)) out_ += '\n';
  in_list_ = is_item;
}

void Markdown::heading(int level, Text title) {
  separate(false);
  out_ +=
      fmt::format("{} {}\n", std::string(static_cast<std::size_t>(level), '#'), title.in(lang_));
}

void Markdown::wrapped(std::string_view text, std::string_view first, std::string_view further) {
  std::string line(first);
  std::size_t words = 0;  // on this line
  for (const std::string_view word : split(text, ' ')) {
    if (lang_ == Lang::En && words > 0 && line.size() + 1 + word.size() > kColumns) {
      out_ += line + '\n';
      line = further;
      words = 0;
    }
    if (words++ > 0) line += ' ';
    line += word;
  }
  out_ += line + '\n';
}

void Markdown::paragraph(Text text) {
  separate(false);
  wrapped(text.in(lang_), "", "");
}

void Markdown::sentence(Text text) {
  std::string words(text.in(lang_));
  if (words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  paragraph(both(words + std::string(Text{".", "。"}.in(lang_))));
}

void Markdown::item(Text text) {
  separate(true);
  wrapped(text.in(lang_), "- ", "  ");
}

void Markdown::item(std::string_view name, Text text) { fact(both(code(name)), text.in(lang_)); }

void Markdown::fact(Text name, std::string_view text) {
  item(both(fmt::format("{}{}{}", name.in(lang_), Text{": ", "："}.in(lang_), text)));
}

void Markdown::block(std::string_view text, std::string_view language) {
  separate(false);
  out_ += fmt::format("```{}\n{}{}```\n", language, text, text.ends_with('\n') ? "" : "\n");
}

}  // namespace gantry::reference
