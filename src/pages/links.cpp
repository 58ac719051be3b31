#include "pages/links.h"

namespace gantry::pages {

namespace {

// "docs/en/guides/a.md" and "../tutorial.md" give "docs/en/tutorial.md"; empty above the root.
std::string resolved(std::string_view from, std::string_view relative) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(from, '/')) parts.emplace_back(part);
  parts.pop_back();
  for (const std::string_view part : split(relative, '/')) {
    if (part == ".") continue;
    if (part != "..") {
      parts.emplace_back(part);
      continue;
    }
    if (parts.empty()) return {};
    parts.pop_back();
  }
  return join(parts, "/");
}

}  // namespace

bool is_elsewhere(std::string_view url) {
  const std::size_t colon = url.find(':');
  return colon != std::string_view::npos && colon < url.find('/') && colon < url.find('#');
}

std::optional<Place> follow(const Library& library, const Page& from, std::string_view url) {
  if (url.empty() || url.starts_with('/') || is_elsewhere(url)) return std::nullopt;
  const std::size_t hash = url.find('#');
  const std::string anchor(hash == std::string_view::npos ? "" : url.substr(hash + 1));
  const std::string_view path = url.substr(0, hash);
  if (path.empty()) return Place{&from, anchor};
  const Page* page = library.of_file(resolved(from.file, path));
  if (page == nullptr) return std::nullopt;
  return Place{library.find(from.lang, page->name), anchor};
}

std::string address_of(const Page& page, std::string_view anchor) {
  std::string out = page.lang == Lang::Zh ? "/docs/zh" : "/docs/en";
  if (page.name != kIndex) out += "/" + page.name;
  if (!anchor.empty()) out += "#" + std::string(anchor);
  return out;
}

}  // namespace gantry::pages
