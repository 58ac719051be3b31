#include "base/csv.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gantry {
namespace {

// "a|b/c": cells and rows, quoted cells in <>; a fault as "!LINE:COLUMN message".
std::string shown(std::string_view text, std::size_t rows_max = 10) {
  const CsvText csv = parse_csv(text, rows_max);
  std::string out;
  for (const CsvRow& row : csv.rows) {
    if (!out.empty()) out += '/';
    for (std::size_t i = 0; i < row.size(); ++i)
      out += (i == 0 ? "" : "|") + (row[i].quoted ? "<" + row[i].text + ">" : row[i].text);
  }
  if (csv.fault)
    out += fmt::format("!{}:{} {}", csv.fault->line, csv.fault->column, csv.fault->what.message);
  return out;
}

std::string place_of(const CsvCell& cell) { return fmt::format("{}:{}", cell.line, cell.column); }

TEST(CsvTest, CellsAndRows) {
  EXPECT_EQ(shown("a,b\n1,2\n"), "a|b/1|2");
  EXPECT_EQ(shown("a,b\r\n1,2"), "a|b/1|2");
  EXPECT_EQ(shown("a\rb\r"), "a/b");
  EXPECT_EQ(shown("\xEF\xBB\xBF"
                  "a,b\n"),
            "a|b");
  EXPECT_EQ(shown("a,,\n"), "a||");
  EXPECT_EQ(shown(" a , b \n"), " a | b ");
  EXPECT_EQ(shown(""), "");
}

TEST(CsvTest, EmptyLinesAreNoRows) {
  EXPECT_EQ(shown("\n\na\n\r\nb\n\n"), "a/b");
  EXPECT_EQ(shown("\"\"\n"), "<>");
  EXPECT_EQ(shown(",\n"), "|");
}

TEST(CsvTest, QuotesHoldCommasQuotesAndLines) {
  EXPECT_EQ(shown("\"a,b\",\"c\"\"d\",\"e\nf\"\r\ng"), "<a,b>|<c\"d>|<e\nf>/g");
  EXPECT_EQ(shown("\"a\r\nb\""), "<a\r\nb>");
  EXPECT_EQ(shown("\"\"\"\""), "<\">");
}

TEST(CsvTest, PlacesCountCharactersAndLines) {
  const CsvText csv = parse_csv("名称,x\n\"a\nb\",y\nz,w\n", 10);
  EXPECT_EQ(place_of(csv.rows[0][1]), "1:4");
  EXPECT_EQ(place_of(csv.rows[1][0]), "2:1");
  EXPECT_EQ(place_of(csv.rows[1][1]), "3:4");
  EXPECT_EQ(place_of(csv.rows[2][1]), "4:3");
}

TEST(CsvTest, FaultsHaveAPlace) {
  EXPECT_TRUE(shown("a\nb\"c\n").starts_with("a!2:2 a quote inside a cell"));
  EXPECT_TRUE(shown("a\n1,\"b\n").starts_with("a!2:3 the quote that opens here"));
  EXPECT_TRUE(shown("\"a\"b\n").starts_with("!1:4 after the closing quote"));
  EXPECT_TRUE(shown("a\nb,\xB5\n").starts_with("a!2:3 the text is not UTF-8"));
  EXPECT_EQ(shown("a\n1\n2\n", 2), "a/1!3:1 more than 2 rows");
}

}  // namespace
}  // namespace gantry
