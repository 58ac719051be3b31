#include "model/change.h"

#include <tuple>

namespace gantry::model {

namespace {
auto plain(const TaskRow& r) {
  return std::tie(r.run, r.task, r.item, r.state, r.reason, r.generation, r.attempts, r.tries,
                  r.lost_starts, r.exit_code, r.attempt, r.queue_no, r.wake_at, r.started_at,
                  r.ended_at, r.outputs, r.arm, r.rounds, r.items, r.wakes);
}
bool same_text(const std::shared_ptr<const std::string>& a,
               const std::shared_ptr<const std::string>& b) {
  return a == b || (a && b && *a == *b);
}
}  // namespace

bool operator==(const TaskRow& a, const TaskRow& b) {
  return plain(a) == plain(b) && same_text(a.message, b.message);
}

}  // namespace gantry::model
