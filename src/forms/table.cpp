#include "forms/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/csv.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"
#include "forms/cells.h"
#include "forms/chart_limits.h"

namespace gantry::forms {

using model::SourcePlace;
using spec::Diagnostics;
using spec::NodeId;

namespace {
constexpr std::size_t kRowsMax = limits::kTasksMax + 10'000;  // comments are rows, too

// The separator is the sign that stands most often in the first row outside of quotes.
char separator_of(std::string_view text) {
  std::size_t counts[3] = {};
  constexpr std::string_view kSigns = ",;\t";
  bool quoted = false, comment = false, at_start = true;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (at_start && !quoted) comment = false;
    if (c == '#' &&
        std::none_of(std::begin(counts), std::end(counts), [](auto n) { return n > 0; }))
      comment = comment || at_start;
    if ((c == '\n' || c == '\r') && !quoted) {
      if (!at_start && !comment) break;
      at_start = true;
      comment = false;
      continue;
    }
    if (c == '"' && at_start) continue;  // a comment may be in quotes
    at_start = false;
    const std::size_t sign = kSigns.find(c);
    if (!quoted && !comment && sign != std::string_view::npos) ++counts[sign];
  }
  return kSigns[static_cast<std::size_t>(std::max_element(std::begin(counts), std::end(counts)) -
                                         std::begin(counts))];
}

bool is_comment(const CsvRow& row) { return row[0].text.starts_with('#'); }

bool is_blank(const CsvRow& row) {
  return std::all_of(row.begin(), row.end(),
                     [](const CsvCell& cell) { return trim(cell.text).empty(); });
}

SourcePlace place_of(const CsvCell& cell) { return {cell.line, cell.column}; }

// Spreadsheets write CR LF into cells with several lines.
std::string with_line_feeds(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_pair = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (is_pair) continue;
    out += text[at] == '\r' ? '\n' : text[at];
  }
  return out;
}

struct CommentKey {
  std::string key;
  std::string_view value;
  std::size_t offset = 0;  // of the value, in bytes
};

// What a comment says, without the separators that spreadsheets append to each row.
std::string comment_text(CsvRow row, char separator) {
  while (row.size() > 1 && row.back().text.empty()) row.pop_back();
  std::string text;
  for (const CsvCell& cell : row)
    text += (&cell == row.data() ? "" : std::string(1, separator)) + cell.text;
  constexpr std::string_view kBlank = " \t";
  while (!row[0].quoted && !text.empty() &&
         (text.back() == separator || kBlank.find(text.back()) != std::string_view::npos))
    text.pop_back();
  return text;
}

// "# key: value", "# 键：值"; nothing for a comment that is none.
std::optional<CommentKey> key_of_comment(std::string_view text) {
  constexpr std::string_view kWideColon = "：";
  if (text.starts_with("##")) return std::nullopt;
  const std::size_t narrow = text.find(':'), wide = text.find(kWideColon);
  const bool is_wide = wide < narrow;
  const std::size_t at = std::min(narrow, wide);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t behind = at + (is_wide ? kWideColon.size() : 1);
  const std::string_view name = trim(text.substr(1, at - 1));
  const bool separated = is_wide || behind == text.size() || text[behind] == ' ';
  if (name.empty() || !separated || name.find_first_of(" \t\"'") != std::string_view::npos)
    return std::nullopt;
  const std::size_t begin = std::min(text.find_first_not_of(" \t", behind), text.size());
  return CommentKey{key_of_column(name), trim(text.substr(begin)), begin};
}

class TableReader {
 public:
  TableReader(spec::Tree& tree, Diagnostics& problems)
      : tree_(tree), growth_(tree), problems_(problems) {}

