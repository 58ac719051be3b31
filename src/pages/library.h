// Library: the documentation of exactly this version, inside the program. `gantry help TOPIC`
// and the server's /docs read it; neither reads a file.
//
// A page is known by its name, the same in both languages: "tutorial", "lint/unknown-key",
// "format/workflow". The index, README.md, has the name "index". Immutable; any thread may use it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace gantry::pages {

inline constexpr std::string_view kIndex = "index";
inline constexpr std::string_view kErrors = "errors";  // its anchors are topics

struct Page {
  std::string file;  // "docs/zh/lint/unknown-key.md"
  Lang lang = Lang::En;
  std::string name;
  std::string text;  // Markdown
};

// A page, or a part of it.
struct Place {
  const Page* page = nullptr;
  std::string anchor;  // empty: the whole page
};

class Library {
 public:
  struct File {
    std::string path, text;
  };
  explicit Library(std::vector<File> files);

  // The page in this language, else in the other one; null if there is none.
  const Page* find(Lang lang, std::string_view name) const;
  bool has(Lang lang, std::string_view name) const;
  // Of a path in the tree of sources, "docs/format/workflow.md".
  const Page* of_file(std::string_view file) const;

  // What a topic of `gantry help` means: a page's name, the last part of it ("unknown-key"), or an
  // anchor of the page of errors ("no-server").
  std::optional<Place> look_up(Lang lang, std::string_view topic) const;
  std::vector<std::string> topics() const;  // sorted, each once

  const std::map<std::pair<Lang, std::string>, Page>& all() const { return pages_; }

 private:
  std::map<std::pair<Lang, std::string>, Page> pages_;
  std::map<std::string, std::pair<Lang, std::string>, std::less<>> files_;  // by path
};

// "## <a id="no-server"></a>No server runs" gives "no-server".
std::vector<std::string> anchors_of(std::string_view markdown);

// What was built in. Unpacked at the first call.
const Library& built_in();

}  // namespace gantry::pages
