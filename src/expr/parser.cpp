#include "expr/parser.h"

#include <fmt/format.h>

#include <array>

#include "base/explain.h"
#include "base/limits.h"
#include "expr/functions.h"
#include "expr/place.h"
#include "expr/types.h"

namespace gantry::expr {

namespace {
struct BinarySymbol {
  std::string_view text;
  int level;
  NodeKind kind;
  Operator op;
};
constexpr int kLowestLevel = 1;
constexpr std::array<BinarySymbol, 14> kBinarySymbols{{
    {"||", 1, NodeKind::Or, Operator::None},
    {"&&", 2, NodeKind::And, Operator::None},
    {"==", 3, NodeKind::Binary, Operator::Equal},
    {"!=", 3, NodeKind::Binary, Operator::NotEqual},
    {"<", 3, NodeKind::Binary, Operator::Less},
    {"<=", 3, NodeKind::Binary, Operator::LessEqual},
    {">", 3, NodeKind::Binary, Operator::Greater},
    {">=", 3, NodeKind::Binary, Operator::GreaterEqual},
    {"in", 3, NodeKind::Binary, Operator::In},
    {"+", 4, NodeKind::Binary, Operator::Add},
    {"-", 4, NodeKind::Binary, Operator::Subtract},
    {"*", 5, NodeKind::Binary, Operator::Multiply},
    {"/", 5, NodeKind::Binary, Operator::Divide},
    {"%", 5, NodeKind::Binary, Operator::Modulo},
}};

const BinarySymbol* binary_symbol(const Token& token) {
  if (token.kind != TokenKind::Symbol && !token.is_word("in")) return nullptr;
  for (const BinarySymbol& symbol : kBinarySymbols)
    if (symbol.text == token.text) return &symbol;
  return nullptr;
}

bool is_number(const Token& token) {
  return token.kind == TokenKind::Int || token.kind == TokenKind::Uint ||
         token.kind == TokenKind::Double;
}

Text habit_hint(const Token& token) {
  if (token.is_word("and")) return {"; write && for 'and'", "；“and”请写成 &&"};
  if (token.is_word("or")) return {"; write || for 'or'", "；“or”请写成 ||"};
  if (token.is_word("not")) return {"; write ! for 'not'", "；“not”请写成 !"};
  if (token.kind == TokenKind::Name && token.text == "is")
    return {"; compare with ==", "；请用 == 比较"};
  return {};
}
}  // namespace

Parser::Parser(Ast& ast)
    : ast_(ast), lexer_(std::string_view(*ast.source).substr(0, ast.end), ast.begin) {}

std::optional<Fault> Parser::run() {
  advance();
  const auto root = whole();
  if (!root.ok()) return Fault{fault_at_, root.error()};
  ast_.root = *root;
  return std::nullopt;
}

Result<NodeId> Parser::whole() {
  if (token_.kind == TokenKind::End)
    return fail(token_.offset,
                refuse({"the expression is empty; write a value", "表达式为空；请写一个值"}));
  TRY(const NodeId root, expression());
  if (token_.kind != TokenKind::End)
    return unexpected(refuse({"an operator or the end", "运算符或结尾"}));
  return root;
}

Result<NodeId> Parser::expression() {
  if (depth_ >= limits::kExpressionDepthMax)
    return fail(token_.offset,
                refuse({"nested deeper than {} levels; split it over tasks or outputs",
                        "嵌套超过 {} 层；请拆分到多个任务或输出"},
                       limits::kExpressionDepthMax));
  ++depth_;
  auto result = choice();
  --depth_;
  return result;
}

Result<NodeId> Parser::choice() {
  TRY(const NodeId condition, binary(kLowestLevel));
  const std::size_t offset = token_.offset;
  if (!accept("?")) return condition;
  TRY(const NodeId yes, expression());
  TRY_STATUS(expect(":", {"between the two values of ? :", "在 ? : 的两个值之间"}));
  TRY(const NodeId no, expression());
  return add(NodeKind::Choice, offset, {condition, yes, no});
}

Result<NodeId> Parser::binary(int level) {
  TRY(NodeId left, unary());
  for (;;) {
    const BinarySymbol* symbol = binary_symbol(token_);
    if (symbol == nullptr || symbol->level < level) return left;
    Node node;
    node.kind = symbol->kind;
    node.op = symbol->op;
    node.offset = static_cast<std::uint32_t>(token_.offset);
    advance();
    TRY(const NodeId right, binary(symbol->level + 1));
    node.children = {left, right};
    left = add(std::move(node));
  }
}

Result<NodeId> Parser::unary() {
  std::vector<Token> marks;
  const bool negation = token_.is("-");
  while (token_.is(negation ? "-" : "!")) {
    marks.push_back(token_);
    advance();
  }
  const bool signed_number = negation && !marks.empty() && is_number(token_);
  TRY(NodeId operand, signed_number ? literal(true, marks.back().offset) : member());
  if (signed_number) marks.pop_back();
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    operand = add(NodeKind::Unary, mark->offset, {operand});
    ast_.nodes[operand].op = negation ? Operator::Negate : Operator::Not;
  }
  return operand;
}

