// backup, restore, gc: through the server of the home if one runs, else on its files.
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "app/answers.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/exit_code.h"
#include "app/retention.h"
#include "backup/restore.h"
#include "backup/take.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"

namespace gantry::app {

namespace {

constexpr std::int64_t kAnySize = std::numeric_limits<std::int64_t>::max();

backup::HomePlaces places_of(const Home& home) { return {home.root, home.data}; }

std::string shown_bytes(std::int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes) / 1024;
  const char* unit = "KiB";
  for (const char* next : {"MiB", "GiB", "TiB"}) {
    if (size < 1024) break;
    size /= 1024;
    unit = next;
  }
  return fmt::format("{:.1f} {}", size, unit);
}

template <typename... Values>
void say(const Context& context, Text text, const Values&... values) {
  fmt::print("{}\n", fmt::format(fmt::runtime(text.in(context.terminal.lang)), values...));
}

// The lock of a home that no server runs for; the server, if one does.
struct Way {
  std::optional<store::StoreLock> lock;
  std::unique_ptr<Client> client;
};

Result<Way> find_way(const Context& context, const Home& home) {
  Way way;
  if (std::getenv("GANTRY_URL") == nullptr) {
    if (!exists(home.store()))
      return explain(Code::NotFound, {"there is no store at {}", "{} 处没有数据库"}, home.store());
    auto lock = store::StoreLock::take(home.data + "/lock");
    if (lock.ok()) {
      way.lock = std::move(lock).value();
      return way;
    }
  }
  TRY(way.client, Client::connect(home, context.terminal.lang));
  return way;
}

// ---- backup --------------------------------------------------------------------------------

constexpr std::size_t kSyncEveryBytes = 4u << 20;

// A file under another name until it is whole.
class NewFile {
 public:
  static Result<NewFile> make(const std::string& path) {
    if (exists(path))
      return explain(Code::AlreadyExists,
                     {"{} exists: name another file", "{} 已存在：请换一个文件名"}, path);
    NewFile file(path);
    TRY(file.fd_, open_file(file.partial_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    return file;
  }
  NewFile(NewFile&&) = default;
  ~NewFile() {
    if (fd_.valid()) ::unlink(partial_.c_str());
  }

  const std::string& partial() const { return partial_; }
  // Synced little by little: a server on this disk must not wait for all of it at once.
  Status write(std::string_view bytes) {
    TRY_STATUS(write_all(fd_.get(), bytes));
    unsynced_ += bytes.size();
    if (unsynced_ < kSyncEveryBytes) return ok();
    unsynced_ = 0;
    return ::fdatasync(fd_.get()) == 0 ? ok() : Status(errno_error("cannot sync " + partial_));
  }
  Status sync() const {
    return ::fsync(fd_.get()) == 0 ? ok() : Status(errno_error("cannot sync " + partial_));
  }
  Status keep() {
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0)
      return errno_error("cannot rename " + partial_ + " to " + path_);
    fd_.reset();
    return sync_directory(parent_path(path_));
  }

 private:
  explicit NewFile(const std::string& path)
      : path_(path), partial_(fmt::format("{}.partial-{}", path, random_hex(4))) {}
  std::string path_;
  std::string partial_;
  Fd fd_;
  std::size_t unsynced_ = 0;
};

Status write_part(backup::PartWriter& part, NewFile& file) {
  for (;;) {
    TRY(const std::string bytes, part.next());
    if (bytes.empty()) return ok();
    TRY_STATUS(file.write(bytes));
  }
}

Status write_offline(const Home& home, bool logs, NewFile& file) {
  backup::TakeOptions take;
  take.product = GANTRY_VERSION;
  take.now = SystemClock().wall();
  take.logs = logs;
  TRY(const backup::Taken taken, backup::take_backup(places_of(home), take));
  return write_part(*taken.part, file);
}

Status write_online(Client& client, bool logs, NewFile& file) {
  Status written = ok();
  const auto take = [&](std::string_view bytes) {
    written = file.write(bytes);
    return written.ok();
  };
  TRY_STATUS(client.download("/api/v1/backups", Value(ValueMap{{"logs", logs}}), take));
  return written;
}

Status write_backup(const Context& context, const Home& home, const BackupOptions& options,
                    NewFile& file) {
  TRY(const Way way, find_way(context, home));
  const bool logs = !options.without_logs;
  TRY_STATUS(way.client ? write_online(*way.client, logs, file) : write_offline(home, logs, file));
  if (options.with_secrets) TRY_STATUS(write_part(*backup::secrets_part(places_of(home)), file));
  TRY_STATUS(file.write(backup::archive_end()));
  return file.sync();
}

void write_contents(JsonWriter& w, const backup::Contents& contents) {
  w.key("backup").raw(trim(backup::to_json(contents.facts)));
  w.field("files", static_cast<std::int64_t>(contents.files.size()));
  w.field("bytes", contents.bytes).field("with_secrets", contents.with_secrets);
}

void tell_backup(const Context& context, const std::string& file,
                 const backup::Contents& contents) {
  struct stat st {};
  const std::int64_t size = ::stat(file.c_str(), &st) == 0 ? st.st_size : 0;
  if (context.json) {
    JsonWriter w;
    w.object().field("file", file).field("size", size);
    write_contents(w, contents);
    return fmt::print("{}\n", w.end().text()), void();
  }
  if (context.quiet) return;
  const backup::Facts& facts = contents.facts;
  say(context, {"{}: {} files, {}, packed {}", "{}：{} 个文件，{}，压缩后 {}"}, file,
      contents.files.size(), shown_bytes(contents.bytes), shown_bytes(size));
  say(context,
      {"the store as of {}, position {}, {} open runs, {} running tasks; read back and checked",
       "存储时间点 {}，位置 {}，未结束运行 {} 个，执行中任务 {} 个；已回读校验"},
      format_instant(facts.taken_at), facts.position, facts.open_runs, facts.running_attempts);
  if (contents.with_secrets)
    say(context, {"with secrets: keep it like them", "包含机密：请妥善保管"});
  else if (!facts.secrets.empty())
    say(context,
        {"not included: the secrets {} (--with-secrets)", "未包含机密：{}（可用 --with-secrets）"},
        fmt::join(facts.secrets, ", "));
}

// "gantry-backup-20261001T020000Z.tar.zst", here.
std::string usual_name() {
  std::string stamp;
  for (const char c : format_instant(SystemClock().wall()).substr(0, 19))
    if (c != '-' && c != ':') stamp += c;
  return "gantry-backup-" + stamp + "Z.tar.zst";
}

Status make_backup(const Context& context, const BackupOptions& options) {
  TRY(const Home home, find_home(context.home_option));
  if (options.with_secrets && std::getenv("GANTRY_URL") != nullptr)
    return refuse(
        {"secrets never pass the API: run this on the server's machine, without GANTRY_URL",
         "机密从不经过 API：请在服务器所在的机器上运行，且不设 GANTRY_URL"});
  const std::string path = options.file.empty() ? usual_name() : options.file;
  TRY(NewFile file, NewFile::make(path));
  TRY_STATUS(write_backup(context, home, options, file));
  TRY(const backup::Contents contents, backup::read_archive(file.partial(), kAnySize));
  TRY_STATUS(file.keep());
  tell_backup(context, path, contents);
  return ok();
}

// ---- restore -------------------------------------------------------------------------------

void tell_restored(const Context& context, const Home& home, const backup::Restored& restored) {
  const backup::Contents& contents = restored.contents;
  if (context.json) {
    JsonWriter w;
    w.object().field("home", home.root);
    write_contents(w, contents);
    w.field("incarnation", restored.store.incarnation).field("paused", true);
    w.field("moved_to", restored.moved_to).field("settings", restored.settings);
    return fmt::print("{}\n", w.end().text()), void();
  }
  if (context.quiet) return;
  say(context,
      {"{} restored from the backup of {}: {} files, {}", "{} 已从 {} 的备份恢复：{} 个文件，{}"},
      home.root, format_instant(contents.facts.taken_at), contents.files.size(),
      shown_bytes(contents.bytes));
  if (!restored.moved_to.empty())
    say(context, {"what was there is now {}", "原有内容已移至 {}"}, restored.moved_to);
  if (!restored.settings.empty())
    say(context,
        {"settings, workflows and secrets of the backup are in {}: put them in place",
         "备份中的设置、工作流与机密位于 {}：请自行放置"},
        restored.settings);
  if (!contents.with_secrets && !contents.facts.secrets.empty())
    say(context, {"the backup holds no secrets; put back: {}", "备份不含机密，请补齐：{}"},
        fmt::join(contents.facts.secrets, ", "));
  if (restored.store.running_attempts > 0)
    say(context,
        {"{} tasks ran when it was taken: nobody knows how they ended, so the server will mark "
         "them interrupted",
         "备份时有 {} 个任务正在执行，其结局未知：服务器启动后将标记为 interrupted"},
        restored.store.running_attempts);
  say(context, {"the server is paused: start it, look, then `gantry resume --all`",
                "服务器处于暂停状态：启动后请先检查，再执行 `gantry resume --all`"});
}

Status restore_home(const Context& context, const RestoreCommandOptions& options) {
  TRY(const Home home, find_home(context.home_option));
  backup::RestoreOptions restore;
  restore.archive = options.file;
  restore.home = places_of(home);
  restore.now = SystemClock().wall();
  restore.force = options.force;
  TRY(const backup::Restored restored, backup::restore_backup(restore));
  tell_restored(context, home, restored);
  return ok();
}

// ---- gc ------------------------------------------------------------------------------------

Result<Value> collect_here(const Home& home, bool dry_run) {
  TRY(const Config config, load_config(home));
  TRY(auto store, store::SqliteStore::open(home.store(), {.checkpoint_thread = false}));
  const Instant now = SystemClock().wall();
  api::Collected collected;
  if (dry_run) {
    TRY(const auto reader, store->new_reader());
    TRY(collected, survey(home.data, *reader, config.retention, now));
  } else {
    TRY(collected, collect_offline(home.data, *store, config.retention, now));
  }
  return parse_json(api::text_of(collected, dry_run));
}

Result<Value> collect_garbage(const Context& context, const Home& home, bool dry_run) {
  TRY(const Way way, find_way(context, home));
  if (way.lock) return collect_here(home, dry_run);
  return way.client->post("/api/v1/gc", Value(ValueMap{{"dry_run", dry_run}}));
}

std::int64_t number_in(const Value& value, std::string_view name) {
  const Value* found = value.find(name);
  return found != nullptr && found->is(Value::Kind::Int) ? found->as_int() : 0;
}

void tell_collected(const Context& context, const Value& collected, bool dry_run) {
  const auto row = [&](Text what, std::int64_t count, const std::string& bytes) {
    return std::vector<std::string>{in_language(context, what), fmt::format("{}", count), bytes};
  };
  const auto folders = [&](Text what, const char* name) {
    const Value* removed = collected.find(std::string_view(name));
    if (removed == nullptr) return row(what, 0, "");
    return row(what, number_in(*removed, "count"), shown_bytes(number_in(*removed, "bytes")));
  };
  const auto rows = [&](Text what, const char* name) {
    return row(what, number_in(collected, name), "");
  };
  print_table(context.terminal,
              {dry_run ? in_language(context, {"WOULD GO", "将清理"})
                       : in_language(context, {"GONE", "已清理"}),
               in_language(context, {"COUNT", "数量"}), in_language(context, {"ON DISK", "占用"})},
              {rows({"runs with their history", "运行及其历史"}, "runs"),
               rows({"runs' logs alone", "仅日志的运行"}, "logs"),
               rows({"audit records", "审计记录"}, "audit"),
               folders({"log folders", "日志目录"}, "log_folders"),
               folders({"workspaces", "工作目录"}, "workspaces"),
               folders({"attempt files", "尝试文件"}, "attempts"),
               folders({"unused version files", "无用的版本文件"}, "versions")});
  if (!dry_run)
    say(context, {"the store gave {} back to the disk", "存储已向磁盘归还 {}"},
        shown_bytes(std::max<std::int64_t>(0, number_in(collected, "store_bytes"))));
}

Status gc_home(const Context& context, bool dry_run) {
  TRY(const Home home, find_home(context.home_option));
  TRY(const Value collected, collect_garbage(context, home, dry_run));
  if (context.json)
    print_json(collected);
  else if (!context.quiet)
    tell_collected(context, collected, dry_run);
  return ok();
}

int exit_code_of(const Status& status) {
  return status.ok() ? kSucceeded : complain(status.error());
}

}  // namespace

int backup(const Context& context, const BackupOptions& options) {
  return exit_code_of(make_backup(context, options));
}

int restore(const Context& context, const RestoreCommandOptions& options) {
  return exit_code_of(restore_home(context, options));
}

int gc(const Context& context, bool dry_run) { return exit_code_of(gc_home(context, dry_run)); }

}  // namespace gantry::app