  bool read(std::string_view text) {
    separator_ = separator_of(text);
    const CsvText csv = parse_csv(text, kRowsMax, {separator_, true});
    if (csv.fault) {
      problems_.add(spec::TableSyntax, {csv.fault->line, csv.fault->column}, csv.fault->what);
      return false;
    }
    root_ = growth_.map({1, 1});
    tasks_ = growth_.map({1, 1});
    for (const CsvRow& row : csv.rows)
      if (!problems_.full() && !is_hopeless_ && !is_blank(row)) read_row(row);
    if (columns_.empty() && !is_hopeless_) report_no_header();
    growth_.put(root_, "tasks", header_place_, tasks_);
    if (growth_.finish(root_)) return !is_broken_;
    problems_.add(spec::TooManyNodes, {1, 1}, refuse({"the table is too large", "表格太大"}));
    return false;
  }

 private:
  struct Column {
    std::string path;
    CellForm form = CellForm::Value;
    bool is_used = false;
  };

  void fail(spec::Lint code, SourcePlace place, const Error& what, std::string hint = {}) {
    problems_.add(code, place, what, std::move(hint));
    is_broken_ = true;
  }

  // Keys are looked for one by one.
  bool is_too_many(std::size_t count, SourcePlace place) {
    if (count <= limits::kTableKeysMax) return false;
    fail(spec::TableSyntax, place,
         refuse({"more than {} keys: a table has at most so many columns, comment lines and keys "
                 "in 'more'",
                 "键超过 {} 个：表格的列、注释行以及“more”中的键都以此为上限"},
                limits::kTableKeysMax));
    return true;
  }

  void report_no_header() {
    fail(spec::TableSyntax, {1, 1},
         refuse({"the table has no row of column names such as: task,needs,run",
                 "表格没有列名行，例如：任务,前置,命令"}));
  }

  void read_row(const CsvRow& row) {
    if (is_comment(row)) return read_comment(row);
    if (columns_.empty()) return read_header(row);
    read_task(row);
  }

  // Comments

  void read_comment(const CsvRow& row) {
    const std::string text = comment_text(row, separator_);
    const auto entry = key_of_comment(text);
    SourcePlace place = place_of(row[0]);
    if (!entry || is_too_many(++comment_keys_, place)) return;
    const SourcePlace key_place{place.line, place.column + 2};
    place.column +=
        static_cast<int>(count_code_points(std::string_view(text).substr(0, entry->offset)) +
                         (row[0].quoted ? 1 : 0));
    const bool is_timer = entry->key == "cron" || entry->key == "every";
    if (is_timer) return add_trigger(entry->key, entry->value, place);
    if (entry->key == "tasks")
      return fail(spec::DuplicateKey, key_place,
                  refuse({"the tasks are the rows of the table", "任务即表格的各行"}));
    CellForm form = cell_form_of(spec::kWorkflowKeys, entry->key);
    if (form != CellForm::Names) form = CellForm::Value;  // quotes are those of YAML here
    const auto value = value_of_cell(entry->value, place, form, growth_, tree_, problems_);
    if (!value) return void(is_broken_ = true);
    if (entry->key == "triggers" && triggers_) return merge_triggers(*value);
    if (entry->key == "triggers" && tree_.at(*value).kind == spec::NodeKind::List)
      return merge_triggers(*value);
    put_path(root_, entry->key, key_place, *value);
  }

  NodeId triggers(SourcePlace place) {
    if (!triggers_) {
      triggers_ = growth_.list(place);
      growth_.put(root_, "triggers", place, *triggers_);
    }
    return *triggers_;
  }

  void merge_triggers(NodeId list) {
    const spec::Node written = tree_.at(list);
    const NodeId all = triggers(written.place);
    for (const NodeId item : written.children) growth_.push(all, item);
  }

