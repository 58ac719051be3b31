#include "store/sqlite_schema.h"

#include <fmt/format.h>

#include <array>

namespace gantry::store {

namespace {
// State of the store as a whole, one row each. `leader` is apart from `store` because a takeover
// must not wait for, nor disturb, what commits write.
constexpr std::string_view kWhole = R"sql(
CREATE TABLE store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  incarnation INTEGER NOT NULL, batch INTEGER NOT NULL, position INTEGER NOT NULL,
  wall INTEGER, steady INTEGER, boot_id TEXT, since_boot INTEGER,
  last_run INTEGER NOT NULL, last_attempt INTEGER NOT NULL, last_workflow INTEGER NOT NULL,
  last_version INTEGER NOT NULL, last_queue_no INTEGER NOT NULL, last_listed_at INTEGER NOT NULL
);
INSERT INTO store VALUES (1, 1, 0, 0, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, -9223372036854775808);
CREATE TABLE leader (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL, holder TEXT NOT NULL
);
INSERT INTO leader VALUES (1, 0, '');
)sql";

constexpr std::string_view kDefinitions = R"sql(
CREATE TABLE workflow (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, namespace TEXT NOT NULL, version INTEGER NOT NULL,
  version_number INTEGER NOT NULL, hash TEXT NOT NULL, enabled INTEGER NOT NULL,
  concurrency_limit INTEGER NOT NULL, priority INTEGER NOT NULL, triggers BLOB NOT NULL
);
CREATE UNIQUE INDEX workflow_name ON workflow (name);
CREATE TABLE trigger_cursor (
  workflow INTEGER NOT NULL, trigger_id TEXT NOT NULL, cursor INTEGER NOT NULL,
  PRIMARY KEY (workflow, trigger_id)
) WITHOUT ROWID;
CREATE TABLE missed (
  position INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, trigger_id TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL
);
CREATE INDEX missed_workflow ON missed (workflow);
CREATE TABLE version (
  id INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, workflow_name TEXT NOT NULL,
  number INTEGER NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL, actor TEXT NOT NULL,
  text_hash TEXT NOT NULL, files BLOB NOT NULL, tasks BLOB NOT NULL
);
CREATE INDEX version_workflow ON version (workflow, number);
CREATE TABLE content (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX content_hash ON content (hash);
)sql";

// `run` is narrow because every state change writes it and lists walk over it; what never changes
// and may be large is in run_origin. The three indexes make every combination of filters a merge
// of exact ranges that end in the run number.
constexpr std::string_view kRuns = R"sql(
CREATE TABLE folder (id INTEGER PRIMARY KEY, path TEXT NOT NULL);
CREATE UNIQUE INDEX folder_path ON folder (path);
CREATE TABLE run (
  run INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, folder INTEGER NOT NULL,
  version INTEGER NOT NULL, version_number INTEGER NOT NULL, cause INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL, priority INTEGER NOT NULL, created_at INTEGER NOT NULL,
  scheduled_at INTEGER NOT NULL, listed_at INTEGER NOT NULL,
  state INTEGER NOT NULL, reason INTEGER NOT NULL, message TEXT NOT NULL,
  cancel_requested INTEGER NOT NULL, hard_cancel INTEGER NOT NULL, quarantined INTEGER NOT NULL,
  verdict INTEGER NOT NULL, timeout_at INTEGER, started_at INTEGER, ended_at INTEGER
);
CREATE INDEX run_workflow ON run (workflow, state, cause);
CREATE INDEX run_folder ON run (folder, state, cause);
CREATE INDEX run_state ON run (state, cause);
CREATE INDEX run_key ON run (idempotency_key) WHERE idempotency_key <> '';
CREATE TABLE run_origin (
  run INTEGER PRIMARY KEY, workflow_name TEXT NOT NULL, trigger_id TEXT NOT NULL,
  initiator TEXT NOT NULL, title TEXT NOT NULL, params BLOB NOT NULL
);
CREATE TABLE open_run (run INTEGER PRIMARY KEY);
CREATE TABLE unpacked_run (run INTEGER PRIMARY KEY);
CREATE TABLE phase (
  run INTEGER NOT NULL, no INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
  actor TEXT NOT NULL, outcome TEXT NOT NULL,
  PRIMARY KEY (run, no)
) WITHOUT ROWID;
)sql";

