// What the tests of backup share: a home on the disk with a store, and archives made by hand.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "backup/archive.h"
#include "backup/pack.h"
#include "backup/restore.h"
#include "backup/take.h"
#include "backup/tar.h"
#include "base/files.h"
#include "base/hash.h"
#include "store/sqlite_store.h"

namespace gantry::backup {

const Instant kNow{days(20'000).us};

class HomeTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-backup-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    scratch_ = name;
    make_home();
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(scratch_).ok()); }

  std::string path(const std::string& below) const { return scratch_ + "/" + below; }
  HomePlaces places(const std::string& home) const { return {path(home), path(home) + "/data"}; }

  void write(const std::string& below, std::string_view bytes, mode_t mode = 0644) {
    ASSERT_TRUE(make_directories(parent_path(path(below))).ok());
    ASSERT_TRUE(write_file_durably(path(below), bytes, mode).ok());
  }
  std::string read(const std::string& below) const {
    auto bytes = read_file(path(below));
    return bytes.ok() ? *bytes : "(" + bytes.error().message + ")";
  }
  mode_t mode_of(const std::string& below) const {
    struct stat st {};
    return ::stat(path(below).c_str(), &st) == 0 ? st.st_mode & 07777 : 0;
  }

  // Every path below, sorted, folders with a slash.
  std::string tree(const std::string& below) const {
    std::string out;
    list(path(below), "", out);
    return out;
  }

  std::string take(const std::string& name, bool logs = true, bool secrets = false) {
    const auto taken = take_backup(places("home"), {.product = "9.9", .now = kNow, .logs = logs});
    EXPECT_TRUE(taken.ok()) << taken.error().message;
    std::string bytes = all_of(*taken->part);
    if (secrets) bytes += all_of(*secrets_part(places("home")));
    write(name, bytes + archive_end());
    return path(name);
  }

  Result<Restored> restore(const std::string& archive, const std::string& home,
                           bool force = false) {
    RestoreOptions options;
    options.archive = path(archive);
    options.home = places(home);
    options.now = kNow;
    options.force = force;
    return restore_backup(options);
  }

  static std::string all_of(PartWriter& part) {
    std::string all;
    for (;;) {
      const auto bytes = part.next();
      EXPECT_TRUE(bytes.ok()) << bytes.error().message;
      if (!bytes.ok() || bytes->empty()) return all;
      all += *bytes;
    }
  }

  std::string scratch_;

 private:
  void make_home() {
    write("home/gantry.yaml", "slots: 3\n");
    write("home/workflows/sales/a.yaml", "tasks: {a: {pass: true}}\n");
    write("home/workflows/" + std::string(120, 'w') + ".yaml", "tasks: {b: {pass: true}}\n");
    write("home/secrets/key", "hush-hush", 0600);
    write("home/tls.pem", "a private key");
    write("home/data/versions/abc/run.sh", "echo\n", 0555);
    write("home/data/logs/1/a.1.1.log", std::string(600'000, 'l'));
    write("home/data/attempts/1/5", "");
    write("home/data/workspaces/1/file", "work");
    write("home/data/admin-token", "token");
    auto store = store::SqliteStore::open(path("home/data/gantry.db"));
    ASSERT_TRUE(store.ok());
    epoch_ = *(*store)->open_epoch();
    model::RunOrigin origin;
    origin.run = RunNo{1};
    origin.version = VersionId{1};
    const std::vector<model::Change> changes{
        {kNow, "t", model::RunCreated{std::make_shared<const model::RunOrigin>(origin)}}};
    ASSERT_TRUE((*store)->commit({epoch_, 1, {}, changes}).ok());
  }

  static void list(const std::string& folder, const std::string& below, std::string& out) {
    const auto names = list_directory(folder);
    for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
      struct stat st {};
      if (::lstat(join_path(folder, name).c_str(), &st) != 0) continue;
      out += below + name + (S_ISDIR(st.st_mode) ? "/\n" : "\n");
      if (S_ISDIR(st.st_mode)) list(join_path(folder, name), below + name + "/", out);
    }
  }

  store::Epoch epoch_;
};

}  // namespace gantry::backup
