#include "store/reader.h"

namespace gantry::store {

namespace {
model::PhaseRow first_phase(const model::RunOrigin& origin) {
  model::PhaseRow row;
  row.run = origin.run;
  row.version = origin.version;
  row.version_number = origin.version_number;
  row.initiator = origin.initiator;
  row.key = origin.key;
  row.created_at = origin.created_at;
  return row;
}
}  // namespace

std::vector<model::PhaseRow> all_phases(std::vector<model::PhaseRow> kept, const RunView& run) {
  if (kept.empty()) kept.push_back(first_phase(run.origin));
  model::PhaseRow& last = kept.back();
  last.state = run.row.state;
  last.reason = run.row.reason;
  last.started_at = run.row.started_at;
  last.ended_at = run.row.ended_at;
  return kept;
}

}  // namespace gantry::store
