// Keeps one evaluation within its steps and its memory, whatever the expression does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "base/value.h"

namespace gantry::expr {

class Meter {
 public:
  // One step per node evaluated; work on large values counts as more.
  Status spend(std::int64_t steps = 1);
  // Before a value of this size is built: refuses too large ones and counts the work.
  Status room(std::size_t size_bytes);
  // After a list or map was built: the same, by its real size.
  Status fits(const Value& value);
  // Before two values are compared.
  Status comparison(const Value& a, const Value& b);

  std::int64_t steps_spent() const { return spent_; }

 private:
  std::int64_t spent_ = 0;
};

// The bytes a value holds, counted until `stop` is passed: a value that shares its parts can be
// exponentially large on paper.
std::size_t size_up_to(const Value& value, std::size_t stop);

}  // namespace gantry::expr
