// Labels: the entities of Mermaid, line breaks, Markdown strings.
#include <charconv>

#include "base/utf8.h"
#include "forms/chart.h"

namespace gantry::forms {

namespace {
struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr Entity kEntities[] = {{"quot", "\""}, {"amp", "&"},  {"lt", "<"},
                                {"gt", ">"},    {"nbsp", " "}, {"apos", "'"}};

// What stands for `#NAME;` or `#NUMBER;`; empty: nothing known.
std::string text_of_entity(std::string_view name) {
  for (const Entity& entity : kEntities)
    if (entity.name == name) return std::string(entity.text);
  std::uint32_t code = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), code);
  const bool is_number = failure == std::errc() && end == name.data() + name.size();
  const bool is_text = code >= 0x20 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
  std::string out;
  if (is_number && is_text) append_utf8(out, code);
  return out;
}

// The bytes of <br>, <br/>, <br /> at the begin of `text`; 0: there is none.
std::size_t break_at(std::string_view text) {
  for (const std::string_view tag : {"<br>", "<br/>", "<br />"})
    if (text.starts_with(tag)) return tag.size();
  return 0;
}

// A line end with the space around it is one space.
std::size_t line_end_at(std::string_view text) {
  const std::size_t size = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(0, size).find_first_of("\r\n") == std::string_view::npos ? 0 : size;
}
}  // namespace

std::string title_of_label(std::string_view label) {
  if (label.size() >= 2 && label.front() == '`' && label.back() == '`')
    label = label.substr(1, label.size() - 2);
  std::string out;
  for (std::size_t at = 0; at < label.size();) {
    constexpr std::size_t kNameMax = 8;
    const std::string_view rest = label.substr(at);
    const std::size_t space = std::max(break_at(rest), line_end_at(rest));
    const std::size_t end = rest.front() == '#' ? rest.substr(0, kNameMax + 2).find(';') : 0;
    const std::string entity =
        end != 0 && end != std::string_view::npos ? text_of_entity(rest.substr(1, end - 1)) : "";
    if (space > 0)
      out += ' ';
    else
      out += entity.empty() ? std::string(1, rest.front()) : entity;
    at += space > 0 ? space : entity.empty() ? 1 : end + 1;
  }
  return out;
}

std::string label_of_title(std::string_view title) {
  std::string out;
  for (const char c : title) {
    if (c == '"')
      out += "#quot;";
    else if (c == '#')
      out += "#35;";
    else
      out += c;
  }
  return out;
}

}  // namespace gantry::forms
