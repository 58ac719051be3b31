#include "testing/scenario_text.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "base/text.h"

namespace gantry::testing {

const std::string& Line::word(std::size_t index) const {
  static const std::string none;
  return index < words.size() ? words[index] : none;
}

std::vector<std::string> Line::from(std::size_t index) const {
  if (index >= words.size()) return {};
  return {words.begin() + static_cast<std::ptrdiff_t>(index), words.end()};
}

std::string Line::take(const std::string& name, const std::string& otherwise) {
  const auto found = options.find(name);
  if (found == options.end()) return otherwise;
  std::string value = std::move(found->second);
  options.erase(found);
  return value;
}

namespace {

// Reads one line from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Status read(Line& line) {
    for (skip_spaces(); at_ < text_.size() && text_[at_] != '#'; skip_spaces()) {
      if (text_[at_] == '"') {
        TRY(std::string text, quoted());
        line.words.push_back(std::move(text));
        continue;
      }
      const std::string name = plain("= \t");
      if (at_ >= text_.size() || text_[at_] != '=') {
        line.words.push_back(name);
        continue;
      }
      ++at_;
      TRY(std::string value, option_value());
      if (!line.options.emplace(name, std::move(value)).second)
        return invalid(fmt::format("'{}' is given twice", name));
    }
    return ok();
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string plain(std::string_view ends) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string> option_value() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[')) return brackets();
    return plain(" \t");
  }

  Result<std::string> quoted() {
    const std::size_t end = text_.find('"', ++at_);
    if (end == std::string_view::npos) return invalid("a quote is not closed");
    std::string out(text_.substr(at_, end - at_));
    at_ = end + 1;
    return out;
  }

  // Up to the bracket that closes the first; brackets in JSON strings do not count.
  Result<std::string> brackets() {
    const std::size_t begin = at_;
    int depth = 0;
    bool in_string = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') in_string = !in_string;
      if (in_string) continue;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) {
        ++at_;
        return std::string(text_.substr(begin, at_ - begin));
      }
    }
    return invalid("a bracket is not closed");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_indented(std::string_view text) {
  return !text.empty() && (text[0] == ' ' || text[0] == '\t');
}

}  // namespace

Result<std::vector<Line>> parse_scenario(std::string_view text, const std::string& file) {
  std::vector<Line> lines;
  int number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const bool blank = trim(raw).empty();
    if (is_indented(raw) || (blank && !lines.empty() && !lines.back().block.empty())) {
      if (lines.empty())
        return invalid(fmt::format("{}:{}: an indented line without a command", file, number));
      lines.back().block += std::string(raw) + "\n";
      continue;
    }
    if (blank || raw.starts_with('#')) continue;
    Line line;
    line.number = number;
    if (auto read = Reader(raw).read(line); !read.ok())
      return invalid(fmt::format("{}:{}: {}", file, number, read.error().message));
    lines.push_back(std::move(line));
  }
  return lines;
}

Value value_of(const std::string& text) {
  auto json = parse_json(text);
  return json.ok() ? *json : Value(text);
}

Result<int> to_int(const std::string& text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size())
    return invalid(fmt::format("'{}' is not a whole number", text));
  return number;
}

}  // namespace gantry::testing
