#include "expr/template.h"

#include <fmt/format.h>

#include "base/explain.h"
#include "base/limits.h"
#include "expr/ast.h"
#include "expr/evaluate.h"
#include "expr/lexer.h"

namespace gantry::expr {

namespace {
constexpr std::string_view kOpen = "${{";
constexpr std::string_view kClose = "}}";

class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text)
      : source_(std::make_shared<const std::string>(text)), text_(*source_) {}

  std::variant<Template, Problem> run() {
    for (std::size_t open = text_.find(kOpen); open != std::string_view::npos;
         open = text_.find(kOpen, at_)) {
      const bool escaped = open > at_ && text_[open - 1] == '$';
      literal_ += text_.substr(at_, open - at_ - (escaped ? 1 : 0));
      at_ = open + kOpen.size();
      if (escaped) {
        literal_ += kOpen;
      } else if (auto problem = expression(open)) {
        return *std::move(problem);
      }
    }
    literal_ += text_.substr(at_);
    flush();
    return Template(std::move(parts_), text_.size());
  }

 private:
  std::optional<Problem> expression(std::size_t open) {
    flush();
    const auto close = find_close(open);
    if (const auto* problem = std::get_if<Problem>(&close)) return *problem;
    const std::size_t end = std::get<std::size_t>(close);
    auto parsed = parse_part(source_, at_, end);
    if (auto* problem = std::get_if<Problem>(&parsed)) return std::move(*problem);
    parts_.emplace_back(std::get<Expression>(std::move(parsed)));
    at_ = end + kClose.size();
    return std::nullopt;
  }

  std::variant<std::size_t, Problem> find_close(std::size_t open) const {
    Lexer lexer(text_, at_);
    std::optional<Token> bad;
    int depth = 0;
    for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
      if (token.kind == TokenKind::Bad && !bad) bad = token;
      if (token.is("{")) ++depth;
      if (!token.is("}")) continue;
      if (depth == 0 && text_.substr(token.offset, kClose.size()) == kClose) return token.offset;
      if (depth > 0) --depth;
    }
    if (bad) return problem_at(text_, bad->offset, error_of(bad->fault));
    return problem_at(text_, open,
                      error_of({"this ${{ has no }}; close it, or write $${{ for the text ${{",
                                "此处的 ${{ 没有 }}；请补上，或用 $${{ 表示文本 ${{"}));
  }

  void flush() {
    if (!literal_.empty()) parts_.emplace_back(std::exchange(literal_, {}));
  }

  std::shared_ptr<const std::string> source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string literal_;
  std::vector<Template::Part> parts_;
};

template <typename T>
void append(std::vector<T>& all, std::vector<T> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}
}  // namespace

Template::Template(std::vector<Part> parts, std::size_t source_bytes)
    : parts_(std::make_shared<const std::vector<Part>>(std::move(parts))),
      source_bytes_(source_bytes) {}

bool Template::is_literal() const {
  for (const Part& part : *parts_)
    if (std::holds_alternative<Expression>(part)) return false;
  return true;
}

bool Template::is_whole() const { return parts_->size() == 1 && !is_literal(); }

std::vector<Reference> Template::references() const {
  std::vector<Reference> all;
  for (const Part& part : *parts_)
    if (const auto* expression = std::get_if<Expression>(&part))
      append(all, expr::references(*expression));
  return all;
}

std::vector<Problem> Template::check(const Names& roots) const {
  std::vector<Problem> all;
  for (const Part& part : *parts_)
    if (const auto* expression = std::get_if<Expression>(&part))
      append(all, expr::check(*expression, roots));
  return all;
}

Result<Value> Template::evaluate(const Scope& scope) const {
  if (is_whole()) return expr::evaluate(std::get<Expression>((*parts_)[0]), scope);
  const std::size_t size_max = source_bytes_ + limits::kExpressionResultBytesMax;
  std::string text;
  for (const Part& part : *parts_) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      text += *literal;
      continue;
    }
    TRY(const Value value, expr::evaluate(std::get<Expression>(part), scope));
    text += gantry::to_text(value);
    if (text.size() > size_max)
      return explain(Code::ResourceExhausted,
                     {"the text grows over {} bytes by its values; pass large data in files",
                      "代入值之后文本超过 {} 字节；大的数据请用文件传递"},
                     size_max);
  }
  return Value(std::move(text));
}

std::variant<Template, Problem> parse_template_or_problem(std::string_view text) {
  return TemplateParser(text).run();
}

Result<Template> parse_template(std::string_view text) {
  auto parsed = parse_template_or_problem(text);
  if (auto* problem = std::get_if<Problem>(&parsed)) return to_error(*problem);
  return std::get<Template>(std::move(parsed));
}

}  // namespace gantry::expr
