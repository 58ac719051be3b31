// libs: gantry_expr
// Any text as an expression and as a template: parse, check, evaluate with nothing in scope. Beside
// not crashing: the same text gives the same result, and limits hold.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "base/limits.h"
#include "expr/check.h"
#include "expr/evaluate.h"
#include "expr/expression.h"
#include "expr/meter.h"
#include "expr/references.h"
#include "expr/template.h"

namespace {
using gantry::Result;
using gantry::Value;
namespace expr = gantry::expr;

std::string outcome(const Result<Value>& result) {
  return result.ok() ? gantry::to_json(*result) : result.error().message;
}

void check_places(std::string_view text, const std::vector<expr::Reference>& references) {
  for (const expr::Reference& reference : references) {
    CHECK(reference.place.offset < text.size());
    CHECK(!reference.path.empty());
  }
}

void try_expression(std::string_view text) {
  const auto expression = expr::parse(text);
  if (!expression.ok()) return;
  check_places(text, expr::references(*expression));
  (void)expr::check(*expression, expr::Names{});
  const auto result = expr::evaluate(*expression, expr::MapScope());
  CHECK(outcome(result) == outcome(expr::evaluate(*expression, expr::MapScope())));
  if (!result.ok()) return;
  constexpr std::size_t kMax = gantry::limits::kExpressionResultBytesMax;
  CHECK(expr::size_up_to(*result, kMax) <= kMax);
}

void try_template(std::string_view text) {
  const auto parsed = expr::parse_template(text);
  if (!parsed.ok()) return;
  check_places(text, parsed->references());
  const auto result = parsed->evaluate(expr::MapScope());
  CHECK(!parsed->is_literal() || result.ok());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try_expression(text);
  try_template(text);
  return 0;
}
