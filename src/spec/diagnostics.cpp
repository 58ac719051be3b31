#include "spec/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"

namespace gantry::spec {

Text name_of(Severity severity) {
  switch (severity) {
    case Severity::Error: return {"error", "错误"};
    case Severity::Warning: return {"warning", "警告"};
    case Severity::Hint: return {"hint", "提示"};
  }
  return {};
}

namespace {
// Messages quote what was written; one stays on one line whatever that was.
std::string on_one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text;
}

auto order(const Diagnostic& d) {
  return std::tie(d.line, d.column, d.severity, d.code, d.message, d.suggestion);
}
}  // namespace

const std::string& message_in(const Diagnostic& d, Lang lang) {
  return lang == Lang::Zh && !d.zh.empty() ? d.zh : d.message;
}

std::string to_line(const Diagnostic& d, Lang lang) {
  constexpr Text kHint{" (did you mean '{}'?)", "（是不是“{}”？）"};
  const std::string hint =
      d.suggestion.empty() ? "" : fmt::format(fmt::runtime(kHint.in(lang)), d.suggestion);
  return fmt::format("{}:{}:{}: {}: {}{} [{}]", d.file, d.line, d.column,
                     name_of(d.severity).in(lang), message_in(d, lang), hint, d.code);
}

Error to_error(const Diagnostic& d) {
  return {Code::InvalidArgument, to_line(d, Lang::En), to_line(d, Lang::Zh)};
}

void Diagnostics::add(Lint code, model::SourcePlace place, const Error& what,
                      std::string suggestion) {
  add_as(info_of(code).severity, code, place, what, std::move(suggestion));
}

void Diagnostics::add_as(Severity severity, Lint code, model::SourcePlace place, const Error& what,
                         std::string suggestion) {
  keep({file_, place.line, place.column, severity, std::string(info_of(code).name),
        on_one_line(what.message), on_one_line(std::move(suggestion)), on_one_line(what.zh)});
}

void Diagnostics::keep(Diagnostic diagnostic) {
  std::size_t& seen = seen_[static_cast<std::size_t>(diagnostic.severity)];
  if (++seen <= limits::kErrorsShownMax) kept_.push_back(std::move(diagnostic));
}

bool Diagnostics::full() const {
  return seen_[static_cast<std::size_t>(Severity::Error)] > limits::kErrorsShownMax;
}

std::string Diagnostics::suggest(std::string_view word,
                                 const std::vector<std::string_view>& candidates) {
  if (word.size() > limits::kNameBytesMax || full()) return {};
  std::size_t cost = 0;
  for (const std::string_view candidate : candidates) cost += word.size() * candidate.size() + 1;
  if (cost > suggestion_budget_) return {};
  suggestion_budget_ -= cost;
  return nearest(word, candidates);
}

std::vector<Diagnostic> Diagnostics::take() {
  std::sort(kept_.begin(), kept_.end(),
            [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  kept_.erase(std::unique(kept_.begin(), kept_.end()), kept_.end());
  if (full()) {
    const Diagnostic& last = kept_.back();
    const Error more = refuse({"there are more errors than the {} shown; mend these first",
                               "错误不止显示的这 {} 个；请先改正这些"},
                              limits::kErrorsShownMax);
    kept_.push_back({file_,
                     last.line,
                     last.column,
                     Severity::Error,
                     std::string(info_of(TooManyErrors).name),
                     more.message,
                     {},
                     more.zh});
  }
  return std::move(kept_);
}

}  // namespace gantry::spec
