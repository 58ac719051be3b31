#include "forms/shape.h"

#include <algorithm>

#include "base/text.h"
#include "forms/link.h"

namespace gantry::forms {

namespace {
struct Bracket {
  std::string_view open;
  std::string_view close;
  Outline outline = Outline::Plain;
};
// The longer ones first.
constexpr Bracket kBrackets[] = {{"(((", ")))", Outline::Round},
                                 {"((", "))", Outline::Round},
                                 {"([", "])", Outline::Round},
                                 {"(-", "-)"},
                                 {"(", ")"},
                                 {"[[", "]]"},
                                 {"[(", ")]"},
                                 {"[|", "|]"},
                                 {"[", "]"},
                                 {"{{", "}}"},
                                 {"{", "}", Outline::Decision},
                                 {">", "]"}};

// [/ and [\ close with /] or \]: as the first ] says that follows the text.
std::string_view slant_close(Cursor at) {
  at.skip_space();
  if (at.take("\"")) {
    const std::size_t quote = at.rest().find('"');
    at.skip(std::min(quote, at.rest().size()));
  }
  const std::size_t bracket = at.rest().find(']');
  const bool is_back =
      bracket != std::string_view::npos && bracket > 0 && at.rest()[bracket - 1] == '\\';
  return is_back ? "\\]" : "/]";
}

bool read_text(Cursor& at, std::string_view close, ChartNode& into, Diagnostics& problems) {
  into.label_place = at.place();
  into.label = read_label(at, close, problems);
  return into.label.has_value();
}

// Names of shapes as of Mermaid 11, with their aliases.
constexpr std::string_view kDecisions[] = {"diam", "decision", "diamond", "question"};
constexpr std::string_view kRounds[] = {
    "stadium", "pill", "terminal", "circle",  "circ",          "sm-circ",      "small-circle",
    "start",   "stop", "dbl-circ", "fr-circ", "framed-circle", "double-circle"};

bool contains(auto& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}
}  // namespace

bool read_shape(Cursor& at, ChartNode& into, Diagnostics& problems) {
  if (at.sees("[/") || at.sees("[\\")) {
    at.skip(2);
    return read_text(at, slant_close(at), into, problems);
  }
  for (const Bracket& bracket : kBrackets) {
    if (!at.take(bracket.open)) continue;
    into.outline = bracket.outline;
    return read_text(at, bracket.close, into, problems);
  }
  return true;
}

bool read_shape_data(const spec::Tree& tree, const spec::Node& data, ChartNode& into) {
  if (data.kind != spec::NodeKind::Map) return false;
  for (std::size_t i = 0; i < data.children.size(); i += 2) {
    const spec::Node& key = tree.at(data.children[i]);
    const spec::Node& value = tree.at(data.children[i + 1]);
    if (key.text == "label" && value.is_scalar()) {
      into.label = title_of_label(value.text);
      into.label_place = value.place;
    }
    if (key.text != "shape") continue;
    if (contains(kDecisions, value.text)) into.outline = Outline::Decision;
    if (contains(kRounds, value.text)) into.outline = Outline::Round;
  }
  return true;
}

}  // namespace gantry::forms
