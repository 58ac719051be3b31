#include "spec/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/utf8.h"

namespace gantry::spec {

using model::SourcePlace;

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends =
        text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
    if (ends) starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::size_t Lines::start(int line) const {
  const auto index = static_cast<std::size_t>(std::max(line, 1) - 1);
  return index < starts_.size() ? starts_[index] : text_.size();
}

std::string_view Lines::line(int line) const {
  std::string_view all = text_.substr(start(line), start(line + 1) - start(line));
  while (!all.empty() && (all.back() == '\n' || all.back() == '\r')) all.remove_suffix(1);
  return all;
}

SourcePlace Lines::place(std::size_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<int>(after - starts_.begin());
  const std::string_view before = text_.substr(start(line), offset - start(line));
  return {line, static_cast<int>(count_code_points(before)) + 1};
}

std::size_t Lines::offset(SourcePlace place) const {
  std::size_t at = start(place.line);
  for (int column = 1; column < place.column && at < text_.size(); ++column)
    at += static_cast<std::size_t>(std::max(decode_utf8(text_, at).size, 1));
  return std::min(at, text_.size());
}

namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Unicode's other line ends and a mark inside the text: YAML 1.1 and 1.2 disagree about them.
bool is_ambiguous(char32_t c) { return c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xFEFF; }
bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c <= 0x9F) ||
         c == 0xFFFE || c == 0xFFFF;
}

bool is_plain_ascii(unsigned char c) { return c >= 0x20 && c < 0x7F; }

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

void report_encoding(std::string_view text, std::size_t at, Diagnostics& problems) {
  if (is_utf16(text))
    return problems.add(
        NotUtf8, {1, 1},
        refuse({"the file is UTF-16; save it as UTF-8", "文件是 UTF-16；请存为 UTF-8"}));
  problems.add(NotUtf8, Lines(text).place(at),
               refuse({"byte 0x{:02x} is not UTF-8; save the file as UTF-8 (not GBK or Latin-1)",
                       "字节 0x{:02x} 不是 UTF-8；请把文件存为 UTF-8（不是 GBK 或 Latin-1）"},
                      static_cast<unsigned char>(text[at])));
}

// libyaml compares each %TAG with all before it; nobody needs them, since only core tags are known.
bool check_directives(std::string_view text, Diagnostics& problems) {
  for (auto at = text.find("%TAG"); at != std::string_view::npos; at = text.find("%TAG", at + 1)) {
    const bool begins_line = at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r';
    if (!begins_line) continue;
    problems.add(UnknownTag, Lines(text).place(at),
                 refuse({"%TAG is not known here; remove it", "此处不认识 %TAG；请删去它"}));
    return false;
  }
  return true;
}
}  // namespace

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

bool check_text(std::string_view text, Diagnostics& problems) {
  if (text.size() > limits::kDefinitionBytesMax) {
    problems.add(FileTooBig, {1, 1},
                 refuse({"the file has {} bytes, the limit is {}; move data and long scripts "
                         "into files of their own",
                         "文件有 {} 字节，上限为 {}；请把数据和长脚本放进单独的文件"},
                        text.size(), limits::kDefinitionBytesMax));
    return false;
  }
  for (std::size_t i = 0; i < text.size();) {
    if (is_plain_ascii(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    const CodePoint c = decode_utf8(text, i);
    if (c.size == 0) {
      report_encoding(text, i, problems);
      return false;
    }
    if (is_control(c.value) || is_ambiguous(c.value)) {
      problems.add(ControlCharacter, Lines(text).place(i),
                   refuse({"the character U+{:04X} can not stand in a workflow file; remove it, "
                           "or write it as an escape in a double-quoted text",
                           "工作流文件中不能有字符 U+{:04X}；请删去它，或在双引号文本中写成转义"},
                          static_cast<unsigned>(c.value)));
      return false;
    }
    i += static_cast<std::size_t>(c.size);
  }
  return check_directives(text, problems);
}

}  // namespace gantry::spec
