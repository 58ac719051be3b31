#include "app/text_diff.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace gantry::app {

namespace {
std::vector<std::string_view> lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

void add(std::string& out, char sign, std::string_view line) {
  (out += sign) += line;
  out += '\n';
}
}  // namespace

std::string text_diff(std::string_view before, std::string_view after) {
  if (before == after) return {};
  const auto a = lines_of(before), b = lines_of(after);
  // The length of the longest common subsequence of what follows from (i, j) on.
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::string out;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j])
      add(out, ' ', a[i++]), ++j;
    else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1]))
      add(out, '-', a[i++]);
    else
      add(out, '+', b[j++]);
  }
  return out;
}

}  // namespace gantry::app
