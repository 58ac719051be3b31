// A Markdown page while it is written: English prose in lines of 100 columns, Chinese a line per
// paragraph (a line end in it would show as a blank).
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"

namespace gantry::reference {

// "`NAME`"
std::string code(std::string_view text);

// The same in both languages, or chosen already. For the length of a call.
inline Text both(std::string_view text) { return {text, text}; }

class Markdown {
 public:
  explicit Markdown(Lang lang) : lang_(lang) {}

  void heading(int level, Text title);
  void paragraph(Text text);
  void sentence(Text text);  // a paragraph of a text that begins small and ends without a point
  // Items that follow each other are one list.
  void item(Text text);
  void item(std::string_view name, Text text);  // "- `NAME`: text"
  void fact(Text name, std::string_view text);  // "- Name: text"
  void block(std::string_view text, std::string_view language = "");

  Lang lang() const { return lang_; }
  std::string take() { return std::move(out_); }

 private:
  void separate(bool is_item);
  void wrapped(std::string_view text, std::string_view first, std::string_view further);

  Lang lang_;
  std::string out_;
  bool in_list_ = false;
};

}  // namespace gantry::reference
