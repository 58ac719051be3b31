#include "store/sqlite_pack.h"

#include <fmt/format.h>

#include "store/blob.h"
#include "store/sqlite_rows.h"

namespace gantry::store {

namespace {
constexpr std::int64_t kFreePagesKept = 1'024;  // of 4 KiB: soon used again
constexpr int kVacuumPages = 64;  // per call: each moves, and is written, somewhere in the file

struct Piece {
  std::string rows;
  int count = 0;
  int kinds = 0;
  std::int64_t last_position = 0;  // 0 = holds no history
};

bool is_full(const Piece& piece) { return piece.count >= kPackRowsMax; }

void add(Piece& piece, PackKind kind, const Query& row) {
  append_row(piece.rows, kind, row);
  piece.kinds |= static_cast<int>(kind);
  ++piece.count;
}

Status move_history(Database& db, std::int64_t run, Piece& piece) {
  std::int64_t last = 0;
  {
    TRY(Query q, db.query(fmt::format("SELECT {} FROM history h WHERE h.run=? ORDER BY h.position "
                                      "LIMIT ?",
                                      kHistoryColumns)));
    q.put(run).put(kPackRowsMax - piece.count);
    for (;;) {
      TRY(const bool row, q.next());
      if (!row) break;
      last = q.integer(0);
      add(piece, PackKind::History, q);
    }
  }
  if (last == 0) return ok();
  piece.last_position = last;
  TRY(Query gone, db.query("DELETE FROM history WHERE run=? AND position<=?"));
  return gone.put(run).put(last).run();
}

Status move_tasks(Database& db, std::int64_t run, Piece& piece) {
  std::optional<std::pair<std::int64_t, std::int64_t>> last;
  {
    TRY(Query q, db.query(fmt::format("SELECT {} FROM task t WHERE t.run=? ORDER BY t.task, t.item "
                                      "LIMIT ?",
                                      kTaskColumns)));
    q.put(run).put(kPackRowsMax - piece.count);
    for (;;) {
      TRY(const bool row, q.next());
      if (!row) break;
      last = {q.integer(1), q.integer(2)};
      add(piece, PackKind::Task, q);
    }
  }
  if (!last) return ok();
  TRY(Query gone, db.query("DELETE FROM task WHERE run=? AND (task, item) <= (?, ?)"));
  return gone.put(run).put(last->first).put(last->second).run();
}

Status move_attempts(Database& db, std::int64_t run, Piece& piece) {
  std::optional<std::int64_t> last;
  {
    TRY(Query q, db.query(fmt::format("SELECT {} FROM attempt a WHERE a.run=? ORDER BY a.id "
                                      "LIMIT ?",
                                      kAttemptColumns)));
    q.put(run).put(kPackRowsMax - piece.count);
    for (;;) {
      TRY(const bool row, q.next());
      if (!row) break;
      last = q.integer(1);
      add(piece, PackKind::Attempt, q);
    }
  }
  if (!last) return ok();
  TRY(Query gone, db.query("DELETE FROM attempt WHERE run=? AND id<=?"));
  return gone.put(run).put(*last).run();
}

Status put_piece(Database& db, std::int64_t run, const Piece& piece) {
  TRY(Query q, db.query("INSERT INTO pack (run, piece, kinds, last_position, rows, data) VALUES "
                        "(?1, (SELECT coalesce(max(piece), 0) + 1 FROM pack WHERE run=?1), "
                        "?2, nullif(?3, 0), ?4, ?5)"));
  q.put(run).put(piece.kinds).put(piece.last_position).put(piece.count);
  return q.put_blob(make_blob(piece.rows)).run();
}

// One piece of the run; returns how many rows it took. Fewer than asked: the run is done.
Result<int> pack_piece(Database& db, std::int64_t run) {
  Piece piece;
  TRY_STATUS(move_history(db, run, piece));
  if (!is_full(piece)) TRY_STATUS(move_tasks(db, run, piece));
  if (!is_full(piece)) TRY_STATUS(move_attempts(db, run, piece));
  if (piece.count > 0) TRY_STATUS(put_piece(db, run, piece));
  if (is_full(piece)) return piece.count;
  TRY(Query q, db.query("DELETE FROM unpacked_run WHERE run=?"));
  TRY_STATUS(q.put(run).run());
  return piece.count;
}

}  // namespace

// An eighth of the file may stay free: busy stores would move pages to and fro.
Result<bool> return_free_pages(Database& db) {
  TRY(const std::int64_t free, db.integer("PRAGMA freelist_count"));
  TRY(const std::int64_t all, db.integer("PRAGMA page_count"));
  if (free <= kFreePagesKept || free < all / 8) return false;
  TRY_STATUS(db.execute(fmt::format("PRAGMA incremental_vacuum({})", kVacuumPages)));
  return true;
}

Result<bool> pack_some(Database& db) {
  for (int moved = 0; moved < kPackRowsMax;) {
    TRY(const std::int64_t run, db.integer("SELECT run FROM unpacked_run ORDER BY run LIMIT 1"));
    if (run == 0) return moved > 0 ? true : return_free_pages(db);
    TRY(const int count, pack_piece(db, run));
    moved += std::max(count, 1);
  }
  return true;
}

Status read_packed(Database& db, RunNo run, PackKind kind, std::int64_t after,
                   const TakeRow& take) {
  TRY(Query q, db.query("SELECT data FROM pack WHERE run=? AND kinds & ? AND "
                        "(last_position IS NULL OR last_position > ?) ORDER BY piece"));
  q.put(run.value).put(static_cast<int>(kind)).put(after);
  for (;;) {
    TRY(const bool row, q.next());
    if (!row) return ok();
    TRY(const std::string data, read_blob(q.bytes(0)));
    PackedRows rows(data);
    for (;;) {
      TRY(const bool more, rows.next());
      if (!more) break;
      if (rows.kind() != kind) continue;
      TRY(const bool go_on, take(rows));
      if (!go_on) return ok();
    }
  }
}

}  // namespace gantry::store
