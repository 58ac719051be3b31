// The handlers of the route table, one file per resource.
#pragma once

#include "api/backend.h"
#include "base/json.h"

namespace gantry::api {

// system.cpp
Result<net::Response> get_health(Backend& backend, const Call& call);
Result<net::Response> get_openapi(Backend& backend, const Call& call);
Result<net::Response> lint_text(Backend& backend, const Call& call);

std::string health_text(Backend& backend);

// pools.cpp
void get_pools(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void put_pool(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void reset_pool(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
std::string pools_text(const core::Core& core);
void write_pools(JsonWriter& w, const core::Core& core);  // the items

// load.cpp
void get_load(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// stream.cpp
void open_stream(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// workflows.cpp
Result<net::Response> list_workflows(Backend& backend, const Call& call);
Result<net::Response> get_workflow(Backend& backend, const Call& call);
Result<net::Response> list_missed(Backend& backend, const Call& call);
Result<net::Response> list_versions(Backend& backend, const Call& call);
Result<net::Response> get_version(Backend& backend, const Call& call);
Result<net::Response> next_firings(Backend& backend, const Call& call);
Result<net::Response> list_settings(Backend& backend, const Call& call);
Result<net::Response> list_file_problems(Backend& backend, const Call& call);

// calendars.cpp
Result<net::Response> list_calendars(Backend& backend, const Call& call);
Result<net::Response> get_calendar(Backend& backend, const Call& call);

// start.cpp
void start_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
net::Response started(int status, RunNo run, const std::string& workflow, std::int64_t version);
// The run that was started with this key, if any. AlreadyExists: with other params than these.
Result<std::optional<model::RunOrigin>> run_with_key(store::Reader& reader,
                                                     const std::string& workflow,
                                                     const std::string& key,
                                                     const ValueMap& params);

// start_csv.cpp
Result<net::Response> plan_csv_runs(Backend& backend, const Call& call);
void start_csv_runs(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// people.cpp
Result<net::Response> list_people(Backend& backend, const Call& call);
Result<net::Response> get_person(Backend& backend, const Call& call);

// wraps.cpp
void post_wrap(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void post_wrap_log(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// events.cpp
void emit_event(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
Result<net::Response> list_events(Backend& backend, const Call& call);
Result<net::Response> get_event(Backend& backend, const Call& call);
std::string event_text(const model::EventRow& row, Lang lang);
std::string delivered_text(const model::EventRow& row, bool earlier);

// backfills.cpp
Result<net::Response> plan_backfill(Backend& backend, const Call& call);
void begin_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
Result<net::Response> list_backfills(Backend& backend, const Call& call);
Result<net::Response> get_backfill(Backend& backend, const Call& call);
Result<net::Response> list_backfill_dates(Backend& backend, const Call& call);
void pause_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void resume_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void cancel_backfill(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void cancel_backfill_date(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// deliver.cpp
void deliver(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// runs.cpp
Result<net::Response> list_runs(Backend& backend, const Call& call);
Result<net::Response> get_run(Backend& backend, const Call& call);
void wait_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void cancel_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// operate.cpp
void retry_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
Result<net::Response> list_phases(Backend& backend, const Call& call);
void pause_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void resume_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void pause_workflow(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void resume_workflow(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void disable_workflow(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void enable_workflow(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void pause_server(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void resume_server(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// bulk.cpp
void bulk_runs(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// tasks.cpp
Result<net::Response> list_tasks(Backend& backend, const Call& call);
Result<net::Response> list_attempts(Backend& backend, const Call& call);
Result<net::Response> list_history(Backend& backend, const Call& call);
void resolve_task(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// why.cpp
void why_run(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// housekeeping.cpp
void take_backup(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void collect_garbage(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// tokens.cpp
Result<net::Response> get_me(Backend& backend, const Call& call);
Result<net::Response> list_tokens(Backend& backend, const Call& call);
void create_token(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void revoke_token(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
Result<net::Response> list_audit(Backend& backend, const Call& call);

// login.cpp
Result<net::Response> get_login(Backend& backend, const Call& call);
void post_login(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
void post_logout(Backend& backend, const CallPtr& call, const ReplyPtr& reply);
Error too_many_credentials();

// docs.cpp
Result<net::Response> get_docs_index(Backend& backend, const Call& call);
Result<net::Response> get_docs_style(Backend& backend, const Call& call);
Result<net::Response> get_docs_page(Backend& backend, const Call& call);
Result<net::Response> get_docs_part(Backend& backend, const Call& call);
Result<net::Response> get_docs_in_language(Backend& backend, const Call& call);

// logs.cpp
void get_log(Backend& backend, const CallPtr& call, const ReplyPtr& reply);

// log_search.cpp
Result<net::Response> search_logs(Backend& backend, const Call& call);

}  // namespace gantry::api
