#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/explain.h"
#include "base/limits.h"
#include "base/text.h"
#include "forms/cells.h"
#include "forms/write.h"

namespace gantry::forms {

using spec::Node;
using spec::NodeId;
using spec::NodeKind;
using spec::Tree;

namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string csv_cell(std::string_view text) {
  const bool is_bare = text.find_first_of(",;\t\"\r\n") == std::string_view::npos &&
                       trim(text) == text && !text.starts_with('#');
  if (is_bare) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

// Whether the reader makes this value of this cell.
bool reads_back(const std::string& cell, CellForm form, const Tree& tree, NodeId value) {
  if (trim(cell).empty() || cell.find('\r') != std::string::npos) return false;
  Tree scratch{std::string_view()};
  Growth growth(scratch);
  spec::Diagnostics problems("");
  const auto read = value_of_cell(cell, {1, 1}, form, growth, scratch, problems);
  return read && !problems.has_errors() && is_same(tree, value, scratch, *read);
}

std::string joined(const Tree& tree, const Node& list) {
  std::vector<std::string> items;
  for (const NodeId item : list.children) items.push_back(tree.at(item).text);
  return join(items, "; ");
}

// The cell for a value, or nothing if there is none that is read back.
std::optional<std::string> cell_of(const Tree& tree, NodeId value, CellForm form) {
  const Node& node = tree.at(value);
  std::vector<std::string> tries;
  if (node.is_scalar() && node.kind != NodeKind::Null) tries.push_back(node.text);
  if (node.kind == NodeKind::List && form == CellForm::Names) tries.push_back(joined(tree, node));
  if (form == CellForm::Names || form == CellForm::Value) tries.push_back(write_flow(tree, value));
  for (std::string& cell : tries)
    if (reads_back(cell, form, tree, value)) return std::move(cell);
  return std::nullopt;
}

class TableWriter {
 public:
  explicit TableWriter(const Tree& tree) : tree_(tree) {}

  Status collect() {
    const Node& root = tree_.root();
    column("needs");  // a table without it is a chain
    for (std::size_t i = 0; i < root.children.size(); i += 2) {
      const std::string& key = tree_.at(root.children[i]).text;
      if (key != "tasks")
        comments_.push_back(fmt::format("# {}: {}", key, comment_value(root.children[i + 1])));
      else
        TRY_STATUS(collect_tasks(tree_.at(root.children[i + 1])));
    }
    return ok();
  }

  std::string text() const {
    std::string out(kByteOrderMark);
    for (const std::string& comment : comments_) {
      const bool is_bare = comment.find_first_of(",;\t\"") == std::string::npos;
      out += (is_bare ? comment : csv_cell(comment)) + "\n";
    }
    out += std::string(kTaskColumn);
    for (const std::string& path : columns_) out += "," + csv_cell(path);
    if (has_more_) out += "," + std::string(kMoreColumn);
    out += '\n';
    for (const Row& row : rows_) out += line_of(row);
    return out;
  }

 private:
  struct Row {
    std::string name;
    std::map<std::size_t, std::string> cells;  // by column
    std::string more;
  };

  std::string comment_value(NodeId value) const {
    const auto cell = cell_of(tree_, value, CellForm::Value);
    const bool is_cut = cell && cell->find_last_of(",;\t\n") == cell->size() - 1;
    const bool is_line = cell && cell->find('\n') == std::string::npos;
    return cell && is_line && !is_cut ? *cell : write_flow(tree_, value);
  }

  std::string line_of(const Row& row) const {
    std::string out = csv_cell(guarded(row.name));
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto cell = row.cells.find(i);
      out += "," + (cell == row.cells.end() ? "" : csv_cell(guarded(cell->second)));
    }
    if (has_more_) out += "," + csv_cell(row.more);
    return out + "\n";
  }

  std::size_t column(const std::string& path) {
    const auto [found, is_new] = indices_.try_emplace(path, columns_.size());
    if (is_new) columns_.push_back(path);
    return found->second;
  }

  Status collect_tasks(const Node& tasks) {
    const bool is_map = tasks.kind == NodeKind::Map && !tasks.children.empty();
    for (std::size_t i = 0; is_map && i < tasks.children.size(); i += 2) {
      const Node& task = tree_.at(tasks.children[i + 1]);
      if (task.kind != NodeKind::Map) return no_tasks();
      rows_.push_back({tree_.at(tasks.children[i]).text, {}, {}});
      collect_task(task, rows_.back());
    }
    return is_map ? ok() : no_tasks();
  }

  static Error no_tasks() {
    return refuse({"only a workflow whose tasks are maps of keys can be converted",
                   "只有任务均为映射的工作流才能转换"});
  }

  void collect_task(const Node& task, Row& row) {
    std::string more;
    for (std::size_t i = 0; i < task.children.size(); i += 2) {
      const std::string& key = tree_.at(task.children[i]).text;
      const NodeId value = task.children[i + 1];
      const bool is_empty_needs = key == "needs" && tree_.at(value).children.empty() &&
                                  tree_.at(value).kind == NodeKind::List;
      if (is_empty_needs) continue;
      std::map<std::string, std::string> cells;
      if (collect_cells(key, value, spec::kTaskKeys, key, cells)) {
        for (auto& [path, cell] : cells) row.cells[column(path)] = std::move(cell);
        continue;
      }
      more += (more.empty() ? "" : ", ") + entry_of(task, i);
    }
    if (more.empty()) return;
    row.more = "{" + more + "}";
    has_more_ = true;
  }

  // "key: value", as in a flow map.
  std::string entry_of(const Node& map, std::size_t at) const {
    Tree one{std::string_view()};
    Growth growth(one);
    const NodeId key = growth.text(tree_.at(map.children[at]).text, {1, 1});
    return write_flow(one, key) + ": " + write_flow(tree_, map.children[at + 1]);
  }

  // The cells of one key: a map whose keys are known has a column for each of them.
  bool collect_cells(const std::string& path, NodeId value, const spec::KeySet& keys,
                     const std::string& key, std::map<std::string, std::string>& into) const {
    const Node& node = tree_.at(value);
    const spec::Key* known = spec::find_key(keys, key);
    const bool has_columns = known != nullptr && known->keys != nullptr &&
                             known->form != spec::Form::Maps && node.kind == NodeKind::Map &&
                             !node.children.empty();
    if (has_columns) {
      for (std::size_t i = 0; i < node.children.size(); i += 2) {
        const std::string& inner = tree_.at(node.children[i]).text;
        if (inner.find('.') != std::string::npos ||
            !collect_cells(path + "." + inner, node.children[i + 1], *known->keys, inner, into))
          return false;
      }
      return true;
    }
    auto cell = cell_of(tree_, value, cell_form_of(spec::kTaskKeys, path));
    if (!cell || key_of_column(path) != path) return false;
    into.emplace(path, std::move(*cell));
    return true;
  }

  const Tree& tree_;
  std::vector<std::string> comments_;
  std::vector<std::string> columns_;
  std::map<std::string, std::size_t> indices_;
  std::vector<Row> rows_;
  bool has_more_ = false;
};
}  // namespace

Result<std::string> write_table(const Tree& tree) {
  TableWriter writer(tree);
  TRY_STATUS(writer.collect());
  return writer.text();
}

}  // namespace gantry::forms
