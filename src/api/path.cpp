#include "api/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "base/explain.h"
#include "base/text.h"
#include "base/utf8.h"
#include "net/http.h"

namespace gantry::api {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_dots(std::string_view part) { return part == "." || part == ".."; }

// What a decoded segment must not hold, whoever uses it.
Status check_segment(std::string_view text) {
  if (text.empty())
    return refuse(
        {"the path has an empty segment: write single slashes", "路径中有空段：斜杠请只写一个"});
  if (!is_utf8(text)) return refuse({"the path is not UTF-8", "路径不是 UTF-8"});
  if (std::any_of(text.begin(), text.end(), is_control))
    return refuse({"the path has a control character", "路径中有控制字符"});
  if (text.find('\\') != std::string_view::npos)
    return refuse({"the path has a backslash", "路径中有反斜杠"});
  for (const std::string_view part : split(text, '/')) {
    if (is_dots(part)) return refuse({"the path has a '.' or '..' segment", "路径中有“.”或“..”段"});
    if (part.empty())
      return refuse({"a name in the path has an empty part", "路径中的名称有空的部分"});
  }
  return ok();
}

}  // namespace

Result<std::vector<Segment>> split_path(std::string_view path) {
  if (!path.starts_with('/'))
    return refuse({"the path does not begin with '/'", "路径没有以“/”开头"});
  std::vector<Segment> out;
  for (const std::string_view raw : split(path.substr(1), '/')) {
    auto decoded = net::percent_decode(raw);
    if (!decoded.ok()) return within({"path", "路径"}, decoded.error());
    TRY_STATUS(check_segment(*decoded));
    out.push_back({std::string(raw), *std::move(decoded)});
  }
  return out;
}

PathPattern::PathPattern(std::string_view text) {
  CHECK(text.starts_with('/'));
  for (const std::string_view part : split(text.substr(1), '/')) {
    CHECK(!part.empty());
    if (part.front() != '{') {
      parts_.push_back({std::string(part)});
      continue;
    }
    CHECK(part.back() == '}' && part.size() > 2);
    parts_.push_back({});
    params_.emplace_back(part.substr(1, part.size() - 2));
  }
}

std::optional<std::vector<std::string>> PathPattern::match(const std::vector<Segment>& path) const {
  if (path.size() != parts_.size()) return std::nullopt;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].is_param())
      values.push_back(path[i].decoded);
    else if (parts_[i].literal != path[i].raw)
      return std::nullopt;
  }
  return values;
}

std::string encode_segment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 ||
                                       std::string_view("-._~").find(c) != std::string_view::npos);
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

}  // namespace gantry::api
