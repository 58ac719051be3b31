// Rows of what starts runs: missed firings, events and their fates, meetings, backfills.
#pragma once

#include <string_view>

#include "model/change.h"
#include "store/sqlite_database.h"

namespace gantry::store {

inline constexpr std::string_view kBackfillColumns =
    "b.id, b.workflow, b.workflow_name, b.trigger_id, b.params, b.parallel, b.created_by, b.key, "
    "b.created_at, b.state, b.note, b.ended_at, b.asked, b.note_zh";
inline constexpr std::string_view kBackfillDateColumns =
    "d.day, d.fate, d.run, d.message, d.message_zh";

// What came with it is read only of a single one.
inline constexpr std::string_view kEventColumns =
    "e.id, e.source, e.name, e.at, e.actor, e.is_open, e.keys, e.fates";

// DataLoss if a value is not one this version can have written.
Result<model::MissedRow> missed_of(const Columns& c);
Result<model::EventRow> event_of(const Columns& c);              // kEventColumns
Result<model::BackfillRow> backfill_of(const Columns& c);        // kBackfillColumns
Result<model::BackfillDate> backfill_date_of(const Columns& c);  // kBackfillDateColumns
Result<std::vector<std::string>> texts_of(std::string_view blob);
Result<Value> payload_of(const Columns& c);              // the column after them
Result<model::MeetingRow> meeting_of(const Columns& c);  // of the table

}  // namespace gantry::store
