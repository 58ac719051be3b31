#include "forms/convert.h"

#include <algorithm>

#include "base/explain.h"
#include "base/limits.h"
#include "forms/table.h"
#include "forms/write.h"
#include "spec/yaml_text.h"

namespace gantry::forms {

using spec::Diagnostics;
using spec::Tree;

namespace {
void add(Conversion& to, int count, int first_line) {
  if (count > 0 && to.lost_comments == 0) to.first_comment_line = first_line;
  to.lost_comments += count;
}

void count_comments(std::string_view text, Form form, Conversion& into) {
  if (form == Form::Yaml) {
    const spec::Comments found = spec::comments_of(text);
    return add(into, found.count, found.first_line);
  }
  if (form == Form::Csv) {
    const FreeComments found = free_comments_of_table(text);
    return add(into, found.count, found.first_line);
  }
  const FrontMatter front = front_matter_of(text);
  const spec::Comments in_front = spec::comments_of(front.text);
  add(into, in_front.count, in_front.first_line + std::max(front.line, 1) - 1);
  Diagnostics unused("");
  const Chart chart = read_chart(text, front.end_bytes, unused);
  add(into, chart.comment_count, chart.first_comment_line);
}

// A flowchart keeps its look when it is written as one again.
ChartLook look_of(std::string_view text, Form from) {
  if (from != Form::Mermaid) return {};
  Diagnostics unused("");
  Chart chart = read_chart(text, front_matter_of(text).end_bytes, unused);
  std::erase_if(chart.asides, [](const Aside& aside) { return aside.text == "~~~"; });
  return {chart.direction, std::move(chart.asides)};
}

Result<std::string> written(const Tree& tree, std::string_view source, Form from, Form to) {
  switch (to) {
    case Form::Yaml: return write_yaml(tree, tree.root_id());
    case Form::Mermaid: return write_chart(tree, look_of(source, from));
    case Form::Csv: return write_table(tree);
  }
  return error(Code::Internal, "no such form");
}

// What is read back; empty: the same.
std::optional<std::string> difference(const Tree& tree, std::string_view text, Form form) {
  Diagnostics problems("");
  const std::string_view body = spec::without_mark(text);
  if (!spec::check_text(body, problems)) return "";
  const auto again = parse(body, form, problems);
  return again ? differs_at(tree, *again) : "";
}
}  // namespace

std::optional<Conversion> convert(std::string_view bytes, Form from, Form to,
                                  Diagnostics& problems) {
  const auto text = decoded(bytes, from, problems);
  if (!text) return std::nullopt;
  const std::string_view body = spec::without_mark(*text);
  if (!spec::check_text(body, problems)) return std::nullopt;
  const auto tree = parse(body, from, problems);
  if (!tree || problems.has_errors()) return std::nullopt;
  auto result = written(*tree, body, from, to);
  if (!result.ok()) {
    problems.add(spec::WrongType, {1, 1}, result.error());
    return std::nullopt;
  }
  if (const auto at = difference(*tree, *result, to)) {
    problems.add(
        spec::BadValue, {1, 1},
        refuse({"what stands at '{}' can not be written in this form without a change; "
                "mend the file first (gantry lint) or choose another form",
                "“{}”处的内容无法原样写成此形式；请先改正文件（gantry lint），或换一种形式"},
               *at));
    return std::nullopt;
  }
  Conversion conversion;
  conversion.text = std::move(*result);
  count_comments(body, from, conversion);
  return conversion;
}

}  // namespace gantry::forms
