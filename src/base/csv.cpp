#include "base/csv.h"

#include "base/explain.h"
#include "base/utf8.h"

namespace gantry {

namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, std::size_t rows_max, CsvForm form)
      : text_(text), rows_max_(rows_max), form_(form) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  CsvText parse() {
    while (!out_.fault && !at_end()) {
      const int line = line_;
      CsvRow row = read_row();
      const bool is_blank = row.size() == 1 && row[0].text.empty() && !row[0].quoted;
      if (out_.fault || is_blank) continue;
      if (out_.rows.size() == rows_max_)
        fail(line, 1, refuse({"more than {} rows", "超过 {} 行"}, rows_max_));
      else
        out_.rows.push_back(std::move(row));
    }
    return std::move(out_);
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool at_line_end() const { return !at_end() && (text_[at_] == '\n' || text_[at_] == '\r'); }
  bool is_next(char c) const { return !at_end() && text_[at_] == c; }

  CsvRow read_row() {
    CsvRow row;
    if (form_.comments && is_next('#')) {
      row.push_back({{}, line_, column_});
      while (!out_.fault && !at_end() && !at_line_end()) take_code_point(row[0].text);
    } else {
      do {
        row.push_back(read_cell());
      } while (!out_.fault && take_if(form_.separator));
    }
    if (at_line_end()) take_line_end();
    return row;
  }

  CsvCell read_cell() {
    CsvCell cell{{}, line_, column_, is_next('"')};
    if (cell.quoted)
      read_quoted(cell);
    else
      read_plain(cell);
    return cell;
  }

  void read_plain(CsvCell& cell) {
    while (!out_.fault && !at_end() && !at_line_end() && !is_next(form_.separator)) {
      if (is_next('"'))
        return fail(line_, column_,
                    refuse({"a quote inside a cell: put the whole cell into quotes, each quote in "
                            "it doubled",
                            "单元格中有引号：请用引号括起整个单元格，其中的引号写两次"}));
      take_code_point(cell.text);
    }
  }

  void read_quoted(CsvCell& cell) {
    take_if('"');
    while (!out_.fault) {
      if (at_end())
        return fail(cell.line, cell.column,
                    refuse({"the quote that opens here is never closed", "此处的引号没有结束"}));
      if (take_if('"') && !is_next('"')) break;
      at_line_end() ? keep_line_end(cell.text) : take_code_point(cell.text);
    }
    if (!out_.fault && !at_end() && !at_line_end() && !is_next(form_.separator))
      fail(line_, column_,
           refuse({"after the closing quote comes '{}' or the end of the line",
                   "结束引号之后应为“{}”或行尾"},
                  form_.separator == '\t' ? "TAB" : std::string(1, form_.separator)));
  }

  bool take_if(char c) {
    if (!is_next(c)) return false;
    ++at_;
    ++column_;
    return true;
  }

  void take_code_point(std::string& into) {
    const CodePoint point = decode_utf8(text_, at_);
    if (point.size == 0)
      return fail(line_, column_,
                  refuse({"the text is not UTF-8: save the file as \"CSV UTF-8\"",
                          "文本不是 UTF-8：请将文件另存为“CSV UTF-8”"}));
    into += text_.substr(at_, static_cast<std::size_t>(point.size));
    at_ += static_cast<std::size_t>(point.size);
    ++column_;
  }

  std::string_view take_line_end() {
    const std::size_t size = text_.substr(at_).starts_with("\r\n") ? 2 : 1;
    const std::string_view taken = text_.substr(at_, size);
    at_ += size;
    ++line_;
    column_ = 1;
    return taken;
  }

  void keep_line_end(std::string& into) { into += take_line_end(); }

  void fail(int line, int column, const Error& what) { out_.fault = {line, column, what}; }

  std::string_view text_;
  const std::size_t rows_max_;
  const CsvForm form_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
  CsvText out_;
};

}  // namespace

CsvText parse_csv(std::string_view text, std::size_t rows_max, CsvForm form) {
  return CsvParser(text, rows_max, form).parse();
}

}  // namespace gantry
