#include <fmt/format.h>

#include "base/explain.h"
#include "base/text.h"
#include "net/http.h"

namespace gantry::net {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that "%XY" at `at` stands for, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text.size() - at < 3) return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Error nul_error(std::size_t at) {
  return refuse({"a NUL byte at position {} is not allowed", "第 {} 个位置不允许有 NUL 字节"},
                at + 1);
}

Error in_parameter(const std::string& which, const Error& why) {
  return {Code::InvalidArgument, fmt::format("query parameter {}: {}", which, why.message),
          fmt::format("查询参数 {}：{}", which, message_in(why, Lang::Zh))};
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '\0') return nul_error(at);
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      const int byte = escaped_byte(text, at);
      if (byte < 0)
        return refuse({"bad escape at position {}: '%' must be followed by two hexadecimal digits",
                       "第 {} 个位置的转义有误：“%”之后必须是两位十六进制数字"},
                      at + 1);
      if (byte == 0) return nul_error(at);
      c = static_cast<char>(byte);
      at += 2;
    }
    out += c;
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  if (query.empty()) return out;
  for (const std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const std::string_view name_text = part.substr(0, equals);
    auto name = percent_decode(name_text, true);
    if (!name.ok())
      return in_parameter(fmt::format("{}", out.size() + 1),
                          within({"name", "名称"}, name.error()));
    if (name->empty())
      return refuse({"query parameter {} has no name", "第 {} 个查询参数没有名称"}, out.size() + 1);
    if (equals == std::string_view::npos) {
      out.emplace_back(*std::move(name), "");
      continue;
    }
    auto value = percent_decode(part.substr(equals + 1), true);
    if (!value.ok()) return in_parameter(fmt::format("'{}'", name_text), value.error());
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

std::string_view Request::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

}  // namespace gantry::net
