// The macros of CEL: has, the loops over lists and maps, cel.bind and those of optional values.
#include <fmt/format.h>

#include <array>

#include "base/explain.h"
#include "expr/parser.h"

namespace gantry::expr {

namespace {
struct MacroForm {
  std::string_view name;
  MacroKind kind;
  std::size_t variables;
  std::size_t arguments;
  bool filtered = false;
};
constexpr std::array<MacroForm, 19> kForms{{
    {"all", MacroKind::All, 1, 2},
    {"exists", MacroKind::Exists, 1, 2},
    {"exists_one", MacroKind::ExistsOne, 1, 2},
    {"existsOne", MacroKind::ExistsOne, 1, 2},
    {"map", MacroKind::Map, 1, 2},
    {"map", MacroKind::Map, 1, 3, true},
    {"filter", MacroKind::Filter, 1, 2},
    {"all", MacroKind::All, 2, 3},
    {"exists", MacroKind::Exists, 2, 3},
    {"exists_one", MacroKind::ExistsOne, 2, 3},
    {"existsOne", MacroKind::ExistsOne, 2, 3},
    {"transformList", MacroKind::TransformList, 2, 3},
    {"transformList", MacroKind::TransformList, 2, 4, true},
    {"transformMap", MacroKind::TransformMap, 2, 3},
    {"transformMap", MacroKind::TransformMap, 2, 4, true},
    {"transformMapEntry", MacroKind::TransformMapEntry, 2, 3},
    {"transformMapEntry", MacroKind::TransformMapEntry, 2, 4, true},
    {"optMap", MacroKind::OptMap, 1, 2},
    {"optFlatMap", MacroKind::OptFlatMap, 1, 2},
}};
}  // namespace

Result<NodeId> Parser::has_macro(const Arguments& args, std::size_t offset) {
  if (args.nodes.size() != 1 || ast_.nodes[args.nodes[0]].kind != NodeKind::Select)
    return fail(offset,
                refuse({"has() takes one field, as in has(a.b); for a[\"b\"] write \"b\" in a",
                        "has() 需要一个字段，如 has(a.b)；a[\"b\"] 请写成 \"b\" in a"}));
  ast_.nodes[args.nodes[0]].kind = NodeKind::Has;
  return args.nodes[0];
}

Result<NodeId> Parser::bind_macro(const Arguments& args, std::size_t offset) {
  if (args.nodes.size() != 3)
    return fail(offset, refuse({"cel.bind takes a name, its value and an expression that uses it",
                                "cel.bind 需要名称、它的值和使用它的表达式"}));
  TRY(const int slot, declare(args.nodes[0], args.begins[2], args.nodes[2]));
  const NodeId id = add(NodeKind::Macro, offset, {args.nodes[1], args.nodes[2]});
  ast_.nodes[id].macro = MacroKind::Bind;
  ast_.nodes[id].slot = slot;
  return id;
}

Result<std::optional<NodeId>> Parser::method_macro(NodeId target, std::string_view name,
                                                   const Arguments& args, std::size_t offset) {
  for (const MacroForm& form : kForms) {
    if (form.name != name || form.arguments != args.nodes.size()) continue;
    Node node;
    node.kind = NodeKind::Macro;
    node.macro = form.kind;
    node.filtered = form.filtered;
    node.offset = static_cast<std::uint32_t>(offset);
    node.name = name;
    TRY(const NodeId id, loop_macro(std::move(node), target, args, form.variables));
    return std::optional(id);
  }
  return std::optional<NodeId>();
}

Result<NodeId> Parser::loop_macro(Node node, NodeId range, const Arguments& args,
                                  std::size_t variables) {
  const NodeId body_begin = args.begins[variables];
  const NodeId body_end = args.nodes.back();
  TRY(node.slot, declare(args.nodes[0], body_begin, body_end));
  if (variables == 2) {
    TRY(node.second_slot, declare(args.nodes[1], body_begin, body_end));
  }
  node.children = {range};
  const auto bodies = args.nodes.begin() + static_cast<std::ptrdiff_t>(variables);
  node.children.insert(node.children.end(), bodies, args.nodes.end());
  return add(std::move(node));
}

// Gives the variable a slot and points every use in the body at it; inner macros came first, so
// what they bound stays theirs.
Result<int> Parser::declare(NodeId variable, NodeId body_begin, NodeId body_end) {
  Node& declared = ast_.nodes[variable];
  if (declared.kind != NodeKind::Name || declared.rooted)
    return fail(
        declared.offset,
        refuse({"the macro takes a plain name for its variable here, as in list.all(x, x > 0)",
                "宏的变量在此须为普通名称，如 list.all(x, x > 0)"}));
  const std::string name = std::move(declared.name);
  declared.kind = NodeKind::Literal;
  const int slot = ast_.slots++;
  for (NodeId id = body_begin; id <= body_end; ++id) {
    Node& node = ast_.nodes[id];
    if (node.kind == NodeKind::Name && node.slot == kNoSlot && !node.rooted && node.name == name)
      node.slot = slot;
  }
  return slot;
}

}  // namespace gantry::expr
