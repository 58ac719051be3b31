#include "store/pack_rows.h"

namespace gantry::store {

namespace {
constexpr std::uint64_t kColumnsMax = 100;

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

std::uint64_t zigzag(std::int64_t n) {
  return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63);
}
std::int64_t unzigzag(std::uint64_t n) {
  return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
}

void append_column(std::string& out, const Query& row, int column) {
  switch (row.column_type(column)) {
    case SQLITE_NULL: out += '\0'; return;
    case SQLITE_INTEGER:
      out += '\1';
      append_varint(out, zigzag(row.integer(column)));
      return;
    default: {
      const std::string_view bytes = row.bytes(column);
      out += '\2';
      append_varint(out, bytes.size());
      out += bytes;
    }
  }
}
}  // namespace

void append_row(std::string& out, PackKind kind, const Query& row) {
  out += static_cast<char>(kind);
  append_varint(out, static_cast<std::uint64_t>(row.column_count()));
  for (int i = 0; i < row.column_count(); ++i) append_column(out, row, i);
}

Result<bool> PackedRows::next() {
  cells_.clear();
  if (rest_.empty()) return false;
  std::uint8_t kind = 0;
  std::uint64_t columns = 0;
  bool good = read_byte(kind) && read_varint(columns) && columns <= kColumnsMax;
  for (std::uint64_t i = 0; good && i < columns; ++i) good = read_cell();
  if (!good) return error(Code::DataLoss, "a packed run is damaged: restore a backup");
  kind_ = static_cast<PackKind>(kind);
  return true;
}

const PackedRows::Cell& PackedRows::cell(int column) const {
  static const Cell kNull;
  const auto index = static_cast<std::size_t>(column);
  return index < cells_.size() ? cells_[index] : kNull;
}

bool PackedRows::read_cell() {
  std::uint8_t type = 0;
  std::uint64_t number = 0;
  if (!read_byte(type) || type > 2) return false;
  Cell cell{static_cast<Type>(type), 0, {}};
  if (cell.type != Type::Null && !read_varint(number)) return false;
  if (cell.type == Type::Integer) cell.number = unzigzag(number);
  if (cell.type == Type::Bytes) {
    if (number > rest_.size()) return false;
    cell.bytes = rest_.substr(0, number);
    rest_.remove_prefix(number);
  }
  cells_.push_back(cell);
  return true;
}

bool PackedRows::read_varint(std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    std::uint8_t byte = 0;
    if (!read_byte(byte)) return false;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

bool PackedRows::read_byte(std::uint8_t& value) {
  if (rest_.empty()) return false;
  value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return true;
}

}  // namespace gantry::store
