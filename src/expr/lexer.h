// Tokens of the Common Expression Language (cel-spec, "Syntax").
#pragma once

#include <cstddef>
#include <string_view>

#include "base/text.h"

namespace gantry::expr {

enum class TokenKind { End, Bad, Name, QuotedName, Int, Uint, Double, String, Bytes, Symbol };

struct Token {
  TokenKind kind = TokenKind::End;
  std::size_t offset = 0;  // bytes from the start of the source
  std::string_view text;   // as written, quotes and prefixes included
  Text fault = {};         // why the token is Bad

  bool is(std::string_view symbol) const { return kind == TokenKind::Symbol && text == symbol; }
  bool is_word(std::string_view word) const { return kind == TokenKind::Name && text == word; }
  std::size_t end() const { return offset + text.size(); }
};

// Reads tokens one after the other. Needs valid UTF-8; borrows the source. After a Bad token the
// lexer goes on behind it, so that a template can still find where its part ends.
class Lexer {
 public:
  explicit Lexer(std::string_view source, std::size_t at = 0) : source_(source), at_(at) {}
  Token next();

 private:
  void skip_blank();
  Token read_name();
  Token read_quoted_name();
  Token read_number();
  Token read_symbol();
  bool at_string() const;
  Token read_string();
  Token token(TokenKind kind, std::size_t start) const;
  Token bad(std::size_t start, Text fault) const;
  char peek(std::size_t ahead = 0) const;
  void skip_digits();

  std::string_view source_;
  std::size_t at_ = 0;
};

}  // namespace gantry::expr
