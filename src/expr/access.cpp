#include "expr/access.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/explain.h"
#include "base/json.h"
#include "base/text.h"
#include "expr/operators.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
using K = Value::Kind;

std::vector<std::string_view> string_keys(const Value& map) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : map.as_map())
    if (key.is(K::String)) keys.push_back(key.as_string());
  return keys;
}

struct Hint {
  std::string en, zh;
};

Hint known_keys(std::string_view wanted, const Value& map) {
  constexpr std::size_t kShown = 8;
  const auto keys = string_keys(map);
  if (const std::string slip = nearest(wanted, keys); !slip.empty())
    return {fmt::format("did you mean '{}'?", slip), fmt::format("是不是“{}”？", slip)};
  if (keys.empty()) return {"the map has no text keys", "该映射没有文本键"};
  std::string list;
  for (std::size_t i = 0; i < keys.size() && i < kShown; ++i)
    list += fmt::format("{}{}", i > 0 ? ", " : "", keys[i]);
  if (keys.size() > kShown) list += ", ...";
  return {fmt::format("it has {}", list), fmt::format("现有 {}", list)};
}

Error no_key(const Value& key, const Value& map) {
  if (key.is(K::String)) {
    const Hint hint = known_keys(key.as_string(), map);
    return {Code::NotFound, fmt::format("no such key '{}'; {}", key.as_string(), hint.en),
            fmt::format("没有键“{}”；{}", key.as_string(), hint.zh)};
  }
  return explain(
      Code::NotFound,
      {"no such key {}; test with 'key in map' first", "没有键 {}；请先用 key in map 判断"},
      to_json(key));
}

// The position a list index means; doubles count if they are whole.
std::optional<std::uint64_t> position(const Value& key) {
  if (key.is(K::Uint)) return key.as_uint();
  if (key.is(K::Int) && key.as_int() >= 0) return static_cast<std::uint64_t>(key.as_int());
  if (!key.is(K::Double)) return std::nullopt;
  const double number = key.as_double();
  if (!(number >= 0 && number < 0x1p63) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

bool is_index(const Value& key) { return key.is(K::Int) || key.is(K::Uint) || key.is(K::Double); }

Result<std::optional<Value>> find_entry(const Value& list, const Value& key) {
  if (!is_index(key)) return no_overload("[]", {&list, &key});
  const auto at = position(key);
  if (!at || *at >= list.as_list().size()) return std::optional<Value>();
  return std::optional(list.as_list()[*at]);
}

// Nothing if absent.
Result<std::optional<Value>> find_value(const Value& target, const Value& key) {
  if (target.is(K::List)) return find_entry(target, key);
  if (!target.is(K::Map)) return no_overload("[]", {&target, &key});
  const Value* found = target.find(key);
  return found == nullptr ? std::optional<Value>() : std::optional(*found);
}

Error absent(const Value& target, const Value& key) {
  if (target.is(K::Map)) return no_key(key, target);
  return explain(Code::OutOfRange,
                 {"index {} is outside the list of {}; test with size() first",
                  "下标 {} 超出长度为 {} 的列表；请先用 size() 判断"},
                 to_json(key), target.as_list().size());
}

Error not_a_map(const Value& target, std::string_view name) {
  return refuse({"'.{0}' needs a map, but this is {1} {2}", "“.{0}”需要映射，而这里是 {2}"}, name,
                target.is(K::Int) ? "an" : "a", type_name(target));
}
}  // namespace

Result<Value> index_value(const Value& target, const Value& key, bool optional) {
  const bool chained = is_optional(target);
  if (chained && content(target) == nullptr) return none();
  const Value& inside = chained ? *content(target) : target;
  TRY(auto found, find_value(inside, key));
  if (optional || chained) return found ? some(*std::move(found)) : none();
  if (!found) return absent(inside, key);
  return *std::move(found);
}

Result<Value> select_field(const Value& target, std::string_view name, bool optional) {
  const Value& inside = is_optional(target) && content(target) ? *content(target) : target;
  if (!inside.is(K::Map)) return not_a_map(inside, name);
  return index_value(target, Value(name), optional);
}

Result<Value> has_field(const Value& target, std::string_view name) {
  if (!is_optional(target)) {
    if (!target.is(K::Map)) return not_a_map(target, name);
    return Value(target.find(name) != nullptr);
  }
  const Value* inside = content(target);
  if (inside == nullptr) return Value(false);
  return has_field(*inside, name);
}

}  // namespace gantry::expr
