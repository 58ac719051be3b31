// A YAML document as a tree with places, built from libyaml's events. YAML 1.2 core schema: plain
// scalars are null, bool, int or float exactly as there; yes, no, on, off are strings.
//
// Safe for hostile input: bounded in bytes, depth, nodes (aliases counted as what they stand for)
// and aliases, while it parses. Duplicate keys, `<<`, foreign tags and further documents are
// errors. An alias shares the node of its anchor, so the tree is a graph without loops, no higher
// than kYamlDepthMax: walking it recursively is safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/workflow.h"
#include "spec/diagnostics.h"
#include "spec/yaml_text.h"

namespace gantry::spec {

enum class NodeKind : std::uint8_t { Null, Bool, Int, Float, String, List, Map };
enum class ScalarStyle : std::uint8_t { Plain, Single, Double, Literal, Folded };

using NodeId = std::uint32_t;

struct Node {
  NodeKind kind = NodeKind::Null;
  ScalarStyle style = ScalarStyle::Plain;
  std::uint8_t height = 1;           // levels below and with this one
  bool open = false;                 // its end has not been read
  std::uint32_t expanded_count = 1;  // nodes it stands for, itself included
  model::SourcePlace place;
  std::string text;              // of a scalar: its content
  std::vector<NodeId> children;  // of a list: items; of a map: key, value, key, value ...

  bool is_scalar() const { return kind < NodeKind::List; }
};

Text kind_name(NodeKind kind);  // "a list", "a text", ...

class Tree {
 public:
  explicit Tree(std::string_view text) : text_(text), lines_(text) {}

  const Node& at(NodeId id) const { return nodes_[id]; }
  Node& at(NodeId id) { return nodes_[id]; }
  const Node& root() const { return nodes_[root_]; }
  NodeId root_id() const { return root_; }
  void set_root(NodeId id) { root_ = id; }
  NodeId add(Node node);
  std::size_t size() const { return nodes_.size(); }
  const Lines& lines() const { return lines_; }
  std::string_view text() const { return text_; }

  // Where byte `offset` of a scalar's content stands in the file. Exact for plain and quoted
  // scalars on one line without escapes and for literal blocks; else where the scalar begins.
  model::SourcePlace place_in(const Node& scalar, std::size_t offset) const;

 private:
  std::string_view text_;  // borrowed
  Lines lines_;
  std::vector<Node> nodes_;
  NodeId root_ = 0;
};

// `text` must outlive the tree and have passed check_text. The root is a map. Nothing if the text
// has an error; at most one is reported for syntax, all for duplicate keys.
std::optional<Tree> parse_yaml(std::string_view text, Diagnostics& problems);

// Adds the value that `text` holds to `into`; `origin` is where it begins in the file. As above,
// but any kind of value, and aliases find only anchors of `text`. Nothing: an error was reported,
// or `text` holds no value.
std::optional<NodeId> parse_value(std::string_view text, model::SourcePlace origin, Tree& into,
                                  Diagnostics& problems);

// The comments of a YAML text, which no tree keeps.
struct Comments {
  int count = 0;
  int first_line = 0;
};
Comments comments_of(std::string_view yaml);

// The kind of a plain scalar by the core schema (YAML 1.2.2, 10.3.2).
NodeKind resolve_plain(std::string_view text);
// The value of an Int; nothing if it does not fit.
std::optional<std::int64_t> int_value(std::string_view text);
std::optional<double> float_value(std::string_view text);  // of an Int or Float

}  // namespace gantry::spec
