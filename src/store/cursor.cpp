#include "store/cursor.h"

#include <fmt/format.h>

#include <charconv>

#include "base/base64.h"
#include "base/crc32.h"
#include "base/explain.h"

namespace gantry::store {

namespace {
constexpr std::size_t kCursorBytesMax = 1024;
constexpr std::size_t kChecksumBytes = 8;

std::string checksum(std::string_view content) {
  return fmt::format("{:08x}", crc32(content.data(), content.size()));
}

// Cursors stand in URLs: '+', '/' and '=' of base64 would have to be escaped there.
std::string to_url_form(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}
std::string from_url_form(std::string_view cursor) {
  std::string text(cursor);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return text;
}

Error not_a_cursor() {
  return refuse({"the cursor is not one of this list: take it from next_cursor, or leave it out",
                 "游标不属于此列表：请取自 next_cursor，或不填"});
}
}  // namespace

std::string make_cursor(std::string_view list, std::string_view place) {
  const std::string content = fmt::format("{}:{}", list, place);
  return to_url_form(base64_encode(checksum(content) + content));
}

std::string make_cursor(std::string_view list, std::int64_t place) {
  return make_cursor(list, std::to_string(place));
}

Result<std::string> read_text_cursor(std::string_view list, std::string_view cursor) {
  if (cursor.size() > kCursorBytesMax) return not_a_cursor();
  const auto bytes = base64_decode(from_url_form(cursor));
  if (!bytes.ok() || bytes.value().size() < kChecksumBytes) return not_a_cursor();
  const std::string content = bytes.value().substr(kChecksumBytes);
  const std::string prefix = fmt::format("{}:", list);
  if (!bytes.value().starts_with(checksum(content)) || !content.starts_with(prefix))
    return not_a_cursor();
  return content.substr(prefix.size());
}

Result<std::int64_t> read_number_cursor(std::string_view list, std::string_view cursor,
                                        std::int64_t start) {
  if (cursor.empty()) return start;
  TRY(const std::string text, read_text_cursor(list, cursor));
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return not_a_cursor();
  return number;
}

std::string_view run_list_name(const RunFilter& filter) {
  return filter.oldest_first ? "runs-oldest" : "runs";
}

std::int64_t run_list_start(const RunFilter& filter) {
  return filter.oldest_first ? 0 : std::numeric_limits<std::int64_t>::max();
}

Status check_limit(int limit) {
  if (limit >= 1 && limit <= limits::kPageMax) return ok();
  return refuse({"limit is {}: give 1 to {}", "limit 为 {}：应为 1 到 {}"}, limit,
                limits::kPageMax);
}

}  // namespace gantry::store
