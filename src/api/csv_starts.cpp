#include "api/csv_starts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/explain.h"
#include "base/hash.h"
#include "base/limits.h"
#include "core/params.h"

namespace gantry::api {

void CsvStarts::add_fault(int line, int column, Error what) {
  if (faults_count++ < limits::kErrorsShownMax) faults.push_back({line, column, std::move(what)});
}

namespace {

class Sheet {
 public:
  Sheet(const std::string& prefix, const ValueMap& shared, const model::Workflow& workflow,
        Instant now, const core::Surroundings& around)
      : prefix_(prefix), shared_(shared), workflow_(workflow), around_(around) {
    origin_.workflow_name = workflow.name;
    origin_.created_at = origin_.scheduled_at = now;
  }

  CsvStarts read(std::string_view text) {
    const CsvText csv = parse_csv(text, limits::kCsvRowsMax + 1);
    if (csv.fault) out_.add_fault(csv.fault->line, csv.fault->column, csv.fault->what);
    if (csv.rows.empty()) {
      if (!csv.fault)
        out_.add_fault(1, 1,
                       refuse({"the file is empty: its first row names the params",
                               "文件为空：第一行应为参数名"}));
      return std::move(out_);
    }
    read_header(csv.rows.front());
    if (out_.faults_count > 0) return std::move(out_);
    for (std::size_t i = 1; i < csv.rows.size(); ++i) read_row(csv.rows[i]);
    if (csv.rows.size() == 1)
      out_.add_fault(csv.rows[0][0].line, 1,
                     refuse({"no row follows the names", "参数名之后没有任何行"}));
    return std::move(out_);
  }

 private:
  void fail(const CsvCell& cell, const Error& what) {
    out_.add_fault(cell.line, cell.column, what);
  }

  void read_header(const CsvRow& header) {
    for (const CsvCell& cell : header) {
      check_column(cell);
      columns_.push_back(cell.text);
    }
    for (const model::Param& param : workflow_.params)
      if (param.required && !param.fallback && !is_given(param.name))
        fail(header.front(), refuse({"there is no column '{}', and this param is required",
                                     "缺少列“{}”，而该参数必须给出"},
                                    param.name));
  }

  bool is_given(const std::string& name) const {
    return std::find(columns_.begin(), columns_.end(), name) != columns_.end() ||
           Value(shared_).find(std::string_view(name)) != nullptr;
  }

  void check_column(const CsvCell& cell) {
    if (cell.text.empty()) return fail(cell, refuse({"this column has no name", "该列没有名称"}));
    if (std::find(columns_.begin(), columns_.end(), cell.text) != columns_.end())
      return fail(cell, refuse({"there are two columns '{}'", "有两列“{}”"}, cell.text));
    if (Value(shared_).find(std::string_view(cell.text)) != nullptr)
      return fail(cell, refuse({"'{}' is given for all rows too: leave one out",
                                "“{}”已为所有行统一给出：请去掉其中之一"},
                               cell.text));
    const Status known = core::check_names(workflow_, {{cell.text, ""}});
    if (cell.text != kKeyColumn && !known.ok()) return fail(cell, known.error());
    if (cell.text == kKeyColumn && known.ok())
      fail(cell, refuse({"'{}' is the column of the rows' keys and a param of workflow '{}': give "
                         "that param in another way",
                         "“{}”是幂等键列，同时也是工作流“{}”的参数：请以其他方式给出该参数"},
                        kKeyColumn, workflow_.name));
  }

  void read_row(const CsvRow& row) {
    const std::size_t before = out_.faults_count;
    if (row.size() != columns_.size())
      return fail(row.front(), refuse({"the row has {} cells, the first row has {}",
                                       "该行有 {} 个单元格，第一行有 {} 个"},
                                      row.size(), columns_.size()));
    const auto is_blank = [](const CsvCell& cell) { return cell.text.empty() && !cell.quoted; };
    if (std::all_of(row.begin(), row.end(), is_blank))
      return fail(row.front(), refuse({"all cells of the row are empty: take it out",
                                       "该行所有单元格均为空：请删除该行"}));
    CsvStart start{row.front().line, {}, shared_};
    const CsvCell* key = nullptr;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (columns_[i] == kKeyColumn)
        key = &row[i];
      else if (!is_blank(row[i]))
        read_cell(columns_[i], row[i], start.params);
    }
    if (out_.faults_count == before) finish(row, key, std::move(start));
  }

  void read_cell(const std::string& column, const CsvCell& cell, ValueMap& params) {
    const auto param = std::find_if(workflow_.params.begin(), workflow_.params.end(),
                                    [&](const model::Param& p) { return p.name == column; });
    auto value = core::param_value(*param, Value(cell.text), around_);
    if (!value.ok()) return fail(cell, value.error());
    params.emplace_back(column, *std::move(value));
  }

  void finish(const CsvRow& row, const CsvCell* key, CsvStart start) {
    if (const auto all = core::complete_params(workflow_, start.params, origin_, around_);
        !all.ok())
      return fail(row.front(), all.error());
    if (key == nullptr)
      start.key = key_of(start.params);
    else if (!take_key(*key, start))
      return;
    out_.starts.push_back(std::move(start));
  }

  bool take_key(const CsvCell& cell, CsvStart& start) {
    start.key = prefix_.empty() ? cell.text : fmt::format("{}:{}", prefix_, cell.text);
    if (cell.text.empty())
      fail(cell, refuse({"the row has no key", "该行没有幂等键"}));
    else if (start.key.size() > limits::kIdempotencyKeyBytesMax)
      fail(cell, refuse({"the key has {} bytes, more than {}", "幂等键有 {} 字节，超过 {}"},
                        start.key.size(), limits::kIdempotencyKeyBytesMax));
    else if (const auto [first, is_new] = lines_.emplace(start.key, cell.line); !is_new)
      fail(cell, refuse({"line {} has the same key", "第 {} 行已使用相同的幂等键"}, first->second));
    else
      return true;
    return false;
  }

  // Of the params in the order of the file, so that the order of columns does not matter.
  std::string key_of(const ValueMap& params) {
    constexpr std::size_t kDigits = 24;
    ValueMap sorted;
    const Value given(params);
    for (const model::Param& param : workflow_.params)
      if (const Value* value = given.find(std::string_view(param.name)))
        sorted.emplace_back(param.name, *value);
    const std::string hash = sha256_hex(to_text(Value(std::move(sorted)))).substr(0, kDigits);
    return fmt::format("{}:{}:{}", prefix_.empty() ? "csv" : prefix_, hash, ++repeats_[hash]);
  }

  const std::string& prefix_;
  const ValueMap& shared_;
  const model::Workflow& workflow_;
  const core::Surroundings& around_;
  model::RunOrigin origin_;
  std::vector<std::string> columns_;
  std::map<std::string, int> lines_;    // of keys that were given
  std::map<std::string, int> repeats_;  // of rows by their hash
  CsvStarts out_;
};

}  // namespace

CsvStarts read_starts(std::string_view csv, const std::string& prefix, const ValueMap& shared,
                      const model::Workflow& workflow, Instant now,
                      const core::Surroundings& around) {
  return Sheet(prefix, shared, workflow, now, around).read(csv);
}

}  // namespace gantry::api
