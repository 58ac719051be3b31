// The text functions of CEL and its strings extension. Positions count code points.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/explain.h"
#include "base/utf8.h"
#include "expr/functions.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

Error bad_position(const Call& call, std::int64_t position) {
  return explain(
      Code::OutOfRange,
      {"{}: index {} is outside the text of {} characters", "{}：下标 {} 超出 {} 个字符的文本"},
      call.name, position, count_code_points(call[0].as_string()));
}

// Reading a text costs steps by its length.
Status pay(const Call& call) {
  constexpr std::size_t kBytesPerStep = 128;
  std::size_t bytes = 0;
  for (const Value& value : call.values)
    if (value.is(K::String)) bytes += value.as_string().size();
  return call.meter.spend(static_cast<std::int64_t>(bytes / kBytesPerStep));
}

// The byte where code point `position` begins; npos if the text has fewer. Its end counts.
std::size_t byte_of(std::string_view text, std::int64_t position) {
  std::size_t at = 0;
  for (; position > 0; --position) {
    if (at >= text.size()) return std::string_view::npos;
    at += static_cast<std::size_t>(std::max(1, decode_utf8(text, at).size));
  }
  return position < 0 ? std::string_view::npos : at;
}

std::int64_t position_of(std::string_view text, std::size_t byte) {
  if (byte == std::string_view::npos) return -1;
  return static_cast<std::int64_t>(count_code_points(text.substr(0, byte)));
}