Result<NodeId> Parser::member() {
  TRY(NodeId node, primary());
  for (;;) {
    if (token_.is(".")) {
      TRY(node, select(node));
    } else if (token_.is("[")) {
      TRY(node, index(node));
    } else {
      return node;
    }
  }
}

Result<NodeId> Parser::primary() {
  switch (token_.kind) {
    case TokenKind::Name: return name_or_call();
    case TokenKind::Int:
    case TokenKind::Uint:
    case TokenKind::Double:
    case TokenKind::String:
    case TokenKind::Bytes: return literal(false, token_.offset);
    case TokenKind::Symbol: break;
    default: return unexpected(refuse({"a value", "一个值"}));
  }
  if (token_.is(".")) return rooted_name();
  if (token_.is("[")) return list();
  if (token_.is("{")) return map();
  if (!accept("(")) return unexpected(refuse({"a value", "一个值"}));
  TRY(const NodeId inner, expression());
  TRY_STATUS(expect(")", {"to close the parenthesis", "来结束圆括号"}));
  return inner;
}

Result<NodeId> Parser::literal(bool negative, std::size_t offset) {
  auto value = literal_value(token_, negative);
  if (auto* fault = std::get_if<Fault>(&value)) return fail(fault->offset, std::move(fault->what));
  Node node;
  node.offset = static_cast<std::uint32_t>(offset);
  node.value = std::get<Value>(std::move(value));
  advance();
  return add(std::move(node));
}

Result<NodeId> Parser::name_or_call() {
  const Token name = token_;
  advance();
  Node node;
  node.offset = static_cast<std::uint32_t>(name.offset);
  if (name.text == "true" || name.text == "false" || name.text == "null") {
    if (name.text != "null") node.value = Value(name.text == "true");
    return add(std::move(node));
  }
  if (is_reserved(name.text))
    return fail(name.offset,
                refuse({"'{0}' is a reserved word; behind a dot or as x[\"{0}\"] it is fine",
                        "“{0}”是保留字；写在点之后或 x[\"{0}\"] 即可"},
                       name.text));
  if (token_.is("(")) return call(std::string(name.text), name.offset);
  node.kind = NodeKind::Name;
  node.name = name.text;
  return add(std::move(node));
}

Result<NodeId> Parser::rooted_name() {
  advance();
  if (token_.kind != TokenKind::Name || is_reserved(token_.text))
    return unexpected(refuse({"a name after the dot", "点之后的名称"}));
  TRY(const NodeId id, name_or_call());
  if (ast_.nodes[id].kind == NodeKind::Name) ast_.nodes[id].rooted = true;
  return id;
}

Result<NodeId> Parser::entry() {
  const std::size_t offset = token_.offset;
  const bool optional = accept("?");
  TRY(const NodeId value, expression());
  return optional ? add(NodeKind::Optional, offset, {value}) : value;
}

Result<NodeId> Parser::list() {
  const std::size_t offset = token_.offset;
  advance();
  std::vector<NodeId> entries;
  while (!token_.is("]")) {
    TRY(const NodeId next, entry());
    entries.push_back(next);
    if (!accept(",") && !token_.is("]"))
      return unexpected(refuse({"',' or ']' in the list", "列表中的“,”或“]”"}));
  }
  advance();
  return add(NodeKind::List, offset, std::move(entries));
}

Result<NodeId> Parser::map() {
  const std::size_t offset = token_.offset;
  advance();
  std::vector<NodeId> entries;
  while (!token_.is("}")) {
    const std::size_t entry_offset = token_.offset;
    const bool optional = accept("?");
    TRY(const NodeId key, expression());
    TRY_STATUS(expect(":", {"between key and value of the map", "在映射的键和值之间"}));
    TRY(const NodeId value, expression());
    entries.push_back(key);
    entries.push_back(optional ? add(NodeKind::Optional, entry_offset, {value}) : value);
    if (!accept(",") && !token_.is("}"))
      return unexpected(refuse({"',' or '}}' in the map", "映射中的“,”或“}}”"}));
  }
  advance();
  return add(NodeKind::Map, offset, std::move(entries));
}

