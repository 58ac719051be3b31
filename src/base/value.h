// Value: the values that parameters, outputs, events and expressions have. The types and their
// equality are those of the Common Expression Language (cel-spec, "Values"); JSON is the subset
// null, bool, int, double, string, list and map with string keys.
//
// Immutable and cheap to copy: strings, lists and maps are shared. Safe to use from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry {

class Value;
using ValueList = std::vector<Value>;
// Keys are bool, int, uint or string, each at most once; the order is that of insertion.
using ValueMap = std::vector<std::pair<Value, Value>>;

struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};
struct TypeName {
  std::string name;  // "int", "list", "google.protobuf.Timestamp", ...
  bool operator==(const TypeName&) const = default;
};

class Value {
 public:
  enum class Kind {
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    List,
    Map,
    Timestamp,
    Duration,
    Type
  };

  Value() = default;  // null
  Value(bool value) : data_(value) {}
  Value(std::int64_t value) : data_(value) {}
  Value(int value) : data_(std::int64_t{value}) {}
  Value(std::uint64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : data_(std::make_shared<const std::string>(std::move(value))) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(Bytes value) : data_(std::make_shared<const Bytes>(std::move(value))) {}
  Value(ValueList value) : data_(std::make_shared<const ValueList>(std::move(value))) {}
  Value(ValueMap value) : data_(std::make_shared<const ValueMap>(std::move(value))) {}
  Value(Instant value) : data_(value) {}
  Value(Duration value) : data_(value) {}
  Value(TypeName value) : data_(std::make_shared<const TypeName>(std::move(value))) {}

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is(Kind k) const { return kind() == k; }

  // Each CHECKs the kind.
  bool as_bool() const { return get<bool>(); }
  std::int64_t as_int() const { return get<std::int64_t>(); }
  std::uint64_t as_uint() const { return get<std::uint64_t>(); }
  double as_double() const { return get<double>(); }
  const std::string& as_string() const { return *get<std::shared_ptr<const std::string>>(); }
  const std::string& as_bytes() const { return get<std::shared_ptr<const Bytes>>()->data; }
  const ValueList& as_list() const { return *get<std::shared_ptr<const ValueList>>(); }
  const ValueMap& as_map() const { return *get<std::shared_ptr<const ValueMap>>(); }
  Instant as_timestamp() const { return get<Instant>(); }
  Duration as_duration() const { return get<Duration>(); }
  const std::string& as_type() const { return get<std::shared_ptr<const TypeName>>()->name; }

  // The member of a map with this string key; null pointer if none or if not a map.
  const Value* find(std::string_view key) const;
  const Value* find(const char* key) const { return find(std::string_view(key)); }
  const Value* find(const Value& key) const;

  // Approximate bytes held, for limits.
  std::size_t size_bytes() const;

 private:
  template <typename T>
  const T& get() const {
    CHECK(std::holds_alternative<T>(data_));
    return std::get<T>(data_);
  }
  // The order of the alternatives is that of Kind.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
               std::shared_ptr<const std::string>, std::shared_ptr<const Bytes>,
               std::shared_ptr<const ValueList>, std::shared_ptr<const ValueMap>, Instant, Duration,
               std::shared_ptr<const TypeName>>
      data_;
};

// CEL equality: numbers compare across int, uint and double by value; maps without order; NaN
// differs from everything; other kinds never equal each other.
bool operator==(const Value& a, const Value& b);

const char* kind_name(Value::Kind kind);  // CEL's type names: "int", "null_type", ...

// The text a value takes inside a template or an environment variable: strings as they are,
// numbers and bools in their literal form, dates RFC 3339, lists and maps as JSON, null as "".
std::string to_text(const Value& value);

}  // namespace gantry