// Rows of a run lie together. No secondary index: scattered index pages cost more than the row.
constexpr std::string_view kHot = R"sql(
CREATE TABLE task (
  run INTEGER NOT NULL, task INTEGER NOT NULL, item INTEGER NOT NULL,
  state INTEGER NOT NULL, reason INTEGER NOT NULL, generation INTEGER NOT NULL,
  attempts INTEGER NOT NULL, tries INTEGER NOT NULL, lost_starts INTEGER NOT NULL,
  exit_code INTEGER NOT NULL, attempt INTEGER NOT NULL, queue_no INTEGER NOT NULL,
  wake_at INTEGER, started_at INTEGER, ended_at INTEGER, outputs BLOB, message TEXT,
  PRIMARY KEY (run, task, item)
) WITHOUT ROWID;
CREATE TABLE attempt (
  run INTEGER NOT NULL, id INTEGER NOT NULL, task INTEGER NOT NULL, item INTEGER NOT NULL,
  generation INTEGER NOT NULL, number INTEGER NOT NULL, worker INTEGER NOT NULL,
  state INTEGER NOT NULL, reason INTEGER NOT NULL, stop_requested INTEGER NOT NULL,
  exit_code INTEGER NOT NULL, signal INTEGER NOT NULL, begun_at INTEGER NOT NULL,
  started_at INTEGER, ended_at INTEGER, cpu_us INTEGER NOT NULL,
  memory_bytes_max INTEGER NOT NULL, log_bytes INTEGER NOT NULL,
  log_dropped_bytes INTEGER NOT NULL, unkillable INTEGER NOT NULL, error_tail TEXT NOT NULL,
  PRIMARY KEY (run, id)
) WITHOUT ROWID;
)sql";

constexpr std::string_view kHistory = R"sql(
CREATE TABLE history (
  position INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, run INTEGER NOT NULL,
  what TEXT NOT NULL, task TEXT NOT NULL, item INTEGER NOT NULL, details BLOB NOT NULL
);
CREATE INDEX history_run ON history (run);
CREATE TABLE pack (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, piece INTEGER NOT NULL, kinds INTEGER NOT NULL,
  last_position INTEGER, rows INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX pack_piece ON pack (run, piece);
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, position INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
  payload BLOB NOT NULL, tries INTEGER NOT NULL, next_at INTEGER NOT NULL
);
CREATE INDEX outbox_next ON outbox (next_at);
)sql";

// A workflow has few sets of labels over its life, so a run names its set: 0 = none. The indexes
// that lead to runs by label hold only runs that have some.
constexpr std::string_view kLabels = R"sql(
CREATE TABLE label_set (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, labels BLOB NOT NULL);
CREATE UNIQUE INDEX label_set_hash ON label_set (hash);
CREATE TABLE label (
  name TEXT NOT NULL, value TEXT NOT NULL, label_set INTEGER NOT NULL,
  PRIMARY KEY (name, value, label_set)
) WITHOUT ROWID;
ALTER TABLE run ADD COLUMN labels INTEGER NOT NULL DEFAULT 0;
DROP INDEX run_workflow;
CREATE INDEX run_workflow ON run (workflow, labels, state, cause);
CREATE INDEX run_labelled ON run (labels) WHERE labels <> 0;
CREATE INDEX run_labels ON run (labels, state, cause) WHERE labels <> 0;
CREATE INDEX run_folder_labels ON run (folder, labels, state, cause) WHERE labels <> 0;
)sql";

// What retention took away, so that it can be told from what was lost: the log of a run, and how
// many history records up to which position.
constexpr std::string_view kRetention = R"sql(
ALTER TABLE run ADD COLUMN log_removed_at INTEGER;
ALTER TABLE store ADD COLUMN removed_records INTEGER NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN removed_to INTEGER NOT NULL DEFAULT 0;
)sql";

// Phases hold what a retry began; the first phase of a run that was never retried is in its row.
constexpr std::string_view kOperate = R"sql(
DROP TABLE phase;
CREATE TABLE phase (
  run INTEGER NOT NULL, no INTEGER NOT NULL, kind INTEGER NOT NULL, version INTEGER NOT NULL,
  version_number INTEGER NOT NULL, initiator TEXT NOT NULL, idempotency_key TEXT NOT NULL,
  from_task TEXT NOT NULL, newest INTEGER NOT NULL, created_at INTEGER NOT NULL,
  state INTEGER NOT NULL, reason INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER,
  PRIMARY KEY (run, no)
) WITHOUT ROWID;
ALTER TABLE run ADD COLUMN phase INTEGER NOT NULL DEFAULT 1;
ALTER TABLE run ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflow ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflow ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflow ADD COLUMN hold_note TEXT NOT NULL DEFAULT '';
CREATE TABLE server (
  id INTEGER PRIMARY KEY CHECK (id = 1), paused INTEGER NOT NULL, note TEXT NOT NULL
);
INSERT INTO server VALUES (1, 0, '');
)sql";

