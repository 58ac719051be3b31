// CSV: the cells of a text, as RFC 4180 quotes them. Beyond it, line ends are LF, CRLF or CR, and a
// byte order mark is passed over, for spreadsheets write both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gantry {

struct CsvCell {
  std::string text;
  int line = 1;  // where it begins; columns count code points
  int column = 1;
  bool quoted = false;  // "" is an empty text, nothing between commas is no text
};
using CsvRow = std::vector<CsvCell>;  // never empty

struct CsvFault {
  int line = 1;
  int column = 1;
  Error what;
};

struct CsvText {
  std::vector<CsvRow> rows;  // without lines that are empty; up to the fault
  std::optional<CsvFault> fault;
};

struct CsvForm {
  char separator = ',';
  bool comments = false;  // a line that begins with # is one cell, quotes and separators in it too
};

// `rows_max` counts the header too: a row more is a fault.
CsvText parse_csv(std::string_view text, std::size_t rows_max, CsvForm form = {});

}  // namespace gantry
