// CHECK(condition, text...): a broken invariant ends the process, in release builds too.
// Crashing is cheap in Gantry: tasks live in shims and state is in the store.
#pragma once

namespace gantry {

[[noreturn]] void check_failed(const char* file, int line, const char* expression);

}  // namespace gantry

#define CHECK(condition)                                      \
  do {                                                        \
    if (!(condition)) [[unlikely]]                            \
      ::gantry::check_failed(__FILE__, __LINE__, #condition); \
  } while (false)