// Who may do what, and who did.
constexpr std::string_view kAccess = R"sql(
CREATE TABLE credential (
  id TEXT PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, secret_hash TEXT NOT NULL,
  role INTEGER NOT NULL, parent TEXT NOT NULL, created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL, expires_at INTEGER, last_used_at INTEGER, revoked_at INTEGER
) WITHOUT ROWID;
CREATE TABLE audit (
  position INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, address TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, details TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor);
CREATE INDEX audit_action ON audit (action);
)sql";

// The runs of a workflow with the same key share its limit; a firing may be skipped for that.
constexpr std::string_view kConcurrency = R"sql(
ALTER TABLE run_origin ADD COLUMN concurrency_key TEXT NOT NULL DEFAULT '';
ALTER TABLE missed ADD COLUMN reason INTEGER NOT NULL DEFAULT 0;
)sql";

// What a run is about, and what it came of.
constexpr std::string_view kTriggers = R"sql(
ALTER TABLE trigger_cursor ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN date INTEGER;
CREATE INDEX run_date ON run (workflow, date);
ALTER TABLE run_origin ADD COLUMN business_date INTEGER;
ALTER TABLE run_origin ADD COLUMN interval_start INTEGER;
ALTER TABLE run_origin ADD COLUMN interval_end INTEGER;
ALTER TABLE run_origin ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_origin ADD COLUMN event_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_origin ADD COLUMN event BLOB;
)sql";

// Slots of pools that a person set; keys of the requests that made tokens.
constexpr std::string_view kPoolsAndKeys = R"sql(
CREATE TABLE pool_limit (
  pool TEXT PRIMARY KEY, slots INTEGER NOT NULL, set_by TEXT NOT NULL, note TEXT NOT NULL,
  set_at INTEGER NOT NULL
) WITHOUT ROWID;
ALTER TABLE credential ADD COLUMN idempotency_key TEXT NOT NULL DEFAULT '';
CREATE INDEX credential_key ON credential (idempotency_key) WHERE idempotency_key <> '';
)sql";

// What happened, and for each trigger what became of it; what makes an event one of a kind; and
// which dates triggers on several workflows have met.
constexpr std::string_view kEvents = R"sql(
CREATE TABLE event (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, is_open INTEGER NOT NULL, fate_set INTEGER NOT NULL, keys BLOB NOT NULL,
  fates BLOB NOT NULL, payload BLOB NOT NULL
);
CREATE INDEX event_name ON event (name);
CREATE INDEX event_open ON event (id) WHERE is_open <> 0;
CREATE TABLE event_key (
  source INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, event INTEGER NOT NULL,
  PRIMARY KEY (source, name, key)
) WITHOUT ROWID;
CREATE TABLE meeting (
  workflow INTEGER NOT NULL, trigger_id TEXT NOT NULL, day INTEGER NOT NULL, have BLOB NOT NULL,
  is_met INTEGER NOT NULL,
  PRIMARY KEY (workflow, trigger_id, day)
) WITHOUT ROWID;
ALTER TABLE store ADD COLUMN last_event INTEGER NOT NULL DEFAULT 0;
)sql";

// Runs for a list of dates, and what became of each.
constexpr std::string_view kBackfills = R"sql(
CREATE TABLE backfill (
  id INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, workflow_name TEXT NOT NULL,
  trigger_id TEXT NOT NULL, params BLOB NOT NULL, parallel INTEGER NOT NULL,
  created_by TEXT NOT NULL, key TEXT NOT NULL, created_at INTEGER NOT NULL,
  state INTEGER NOT NULL, note TEXT NOT NULL, ended_at INTEGER
);
CREATE INDEX backfill_workflow ON backfill (workflow_name, id);
CREATE INDEX backfill_open ON backfill (id) WHERE ended_at IS NULL;
CREATE TABLE backfill_date (
  backfill INTEGER NOT NULL, place INTEGER NOT NULL, day INTEGER NOT NULL, fate INTEGER NOT NULL,
  run INTEGER NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (backfill, place)
) WITHOUT ROWID;
CREATE UNIQUE INDEX backfill_date_day ON backfill_date (backfill, day);
CREATE INDEX backfill_date_fate ON backfill_date (backfill, fate);
ALTER TABLE store ADD COLUMN last_backfill INTEGER NOT NULL DEFAULT 0;
)sql";

// What backfills tell people in Chinese; the request that began one; old ones by their end.
constexpr std::string_view kBackfillTexts = R"sql(
ALTER TABLE backfill ADD COLUMN asked TEXT NOT NULL DEFAULT '';
ALTER TABLE backfill ADD COLUMN note_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE backfill_date ADD COLUMN message_zh TEXT NOT NULL DEFAULT '';
CREATE INDEX backfill_ended ON backfill (ended_at) WHERE ended_at IS NOT NULL;
)sql";

