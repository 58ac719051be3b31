// JSON <-> Value, and a writer for the documents the API and the history are made of.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/value.h"

namespace gantry {

struct JsonLimits {
  std::size_t size_bytes_max = 16u << 20;
  int depth_max = 64;
};

// RFC 8259. Integers that fit become int (or uint above 2^63), other numbers double. A repeated
// key is an error. The message says at which byte.
Result<Value> parse_json(std::string_view text, JsonLimits limits = {});

// Compact. Timestamps as RFC 3339 strings, durations as "1h30m", bytes as base64, types by name;
// NaN and infinities as strings. A double has a point or an exponent ("2.0"), so that what
// parse_json() reads back has the same kind and bits. Non-string keys become strings.
std::string to_json(const Value& value);

void append_json_string(std::string& out,
                        std::string_view text);  // with quotes; bad UTF-8 -> U+FFFD

// Writes one document; commas are its business.
//   JsonWriter w; w.object(); w.key("a").value(1); w.end(); w.text()
class JsonWriter {
 public:
  JsonWriter& object() { return open('{', '}'); }
  JsonWriter& array() { return open('[', ']'); }
  JsonWriter& end();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(std::int64_t{number}); }
  JsonWriter& value(bool flag);
  JsonWriter& value(Instant instant) { return value(format_instant(instant)); }
  JsonWriter& value(const Value& v) { return raw(to_json(v)); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json);  // a complete JSON value
  template <typename T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }

 private:
  JsonWriter& open(char begin, char end);
  void separate();
  std::string out_;
  std::string closers_;
  bool need_comma_ = false;
};

}  // namespace gantry
