// Collects what is wrong with one file, bounded: of each severity the first kErrorsShownMax are
// kept, the rest is counted.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/explain.h"
#include "model/workflow.h"
#include "spec/codes.h"
#include "spec/load.h"

namespace gantry::spec {

Text name_of(Severity severity);  // "error", "错误"

class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  // `what`: refuse({"...", "..."}), in both languages.
  void add(Lint code, model::SourcePlace place, const Error& what, std::string suggestion = {});
  // For the places where a code is milder than usual.
  void add_as(Severity severity, Lint code, model::SourcePlace place, const Error& what,
              std::string suggestion = {});

  bool has_errors() const { return seen_[static_cast<std::size_t>(Severity::Error)] > 0; }
  // True once nothing more is kept: costly checks may stop.
  bool full() const;

  // `nearest` within a budget for the whole file, so that many slips among many names stay cheap.
  std::string suggest(std::string_view word, const std::vector<std::string_view>& candidates);

  // Sorted by place, without repetitions. Call once, last.
  std::vector<Diagnostic> take();

 private:
  void keep(Diagnostic diagnostic);

  std::string file_;
  std::vector<Diagnostic> kept_;
  std::array<std::size_t, 3> seen_{};           // by severity
  std::size_t suggestion_budget_ = 20'000'000;  // cells of edit-distance tables
};

}  // namespace gantry::spec
