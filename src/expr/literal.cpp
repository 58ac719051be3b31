#include "expr/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/explain.h"
#include "base/utf8.h"
#include "expr/place.h"

namespace gantry::expr {

namespace {
constexpr std::array<std::string_view, 21> kReserved{
    "as",       "break",   "const",  "continue", "else", "false", "for",
    "function", "if",      "import", "in",       "let",  "loop",  "namespace",
    "null",     "package", "return", "true",     "var",  "void",  "while"};

bool is_hex_mark(std::string_view digits) { return digits.starts_with("0x"); }

std::optional<std::uint64_t> magnitude(std::string_view digits) {
  const int base = is_hex_mark(digits) ? 16 : 10;
  if (base == 16) digits.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::variant<Value, Fault> int_value(const Token& token, bool negative) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  const auto number = magnitude(token.text);
  if (!number || *number > kMax + (negative ? 1 : 0))
    return Fault{token.offset, refuse({"{} does not fit an int; the range is -2^63 to 2^63-1",
                                       "{} 超出 int 的范围 -2^63 到 2^63-1"},
                                      token.text)};
  // Negated as unsigned: -2^63 has no positive twin.
  return Value(static_cast<std::int64_t>(negative ? 0 - *number : *number));
}

std::variant<Value, Fault> uint_value(const Token& token, bool negative) {
  const auto number = magnitude(token.text.substr(0, token.text.size() - 1));
  if (!number || (negative && *number > 0))
    return Fault{token.offset, refuse({"{} does not fit a uint; the range is 0 to 2^64-1",
                                       "{} 超出 uint 的范围 0 到 2^64-1"},
                                      token.text)};
  return Value(*number);
}

// Too large becomes infinity and too small zero, as IEEE 754 rounds.
std::variant<Value, Fault> double_value(const Token& token, bool negative) {
  const std::string text(token.text);
  const double number = std::strtod(text.c_str(), nullptr);
  return Value(negative ? -number : number);
}

// Turns escapes into what they mean.
class Unescape {
 public:
  Unescape(std::string_view body, std::size_t offset, bool bytes)
      : body_(body), offset_(offset), bytes_(bytes) {}

  std::optional<Fault> run(std::string& out) {
    while (at_ < body_.size()) {
      if (body_[at_] != '\\') {
        out += body_[at_++];
        continue;
      }
      if (!escape(out)) return Fault{offset_ + start_, error_of(fault_)};
    }
    return std::nullopt;
  }

 private:
  bool escape(std::string& out) {
    start_ = at_++;
    const char c = at_ < body_.size() ? body_[at_++] : '\0';
    constexpr std::string_view kNames = "abfnrtv\\\"'`?";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"'`?";
    if (const auto i = kNames.find(c); c != '\0' && i != std::string_view::npos) {
      out += kMeanings[i];
      return true;
    }
    if (c == 'x' || c == 'X') return put(out, digits(2, 16));
    if (c == 'u' && !bytes_) return put_utf16(out);
    if (c == 'U' && !bytes_) return put(out, digits(8, 16));
    if (c >= '0' && c <= '3') {
      --at_;
      return put(out, digits(3, 8));
    }
    return fail({"unknown escape; write \\\\ for a backslash, or put r before the quote",
                 "未知的转义；反斜杠请写 \\\\，或在引号前写 r"});
  }

  std::optional<std::uint32_t> digits(std::size_t count, int base) {
    const std::string_view text = body_.substr(at_, count);
    std::uint32_t number = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.size() != count || failure != std::errc() || end != text.data() + count)
      return std::nullopt;
    at_ += count;
    return number;
  }

  // \u escapes may write a code point above U+FFFF as a pair of surrogates.
  bool put_utf16(std::string& out) {
    auto number = digits(4, 16);
    if (number && *number >= 0xD800 && *number <= 0xDBFF && body_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const auto low = digits(4, 16);
      if (!low || *low < 0xDC00 || *low > 0xDFFF)
        return fail({"half a surrogate pair is not a character", "半个代理对不是字符"});
      number = 0x10000 + ((*number - 0xD800) << 10) + (*low - 0xDC00);
    }
    return put(out, number);
  }

  bool put(std::string& out, std::optional<std::uint32_t> number) {
    if (!number)
      return fail({"an escape is \\xHH, \\uHHHH, \\UHHHHHHHH or three octal digits up to \\377",
                   "转义写作 \\xHH、\\uHHHH、\\UHHHHHHHH 或不超过 \\377 的三位八进制数"});
    if (*number > 0x10FFFF || (*number >= 0xD800 && *number <= 0xDFFF))
      return fail({"this escape is not a Unicode character", "此转义不是 Unicode 字符"});
    if (bytes_)
      out += static_cast<char>(*number);
    else
      append_utf8(out, *number);
    return true;
  }

  bool fail(Text why) {
    fault_ = why;
    return false;
  }

  std::string_view body_;
  std::size_t offset_;
  bool bytes_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  Text fault_;
};

std::variant<Value, Fault> text_value(const Token& token) {
  const std::size_t marks = token.text.find_first_of("\"'");
  const bool raw = token.text.substr(0, marks).find_first_of("rR") != std::string_view::npos;
  const bool bytes = token.kind == TokenKind::Bytes;
  const std::string_view quoted = token.text.substr(marks);
  const std::size_t quote_size =
      quoted.size() >= 6 && quoted[1] == quoted[0] && quoted[2] == quoted[0] ? 3 : 1;
  const std::string_view body = quoted.substr(quote_size, quoted.size() - 2 * quote_size);
  std::string out;
  if (raw) {
    out = body;
  } else if (auto fault = Unescape(body, token.offset + marks + quote_size, bytes).run(out)) {
    return *std::move(fault);
  }
  if (bytes) return Value(Bytes{std::move(out)});
  return Value(std::move(out));
}
}  // namespace

std::variant<Value, Fault> literal_value(const Token& token, bool negative) {
  switch (token.kind) {
    case TokenKind::Int: return int_value(token, negative);
    case TokenKind::Uint: return uint_value(token, negative);
    case TokenKind::Double: return double_value(token, negative);
    default: return text_value(token);
  }
}

bool is_reserved(std::string_view word) {
  return std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end();
}

bool is_plain_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

}  // namespace gantry::expr
