// Cursor: where a page ended, as an opaque text. A checksum and the name of the list make any
// other text, also a cursor of another list, an InvalidArgument instead of a wrong page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/reader.h"

namespace gantry::store {

std::string make_cursor(std::string_view list, std::string_view place);
std::string make_cursor(std::string_view list, std::int64_t place);

Result<std::string> read_text_cursor(std::string_view list, std::string_view cursor);
// `start` if the cursor is empty.
Result<std::int64_t> read_number_cursor(std::string_view list, std::string_view cursor,
                                        std::int64_t start);

// Each order of runs is a list of its own.
std::string_view run_list_name(const RunFilter& filter);
std::int64_t run_list_start(const RunFilter& filter);  // what lies before its first page

Status check_limit(int limit);  // 1 to limits::kPageMax

}  // namespace gantry::store
