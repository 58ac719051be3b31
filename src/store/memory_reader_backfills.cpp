#include "store/absent.h"
#include "store/cursor.h"
#include "store/memory_page.h"
#include "store/memory_reader.h"

namespace gantry::store {

namespace {
BackfillView view_of(const MemoryBackfill& backfill) {
  BackfillView view{backfill.row, {}};
  for (const model::BackfillDate& date : backfill.dates)
    ++view.dates.at(static_cast<std::size_t>(date.fate));
  return view;
}
}  // namespace

Result<Rows<BackfillView>> MemoryReader::backfills(const BackfillFilter& filter, const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t before,
      read_number_cursor("backfills", page.cursor, std::numeric_limits<std::int64_t>::max()));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<BackfillView>> {
    std::vector<BackfillView> rows;
    for (auto at = s.backfills.rbegin();
         at != s.backfills.rend() && !is_full(rows.size(), page.limit); ++at) {
      const model::BackfillRow& row = at->second.row;
      const bool fits = (filter.workflow.empty() || filter.workflow == row.workflow_name) &&
                        (!filter.state || *filter.state == row.state);
      if (row.id.value < before && fits) rows.push_back(view_of(at->second));
    }
    return page_of(std::move(rows), page.limit, "backfills",
                   [](const BackfillView& view) { return view.row.id.value; });
  });
}

Result<BackfillView> MemoryReader::backfill(BackfillId id) {
  return disk_->use([&](const MemoryState& s) -> Result<BackfillView> {
    const auto found = s.backfills.find(id);
    if (found == s.backfills.end()) return no_backfill(id);
    return view_of(found->second);
  });
}

Result<Rows<model::BackfillDate>> MemoryReader::backfill_dates(BackfillId id,
                                                               std::optional<model::DateFate> fate,
                                                               const Page& page) {
  TRY_STATUS(check_limit(page.limit));
  TRY(const std::int64_t after, read_number_cursor("backfill-dates", page.cursor, -1));
  return disk_->use([&](const MemoryState& s) -> Result<Rows<model::BackfillDate>> {
    const auto found = s.backfills.find(id);
    if (found == s.backfills.end()) return no_backfill(id);
    const auto& dates = found->second.dates;
    Rows<model::BackfillDate> rows;
    for (std::size_t place = static_cast<std::size_t>(after + 1), last = place;
         place < dates.size(); ++place) {
      if (fate && dates[place].fate != *fate) continue;
      if (rows.rows.size() == static_cast<std::size_t>(page.limit)) {
        rows.next_cursor = make_cursor("backfill-dates", static_cast<std::int64_t>(last));
        return rows;
      }
      rows.rows.push_back(dates[place]);
      last = place;
    }
    return rows;
  });
}

Result<std::optional<BackfillId>> MemoryReader::backfill_by_key(const std::string& workflow,
                                                                const std::string& key) {
  return disk_->use([&](const MemoryState& s) -> Result<std::optional<BackfillId>> {
    std::optional<BackfillId> newest;
    for (const auto& [id, backfill] : s.backfills)
      if (!key.empty() && backfill.row.key == key && backfill.row.workflow_name == workflow)
        newest = id;
    return newest;
  });
}

Result<std::vector<model::DateRun>> MemoryReader::runs_by_date(const std::string& workflow,
                                                               const std::string& trigger,
                                                               CivilDate first, CivilDate last) {
  return disk_->use([&](const MemoryState& s) -> Result<std::vector<model::DateRun>> {
    bool known = false;
    for (const auto& [id, row] : s.workflows) known = known || row.name == workflow;
    if (!known) return no_workflow(workflow);
    std::map<CivilDate, model::DateRun> newest;
    for (const auto& [no, run] : s.runs) {
      const CivilDate date = run.origin->dates.date;
      const bool fits = run.origin->workflow_name == workflow && is_for_a_date(run.origin->cause) &&
                        (trigger.empty() || run.origin->trigger == trigger);
      if (fits && first <= date && date <= last) newest[date] = {date, no, run.row.state};
    }
    std::vector<model::DateRun> runs;
    for (const auto& [date, run] : newest) runs.push_back(run);
    return runs;
  });
}

Result<std::map<CivilDate, BackfillId>> MemoryReader::planned_dates(const std::string& workflow,
                                                                    const std::string& trigger) {
  return disk_->use([&](const MemoryState& s) -> Result<std::map<CivilDate, BackfillId>> {
    std::map<CivilDate, BackfillId> out;
    for (const auto& [id, backfill] : s.backfills) {
      const model::BackfillRow& row = backfill.row;
      if (row.ended_at || row.workflow_name != workflow || row.trigger != trigger) continue;
      for (const model::BackfillDate& date : backfill.dates)
        if (date.fate == model::DateFate::Pending) out.emplace(date.date, id);
    }
    return out;
  });
}

}  // namespace gantry::store
