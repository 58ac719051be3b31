#include "spec/fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::spec {

using model::SourcePlace;

namespace {
bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_shown(const Node& node) {
  constexpr std::size_t kShown = 40;
  return node.is_scalar() && node.text.size() <= kShown;
}
}  // namespace

void report_type(const Source& source, const Node& node, std::string_view key, Text wanted) {
  Error what{Code::InvalidArgument, fmt::format("'{}' is {}, not ", key, wanted.en),
             fmt::format("“{}”应为{}，而不是", key, wanted.zh)};
  what.message += is_shown(node) ? fmt::format("'{}'", node.text) : kind_name(node.kind).en;
  what.zh += is_shown(node) ? fmt::format("“{}”", node.text) : kind_name(node.kind).zh;
  source.problems.add(WrongType, node.place, what);
}

void check_keys(const Source& source, const Node& map, const KeySet& keys) {
  for (std::size_t i = 0; i < map.children.size() && !source.problems.full(); i += 2) {
    const Node& key = source.tree.at(map.children[i]);
    if (!key.is_scalar() || key.text == "<<" || find_key(keys, key.text) != nullptr) continue;
    if (contains(keys.later, key.text)) {
      source.problems.add(
          NotAvailable, key.place,
          refuse({"'{}' is not available in this version", "此版本还没有“{}”"}, key.text));
      continue;
    }
    std::vector<std::string_view> names;
    for (const Key& known : keys.known) names.push_back(known.name);
    source.problems.add(
        UnknownKey, key.place,
        Error{Code::InvalidArgument, fmt::format("{} has no key '{}'", keys.what.en, key.text),
              fmt::format("{}没有“{}”这个键", keys.what.zh, key.text)},
        source.problems.suggest(key.text, names));
  }
}

std::optional<std::string> read_text(const Source& source, const Node& node, std::string_view key) {
  if (node.is_scalar() && node.kind != NodeKind::Null) return node.text;
  report_type(source, node, key, {"a text", "文本"});
  return std::nullopt;
}

bool refuse_expression(const Source& source, const Node& node, std::string_view key) {
  const std::size_t at = node.text.find("${{");
  if (at == std::string::npos) return false;
  source.problems.add(ExpressionNotHere, source.tree.place_in(node, at),
                      refuse({"expressions are not evaluated in '{}'", "“{}”中不计算表达式"}, key));
  return true;
}

std::optional<std::int64_t> read_int(const Source& source, const Node& node, std::string_view key) {
  if (node.kind != NodeKind::Int) {
    report_type(source, node, key, {"a whole number", "整数"});
    return std::nullopt;
  }
  const auto value = int_value(node.text);
  if (!value)
    source.problems.add(
        OutOfRange, node.place,
        refuse({"'{}': {} does not fit into 64 bits", "“{}”：{} 超出 64 位"}, key, node.text));
  return value;
}

std::optional<std::string> read_date(const Source& source, const Node& node, std::string_view key) {
  const auto text = read_text(source, node, key);
  if (!text) return std::nullopt;
  if (parse_date(*text).ok()) return text;
  source.problems.add(BadDate, node.place,
                      refuse({"'{}' is a date like 2026-01-31, not '{}'",
                              "“{}”应为 2026-01-31 这样的日期，而不是“{}”"},
                             key, *text));
  return std::nullopt;
}

Value read_json(const Source& source, const Node& node, std::string_view key) {
  switch (node.kind) {
    case NodeKind::Null: return {};
    case NodeKind::Bool: return Value(node.text[0] == 't' || node.text[0] == 'T');
    case NodeKind::Int:
      if (const auto number = int_value(node.text)) return Value(*number);
      return Value(float_value(node.text).value_or(0));
    case NodeKind::Float: return Value(float_value(node.text).value_or(0));
    case NodeKind::String: refuse_expression(source, node, key); return Value(node.text);
    case NodeKind::List: {
      ValueList items;
      for (const NodeId id : node.children)
        items.push_back(read_json(source, source.tree.at(id), key));
      return Value(std::move(items));
    }
    case NodeKind::Map: break;
  }
  ValueMap members;
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2)
    members.emplace_back(Value(source.tree.at(node.children[i]).text),
                         read_json(source, source.tree.at(node.children[i + 1]), key));
  return Value(std::move(members));
}

const Node* Fields::find_key(std::string_view key) const {
  for (std::size_t i = 0; i < map_.children.size(); i += 2) {
    const Node& candidate = source_.tree.at(map_.children[i]);
    if (candidate.is_scalar() && candidate.text == key) return &candidate;
  }
  return nullptr;
}

const Node* Fields::raw(std::string_view key) const {
  for (std::size_t i = 0; i < map_.children.size(); i += 2) {
    const Node& candidate = source_.tree.at(map_.children[i]);
    if (candidate.is_scalar() && candidate.text == key)
      return &source_.tree.at(map_.children[i + 1]);
  }
  return nullptr;
}

const Node* Fields::find(std::string_view key) const {
  const Node* value = raw(key);
  if (value == nullptr || value->kind != NodeKind::Null) return value;
  source_.problems.add(WrongType, key_place(key), refuse({"'{}' has no value", "“{}”没有值"}, key));
  return nullptr;
}

SourcePlace Fields::key_place(std::string_view key) const {
  const Node* node = find_key(key);
  return node == nullptr ? map_.place : node->place;
}