Result<NodeId> Parser::select(NodeId target) {
  advance();
  const bool optional = accept("?");
  const Token name = token_;
  if (name.kind != TokenKind::Name && name.kind != TokenKind::QuotedName)
    return unexpected(refuse({"a name after the dot", "点之后的名称"}));
  advance();
  const bool quoted = name.kind == TokenKind::QuotedName;
  std::string text(quoted ? name.text.substr(1, name.text.size() - 2) : name.text);
  if (token_.is("(") && !optional && !quoted) return method(target, std::move(text), name.offset);
  if (const auto type = dotted_type(ast_, target, text); type && !optional) {
    ast_.nodes.resize(target - 1);  // the names that the type's name was made of
    const NodeId id = add(NodeKind::Literal, name.offset, {});
    ast_.nodes[id].value = *type;
    return id;
  }
  const NodeId id = add(NodeKind::Select, name.offset, {target});
  ast_.nodes[id].name = std::move(text);
  ast_.nodes[id].optional = optional;
  return id;
}

Result<NodeId> Parser::index(NodeId target) {
  const std::size_t offset = token_.offset;
  advance();
  const bool optional = accept("?");
  TRY(const NodeId key, expression());
  TRY_STATUS(expect("]", {"to close the index", "来结束下标"}));
  const NodeId id = add(NodeKind::Index, offset, {target, key});
  ast_.nodes[id].optional = optional;
  return id;
}

Result<Parser::Arguments> Parser::arguments() {
  advance();
  Arguments args;
  while (!token_.is(")")) {
    args.begins.push_back(static_cast<NodeId>(ast_.nodes.size()));
    TRY(const NodeId next, expression());
    args.nodes.push_back(next);
    if (token_.is(")")) break;
    TRY_STATUS(expect(",", {"or ')' between the arguments", "或“)”，在参数之间"}));
    if (token_.is(")"))
      return unexpected(refuse({"an argument after the comma", "逗号之后的参数"}));
  }
  advance();
  return args;
}

Result<NodeId> Parser::call(std::string name, std::size_t offset) {
  TRY(Arguments args, arguments());
  if (name == "has") return has_macro(args, offset);
  const NodeId id = add(NodeKind::Call, offset, std::move(args.nodes));
  ast_.nodes[id].function = find_function(name, CallStyle::Global);
  ast_.nodes[id].name = std::move(name);
  return id;
}

Result<NodeId> Parser::method(NodeId target, std::string name, std::size_t offset) {
  const Node& space = ast_.nodes[target];
  if (space.kind == NodeKind::Name && is_namespace(space.name)) {
    std::string full = space.name + "." + name;
    const std::size_t start = space.offset;
    ast_.nodes.resize(target);  // a namespace is no variable
    if (full != "cel.bind") return call(std::move(full), start);
    TRY(const Arguments args, arguments());
    return bind_macro(args, start);
  }
  TRY(Arguments args, arguments());
  TRY(const auto macro, method_macro(target, name, args, offset));
  if (macro) return *macro;
  args.nodes.insert(args.nodes.begin(), target);
  const NodeId id = add(NodeKind::Call, offset, std::move(args.nodes));
  ast_.nodes[id].function = find_function(name, CallStyle::Method);
  ast_.nodes[id].method = true;
  ast_.nodes[id].name = std::move(name);
  return id;
}

NodeId Parser::add(Node node) {
  ast_.nodes.push_back(std::move(node));
  return static_cast<NodeId>(ast_.nodes.size() - 1);
}

NodeId Parser::add(NodeKind kind, std::size_t offset, std::vector<NodeId> children) {
  Node node;
  node.kind = kind;
  node.offset = static_cast<std::uint32_t>(offset);
  node.children = std::move(children);
  return add(std::move(node));
}

void Parser::advance() { token_ = lexer_.next(); }

bool Parser::accept(std::string_view symbol) {
  if (!token_.is(symbol)) return false;
  advance();
  return true;
}

Status Parser::expect(std::string_view symbol, Text purpose) {
  if (accept(symbol)) return ok();
  return unexpected(refuse({"'{0}' {1}", "“{0}”{2}"}, symbol, purpose.en, purpose.zh));
}

// `wanted` is a part of the sentence.
Error Parser::unexpected(const Error& wanted) {
  if (token_.kind == TokenKind::Bad) return fail(token_.offset, error_of(token_.fault));
  if (token_.kind == TokenKind::End)
    return fail(token_.offset, refuse({"the expression ends here, but {0} is expected",
                                       "表达式在此结束，但还需要{1}"},
                                      wanted.message, wanted.zh));
  const Text hint = habit_hint(token_);
  return fail(token_.offset, refuse({"expected {0}, not '{1}'{2}", "需要{3}，而不是“{1}”{4}"},
                                    wanted.message, token_.text, hint.en, wanted.zh, hint.zh));
}

Error Parser::fail(std::size_t offset, Error what) {
  fault_at_ = offset;
  return what;
}

}  // namespace gantry::expr
