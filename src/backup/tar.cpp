#include "backup/tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "backup/backup_limits.h"
#include "backup/damaged.h"
#include "base/files.h"

namespace gantry::backup {

namespace {
constexpr std::int64_t kOctalSizeMax = (std::int64_t{1} << 33) - 1;  // eleven octal digits
constexpr char kFile = '0';
constexpr char kExtension = 'x';

// The fields of a header by their places.
struct Field {
  std::size_t at;
  std::size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kSize{124, 12};
constexpr Field kSum{148, 8};
constexpr Field kType{156, 1};
constexpr Field kMagic{257, 8};
constexpr Field kPrefix{345, 155};

void put(std::string& block, Field field, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(field.at));
}
void put_octal(std::string& block, Field field, std::int64_t number) {
  put(block, field, fmt::format("{:0{}o}", number, field.size - 1));
}

std::string_view text_of(std::string_view block, Field field) {
  const std::string_view raw = block.substr(field.at, field.size);
  return raw.substr(0, std::min(raw.find('\0'), raw.size()));
}

Result<std::int64_t> number_in(std::string_view text, int base) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (failure != std::errc() || end != text.data() + text.size() || number < 0)
    return damaged(refuse({"a number in a header is none", "头部中的数字无效"}));
  return number;
}

// The sum counts its own field as spaces.
std::int64_t sum_of(std::string_view block) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool of_sum = i >= kSum.at && i < kSum.at + kSum.size;
    sum += of_sum ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

std::string block_of(std::string_view path, std::int64_t size, int mode, char type) {
  std::string block(kTarBlock, '\0');
  put(block, kName, path.substr(0, kName.size));
  put_octal(block, kMode, mode);
  for (const std::size_t owner : {108u, 116u}) put_octal(block, {owner, 8}, 0);
  put_octal(block, kSize, size);
  put_octal(block, {136, 12}, 0);  // the time of the last change is nobody's business
  put(block, kType, std::string_view(&type, 1));
  put(block, kMagic, std::string_view("ustar\00000", kMagic.size));
  put(block, kSum, fmt::format("{:06o}", sum_of(block)));
  block[kSum.at + 6] = '\0';
  block[kSum.at + 7] = ' ';
  return block;
}

// "25 path=some/long/name\n": the length counts itself.
std::string record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (fmt::format("{}", length).size() + rest != length)
    length = fmt::format("{}", length).size() + rest;
  return fmt::format("{} {}={}\n", length, key, value);
}

std::string extension_of(const TarEntry& entry) {
  std::string records;
  if (entry.path.size() > kName.size) records += record("path", entry.path);
  if (entry.size > kOctalSizeMax) records += record("size", fmt::format("{}", entry.size));
  if (records.empty()) return records;
  const auto size = static_cast<std::int64_t>(records.size());
  return block_of("pax", size, 0600, kExtension) + records + std::string(tar_padding(size), '\0');
}

bool is_zero(std::string_view block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

Error not_a_file(char type, std::string_view path) {
  const Text what = type == '1' || type == '2'   ? Text{"a link", "链接"}
                    : type == '5'                ? Text{"a folder", "目录"}
                    : type == '3' || type == '4' ? Text{"a device", "设备"}
                    : type == '6'                ? Text{"a pipe", "管道"}
                                  : Text{"something else than a file", "文件之外的内容"};
  return refuse({"the archive is refused: '{0}' is {1}, and backups hold files only",
                 "拒绝该归档：“{0}”是{2}，而备份只含文件"},
                printable_path(path), what.en, what.zh);
}
}  // namespace

std::string printable_path(std::string_view path) {
  std::string out;
  for (const char c : path.substr(0, 200)) out += c >= ' ' && c != '\x7f' ? c : '?';
  return out;
}

std::size_t tar_padding(std::int64_t size) {
  return (kTarBlock - static_cast<std::size_t>(size) % kTarBlock) % kTarBlock;
}

std::string tar_header(const TarEntry& entry) {
  const std::int64_t size = entry.size > kOctalSizeMax ? 0 : entry.size;
  return extension_of(entry) + block_of(entry.path, size, entry.mode, kFile);
}

std::size_t TarParser::wanted() const {
  if (stage_ != Stage::Extension) return kTarBlock;
  return static_cast<std::size_t>(left_) + tar_padding(left_);
}