// Linear in the text whatever the part is, which std::string::find is not.
std::size_t find_part(std::string_view text, std::string_view part, std::size_t at) {
  if (at > text.size()) return std::string_view::npos;
  if (part.empty()) return at;
  const void* found = ::memmem(text.data() + at, text.size() - at, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// The last place at or before `at`.
std::size_t find_last_part(std::string_view text, std::string_view part, std::size_t at) {
  if (part.size() > text.size()) return std::string_view::npos;
  at = std::min(at, text.size() - part.size());
  const std::string_view head = text.substr(0, at + part.size());
  const std::string mirrored(head.rbegin(), head.rend());
  const std::string mirrored_part(part.rbegin(), part.rend());
  const std::size_t found = find_part(mirrored, mirrored_part, 0);
  return found == std::string_view::npos ? found : head.size() - found - part.size();
}

template <auto kTest>
Result<Value> tested(const Call& call) {
  if (!call.takes({K::String, K::String})) return call.no_overload();
  TRY_STATUS(pay(call));
  return Value(kTest(std::string_view(call[0].as_string()), std::string_view(call[1].as_string())));
}

bool contains(std::string_view text, std::string_view part) {
  return find_part(text, part, 0) != std::string_view::npos;
}
bool starts_with(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool ends_with(std::string_view text, std::string_view part) { return text.ends_with(part); }

Result<Value> matches(const Call& call) {
  if (!call.takes({K::String, K::String})) return call.no_overload();
  TRY(const bool found,
      call.patterns.matches(call[1].as_string(), call[0].as_string(), call.meter));
  return Value(found);
}

Result<Value> char_at(const Call& call) {
  if (!call.takes({K::String, K::Int})) return call.no_overload();
  TRY_STATUS(pay(call));
  const std::string& text = call[0].as_string();
  const std::size_t at = byte_of(text, call[1].as_int());
  if (at == std::string_view::npos) return bad_position(call, call[1].as_int());
  return Value(text.substr(at, static_cast<std::size_t>(decode_utf8(text, at).size)));
}

Result<Value> index_of(const Call& call) {
  const bool from = call.size() == 3;
  if (!(from ? call.takes({K::String, K::String, K::Int}) : call.takes({K::String, K::String})))
    return call.no_overload();
  TRY_STATUS(pay(call));
  const std::string& text = call[0].as_string();
  const std::size_t start = byte_of(text, from ? call[2].as_int() : 0);
  if (start == std::string_view::npos) return bad_position(call, call[2].as_int());
  return Value(position_of(text, find_part(text, call[1].as_string(), start)));
}

Result<Value> last_index_of(const Call& call) {
  const bool from = call.size() == 3;
  if (!(from ? call.takes({K::String, K::String, K::Int}) : call.takes({K::String, K::String})))
    return call.no_overload();
  TRY_STATUS(pay(call));
  const std::string& text = call[0].as_string();
  const std::size_t start = from ? byte_of(text, call[2].as_int()) : text.size();
  if (start == std::string_view::npos) return bad_position(call, call[2].as_int());
  return Value(position_of(text, find_last_part(text, call[1].as_string(), start)));
}

Result<Value> substring(const Call& call) {
  const bool bounded = call.size() == 3;
  if (!(bounded ? call.takes({K::String, K::Int, K::Int}) : call.takes({K::String, K::Int})))
    return call.no_overload();
  TRY_STATUS(pay(call));
  const std::string& text = call[0].as_string();
  const std::size_t begin = byte_of(text, call[1].as_int());
  if (begin == std::string_view::npos) return bad_position(call, call[1].as_int());
  const std::size_t end = bounded ? byte_of(text, call[2].as_int()) : text.size();
  if (end == std::string_view::npos) return bad_position(call, call[2].as_int());
  if (end < begin)
    return explain(
        Code::OutOfRange,
        {"substring: the start {} is behind the end {}", "substring：起点 {} 在终点 {} 之后"},
        call[1].as_int(), call[2].as_int());
  return Value(text.substr(begin, end - begin));
}

// Only ASCII changes: what other letters become depends on the language.
template <char kFirst, char kLast, int kShift>
Result<Value> cased(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  TRY_STATUS(call.meter.room(call[0].as_string().size()));
  std::string text = call[0].as_string();
  for (char& c : text)
    if (c >= kFirst && c <= kLast) c = static_cast<char>(c + kShift);
  return Value(std::move(text));
}

bool is_white_space(char32_t c) {  // Unicode's White_Space
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

Result<Value> trimmed(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  TRY_STATUS(pay(call));
  const std::string& text = call[0].as_string();
  std::size_t begin = text.size();
  std::size_t end = text.size();
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    const std::size_t next = at + static_cast<std::size_t>(std::max(1, c.size));
    if (!is_white_space(c.value)) {
      begin = std::min(begin, at);
      end = next;
    }
    at = next;
  }
  return Value(text.substr(begin, end - begin));
}

// The places where `part` stands in `text`, at most `limit` (negative: all). An empty part stands
// before each character and at the end.
std::vector<std::size_t> occurrences(const std::string& text, const std::string& part,
                                     std::int64_t limit) {
  std::vector<std::size_t> places;
  std::size_t at = 0;
  while (limit < 0 || static_cast<std::int64_t>(places.size()) < limit) {
    at = find_part(text, part, at);
    if (at == std::string::npos) break;
    places.push_back(at);
    if (at >= text.size()) break;
    at += part.empty() ? static_cast<std::size_t>(std::max(1, decode_utf8(text, at).size))
                       : part.size();
  }
  return places;
}

Result<Value> replace(const Call& call) {
  const bool limited = call.size() == 4;
  const bool fits = limited ? call.takes({K::String, K::String, K::String, K::Int})
                            : call.takes({K::String, K::String, K::String});
  if (!fits) return call.no_overload();
  TRY_STATUS(pay(call));
  const std::string& text = call[0].as_string();
  const std::string& old = call[1].as_string();
  const std::string& fresh = call[2].as_string();
  const auto places = occurrences(text, old, limited ? call[3].as_int() : -1);
  TRY_STATUS(call.meter.room(text.size() + places.size() * fresh.size()));
  std::string out;
  std::size_t done = 0;
  for (const std::size_t place : places) {
    out.append(text, done, place - done).append(fresh);
    done = place + old.size();
  }
  return Value(out.append(text, done));
}

// An empty separator gives the characters.
std::vector<std::size_t> cuts(const std::string& text, const std::string& separator,
                              std::int64_t limit) {
  auto places = occurrences(text, separator, -1);
  if (separator.empty() && !places.empty()) {
    places.erase(places.begin());
    if (!places.empty() && places.back() == text.size()) places.pop_back();
  }
  if (limit > 0 && static_cast<std::int64_t>(places.size()) >= limit)
    places.resize(static_cast<std::size_t>(limit - 1));
  return places;
}

Result<Value> split(const Call& call) {
  const bool limited = call.size() == 3;
  if (!(limited ? call.takes({K::String, K::String, K::Int}) : call.takes({K::String, K::String})))
    return call.no_overload();
  TRY_STATUS(pay(call));
  const std::int64_t limit = limited ? call[2].as_int() : -1;
  const std::string& text = call[0].as_string();
  const std::string& separator = call[1].as_string();
  if (limit == 0 || (text.empty() && separator.empty())) return Value(ValueList{});
  const auto places = cuts(text, separator, limit);
  TRY_STATUS(call.meter.room(text.size() + places.size() * sizeof(Value)));
  ValueList parts;
  std::size_t done = 0;
  for (const std::size_t place : places) {
    parts.emplace_back(text.substr(done, place - done));
    done = place + separator.size();
  }
  parts.emplace_back(text.substr(done));
  return Value(std::move(parts));
}

Result<Value> join(const Call& call) {
  if (!call.takes({K::List}) && !call.takes({K::List, K::String})) return call.no_overload();
  const std::string_view separator = call.size() == 2 ? std::string_view(call[1].as_string()) : "";
  std::size_t size = 0;
  for (const Value& part : call[0].as_list()) {
    if (!part.is(K::String))
      return refuse({"join needs a list of strings; convert with list.map(x, string(x))",
                     "join 需要字符串列表；请用 list.map(x, string(x)) 转换"});
    size += part.as_string().size() + separator.size();
  }
  TRY_STATUS(call.meter.room(size));
  std::string out;
  for (const Value& part : call[0].as_list()) {
    if (&part != call[0].as_list().data()) out += separator;
    out += part.as_string();
  }
  return Value(std::move(out));
}

Result<Value> reversed(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  const std::string& text = call[0].as_string();
  TRY_STATUS(pay(call));
  TRY_STATUS(call.meter.room(text.size()));
  std::string out;
  std::size_t end = text.size();
  while (end > 0) {
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    out.append(text, begin, end - begin);
    end = begin;
  }
  return Value(std::move(out));
}

// As a literal in double quotes.
Result<Value> quoted(const Call& call) {
  if (!call.takes({K::String})) return call.no_overload();
  TRY_STATUS(call.meter.room(2 * call[0].as_string().size()));
  constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  std::string out = "\"";
  for (const char c : repair_utf8(call[0].as_string())) {
    const auto i = c == '\0' ? std::string_view::npos : kSpecial.find(c);
    if (i == std::string_view::npos)
      out += c;
    else
      (out += '\\') += kLetters[i];
  }
  return Value(out += '"');
}

constexpr std::array<Function, 17> kFunctions{{
    {"contains", CallStyle::Method, 2, 2, tested<contains>},
    {"startsWith", CallStyle::Method, 2, 2, tested<starts_with>},
    {"endsWith", CallStyle::Method, 2, 2, tested<ends_with>},
    {"matches", CallStyle::Both, 2, 2, matches},
    {"charAt", CallStyle::Method, 2, 2, char_at},
    {"indexOf", CallStyle::Method, 2, 3, index_of},
    {"lastIndexOf", CallStyle::Method, 2, 3, last_index_of},
    {"substring", CallStyle::Method, 2, 3, substring},
    {"lowerAscii", CallStyle::Method, 1, 1, cased<'A', 'Z', 32>},
    {"upperAscii", CallStyle::Method, 1, 1, cased<'a', 'z', -32>},
    {"trim", CallStyle::Method, 1, 1, trimmed},
    {"replace", CallStyle::Method, 3, 4, replace},
    {"split", CallStyle::Method, 2, 3, split},
    {"join", CallStyle::Method, 1, 2, join},
    {"reverse", CallStyle::Method, 1, 1, reversed},
    {"format", CallStyle::Method, 2, 2, format_text},
    {"strings.quote", CallStyle::Global, 1, 1, quoted},
}};
}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace gantry::expr
