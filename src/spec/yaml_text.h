// What is checked of a text before it is parsed as YAML: size, encoding, characters.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/workflow.h"
#include "spec/diagnostics.h"

namespace gantry::spec {

// Byte offsets of line beginnings; a line ends with LF, CR LF or CR, as libyaml sees it.
class Lines {
 public:
  explicit Lines(std::string_view text);
  std::size_t count() const { return starts_.size(); }
  std::size_t start(int line) const;      // of a 1-based line; the end if there is none
  std::string_view line(int line) const;  // without its end
  model::SourcePlace place(std::size_t offset) const;
  std::size_t offset(model::SourcePlace place) const;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> starts_;
};

// The text without a byte order mark.
std::string_view without_mark(std::string_view text);

// False if the text is too big, not UTF-8, or has characters that YAML 1.2 and YAML 1.1 read
// differently or not at all; says so. Linear, and constant for what is too big.
bool check_text(std::string_view text, Diagnostics& problems);

}  // namespace gantry::spec
