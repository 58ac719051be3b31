// Small operations on text that the standard library of C++20 lacks.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

enum class Lang { En, Zh };

// What a person reads stands in both languages beside each other in the code.
struct Text {
  std::string_view en;
  std::string_view zh;
  std::string_view in(Lang lang) const { return lang == Lang::Zh ? zh : en; }
};

// "zh_CN.UTF-8", "zh", "zh-Hans" -> Zh; everything else En.
inline Lang lang_of(std::string_view locale) {
  return locale.starts_with("zh") ? Lang::Zh : Lang::En;
}

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);  // of ASCII
std::string join(const std::vector<std::string>& parts, std::string_view separator);
// The candidate nearest to `word` by edit distance, if near enough to be a slip; else empty.
std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace gantry
