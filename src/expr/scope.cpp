#include "expr/scope.h"

#include "base/explain.h"

namespace gantry::expr {

Result<CivilDate> Scope::workday(CivilDate, std::int64_t, std::string_view calendar) const {
  return explain(Code::NotFound, {"there is no calendar '{}'", "没有日历“{}”"}, calendar);
}

Result<Value> Scope::file(std::string_view path) const {
  return explain(
      Code::NotFound,
      {"there are no files to read here, so not '{}' either", "这里没有可读的文件，“{}”也不可读"},
      path);
}

}  // namespace gantry::expr
