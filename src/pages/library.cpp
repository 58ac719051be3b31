#include "pages/library.h"

#include <zstd.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/check.h"
#include "pages/packed.h"

namespace gantry::pages {

namespace {

constexpr std::string_view kRoot = "docs/";
constexpr std::string_view kSuffix = ".md";

Page page_of(Library::File file) {
  CHECK(file.path.starts_with(kRoot) && file.path.ends_with(kSuffix));
  std::string_view name(file.path);
  name.remove_prefix(kRoot.size());
  name.remove_suffix(kSuffix.size());
  // docs/en and docs/zh; what lies beside them (docs/format) is English.
  const Lang lang = name.starts_with("zh/") ? Lang::Zh : Lang::En;
  if (name.starts_with("en/") || name.starts_with("zh/")) name.remove_prefix(3);
  Page page{file.path, lang, std::string(name == "README" ? kIndex : name), std::move(file.text)};
  return page;
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('/') + 1); }

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  CHECK(end != std::string_view::npos);
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::vector<Library::File> unpack(const Packed& packed) {
  std::string all(packed.size_bytes, '\0');
  const std::size_t size =
      ZSTD_decompress(all.data(), all.size(), packed.frame.data(), packed.frame.size());
  CHECK(ZSTD_isError(size) == 0 && size == packed.size_bytes);
  std::vector<Library::File> files;
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view path = take_line(rest);
    const std::string_view digits = take_line(rest);
    std::size_t length = 0;
    std::from_chars(digits.begin(), digits.end(), length);
    CHECK(length <= rest.size());
    files.push_back({std::string(path), std::string(rest.substr(0, length))});
    rest.remove_prefix(length);
  }
  return files;
}

}  // namespace

Library::Library(std::vector<File> files) {
  for (File& file : files) {
    Page page = page_of(std::move(file));
    auto key = std::pair(page.lang, page.name);
    files_.emplace(page.file, key);
    pages_.emplace(std::move(key), std::move(page));
  }
}

bool Library::has(Lang lang, std::string_view name) const {
  return pages_.contains({lang, std::string(name)});
}

const Page* Library::find(Lang lang, std::string_view name) const {
  for (const Lang one : {lang, lang == Lang::Zh ? Lang::En : Lang::Zh})
    if (const auto found = pages_.find({one, std::string(name)}); found != pages_.end())
      return &found->second;
  return nullptr;
}

const Page* Library::of_file(std::string_view file) const {
  const auto found = files_.find(file);
  return found == files_.end() ? nullptr : &pages_.at(found->second);
}

std::optional<Place> Library::look_up(Lang lang, std::string_view topic) const {
  if (const Page* page = find(lang, topic)) return Place{page, ""};
  for (const auto& [key, page] : pages_)
    if (last_part(page.name) == topic) return Place{find(lang, page.name), ""};
  const Page* errors = find(lang, kErrors);
  if (errors == nullptr) return std::nullopt;
  const auto anchors = anchors_of(errors->text);
  if (std::find(anchors.begin(), anchors.end(), topic) == anchors.end()) return std::nullopt;
  return Place{errors, std::string(topic)};
}

std::vector<std::string> Library::topics() const {
  std::set<std::string> out;
  for (const auto& [key, page] : pages_) {
    out.insert(page.name);
    out.emplace(last_part(page.name));
    if (page.name != kErrors) continue;
    for (std::string& anchor : anchors_of(page.text)) out.insert(std::move(anchor));
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> anchors_of(std::string_view markdown) {
  constexpr std::string_view kBegin = "<a id=\"";
  std::vector<std::string> out;
  for (const std::string_view line : split(markdown, '\n')) {
    const std::size_t at = line.find(kBegin);
    if (!line.starts_with('#') || at == std::string_view::npos) continue;
    const std::string_view rest = line.substr(at + kBegin.size());
    out.emplace_back(rest.substr(0, rest.find('"')));
  }
  return out;
}

const Library& built_in() {
  static const Library library(unpack(kPacked));
  return library;
}

}  // namespace gantry::pages
