#include "app/log_printer.h"

#include <fmt/format.h>

#include "app/answers.h"
#include "base/json.h"

namespace gantry::app {

namespace {
// A log may colour itself, but not move the cursor or set titles.
std::string printable_log(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
  return out;
}
}  // namespace

std::string shown_log_line(const Context& context, const std::string& prefix, const Value& line) {
  const std::string text = member(line, "text");
  return prefix + (context.terminal.is_terminal ? printable_log(text) : text) + "\n";
}

void print_line(const Context& context, const std::string& prefix, const Value& line) {
  fmt::print("{}", shown_log_line(context, prefix, line));
}

// One write for all of a chunk: lines of several printers do not run into each other.
bool LogPrinter::take(std::string_view chunk) {
  pending_ += chunk;
  std::string out;
  std::size_t begin = 0;
  for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', begin)) {
    out += shown(pending_.substr(begin, end - begin));
    begin = end + 1;
  }
  pending_.erase(0, begin);
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
  return !std::ferror(stdout);
}

std::string LogPrinter::shown(const std::string& json) const {
  if (context_.json) return json + "\n";
  const auto line = parse_json(json);
  return line.ok() ? shown_log_line(context_, prefix_, *line) : "";
}

}  // namespace gantry::app
