#include "backfills.h"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::sim {

using model::BackfillDate;
using model::BackfillState;
using model::DateFate;
using model::RunState;

namespace {
std::string name_of(BackfillId id, CivilDate date) {
  return fmt::format("backfill {}, {}", id.value, format_date(date));
}

DateFate fate_after(RunState state) {
  if (state == RunState::Succeeded) return DateFate::Succeeded;
  return state == RunState::Cancelled ? DateFate::Cancelled : DateFate::Failed;
}
}  // namespace

bool Backfills::Backfill::has_pending() const {
  return std::any_of(dates.begin(), dates.end(),
                     [](const BackfillDate& date) { return date.fate == DateFate::Pending; });
}

void Backfills::begun(const model::BackfillBegun& c) {
  backfills_[c.row.id] = {c.row, *c.dates, {}};
}

Backfills::Complaints Backfills::made(const model::RunOrigin& origin, bool held) {
  if (origin.backfill.value == 0) return {};
  Complaints out;
  Backfill& backfill = backfills_.at(origin.backfill);
  const CivilDate day = origin.dates.date;
  const auto date = std::find_if(backfill.dates.begin(), backfill.dates.end(),
                                 [&](const BackfillDate& d) { return d.date == day; });
  if (date == backfill.dates.end() || date->fate != DateFate::Pending)
    out.push_back(fmt::format("{}: run {} is not asked for", name_of(origin.backfill, day),
                              origin.run.value));
  if (!runs_.emplace(std::pair{origin.backfill, day}, origin.run).second)
    out.push_back(
        fmt::format("{}: run {} is its second", name_of(origin.backfill, day), origin.run.value));
  if (held || backfill.row.state != BackfillState::Running)
    out.push_back(fmt::format("{}: run {} is made while it is held", name_of(origin.backfill, day),
                              origin.run.value));
  backfill.busy.insert(origin.run);
  if (backfill.busy.size() > static_cast<std::size_t>(backfill.row.parallel))
    out.push_back(fmt::format("backfill {} has {} runs at once, more than {}",
                              origin.backfill.value, backfill.busy.size(), backfill.row.parallel));
  unnamed_.insert(origin.run);
  return out;
}

void Backfills::ended(RunNo run, RunState state) {
  for (auto& [id, backfill] : backfills_)
    if (backfill.busy.erase(run) > 0) {
      ends_[run] = state;
      untold_.insert(run);
    }
}

Backfills::Complaints Backfills::changed(const model::BackfillRow& row) {
  Backfill& backfill = backfills_.at(row.id);
  Complaints out;
  if (backfill.row.ended_at)
    out.push_back(fmt::format("backfill {} changed after its end", row.id.value));
  if (row.ended_at && (backfill.has_pending() || !backfill.busy.empty()))
    out.push_back(fmt::format("backfill {} ended too early", row.id.value));
  if (row.state == BackfillState::Finished && !row.ended_at)
    out.push_back(fmt::format("backfill {} is finished and has no end", row.id.value));
  backfill.row = row;
  return out;
}

Backfills::Complaints Backfills::changed(const model::BackfillDateChanged& c) {
  BackfillDate& before = backfills_.at(c.backfill).dates.at(static_cast<std::size_t>(c.place));
  const std::string name = name_of(c.backfill, before.date);
  Complaints out;
  if (is_final(before.fate) || before.date != c.row.date)
    out.push_back(fmt::format("{} changed after it was decided", name));
  const auto run = runs_.find({c.backfill, before.date});
  const RunNo made = run == runs_.end() ? RunNo{} : run->second;
  if (c.row.fate == DateFate::Running && (made.value == 0 || made != c.row.run))
    out.push_back(fmt::format("{} names run {}, not {}", name, c.row.run.value, made.value));
  const auto end = ends_.find(made);
  const bool of_its_run = before.fate == DateFate::Running;
  if (of_its_run && (end == ends_.end() || c.row.fate != fate_after(end->second)))
    out.push_back(fmt::format("{} is {}, its run is not", name, model::name_of(c.row.fate)));
  unnamed_.erase(c.row.run);
  untold_.erase(c.row.run);
  before = c.row;
  return out;
}

Backfills::Complaints Backfills::check_batch() {
  Complaints out;
  for (const RunNo run : std::exchange(unnamed_, {}))
    out.push_back(fmt::format("run {} is not in the commit of its date", run.value));
  for (const RunNo run : std::exchange(untold_, {}))
    out.push_back(fmt::format("the end of run {} is not in the commit of its date", run.value));
  return out;
}

Backfills::Complaints Backfills::check_quiet(const std::set<WorkflowId>& held) const {
  Complaints out;
  for (const auto& [id, backfill] : backfills_) {
    const bool goes = backfill.row.state == BackfillState::Running && !backfill.row.ended_at &&
                      !held.contains(backfill.row.workflow);
    const bool has_place = backfill.busy.size() < static_cast<std::size_t>(backfill.row.parallel);
    if (goes && has_place && backfill.has_pending())
      out.push_back(fmt::format("backfill {} has a place and a date, and no run", id.value));
    const bool is_over = !backfill.has_pending() && backfill.busy.empty();
    if (is_over && !backfill.row.ended_at)
      out.push_back(fmt::format("backfill {} is over and has no end", id.value));
  }
  return out;
}

Backfills::Complaints Backfills::check_end() const {
  Complaints out;
  for (const auto& [id, backfill] : backfills_)
    if (!backfill.row.ended_at) out.push_back(fmt::format("backfill {} has no end", id.value));
  return out;
}

std::vector<BackfillId> Backfills::open() const {
  std::vector<BackfillId> out;
  for (const auto& [id, backfill] : backfills_)
    if (!backfill.row.ended_at) out.push_back(id);
  return out;
}

std::int64_t Backfills::decided() const {
  std::int64_t count = 0;
  for (const auto& [id, backfill] : backfills_)
    count += std::count_if(backfill.dates.begin(), backfill.dates.end(),
                           [](const BackfillDate& date) { return is_final(date.fate); });
  return count;
}

}  // namespace gantry::sim
