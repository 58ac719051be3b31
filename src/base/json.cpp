#include "base/json.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/base64.h"
#include "base/explain.h"
#include "base/utf8.h"

namespace gantry {

namespace {
namespace bj = boost::json;

// Builds a Value from Boost.JSON's parse events; strings and numbers may arrive in parts.
class ValueBuilder {
 public:
  constexpr static std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  constexpr static std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  constexpr static std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  constexpr static std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) {
    open(true);
    return true;
  }
  bool on_object_end(std::size_t, bj::error_code& ec) { return close(ec); }
  bool on_array_begin(bj::error_code&) {
    open(false);
    return true;
  }
  bool on_array_end(std::size_t, bj::error_code& ec) { return close(ec); }
  bool on_key_part(bj::string_view s, std::size_t, bj::error_code&) {
    text_.append(s.data(), s.size());
    return true;
  }
  bool on_key(bj::string_view s, std::size_t, bj::error_code& ec) {
    text_.append(s.data(), s.size());
    return take_key(ec);
  }
  bool on_string_part(bj::string_view s, std::size_t, bj::error_code&) {
    text_.append(s.data(), s.size());
    return true;
  }
  bool on_string(bj::string_view s, std::size_t, bj::error_code&) {
    text_.append(s.data(), s.size());
    put(Value(std::exchange(text_, {})));
    return true;
  }
  bool on_number_part(bj::string_view s, bj::error_code&) {
    text_.append(s.data(), s.size());
    return true;
  }
  bool on_int64(std::int64_t i, bj::string_view, bj::error_code&) {
    text_.clear();
    put(Value(i));
    return true;
  }
  bool on_uint64(std::uint64_t u, bj::string_view, bj::error_code&) {
    text_.clear();
    put(Value(u));
    return true;
  }
  // Boost 1.81 is off by a bit in the last place now and then, so the digits are read again.
  bool on_double(double about, bj::string_view s, bj::error_code& ec) {
    text_.append(s.data(), s.size());
    double exact = 0;
    const auto [end, failure] = std::from_chars(text_.data(), text_.data() + text_.size(), exact);
    text_.clear();
    const bool tiny = failure == std::errc::result_out_of_range && std::abs(about) < 1;
    if (failure != std::errc() && !tiny) {
      ec = bj::error::exponent_overflow;
      return false;
    }
    put(Value(tiny ? std::copysign(0.0, about) : exact));
    return true;
  }
  bool on_bool(bool b, bj::error_code&) {
    put(Value(b));
    return true;
  }
  bool on_null(bj::error_code&) {
    put(Value());
    return true;
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

  Value take() { return std::move(root_); }
  const std::optional<std::string>& repeated_key() const { return repeated_key_; }

 private:
  struct Level {
    bool is_map = false;
    ValueList list;
    ValueMap map;
  };

  void open(bool is_map) { levels_.push_back(Level{is_map, {}, {}}); }

  bool close(bj::error_code& ec) {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    if (level.is_map && has_repeated_key(level.map)) {
      ec = bj::error::extra_data;
      return false;
    }
    put(level.is_map ? Value(std::move(level.map)) : Value(std::move(level.list)));
    return true;
  }

  bool take_key(bj::error_code&) {
    levels_.back().map.emplace_back(Value(std::exchange(text_, {})), Value());
    return true;
  }

  bool has_repeated_key(const ValueMap& map) {
    std::vector<std::string_view> keys;
    keys.reserve(map.size());
    for (const auto& [k, v] : map) keys.push_back(k.as_string());
    std::sort(keys.begin(), keys.end());
    const auto twin = std::adjacent_find(keys.begin(), keys.end());
    if (twin == keys.end()) return false;
    repeated_key_ = std::string(*twin);
    return true;
  }

  void put(Value value) {
    if (levels_.empty())
      root_ = std::move(value);
    else if (levels_.back().is_map)
      levels_.back().map.back().second = std::move(value);
    else
      levels_.back().list.push_back(std::move(value));
  }

  std::vector<Level> levels_;
  Value root_;
  std::string text_;
  std::optional<std::string> repeated_key_;
};
}  // namespace

Result<Value> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.size_bytes_max)
    return refuse({"JSON of {} bytes is over the limit of {}", "JSON 有 {} 字节，超过上限 {}"},
                  text.size(), limits.size_bytes_max);
  bj::parse_options options;
  options.max_depth = static_cast<std::size_t>(limits.depth_max);
  bj::basic_parser<ValueBuilder> parser(options);
  bj::error_code failure;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), failure);
  constexpr int kShownColumns = 60;
  if (const auto& key = parser.handler().repeated_key())
    return refuse({"JSON, at byte {}: the key \"{}\" stands twice in one object",
                   "JSON 第 {} 字节：同一个对象中键“{}”出现两次"},
                  used, fit_width(*key, kShownColumns));
  if (!failure && used < text.size()) failure = bj::error::extra_data;
  if (failure)
    return refuse({"JSON, at byte {}: {}", "JSON 第 {} 字节有语法错误（{}）"}, used,
                  failure.message());
  return parser.handler().take();
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::string repaired;
  if (!is_utf8(text)) text = repaired = repair_utf8(text);
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  out += '"';
}

namespace {
// The shortest digits that read back as the same double; "2.0", so that it is no int then.
std::string literal_of(double d) {
  std::string text = fmt::format("{}", d);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

void append_double(std::string& out, double d) {
  if (std::isnan(d))
    out += "\"NaN\"";
  else if (std::isinf(d))
    out += d > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  else
    out += literal_of(d);
}

void append_value(std::string& out, const Value& value);

void append_list(std::string& out, const ValueList& list) {
  out += '[';
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    append_value(out, list[i]);
  }
  out += ']';
}

void append_map(std::string& out, const ValueMap& map) {
  out += '{';
  bool first = true;
  for (const auto& [k, v] : map) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, to_text(k));
    out += ':';
    append_value(out, v);
  }
  out += '}';
}

void append_value(std::string& out, const Value& value) {
  using K = Value::Kind;
  switch (value.kind()) {
    case K::Null: out += "null"; break;
    case K::Bool: out += value.as_bool() ? "true" : "false"; break;
    case K::Int: out += fmt::format("{}", value.as_int()); break;
    case K::Uint: out += fmt::format("{}", value.as_uint()); break;
    case K::Double: append_double(out, value.as_double()); break;
    case K::List: append_list(out, value.as_list()); break;
    case K::Map: append_map(out, value.as_map()); break;
    case K::Bytes: append_json_string(out, base64_encode(value.as_bytes())); break;
    default: append_json_string(out, to_text(value)); break;
  }
}
}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

JsonWriter& JsonWriter::open(char begin, char end) {
  separate();
  out_ += begin;
  closers_ += end;
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end() {
  CHECK(!closers_.empty());
  out_ += closers_.back();
  closers_.pop_back();
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) { return raw(fmt::format("{}", number)); }
JsonWriter& JsonWriter::value(bool flag) { return raw(flag ? "true" : "false"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  need_comma_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (need_comma_) out_ += ',';
}

}  // namespace gantry
