// gantry-reference PAGE en|zh prints a page; gantry-reference all DIR writes the committed ones
// below DIR (docs): DIR/en/reference/keys.md and so on.
#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "base/clock.h"
#include "base/files.h"
#include "reference/pages.h"

namespace {

using namespace gantry;

struct Page {
  std::string_view name;
  std::string (*make)(Lang);
};
constexpr Page kPages[] = {
    {"keys", reference::keys_page},
    {"api", reference::api_page},
    {"commands", reference::commands_page},
    {"settings", reference::settings_page},
};

constexpr std::string_view kUsage =
    "usage: gantry-reference PAGE en|zh   (keys, api, commands, settings, man)\n"
    "       gantry-reference all DIR\n";

// A build that can be repeated says in SOURCE_DATE_EPOCH of when it is.
Instant date() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return SystemClock().wall();
  return Instant{seconds(std::atoll(text)).us};
}

int complain(const Error& problem) {
  fmt::print(stderr, "gantry-reference: {}\n", problem.message);
  return 1;
}

Status write_all(const std::string& docs) {
  for (const auto& [folder, lang] : {std::pair{"en", Lang::En}, std::pair{"zh", Lang::Zh}}) {
    const std::string place = fmt::format("{}/{}/reference", docs, folder);
    TRY_STATUS(make_directories(place, 0755));
    for (const Page& page : kPages)
      TRY_STATUS(
          write_file_durably(fmt::format("{}/{}.md", place, page.name), page.make(lang), 0644));
  }
  return ok();
}

std::optional<std::string> made(std::string_view name, Lang lang) {
  if (name == "man") return reference::man_page(lang, date());
  for (const Page& page : kPages)
    if (page.name == name) return page.make(lang);
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc == 3 ? argv[1] : "";
  const std::string_view second = argc == 3 ? argv[2] : "";
  if (name == "all") {
    const Status written = write_all(std::string(second));
    return written.ok() ? 0 : complain(written.error());
  }
  const auto text = second == "en" || second == "zh" ? made(name, lang_of(second)) : std::nullopt;
  if (!text) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  fmt::print("{}", *text);
  return 0;
}
