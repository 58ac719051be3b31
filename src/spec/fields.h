// The typed entries of one map: each reader gives the value, or nothing and a diagnostic. A key
// without a value is an error for every type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/workflow.h"
#include "spec/diagnostics.h"
#include "spec/keys.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

struct Source {
  const Tree& tree;
  Diagnostics& problems;
};

// Reports unknown keys and keys that do not exist yet. `map` must be a map.
void check_keys(const Source& source, const Node& map, const KeySet& keys);

// Reports that the value of `key` is no `wanted`.
void report_type(const Source& source, const Node& node, std::string_view key, Text wanted);

// Single values; `key` names what they belong to in messages. `place` is used where there is none.
std::optional<std::string> read_text(const Source& source, const Node& node, std::string_view key);
std::optional<std::int64_t> read_int(const Source& source, const Node& node, std::string_view key);
std::optional<std::string> read_date(const Source& source, const Node& node, std::string_view key);

// The YAML below a node as JSON has it.
Value read_json(const Source& source, const Node& node, std::string_view key);

// Reports a text that holds ${{ where none is evaluated.
bool refuse_expression(const Source& source, const Node& node, std::string_view key);

class Fields {
 public:
  Fields(const Source& source, const Node& map) : source_(source), map_(map) {}

  bool has(std::string_view key) const { return find_key(key) != nullptr; }
  // The value; null if the key is absent, or present without a value (which is reported).
  const Node* find(std::string_view key) const;
  const Node* raw(std::string_view key) const;               // the value, also a null one
  model::SourcePlace key_place(std::string_view key) const;  // of the map if absent

  // Any scalar, as it is written: `title: 2026` is the text 2026.
  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::string> filled_text(std::string_view key) const;  // not empty
  // Not empty, and no ${{ }}: it is not evaluated here, so it would be taken literally.
  std::optional<std::string> plain_text(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::int64_t> whole(std::string_view key, IntRange range) const;
  std::optional<double> number(std::string_view key, NumberRange range) const;
  std::optional<Duration> duration(std::string_view key, DurationRange range) const;
  const Node* map(std::string_view key) const;   // null unless a map
  const Node* list(std::string_view key) const;  // null unless a list
  // Those of a list that are none, or out of range, are reported and left out.
  std::vector<std::int64_t> wholes(std::string_view key, IntRange range) const;
  // The scalars of a list; others are reported and left out.
  std::vector<const Node*> texts(std::string_view key) const;

 private:
  const Node* find_key(std::string_view key) const;
  std::optional<std::int64_t> read_whole(const Node& node, std::string_view key,
                                         IntRange range) const;
  void wrong_type(const Node& node, std::string_view key, Text wanted) const;

  const Source& source_;
  const Node& map_;
};

}  // namespace gantry::spec
