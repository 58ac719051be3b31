#include "spec/ical_marks.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/text.h"
#include "spec/ical_rule.h"

namespace gantry::spec {

namespace {
using Words = std::initializer_list<std::string_view>;

bool has_any(std::string_view text, Words words) {
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

bool is_letter_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// " NON WORKDAY " of "Non-workday": the words of ASCII in capitals, a blank around each.
std::string words_of(const std::string& text) {
  std::string out = " ";
  for (const char c : in_capitals(text))
    if (is_letter_or_digit(c))
      out += c;
    else if (out.back() != ' ')
      out += ' ';
  return out.back() == ' ' ? out : out + ' ';
}

// Between blanks, marks, or at an end of the text: （班）, but not 值班.
bool has_alone(std::string_view text, std::string_view word) {
  constexpr std::string_view kMarks[] = {"（", "）", "【", "】", "［", "］",
                                         "：", "，", "、", "·",  "！", "　"};
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && !is_letter_or_digit(c) && (c < 'a' || c > 'z');
  };
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) {
    const std::string_view before = text.substr(0, at), after = text.substr(at + word.size());
    const bool begins = before.empty() || plain(before.back()) ||
                        std::any_of(std::begin(kMarks), std::end(kMarks),
                                    [&](auto mark) { return before.ends_with(mark); });
    const bool ends = after.empty() || plain(after.front()) ||
                      std::any_of(std::begin(kMarks), std::end(kMarks),
                                  [&](auto mark) { return after.starts_with(mark); });
    if (begins && ends) return true;
  }
  return false;
}
}  // namespace

// Chinese calendars write 休 for a day off and 班 for a make-up day; 调休 alone says neither.
Mark mark_of(const std::string& text) {
  const std::string words = words_of(text);
  if (has_any(words, {" NON WORKDAY ", " NO WORKDAY ", " NOT A WORKDAY ", " NONWORKDAY ",
                      " WORK HOLIDAY "}))
    return Mark::Off;
  if (has_any(words, {" WORKDAY ", " MAKE UP WORK ", " MAKEUP WORK "})) return Mark::Work;
  std::string rest = text;
  for (auto at = rest.find("调休"); at != std::string::npos; at = rest.find("调休"))
    rest.erase(at, std::string_view("调休").size());
  if (has_any(rest, {"不上班"})) return Mark::Off;
  if (has_any(rest, {"上班", "补班"}) || has_alone(rest, "班")) return Mark::Work;
  return has_any(rest, {"休", "放假"}) ? Mark::Off : Mark::None;
}

std::string without_mark_words(std::string name) {
  for (const std::string_view word :
       {"（休）", "（班）", "(休)", "(班)", "[休]", "[班]", "【休】", "【班】", " 休", " 班"})
    if (const auto at = name.find(word); at != std::string::npos) name.erase(at, word.size());
  return std::string(trim(name));
}

}  // namespace gantry::spec
