// ItemPath: which item of a foreach a task belongs to; of a foreach within a foreach, the item of
// each, outermost first. A value as cheap as a number. None: outside of every foreach.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/ids.h"

namespace gantry {

struct ItemPath {
  static constexpr int kBits = 15;  // of one level
  static constexpr int kLevelsMax = 4;
  static constexpr std::int64_t kLevelMask = (std::int64_t{1} << kBits) - 1;

  // The lowest bits are the outermost level; each holds its index + 1, so that 0 is none, and a
  // path is larger than those it begins with.
  std::int64_t value = 0;

  auto operator<=>(const ItemPath&) const = default;

  bool is_none() const { return value == 0; }
  int depth() const {
    int levels = 0;
    for (std::int64_t rest = value; rest != 0; rest >>= kBits) ++levels;
    return levels;
  }
  ItemPath child(std::size_t index) const {
    CHECK(index < kLevelMask && depth() < kLevelsMax);
    return {value | (static_cast<std::int64_t>(index) + 1) << (kBits * depth())};
  }
  // The outermost `levels` of it.
  ItemPath first(int levels) const { return {value & ((std::int64_t{1} << (kBits * levels)) - 1)}; }
  ItemPath parent() const { return first(depth() - 1); }
  // The index of the innermost item, from 0.
  std::size_t index() const {
    CHECK(!is_none());
    return static_cast<std::size_t>(value >> (kBits * (depth() - 1))) - 1;
  }
};

// A task of a run: which of its version, and which item of it.
struct TaskRef {
  TaskIndex task;
  ItemPath item;
  auto operator<=>(const TaskRef&) const = default;
};

// "3", of an item within an item "3.0"; "" for none.
std::string to_text(ItemPath path);
std::optional<ItemPath> item_path_of(std::string_view text);
// "load", of an item "load[3]", and back; nothing if the brackets hold no item.
std::string name_with(std::string_view task, ItemPath item);
struct NamedItem {
  std::string_view task;
  ItemPath item;
};
std::optional<NamedItem> split_item(std::string_view name);

}  // namespace gantry
