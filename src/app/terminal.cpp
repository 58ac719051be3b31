#include "app/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/utf8.h"

namespace gantry::app {

namespace {
std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

Lang language() {
  for (const char* name : {"GANTRY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"})
    if (const auto value = variable(name); !value.empty()) return lang_of(value);
  return Lang::En;
}

const char* code_of(Ink ink) {
  switch (ink) {
    case Ink::Plain: return "0";
    case Ink::Dim: return "2";
    case Ink::Red: return "31";
    case Ink::Green: return "32";
    case Ink::Yellow: return "33";
    case Ink::Blue: return "34";
    case Ink::Bold: return "1";
  }
  return "0";
}
}  // namespace

Terminal look_at_terminal() {
  Terminal terminal;
  terminal.is_terminal = ::isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb";
  terminal.color = terminal.is_terminal && variable("NO_COLOR").empty();
  terminal.lang = language();
  refresh_size(terminal);
  return terminal;
}

void refresh_size(Terminal& terminal) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return;
  terminal.width = size.ws_col;
  terminal.height = size.ws_row;
}

std::string paint(const Terminal& terminal, Ink ink, std::string_view text) {
  if (!terminal.color || ink == Ink::Plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(ink), text);
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (point.size == 0 || point.value < 0x20 || point.value == 0x7f ||
        (point.value >= 0x80 && point.value < 0xa0))
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    else
      out += text.substr(at, static_cast<std::size_t>(point.size));
    at += static_cast<std::size_t>(std::max(point.size, 1));
  }
  return out;
}

}  // namespace gantry::app
