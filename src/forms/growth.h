// Making trees: maps, lists and scalars that are put together piece by piece.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/yaml_tree.h"

namespace gantry::forms {

// The value of `key` in a map, by looking at every key; nothing in what is no map.
std::optional<spec::NodeId> find_value(const spec::Tree& tree, spec::NodeId map,
                                       std::string_view key);

class Growth {
 public:
  explicit Growth(spec::Tree& tree) : tree_(tree) {}

  spec::NodeId map(model::SourcePlace place) { return add(spec::NodeKind::Map, place); }
  spec::NodeId list(model::SourcePlace place) { return add(spec::NodeKind::List, place); }
  spec::NodeId text(std::string_view text, model::SourcePlace place,
                    spec::ScalarStyle style = spec::ScalarStyle::Plain);
  // Of the kind that it has as a plain scalar of YAML.
  spec::NodeId plain(std::string_view text, model::SourcePlace place);

  void put(spec::NodeId map, spec::NodeId key, spec::NodeId value);
  void put(spec::NodeId map, std::string_view key, model::SourcePlace place, spec::NodeId value) {
    put(map, text(key, place), value);
  }
  void push(spec::NodeId list, spec::NodeId item);

  std::optional<spec::NodeId> find(spec::NodeId map, std::string_view key) const {
    return find_value(tree_, map, key);
  }

  // Makes `root` the tree's, once it is whole: counts what stands below each node. False if it is
  // deeper or larger than a YAML file may be.
  bool finish(spec::NodeId root);

 private:
  spec::NodeId add(spec::NodeKind kind, model::SourcePlace place);
  void count(spec::NodeId id);

  spec::Tree& tree_;
};

}  // namespace gantry::forms
