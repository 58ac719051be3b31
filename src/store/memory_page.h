// Pages of lists that are in memory as a whole.
#pragma once

#include <string_view>
#include <vector>

#include "store/cursor.h"
#include "store/reader.h"

namespace gantry::store {

// Cuts the row that only shows that there are more.
template <typename T, typename PlaceOf>
Rows<T> page_of(std::vector<T> rows, int limit, std::string_view list, PlaceOf place_of) {
  Rows<T> page{std::move(rows), {}};
  if (page.rows.size() <= static_cast<std::size_t>(limit)) return page;
  page.rows.resize(static_cast<std::size_t>(limit));
  page.next_cursor = make_cursor(list, place_of(page.rows.back()));
  return page;
}

inline bool is_full(std::size_t rows, int limit) { return rows > static_cast<std::size_t>(limit); }

}  // namespace gantry::store
