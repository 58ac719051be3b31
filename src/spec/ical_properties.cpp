#include "spec/ical_properties.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "spec/ical_rule.h"

namespace gantry::spec {

// A line that begins with a space or a tab goes on with the line before.
std::vector<IcalProperty> ical_properties(std::string_view text) {
  std::vector<std::pair<std::string, int>> lines;
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool goes_on = line.starts_with(' ') || line.starts_with('\t');
    if (goes_on && !lines.empty())
      lines.back().first += line.substr(1);
    else if (!line.empty())
      lines.emplace_back(line, number);
  }
  std::vector<IcalProperty> out;
  for (const auto& [line, at] : lines) {
    bool quoted = false;
    std::size_t colon = 0;
    for (; colon < line.size() && (quoted || line[colon] != ':'); ++colon)
      if (line[colon] == '"') quoted = !quoted;
    const std::string head = line.substr(0, colon);
    const auto semicolon = std::min(head.find(';'), head.size());
    out.push_back({in_capitals(head.substr(0, semicolon)), in_capitals(head.substr(semicolon)),
                   colon < line.size() ? line.substr(colon + 1) : "", at});
  }
  return out;
}

std::string ical_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' || text[i] == 'N' ? ' ' : text[i];
  }
  return std::string(trim(out));
}

}  // namespace gantry::spec
