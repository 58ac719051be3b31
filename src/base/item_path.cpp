#include "base/item_path.h"

#include <charconv>

namespace gantry {

std::string to_text(ItemPath path) {
  std::string out;
  for (int level = 1; level <= path.depth(); ++level) {
    if (level > 1) out += '.';
    out += std::to_string(path.first(level).index());
  }
  return out;
}

std::optional<ItemPath> item_path_of(std::string_view text) {
  ItemPath path;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (!path.is_none() && (*at != '.' || ++at == end)) return std::nullopt;
    std::size_t index = 0;
    const auto [stop, fault] = std::from_chars(at, end, index);
    const bool fits = index < static_cast<std::size_t>(ItemPath::kLevelMask);
    if (fault != std::errc() || !fits || path.depth() == ItemPath::kLevelsMax) return std::nullopt;
    path = path.child(index);
    at = stop;
  }
  return path;
}

std::string name_with(std::string_view task, ItemPath item) {
  std::string out(task);
  return item.is_none() ? out : out + '[' + to_text(item) + ']';
}

std::optional<NamedItem> split_item(std::string_view name) {
  const std::size_t bracket = name.find('[');
  if (bracket == std::string_view::npos) return NamedItem{name, {}};
  if (name.back() != ']') return std::nullopt;
  const auto item = item_path_of(name.substr(bracket + 1, name.size() - bracket - 2));
  if (!item || item->is_none()) return std::nullopt;
  return NamedItem{name.substr(0, bracket), *item};
}

}  // namespace gantry
