#include "spec/yaml_tree.h"

#include "base/utf8.h"

namespace gantry::spec {

using model::SourcePlace;

Text kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::Null: return {"nothing", "空值"};
    case NodeKind::Bool: return {"true or false", "true 或 false"};
    case NodeKind::Int: return {"a whole number", "整数"};
    case NodeKind::Float: return {"a number", "数字"};
    case NodeKind::String: return {"a text", "文本"};
    case NodeKind::List: return {"a list", "列表"};
    case NodeKind::Map: return {"a map", "映射"};
  }
  return {};
}

NodeId Tree::add(Node node) {
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

namespace {
std::size_t indent_of(std::string_view line) {
  const std::size_t at = line.find_first_not_of(' ');
  return at == std::string_view::npos ? line.size() : at;
}

// A literal block: its content begins on the line below its header.
SourcePlace place_in_block(const Lines& lines, const Node& scalar, std::size_t offset) {
  const std::string_view before = std::string_view(scalar.text).substr(0, offset);
  int line = scalar.place.line + 1;
  for (const char c : before) line += c == '\n' ? 1 : 0;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  const std::size_t line_end = std::min(scalar.text.find('\n', line_start), scalar.text.size());
  const std::string_view content =
      std::string_view(scalar.text).substr(line_start, line_end - line_start);
  const std::string_view source = lines.line(line);
  if (!source.ends_with(content)) return scalar.place;
  const std::size_t indent = source.size() - content.size();
  if (indent > indent_of(source)) return scalar.place;
  const auto column = count_code_points(before.substr(line_start)) + indent + 1;
  return {line, static_cast<int>(column)};
}
}  // namespace

SourcePlace Tree::place_in(const Node& scalar, std::size_t offset) const {
  offset = std::min(offset, scalar.text.size());
  if (scalar.style == ScalarStyle::Literal) return place_in_block(lines_, scalar, offset);
  if (scalar.style == ScalarStyle::Folded) return scalar.place;
  const int quote = scalar.style == ScalarStyle::Plain ? 0 : 1;
  const std::size_t start = lines_.offset(scalar.place) + static_cast<std::size_t>(quote);
  const bool as_written =
      start <= text_.size() && text_.substr(start, scalar.text.size()) == scalar.text;
  if (!as_written) return scalar.place;
  const auto columns = count_code_points(std::string_view(scalar.text).substr(0, offset));
  return {scalar.place.line, scalar.place.column + quote + static_cast<int>(columns)};
}

}  // namespace gantry::spec
