// A place in a text that moves forward and knows its line and column, whatever the lines' lengths.
#pragma once

#include <string_view>

#include "model/workflow.h"

namespace gantry::forms {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  bool at_line_end() const { return at_end() || peek() == '\n' || peek() == '\r'; }
  bool at_blank() const { return peek() == ' ' || peek() == '\t'; }
  std::size_t offset() const { return at_; }
  std::string_view rest() const { return text_.substr(at_); }
  model::SourcePlace place() const { return {line_, column_}; }

  void skip(std::size_t bytes) {
    for (; bytes > 0 && !at_end(); --bytes) step();
  }
  bool take(std::string_view word) {
    if (!sees(word)) return false;
    skip(word.size());
    return true;
  }
  std::string_view take_bytes(std::size_t bytes) {
    const std::string_view taken = text_.substr(at_, bytes);
    skip(taken.size());
    return taken;
  }
  void skip_blanks() {
    while (at_blank()) step();
  }
  void skip_space() {  // line ends, too
    while (!at_end() && (at_blank() || at_line_end())) step();
  }
  void skip_line() {
    while (!at_line_end()) step();
  }

 private:
  void step() {
    const char c = text_[at_++];
    const bool ends_line = c == '\n' || (c == '\r' && peek() != '\n');
    if (ends_line) {
      ++line_;
      column_ = 1;
    } else if (c != '\r' && (static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;  // bytes that go on with a code point do not count
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace gantry::forms
