#include "runner/log_path.h"

#include <fmt/format.h>

namespace gantry::runner {

namespace {

// Ids are letters of any language, digits, _ and -: those stay as they are.
std::string encode_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || byte >= 0x80;
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

}  // namespace

std::string log_path(std::string_view data_dir, const LogName& name) {
  const std::string item = name.item.is_none() ? "" : fmt::format("[{}]", to_text(name.item));
  return fmt::format("{}/logs/{}/{}{}.{}.{}.log", data_dir, name.run.value, encode_name(name.task),
                     item, name.generation, name.number);
}

}  // namespace gantry::runner
