// The tree of an expression: nodes in one array, children before parents, the nodes of a subtree
// side by side. Nothing recursive owns anything, so the deepest tree is freed without recursion.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/value.h"

namespace gantry::expr {

struct Function;  // functions.h

using NodeId = std::uint32_t;
constexpr int kNoSlot = -1;

enum class NodeKind : std::uint8_t {
  Literal,
  Name,    // a variable of a macro (slot) or a name of the scope
  Select,  // child.name
  Has,     // has(child.name)
  Index,   // child[child]
  Call,    // function(children)
  Unary,   // op child
  Binary,  // child op child
  And,
  Or,
  Choice,  // child ? child : child
  List,
  Map,       // key, value, key, value ...
  Optional,  // ?child, an entry of a list or the value of an entry of a map
  Macro,     // children: range (bind, optMap: the value), then the bodies
};

enum class Operator : std::uint8_t {
  None,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  Not,
  Negate,
};

enum class MacroKind : std::uint8_t {
  None,
  All,
  Exists,
  ExistsOne,
  Map,
  Filter,
  TransformList,
  TransformMap,
  TransformMapEntry,
  Bind,
  OptMap,
  OptFlatMap,
};

struct Node {
  NodeKind kind = NodeKind::Literal;
  Operator op = Operator::None;
  MacroKind macro = MacroKind::None;
  bool optional = false;               // Select, Index: .?name and [?index]
  bool filtered = false;               // Macro: a filter stands before the transform
  bool rooted = false;                 // Name: written .name, never a variable of a macro
  bool method = false;                 // Call: the first child stood before the dot
  std::uint32_t offset = 0;            // in the source, for messages
  int slot = kNoSlot;                  // Name, Macro: the variable
  int second_slot = kNoSlot;           // Macro with two variables: the value beside index or key
  const Function* function = nullptr;  // Call; null if there is no such function
  std::string name;
  Value value;
  std::vector<NodeId> children;
};

struct Ast {
  std::shared_ptr<const std::string> source;  // offsets count from its start
  std::size_t begin = 0;                      // the part of the source that is this expression
  std::size_t end = 0;
  std::vector<Node> nodes;
  NodeId root = 0;
  int slots = 0;
};

}  // namespace gantry::expr
