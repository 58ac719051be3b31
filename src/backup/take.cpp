#include "backup/take.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"
#include "store/sqlite_backup.h"

namespace gantry::backup {

namespace {
// What people write beside workflows; nothing else of the home, for it may be a key.
constexpr const char* kHomeParts[] = {"gantry.yaml",      "people.yaml", "channels.yaml",
                                      "alertmanager.yml", "hosts.yaml",  "workflows",
                                      "calendars",        "checks",      "rules"};

// A folder of the home may be a link to where it really is.
std::string real(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) == nullptr ? path : std::string(resolved);
}

Status require_room(const std::string& data) {
  struct stat st {};
  const std::string store = data + "/gantry.db";
  if (::stat(store.c_str(), &st) != 0)
    return errno_error("there is no store: cannot find " + store);
  struct statvfs room {};
  if (::statvfs(data.c_str(), &room) != 0) return errno_error("cannot look at " + data);
  const auto free = static_cast<std::int64_t>(room.f_bavail * room.f_frsize);
  if (free > st.st_size) return ok();
  return error(
      Code::ResourceExhausted,
      fmt::format("a backup needs room for a copy of the store: {} MiB, {} MiB are free in "
                  "{}",
                  st.st_size >> 20, free >> 20, data));
}

void remove_copy(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
}

struct Snapshot {
  store::StoreFacts facts;
  Fd file;  // has no name any more
};

Result<Snapshot> copy_store(const HomePlaces& home, const TakeOptions& options,
                            const std::string& copy) {
  TRY_STATUS(store::snapshot_store(home.data + "/gantry.db", copy, options.go_on));
  Snapshot snapshot;
  TRY(snapshot.facts, store::store_facts(copy));
  TRY(snapshot.file, open_file(copy, O_RDONLY));
  return snapshot;
}

Result<Snapshot> take_snapshot(const HomePlaces& home, const TakeOptions& options) {
  TRY_STATUS(require_room(home.data));
  const std::string copy = fmt::format("{}/backup-{}.db", home.data, random_hex(8));
  auto snapshot = copy_store(home, options, copy);
  remove_copy(copy);
  return snapshot;
}

// The same for a server and its restored copies.
Result<std::string> server_identity(const std::string& data) {
  const std::string path = data + "/server-id";
  if (const auto known = read_file(path, 1'000); known.ok()) return std::string(trim(*known));
  const std::string identity = random_hex(16);
  TRY_STATUS(write_file_durably(path, identity + "\n", 0600));
  return identity;
}

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

std::vector<std::string> secret_names(const HomePlaces& home) {
  auto names = list_directory(home.root + "/secrets");
  return names.ok() ? std::move(names).value() : std::vector<std::string>();
}

std::deque<Source> sources_of(const HomePlaces& home, bool logs) {
  std::deque<Source> sources;
  for (const char* part : kHomeParts)
    sources.push_back({real(join_path(home.root, part)), fmt::format("home/{}", part)});
  sources.push_back({home.data + "/server-id", "data/server-id"});
  sources.push_back({real(home.data + "/versions"), "data/versions"});
  if (logs) sources.push_back({real(home.data + "/logs"), "data/logs"});
  return sources;
}
}  // namespace

// The store first: what it names is on the disk by then, and files are never altered.
Result<Taken> take_backup(const HomePlaces& home, const TakeOptions& options) {
  TRY(const std::string identity, server_identity(home.data));
  TRY(Snapshot snapshot, take_snapshot(home, options));
  Taken taken;
  Facts& facts = taken.facts;
  facts.product = options.product;
  facts.schema = snapshot.facts.schema;
  facts.server = identity;
  facts.host = host_name();
  facts.incarnation = snapshot.facts.incarnation;
  facts.taken_at = options.now;
  facts.position = snapshot.facts.position;
  facts.open_runs = snapshot.facts.open_runs;
  facts.running_attempts = snapshot.facts.running_attempts;
  facts.logs = options.logs;
  facts.secrets = secret_names(home);
  taken.part = std::make_unique<PartWriter>(std::string(kManifest), sources_of(home, options.logs));
  taken.part->add_bytes(std::string(kFactsFile), to_json(facts));
  taken.part->add_open_file("data/gantry.db", std::move(snapshot.file));
  return taken;
}

std::unique_ptr<PartWriter> secrets_part(const HomePlaces& home) {
  return std::make_unique<PartWriter>(
      std::string(kSecretsManifest), std::deque<Source>{{real(home.root + "/secrets"), "secrets"}});
}

}  // namespace gantry::backup