Status TarParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (stage_ == Stage::Content || stage_ == Stage::Padding) {
      const std::string_view part =
          bytes.substr(0, static_cast<std::size_t>(std::min<std::int64_t>(
                              left_, static_cast<std::int64_t>(bytes.size()))));
      if (stage_ == Stage::Content) TRY_STATUS(taker_.data(part));
      bytes.remove_prefix(part.size());
      left_ -= static_cast<std::int64_t>(part.size());
      if (left_ == 0) TRY_STATUS(end_content());
      continue;
    }
    const std::string_view part = bytes.substr(0, wanted() - block_.size());
    block_ += part;
    bytes.remove_prefix(part.size());
    if (block_.size() < wanted()) continue;
    TRY_STATUS(stage_ == Stage::Extension ? take_extension() : take_block(block_));
    block_.clear();
  }
  return ok();
}

Status TarParser::finish() const {
  const bool whole = (stage_ == Stage::Header || stage_ == Stage::Closed) && block_.empty();
  return whole ? ok() : Status(damaged(refuse({"it is cut short", "它不完整"})));
}

Status TarParser::take_block(std::string_view block) {
  if (is_zero(block)) {
    stage_ = Stage::Closed;
    return ok();
  }
  if (stage_ == Stage::Closed)
    return damaged(refuse({"something follows its end", "结尾之后还有内容"}));
  return take_header(block);
}

Status TarParser::take_header(std::string_view block) {
  TRY(const std::int64_t sum, number_in(text_of(block, kSum), 8));
  if (sum != sum_of(block))
    return damaged(refuse({"the sum of a header is wrong", "头部的校验和不对"}));
  const char type = block[kType.at];
  TRY(const std::int64_t size, number_in(text_of(block, kSize), 8));
  if (type == kExtension) {
    if (size > kExtensionBytesMax) return damaged(refuse({"a header is too long", "头部过长"}));
    left_ = size;
    stage_ = Stage::Extension;
    return ok();
  }
  entry_.path = text_of(block, kName);
  if (const auto prefix = text_of(block, kPrefix); !prefix.empty())
    entry_.path = std::string(prefix) + "/" + entry_.path;
  if (!path_.empty()) entry_.path = std::exchange(path_, {});
  if (type != kFile) return not_a_file(type, entry_.path);
  TRY(const std::int64_t mode, number_in(text_of(block, kMode), 8));
  entry_.size = size_ >= 0 ? std::exchange(size_, -1) : size;
  entry_.mode = static_cast<int>(mode & 0777);
  return begin_entry();
}

// Only what tar_header() writes: a path, a size.
Status TarParser::take_extension() {
  std::string_view rest = std::string_view(block_).substr(0, static_cast<std::size_t>(left_));
  stage_ = Stage::Header;
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    if (space == std::string_view::npos)
      return damaged(refuse({"a header has no length", "头部没有长度"}));
    TRY(const std::int64_t length, number_in(rest.substr(0, space), 10));
    const auto size = static_cast<std::size_t>(length);
    if (size > rest.size() || size < space + 2 || rest[size - 1] != '\n')
      return damaged(refuse({"a header has a wrong length", "头部的长度不对"}));
    const std::string_view pair = rest.substr(space + 1, size - space - 2);
    rest.remove_prefix(size);
    if (pair.starts_with("path=")) {
      path_ = pair.substr(5);
    } else if (pair.starts_with("size=")) {
      TRY(size_, number_in(pair.substr(5), 10));
    } else {
      return damaged(refuse({"a header says what no backup says", "头部含有备份中不会有的内容"}));
    }
  }
  return ok();
}

Status TarParser::begin_entry() {
  if (!is_inside_path(entry_.path) || entry_.path.size() > kPathBytesMax)
    return refuse({"the archive is refused: the path '{}' leads out of it or is none",
                   "拒绝该归档：路径“{}”超出归档，或不是路径"},
                  printable_path(entry_.path));
  TRY_STATUS(taker_.begin(entry_));
  left_ = entry_.size;
  stage_ = Stage::Content;
  return left_ == 0 ? end_content() : ok();
}

Status TarParser::end_content() {
  if (stage_ == Stage::Content) {
    TRY_STATUS(taker_.end());
    left_ = static_cast<std::int64_t>(tar_padding(entry_.size));
    stage_ = Stage::Padding;
    if (left_ > 0) return ok();
  }
  stage_ = Stage::Header;
  return ok();
}

}  // namespace gantry::backup
