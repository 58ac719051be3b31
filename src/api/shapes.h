// The JSON of everything the API shows. Field names are part of the interface: docs/format/api.md
// and the schemas in schemas.cpp say the same. What is not there is null, never left out.
#pragma once

#include <string>
#include <vector>

#include "api/caller.h"
#include "base/json.h"
#include "core/upcoming.h"
#include "model/change.h"
#include "model/workflow.h"
#include "spec/load.h"
#include "store/reader.h"

namespace gantry::api {

void write_text(JsonWriter& w, std::string_view name, std::string_view value);  // null if empty

void write_run(JsonWriter& w, const store::RunView& run);
// `workflow` is the run's version: it knows the names.
void write_task(JsonWriter& w, const model::TaskRow& row, const model::Workflow& workflow);
void write_attempt(JsonWriter& w, const model::AttemptRow& row, const model::Workflow& workflow);
void write_phase(JsonWriter& w, const model::PhaseRow& phase);
void write_history(JsonWriter& w, const store::HistoryView& record);
void write_workflow(JsonWriter& w, const store::WorkflowView& workflow);
void write_workflow_details(JsonWriter& w, const store::WorkflowView& workflow,
                            const model::Workflow& model);
// A list, one object per trigger. Also what `gantry next FILE --json` prints.
void write_upcoming(JsonWriter& w, const std::vector<core::Upcoming>& triggers);
void write_version(JsonWriter& w, const store::VersionView& version);
void write_version_fields(JsonWriter& w, const store::VersionView& version);  // of an open object
// `secret` only in the answer that makes the token; else empty.
void write_token(JsonWriter& w, const model::CredentialRow& row, const std::string& secret);
void write_me(JsonWriter& w, const std::string& name, model::Role role, Via via,
              const std::optional<Instant>& expires_at);
void write_audit(JsonWriter& w, const store::AuditView& view);
void write_diagnostic(JsonWriter& w, const spec::Diagnostic& diagnostic, Lang lang);

// {"items":[...],"next_cursor":"..." or null}: begin, write the items, end.
void begin_page(JsonWriter& w);
std::string end_page(JsonWriter& w, const std::string& next_cursor);

}  // namespace gantry::api
