// Rows of the hot tables as bytes: what a pack holds before compression.
//
//   row    = kind (1 byte), column count (varint), column...
//   column = 0 (null) | 1 zigzag varint | 2 length varint, bytes (text and blobs)
// Varints are little endian groups of 7 bits, the high bit set on all but the last.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite_database.h"

namespace gantry::store {

enum class PackKind : std::uint8_t { History = 1, Task = 2, Attempt = 4 };  // bits of pack.kinds

void append_row(std::string& out, PackKind kind, const Query& row);

// Reads the rows back in order. `data` must outlive it.
class PackedRows : public Columns {
 public:
  explicit PackedRows(std::string_view data) : rest_(data) {}

  Result<bool> next();  // false at the end; DataLoss if the bytes are not rows
  PackKind kind() const { return kind_; }

  bool is_null(int column) const override { return cell(column).type == Type::Null; }
  std::int64_t integer(int column) const override { return cell(column).number; }
  std::string_view bytes(int column) const override { return cell(column).bytes; }

 private:
  enum class Type : std::uint8_t { Null, Integer, Bytes };
  struct Cell {
    Type type = Type::Null;
    std::int64_t number = 0;
    std::string_view bytes;
  };
  // A column that was added after the pack was written is null.
  const Cell& cell(int column) const;
  bool read_cell();
  bool read_varint(std::uint64_t& value);
  bool read_byte(std::uint8_t& value);

  std::string_view rest_;
  PackKind kind_ = PackKind::History;
  std::vector<Cell> cells_;
};

}  // namespace gantry::store
