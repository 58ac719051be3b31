#include "expr/lexer.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace gantry::expr {

namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_raw_mark(char c) { return c == 'r' || c == 'R'; }
bool is_bytes_mark(char c) { return c == 'b' || c == 'B'; }
bool is_quoted_name_char(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}

constexpr std::array<std::string_view, 6> kPairs{"&&", "||", "==", "!=", "<=", ">="};
constexpr std::string_view kSingles = "()[]{}.,:?+-*/%<>!";
}  // namespace

char Lexer::peek(std::size_t ahead) const {
  return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
}

Token Lexer::token(TokenKind kind, std::size_t start) const {
  return {kind, start, source_.substr(start, at_ - start), {}};
}

Token Lexer::bad(std::size_t start, Text fault) const {
  return {TokenKind::Bad, start, source_.substr(start, at_ - start), fault};
}

void Lexer::skip_blank() {
  for (;;) {
    while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
    if (peek() != '/' || peek(1) != '/') return;
    while (at_ < source_.size() && source_[at_] != '\n') ++at_;
  }
}

Token Lexer::next() {
  skip_blank();
  if (at_ >= source_.size()) return {TokenKind::End, source_.size(), {}, {}};
  if (at_string()) return read_string();
  if (is_letter(peek())) return read_name();
  if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return read_number();
  if (peek() == '`') return read_quoted_name();
  return read_symbol();
}

Token Lexer::read_name() {
  const std::size_t start = at_;
  while (is_letter(peek()) || is_digit(peek())) ++at_;
  return token(TokenKind::Name, start);
}

Token Lexer::read_quoted_name() {
  const std::size_t start = at_++;
  while (is_quoted_name_char(peek())) ++at_;
  if (peek() != '`' || at_ == start + 1)
    return bad(start, {"a quoted name is `letters, digits, . - / and blanks`; use x[\"...\"]",
                       "反引号中的名称由字母、数字、. - / 和空格组成；请用 x[\"...\"]"});
  ++at_;
  return token(TokenKind::QuotedName, start);
}

void Lexer::skip_digits() {
  while (is_digit(peek())) ++at_;
}

Token Lexer::read_number() {
  const std::size_t start = at_;
  TokenKind kind = TokenKind::Int;
  if (peek() == '0' && peek(1) == 'x' && is_hex(peek(2))) {
    at_ += 2;
    while (is_hex(peek())) ++at_;
  } else {
    skip_digits();
    if (peek() == '.' && is_digit(peek(1))) {
      kind = TokenKind::Double;
      ++at_;
      skip_digits();
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      kind = TokenKind::Double;
      at_ += 1 + sign;
      skip_digits();
    }
  }
  if (kind == TokenKind::Int && (peek() == 'u' || peek() == 'U')) {
    kind = TokenKind::Uint;
    ++at_;
  }
  if (!is_letter(peek()) && !is_digit(peek())) return token(kind, start);
  while (is_letter(peek()) || is_digit(peek())) ++at_;
  return bad(start, {"this is neither a number nor a name; text is written in quotes",
                     "这既不是数字也不是名称；文本要写在引号里"});
}

// A quote, perhaps behind r, b or br.
bool Lexer::at_string() const {
  std::size_t ahead = is_bytes_mark(peek()) ? 1 : 0;
  if (is_raw_mark(peek(ahead))) ++ahead;
  return is_quote(peek(ahead));
}

Token Lexer::read_string() {
  const std::size_t start = at_;
  TokenKind kind = TokenKind::String;
  if (is_bytes_mark(peek())) kind = TokenKind::Bytes, ++at_;
  const bool raw = is_raw_mark(peek());
  if (raw) ++at_;
  const char quote = peek();
  const bool triple = peek(1) == quote && peek(2) == quote;
  at_ += triple ? 3 : 1;
  while (at_ < source_.size()) {
    if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
      at_ += triple ? 3 : 1;
      return token(kind, start);
    }
    if (!triple && (peek() == '\n' || peek() == '\r')) break;
    at_ += peek() == '\\' && !raw && at_ + 1 < source_.size() ? 2 : 1;
  }
  if (triple)
    return bad(start, {"this text has no closing \"\"\"; add the three quotes",
                       "此文本没有结尾的 \"\"\"；请补上三个引号"});
  return bad(start, {"this text has no closing quote on its line; add the quote, or use \"\"\"",
                     "此文本在本行没有结尾的引号；请补上引号，或使用 \"\"\""});
}

Token Lexer::read_symbol() {
  const std::size_t start = at_;
  const std::string_view two = source_.substr(at_, 2);
  if (std::find(kPairs.begin(), kPairs.end(), two) != kPairs.end()) {
    at_ += 2;
    return token(TokenKind::Symbol, start);
  }
  const char c = source_[at_];
  at_ += static_cast<std::size_t>(std::max(1, decode_utf8(source_, at_).size));
  if (kSingles.find(c) != std::string_view::npos) return token(TokenKind::Symbol, start);
  if (c == '=')
    return bad(start, {"a single = means nothing here; compare with ==",
                       "单个 = 在此没有意义；比较请用 =="});
  if (c == '&')
    return bad(start, {"a single & means nothing here; write && for 'and'",
                       "单个 & 在此没有意义；“与”请写成 &&"});
  if (c == '|')
    return bad(start, {"a single | means nothing here; write || for 'or'",
                       "单个 | 在此没有意义；“或”请写成 ||"});
  if (static_cast<unsigned char>(c) >= 0x80)
    return bad(start, {"names are ASCII letters, digits and _; write other names as x[\"...\"]",
                       "名称由 ASCII 字母、数字和 _ 组成；其他名称请写成 x[\"...\"]"});
  return bad(start, {"this character has no meaning here; text is written in quotes",
                     "此字符在此没有意义；文本要写在引号里"});
}

}  // namespace gantry::expr