  // `# cron: 0 2 * * *` is a trigger of its own.
  void add_trigger(std::string_view key, std::string_view value, SourcePlace place) {
    if (value.size() > 1 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    const NodeId map = growth_.map(place);
    const int count = ++timers_;
    const std::string id = count == 1 ? std::string(key) : fmt::format("{}-{}", key, count);
    growth_.put(map, "id", place, growth_.text(id, place));
    growth_.put(map, key, place, growth_.text(value, place));
    growth_.push(triggers(place), map);
  }

  // Columns

  void read_header(const CsvRow& row) {
    header_place_ = place_of(row[0]);
    if (is_too_many(row.size(), header_place_)) return void(is_hopeless_ = true);
    std::unordered_map<std::string, int> seen;
    for (const CsvCell& cell : row) {
      Column column{key_of_column(unguarded(cell.text)), CellForm::Value, true};
      if (column.path.empty()) column.is_used = false;
      if (column.is_used && !seen.emplace(column.path, 1).second) {
        fail(spec::DuplicateKey, place_of(cell),
             refuse({"there are two columns '{}'", "有两列“{}”"}, column.path));
        column.is_used = false;
      }
      if (column.is_used) column.is_used = check_column(column.path, cell);
      column.form = cell_form_of(spec::kTaskKeys, column.path);
      columns_.push_back(std::move(column));
    }
    has_needs_ = seen.contains("needs");
    if (!seen.contains(std::string(kTaskColumn)))
      fail(spec::TableSyntax, place_of(row[0]),
           refuse({"the table has no column 'task'", "表格没有“任务”列"}));
  }

  // Once, in the header, not in every row.
  bool check_column(const std::string& path, const CsvCell& cell) {
    if (path == kTaskColumn || path == kMoreColumn) return true;
    const std::string first = path.substr(0, path.find('.'));
    const auto& later = spec::kTaskKeys.later;
    if (spec::find_key(spec::kTaskKeys, first) != nullptr ||
        std::find(later.begin(), later.end(), first) != later.end())
      return true;
    std::vector<std::string_view> names{kTaskColumn};
    for (const spec::Key& key : spec::kTaskKeys.known) names.push_back(key.name);
    fail(spec::UnknownKey, place_of(cell),
         refuse({"a task has no key '{}'", "任务没有“{}”这个键"}, path),
         problems_.suggest(first, names));
    return false;
  }

  // Rows

  void read_task(const CsvRow& row) {
    const CsvCell* name_cell = nullptr;
    for (std::size_t i = 0; i < row.size() && i < columns_.size(); ++i)
      if (columns_[i].path == kTaskColumn) name_cell = &row[i];
    const std::string name(name_cell == nullptr ? "" : trim(unguarded(name_cell->text)));
    if (name.empty()) {
      fail(spec::TableSyntax, place_of(name_cell == nullptr ? row[0] : *name_cell),
           refuse({"this row has no task's name", "此行没有任务名"}));
      return;
    }
    const SourcePlace place = place_of(*name_cell);
    const auto [found, is_new] = names_.try_emplace(name, place.line);
    if (!is_new)
      return fail(spec::DuplicateKey, place,
                  refuse({"there are two tasks '{}'; the other is on line {}",
                          "有两个任务“{}”；另一个在第 {} 行"},
                         name, found->second));
    const NodeId task = growth_.map(place);
    for (std::size_t i = 0; i < row.size(); ++i) read_cell(row[i], i, task);
    if (!has_needs_) follow_previous(name, place, task);
    growth_.put(tasks_, name, place, task);
  }

  void read_cell(const CsvCell& cell, std::size_t index, NodeId task) {
    if (trim(cell.text).empty()) return;
    if (index >= columns_.size() || columns_[index].path.empty())
      return fail(spec::TableSyntax, place_of(cell),
                  refuse({"this cell has no column name above it", "此单元格上方没有列名"}));
    const Column& column = columns_[index];
    if (!column.is_used || column.path == kTaskColumn) return;
    const std::string text = with_line_feeds(cell.text);
    const std::string_view content = unguarded(text);
    SourcePlace place = place_of(cell);
    const auto shift = (cell.quoted ? 1u : 0u) + (text.size() - content.size());
    place.column += static_cast<int>(shift);
    const auto value = value_of_cell(content, place, column.form, growth_, tree_, problems_);
    if (!value) return void(is_broken_ = true);
    if (column.path == kMoreColumn) return put_more(task, *value);
    put_path(task, column.path, place_of(cell), *value);
  }

  void put_more(NodeId task, NodeId value) {
    const spec::Node map = tree_.at(value);
    if (map.kind != spec::NodeKind::Map)
      return fail(
          spec::WrongType, map.place,
          refuse({"'more' is a map: {{key: value, ...}}", "“more”列应为映射：{{键: 值, ...}}"}));
    if (is_too_many(map.children.size() / 2, map.place)) return;
    for (std::size_t i = 0; i < map.children.size(); i += 2) {
      const std::string key = tree_.at(map.children[i]).text;
      put_path(task, key, tree_.at(map.children[i]).place, map.children[i + 1]);
    }
  }

  // "retry.limit": into the map `retry`, which may be there.
  void put_path(NodeId map, std::string_view path, SourcePlace place, NodeId value) {
    for (std::size_t dot; (dot = path.find('.')) != std::string_view::npos;) {
      const std::string_view key = path.substr(0, dot);
      auto inner = growth_.find(map, key);
      if (!inner) {
        inner = growth_.map(place);
        growth_.put(map, key, place, *inner);
      }
      if (tree_.at(*inner).kind != spec::NodeKind::Map || !tree_.at(*inner).open)
        return report_twice(key, place);
      map = *inner;
      path.remove_prefix(dot + 1);
    }
    if (growth_.find(map, path)) return report_twice(path, place);
    growth_.put(map, path, place, value);
  }

  void report_twice(std::string_view key, SourcePlace place) {
    fail(spec::DuplicateKey, place, refuse({"'{}' is given twice", "“{}”给出了两次"}, key));
  }

  void follow_previous(const std::string& name, SourcePlace place, NodeId task) {
    const auto background = growth_.find(task, "background");
    if (background && tree_.at(*background).text == "true") return;
    if (!previous_.empty() && !growth_.find(task, "needs")) {
      const NodeId needs = growth_.list(place);
      growth_.push(needs, growth_.text(previous_, place));
      growth_.put(task, "needs", place, needs);
    }
    previous_ = name;
  }

  spec::Tree& tree_;
  Growth growth_;
  Diagnostics& problems_;
  char separator_ = ',';
  NodeId root_ = 0, tasks_ = 0;
  std::optional<NodeId> triggers_;
  int timers_ = 0;
  std::size_t comment_keys_ = 0;
  bool is_hopeless_ = false;  // the header can not be used: no row can
  std::vector<Column> columns_;
  SourcePlace header_place_{1, 1};
  bool has_needs_ = false;
  bool is_broken_ = false;
  std::unordered_map<std::string, int> names_;
  std::string previous_;  // the row before, for tables without needs
};
}  // namespace

bool is_table(std::string_view text) {
  // Mostly the header is near; a text that is no table is not read as one for nothing.
  for (const std::size_t rows_max : {std::size_t{50}, kRowsMax}) {
    const CsvText csv = parse_csv(text, rows_max, {separator_of(text), true});
    for (const CsvRow& row : csv.rows) {
      if (is_comment(row) || is_blank(row)) continue;
      return std::any_of(row.begin(), row.end(), [](const CsvCell& cell) {
        return key_of_column(unguarded(cell.text)) == kTaskColumn;
      });
    }
  }
  return false;
}

std::optional<spec::Tree> parse_table(std::string_view text, Diagnostics& problems) {
  spec::Tree tree(text);
  if (!TableReader(tree, problems).read(text)) return std::nullopt;
  return tree;
}

FreeComments free_comments_of_table(std::string_view text) {
  FreeComments found;
  const char separator = separator_of(text);
  const CsvText csv = parse_csv(text, kRowsMax, {separator, true});
  for (const CsvRow& row : csv.rows) {
    if (!is_comment(row) || key_of_comment(comment_text(row, separator))) continue;
    if (found.count++ == 0) found.first_line = row[0].line;
  }
  return found;
}

}  // namespace gantry::forms
