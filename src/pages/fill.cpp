#include "pages/fill.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace gantry::pages {

namespace {

// What stays together on a line.
struct Word {
  std::vector<Span> parts;
  bool space_before = false;
  bool line_before = false;
};

bool is_wide(char32_t c) { return c >= 0x2e80 && c < 0x1f000; }

// What must not begin a line.
bool closes(char32_t c) {
  constexpr std::u32string_view kClosing = U"，。：；、！？）】》”’…,.:;!?)]}";
  return kClosing.find(c) != std::u32string_view::npos;
}

class Splitter {
 public:
  void add(const Span& span) {
    for (std::size_t at = 0; at < span.text.size();) {
      const CodePoint point = decode_utf8(span.text, at);
      const auto size = static_cast<std::size_t>(std::max(point.size, 1));
      add(point.value, std::string_view(span.text).substr(at, size), span.look);
      at += size;
    }
  }
  std::vector<Word> take() { return std::move(words_); }

 private:
  void add(char32_t c, std::string_view bytes, Look look) {
    if (c == ' ' || c == '\n') {
      (c == ' ' ? space_ : line_) = true;
      return;
    }
    const bool apart = space_ || line_ || words_.empty() ||
                       ((is_wide(c) || is_wide(last_)) && !closes(c) && !opens(last_));
    if (apart) words_.emplace_back();
    Word& word = words_.back();
    if (apart) word = {{}, space_, line_};
    if (word.parts.empty() || word.parts.back().look != look) word.parts.push_back({"", look});
    word.parts.back().text += bytes;
    space_ = line_ = false;
    last_ = c;
  }
  static bool opens(char32_t c) {
    constexpr std::u32string_view kOpening = U"（【《“‘([{";
    return kOpening.find(c) != std::u32string_view::npos;
  }

  std::vector<Word> words_;
  bool space_ = false, line_ = false;
  char32_t last_ = 0;
};

}  // namespace

std::string painted(std::string_view text, Look look, bool color) {
  if (!color || look == Look::Plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", look == Look::Bold ? 1 : 2, text);
}

std::vector<std::string> fill(const std::vector<Span>& spans, int columns, bool color) {
  Splitter splitter;
  for (const Span& span : spans) splitter.add(span);
  std::vector<std::string> lines{""};
  int used = 0;
  for (const Word& word : splitter.take()) {
    const int width = width_of(word.parts);
    const int space = word.space_before && used > 0 ? 1 : 0;
    if (word.line_before || (used > 0 && used + space + width > columns)) {
      lines.emplace_back();
      used = 0;
    } else if (space > 0) {
      lines.back() += ' ';
      ++used;
    }
    for (const Span& part : word.parts) lines.back() += painted(part.text, part.look, color);
    used += width;
  }
  return lines;
}

int width_of(const std::vector<Span>& spans) {
  int width = 0;
  for (const Span& span : spans) width += display_width(span.text);
  return width;
}

}  // namespace gantry::pages
