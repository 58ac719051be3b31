#include "forms/forms.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"
#include "forms/chart_meaning.h"
#include "forms/encoding.h"
#include "forms/table.h"
#include "spec/load_tree.h"
#include "spec/yaml_text.h"

namespace gantry::forms {

using spec::Diagnostics;
using spec::LoadResult;

namespace {
std::optional<spec::Tree> parse_chart(std::string_view text, Diagnostics& problems) {
  spec::Tree tree(text);
  const FrontMatter front = front_matter_of(text);
  std::optional<spec::NodeId> root;
  if (front.line == 0 && text.starts_with("---")) {
    problems.add(spec::MermaidSyntax, {1, 1},
                 refuse({"the front matter that begins here has no closing line '---'",
                         "此处开始的前置数据缺少结尾的一行 '---'"}));
    return std::nullopt;
  }
  if (front.line > 0 && !trim(front.text).empty()) {
    root = spec::parse_value(front.text, {front.line, 1}, tree, problems);
    if (!root && problems.has_errors()) return std::nullopt;
    if (root && tree.at(*root).kind != spec::NodeKind::Map) {
      problems.add(spec::WrongType, tree.at(*root).place,
                   refuse({"the front matter between the lines '---' is a map of keys",
                           "两行 '---' 之间的前置数据应为由键组成的映射"}));
      return std::nullopt;
    }
  }
  const Chart chart = read_chart(text, front.end_bytes, problems);
  if (problems.has_errors() || !meaning_of(chart, root, tree, problems)) return std::nullopt;
  return tree;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  return text.size() == word.size() ||
         std::string_view(" \t\r\n;-><^%").find(text[word.size()]) != std::string_view::npos;
}

// The first line that says something, behind comments of Mermaid.
std::string_view chart_head(std::string_view text) {
  text.remove_prefix(front_matter_of(text).end_bytes);
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n;"), text.size()));
    if (!text.starts_with("%%")) return text;
    const std::string_view end = text.starts_with("%%{") ? "}%%" : "\n";
    text.remove_prefix(std::min(text.find(end, 2), text.size() - end.size()) + end.size());
  }
}
}  // namespace

std::string_view extension_of(Form form) {
  switch (form) {
    case Form::Yaml: return kYamlExtension;
    case Form::Mermaid: return kMermaidExtension;
    case Form::Csv: return kCsvExtension;
  }
  return {};
}

std::optional<Form> form_of_name(std::string_view file) {
  for (const Form form : {Form::Mermaid, Form::Csv, Form::Yaml}) {
    const std::string_view extension = extension_of(form);
    if (file.ends_with(extension) && file.size() > extension.size()) return form;
  }
  return std::nullopt;
}

Form form_of_path(std::string_view path) {
  if (path.ends_with(".mmd")) return Form::Mermaid;
  return path.ends_with(".csv") ? Form::Csv : Form::Yaml;
}

Form form_of_text(std::string_view text) {
  text = spec::without_mark(text);
  const std::string_view head = chart_head(text);
  if (begins_with_word(head, "flowchart") || begins_with_word(head, "graph")) return Form::Mermaid;
  return is_table(text) ? Form::Csv : Form::Yaml;
}

std::string workflow_name_of(const std::string& file) {
  const auto form = form_of_name(file);
  return form ? file.substr(0, file.size() - extension_of(*form).size()) : file;
}

std::optional<std::string> decoded(std::string_view bytes, Form form, Diagnostics& problems) {
  const bool is_wide = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (form != Form::Csv || is_wide || bytes.size() > limits::kDefinitionBytesMax || is_utf8(bytes))
    return std::string(bytes);
  std::size_t at = 0;
  auto text = from_gb18030(bytes, &at);
  if (text.ok()) return std::move(*text);
  const auto line =
      std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  problems.add(spec::NotUtf8, {static_cast<int>(line) + 1, 1}, text.error());
  return std::nullopt;
}

std::optional<spec::Tree> parse(std::string_view text, Form form, Diagnostics& problems) {
  switch (form) {
    case Form::Yaml: return spec::parse_yaml(text, problems);
    case Form::Mermaid: return parse_chart(text, problems);
    case Form::Csv: return parse_table(text, problems);
  }
  return std::nullopt;
}

namespace {
LoadResult load_with(std::string_view text, Form form, const std::string& name,
                     Diagnostics& problems, const spec::FileSource* files,
                     const spec::KnownCalendars* calendars) {
  spec::check_workflow_name(name, problems);
  const std::string_view body = spec::without_mark(text);
  if (!spec::check_text(body, problems)) return {std::nullopt, problems.take()};
  const auto tree = parse(body, form, problems);
  if (!tree) return {std::nullopt, problems.take()};
  return spec::load_tree(*tree, problems, text, name, files, calendars);
}
}  // namespace

LoadResult load(std::string_view bytes, Form form, const std::string& name, const std::string& file,
                const spec::FileSource& files, const spec::KnownCalendars* calendars) {
  Diagnostics problems(file);
  const auto text = decoded(bytes, form, problems);
  if (!text) return {std::nullopt, problems.take()};
  LoadResult result = load_with(*text, form, name, problems, &files, calendars);
  if (!result.definition || form_of_text(*text) == form) return result;
  // A stored version is known by its text alone.
  Diagnostics other(file);
  other.add(spec::BadValue, {1, 1},
            refuse({"this text looks like another form of workflow file; give the file the right "
                    "extension",
                    "此文本看起来是另一种形式的工作流文件；请使用正确的扩展名"}));
  return {std::nullopt, other.take()};
}

LoadResult load_stored(std::string_view text, const std::string& name) {
  Diagnostics problems(name);
  return load_with(text, form_of_text(text), name, problems, nullptr, nullptr);
}

}  // namespace gantry::forms