void Fields::wrong_type(const Node& node, std::string_view key, Text wanted) const {
  report_type(source_, node, key, wanted);
}

std::optional<std::string> Fields::text(std::string_view key) const {
  const Node* node = find(key);
  return node == nullptr ? std::nullopt : read_text(source_, *node, key);
}

std::optional<std::string> Fields::filled_text(std::string_view key) const {
  auto value = text(key);
  if (!value || value->find_first_not_of(" \t\r\n") != std::string::npos) return value;
  source_.problems.add(BadValue, find(key)->place, refuse({"'{}' is empty", "“{}”为空"}, key));
  return std::nullopt;
}

std::optional<std::string> Fields::plain_text(std::string_view key) const {
  auto value = filled_text(key);
  if (value && refuse_expression(source_, *find(key), key)) return std::nullopt;
  return value;
}

std::optional<bool> Fields::flag(std::string_view key) const {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind == NodeKind::Bool) return node->text[0] == 't' || node->text[0] == 'T';
  wrong_type(*node, key, {"true or false", "true 或 false"});
  return std::nullopt;
}

std::optional<std::int64_t> Fields::whole(std::string_view key, IntRange range) const {
  const Node* node = find(key);
  return node == nullptr ? std::nullopt : read_whole(*node, key, range);
}

std::optional<std::int64_t> Fields::read_whole(const Node& node, std::string_view key,
                                               IntRange range) const {
  const auto value = read_int(source_, node, key);
  if (!value || (*value >= range.min && *value <= range.max)) return value;
  source_.problems.add(
      OutOfRange, node.place,
      refuse({"'{}' is from {} to {}, not {}", "“{}”应在 {} 到 {} 之间，而不是 {}"}, key, range.min,
             range.max, *value));
  return std::nullopt;
}

std::vector<std::int64_t> Fields::wholes(std::string_view key, IntRange range) const {
  std::vector<std::int64_t> out;
  for (const Node* node : texts(key))
    if (const auto value = read_whole(*node, key, range)) out.push_back(*value);
  return out;
}

std::optional<double> Fields::number(std::string_view key, NumberRange range) const {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != NodeKind::Int && node->kind != NodeKind::Float) {
    wrong_type(*node, key, {"a number", "数字"});
    return std::nullopt;
  }
  const auto value = float_value(node->text);
  if (value && *value >= range.min && *value <= range.max) return value;
  source_.problems.add(
      OutOfRange, node->place,
      refuse({"'{}' is from {} to {}, not {}", "“{}”应在 {} 到 {} 之间，而不是 {}"}, key, range.min,
             range.max, node->text));
  return std::nullopt;
}

std::optional<Duration> Fields::duration(std::string_view key, DurationRange range) const {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_scalar()) {
    wrong_type(*node, key, {"a duration like 10m", "10m 这样的时长"});
    return std::nullopt;
  }
  const auto value = parse_duration(node->text);
  if (!value.ok()) {
    const bool bare = node->kind == NodeKind::Int || node->kind == NodeKind::Float;
    source_.problems.add(
        BadDuration, node->place,
        bare ? refuse({"'{}' needs a unit: {}s, {}m or {}h", "“{}”需要单位：{}s、{}m 或 {}h"}, key,
                      node->text, node->text, node->text)
             : refuse({"'{}' is a duration like 30s, 10m or 1h30m, not '{}'",
                       "“{}”应为 30s、10m 或 1h30m 这样的时长，而不是“{}”"},
                      key, node->text));
    return std::nullopt;
  }
  if (*value >= range.min && *value <= range.max) return *value;
  source_.problems.add(
      OutOfRange, node->place,
      refuse({"'{}' is from {} to {}, not {}", "“{}”应在 {} 到 {} 之间，而不是 {}"}, key,
             format_duration(range.min), format_duration(range.max), node->text));
  return std::nullopt;
}

const Node* Fields::map(std::string_view key) const {
  const Node* node = find(key);
  if (node == nullptr || node->kind == NodeKind::Map) return node;
  wrong_type(*node, key, {"a map of keys", "由键组成的映射"});
  return nullptr;
}

const Node* Fields::list(std::string_view key) const {
  const Node* node = find(key);
  if (node == nullptr || node->kind == NodeKind::List) return node;
  if (node->is_scalar())
    source_.problems.add(WrongType, node->place,
                         refuse({"'{}' is a list: write [{}]", "“{}”是列表：请写成 [{}]"}, key,
                                node->text.substr(0, 60)));
  else
    wrong_type(*node, key, {"a list", "列表"});
  return nullptr;
}

std::vector<const Node*> Fields::texts(std::string_view key) const {
  std::vector<const Node*> out;
  const Node* items = list(key);
  if (items == nullptr) return out;
  for (const NodeId id : items->children) {
    const Node& item = source_.tree.at(id);
    if (item.is_scalar() && item.kind != NodeKind::Null)
      out.push_back(&item);
    else
      source_.problems.add(
          WrongType, item.place,
          Error{Code::InvalidArgument,
                fmt::format("'{}' is a list of texts; this is {}", key, kind_name(item.kind).en),
                fmt::format("“{}”是文本的列表；此处是{}", key, kind_name(item.kind).zh)});
  }
  return out;
}

}  // namespace gantry::spec
