// Recursive descent with precedence climbing over cel-spec's grammar. Macros become Macro nodes
// here and their variables get slots, so that nothing later has to know about scopes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "expr/ast.h"
#include "expr/lexer.h"
#include "expr/literal.h"

namespace gantry::expr {

class Parser {
 public:
  // Reads ast.source from ast.begin to ast.end; borrows `ast`.
  explicit Parser(Ast& ast);
  // Fills in nodes, root and slots, or says what is wrong. Call once.
  std::optional<Fault> run();

 private:
  struct Arguments {
    std::vector<NodeId> nodes;
    std::vector<NodeId> begins;  // the subtree of nodes[i] is [begins[i], nodes[i]]
  };

  Result<NodeId> whole();
  Result<NodeId> expression();
  Result<NodeId> choice();
  Result<NodeId> binary(int level);
  Result<NodeId> unary();
  Result<NodeId> member();
  Result<NodeId> primary();
  Result<NodeId> name_or_call();
  Result<NodeId> rooted_name();
  Result<NodeId> literal(bool negative, std::size_t offset);
  Result<NodeId> list();
  Result<NodeId> map();
  Result<NodeId> entry();
  Result<NodeId> select(NodeId target);
  Result<NodeId> index(NodeId target);
  Result<Arguments> arguments();
  Result<NodeId> call(std::string name, std::size_t offset);
  Result<NodeId> method(NodeId target, std::string name, std::size_t offset);

  // macros.cpp
  Result<NodeId> has_macro(const Arguments& args, std::size_t offset);
  Result<NodeId> bind_macro(const Arguments& args, std::size_t offset);
  Result<std::optional<NodeId>> method_macro(NodeId target, std::string_view name,
                                             const Arguments& args, std::size_t offset);
  Result<NodeId> loop_macro(Node node, NodeId range, const Arguments& args, std::size_t variables);
  Result<int> declare(NodeId variable, NodeId body_begin, NodeId body_end);

  NodeId add(Node node);
  NodeId add(NodeKind kind, std::size_t offset, std::vector<NodeId> children);
  void advance();
  bool accept(std::string_view symbol);
  Status expect(std::string_view symbol, Text purpose);
  Error unexpected(const Error& wanted);
  Error fail(std::size_t offset, Error what);

  Ast& ast_;
  Lexer lexer_;
  Token token_;
  int depth_ = 0;
  std::size_t fault_at_ = 0;
};

}  // namespace gantry::expr