// Of switch, repeat and foreach. NULL: the row is older.
constexpr std::string_view kContainers = R"sql(
ALTER TABLE task ADD COLUMN arm INTEGER;
ALTER TABLE task ADD COLUMN rounds INTEGER;
ALTER TABLE task ADD COLUMN items BLOB;
)sql";

// Of tasks that wait. NULL: never.
constexpr std::string_view kWaits = R"sql(
ALTER TABLE task ADD COLUMN wake_wall INTEGER;
ALTER TABLE task ADD COLUMN give_up_at INTEGER;
)sql";

using Migration = Status (*)(Database&);

Status create_everything(Database& db) {
  for (const std::string_view part : {kWhole, kDefinitions, kRuns, kHot, kHistory})
    TRY_STATUS(db.execute(std::string(part)));
  return ok();
}

Status add_labels_and_retention(Database& db) {
  TRY_STATUS(db.execute(std::string(kLabels)));
  return db.execute(std::string(kRetention));
}

Status add_operating(Database& db) { return db.execute(std::string(kOperate)); }

Status add_access(Database& db) { return db.execute(std::string(kAccess)); }

Status add_concurrency(Database& db) { return db.execute(std::string(kConcurrency)); }

Status add_triggers(Database& db) { return db.execute(std::string(kTriggers)); }

Status add_pools_and_keys(Database& db) { return db.execute(std::string(kPoolsAndKeys)); }
Status add_events(Database& db) { return db.execute(std::string(kEvents)); }
Status add_backfills(Database& db) { return db.execute(std::string(kBackfills)); }
Status add_backfill_texts(Database& db) { return db.execute(std::string(kBackfillTexts)); }
Status add_containers(Database& db) { return db.execute(std::string(kContainers)); }
Status add_waits(Database& db) { return db.execute(std::string(kWaits)); }

// Migration n takes a store from version n to n + 1.
constexpr std::array<Migration, kSchemaVersion> kMigrations{
    create_everything,  add_labels_and_retention,
    add_operating,      add_access,
    add_concurrency,    add_triggers,
    add_pools_and_keys, add_events,
    add_backfills,      add_backfill_texts,
    add_containers,     add_waits};

Status migrate_from(Database& db, std::int64_t version) {
  TRY(Transaction transaction, Transaction::begin_write(db));
  for (std::int64_t v = version; v < kSchemaVersion; ++v)
    TRY_STATUS(kMigrations[static_cast<std::size_t>(v)](db));
  TRY_STATUS(db.execute(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}",
                                    kApplicationId, kSchemaVersion)));
  return transaction.commit();
}

Status refuse_other_files(Database& db, std::int64_t version) {
  TRY(const std::int64_t application, db.integer("PRAGMA application_id"));
  TRY(const std::int64_t objects, db.integer("SELECT count(*) FROM sqlite_schema"));
  if (application != kApplicationId && (objects > 0 || application != 0))
    return error(Code::DataLoss, "the file is a SQLite database of another program");
  if (version <= kSchemaVersion) return ok();
  return error(
      Code::FailedPrecondition,
      fmt::format("the store has format {}, this Gantry knows up to {}: use a newer Gantry",
                  version, kSchemaVersion));
}

// SQLite answers with the mode it has, not with an error.
Status use_write_ahead_log(Database& db) {
  TRY(Query q, db.query("PRAGMA journal_mode=WAL"));
  TRY(const bool row, q.next());
  if (row && q.bytes(0) == "wal") return ok();
  return error(Code::FailedPrecondition,
               "the store can not use a write-ahead log: is its directory on a local disk and "
               "writable?");
}
}  // namespace

Status prepare_schema(Database& db) {
  TRY(const std::int64_t version, db.integer("PRAGMA user_version"));
  TRY_STATUS(refuse_other_files(db, version));
  if (version == 0) TRY_STATUS(db.execute("PRAGMA auto_vacuum=INCREMENTAL"));
  TRY_STATUS(use_write_ahead_log(db));
  TRY_STATUS(
      db.execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                 "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-32000"));
  return version == kSchemaVersion ? ok() : migrate_from(db, version);
}

Status require_known_schema(Database& db) {
  TRY(const std::int64_t version, db.integer("PRAGMA user_version"));
  return refuse_other_files(db, version);
}

Status require_schema(Database& db) {
  TRY(const std::int64_t version, db.integer("PRAGMA user_version"));
  TRY_STATUS(refuse_other_files(db, version));
  if (version == kSchemaVersion) return ok();
  return error(Code::FailedPrecondition,
               fmt::format("the store has format {}, {} is needed: start the server once to "
                           "migrate it",
                           version, kSchemaVersion));
}

}  // namespace gantry::store
