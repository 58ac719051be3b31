#include "expr/parser.h"

#include <fmt/format.h>

#include <array>

#include "base/limits.h"
#include "expr/functions.h"
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

std::string_view habit_hint(const Token& token) {
  if (token.is_word("and")) return "; write && for 'and'";
  if (token.is_word("or")) return "; write || for 'or'";
  if (token.is_word("not")) return "; write ! for 'not'";
  if (token.kind == TokenKind::Name && token.text == "is") return "; compare with ==";
  return "";
}
}  // namespace

Parser::Parser(Ast& ast)
    : ast_(ast), lexer_(std::string_view(*ast.source).substr(0, ast.end), ast.begin) {}

std::optional<Fault> Parser::run() {
  advance();
  const auto root = whole();
  if (!root.ok()) return Fault{fault_at_, root.error().message};
  ast_.root = *root;
  return std::nullopt;
}

Result<NodeId> Parser::whole() {
  if (token_.kind == TokenKind::End)
    return fail(token_.offset, "the expression is empty; write a value");
  TRY(const NodeId root, expression());
  if (token_.kind != TokenKind::End) return unexpected("an operator or the end");
  return root;
}

Result<NodeId> Parser::expression() {
  if (depth_ >= limits::kExpressionDepthMax)
    return fail(token_.offset,
                fmt::format("nested deeper than {} levels; split it over tasks or outputs",
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
  TRY_STATUS(expect(":", "between the two values of ? :"));
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
    default: return unexpected("a value");
  }
  if (token_.is(".")) return rooted_name();
  if (token_.is("[")) return list();
  if (token_.is("{")) return map();
  if (!accept("(")) return unexpected("a value");
  TRY(const NodeId inner, expression());
  TRY_STATUS(expect(")", "to close the parenthesis"));
  return inner;
}

Result<NodeId> Parser::literal(bool negative, std::size_t offset) {
  auto value = literal_value(token_, negative);
  if (auto* fault = std::get_if<Fault>(&value))
    return fail(fault->offset, std::move(fault->message));
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
                fmt::format("'{0}' is a reserved word; behind a dot or as x[\"{0}\"] it is fine",
                            name.text));
  if (token_.is("(")) return call(std::string(name.text), name.offset);
  node.kind = NodeKind::Name;
  node.name = name.text;
  return add(std::move(node));
}

Result<NodeId> Parser::rooted_name() {
  advance();
  if (token_.kind != TokenKind::Name || is_reserved(token_.text))
    return unexpected("a name after the dot");
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
    if (!accept(",") && !token_.is("]")) return unexpected("',' or ']' in the list");
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
    TRY_STATUS(expect(":", "between key and value of the map"));
    TRY(const NodeId value, expression());
    entries.push_back(key);
    entries.push_back(optional ? add(NodeKind::Optional, entry_offset, {value}) : value);
    if (!accept(",") && !token_.is("}")) return unexpected("',' or '}' in the map");
  }
  advance();
  return add(NodeKind::Map, offset, std::move(entries));
}

Result<NodeId> Parser::select(NodeId target) {
  advance();
  const bool optional = accept("?");
  const Token name = token_;
  if (name.kind != TokenKind::Name && name.kind != TokenKind::QuotedName)
    return unexpected("a name after the dot");
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
  TRY_STATUS(expect("]", "to close the index"));
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
    TRY_STATUS(expect(",", "or ')' between the arguments"));
    if (token_.is(")")) return unexpected("an argument after the comma");
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

Status Parser::expect(std::string_view symbol, std::string_view purpose) {
  if (accept(symbol)) return ok();
  return unexpected(fmt::format("'{}' {}", symbol, purpose));
}

Error Parser::unexpected(std::string_view wanted) {
  if (token_.kind == TokenKind::Bad) return fail(token_.offset, token_.fault);
  if (token_.kind == TokenKind::End)
    return fail(token_.offset, fmt::format("the expression ends here, but {} is expected", wanted));
  return fail(token_.offset,
              fmt::format("expected {}, not '{}'{}", wanted, token_.text, habit_hint(token_)));
}

Error Parser::fail(std::size_t offset, std::string message) {
  fault_at_ = offset;
  return invalid(std::move(message));
}

}  // namespace gantry::expr
