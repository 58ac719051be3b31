// Runs a test over each implementation of Store.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data.h"
#include "scratch.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace gantry::store {

// Opens stores over the same durable state: a second open() is a restart or a rival.
class Maker {
 public:
  virtual ~Maker() = default;
  virtual std::unique_ptr<Store> open() = 0;
};

class MemoryMaker : public Maker {
 public:
  std::unique_ptr<Store> open() override { return std::make_unique<MemoryStore>(disk_); }

 private:
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
};

class SqliteMaker : public Maker {
 public:
  std::unique_ptr<Store> open() override {
    auto store = SqliteStore::open(scratch_.path("store.db"));
    EXPECT_TRUE(store.ok()) << store.error().message;
    return std::move(store).value();
  }

 private:
  Scratch scratch_;
};

using MakeMaker = std::unique_ptr<Maker> (*)();

class StoreContract : public testing::TestWithParam<std::pair<const char*, MakeMaker>> {
 protected:
  StoreContract() : maker_(GetParam().second()), store_(maker_->open()), committer_(*store_) {
    EXPECT_TRUE(committer_.open().ok());
  }
  void commit(const std::vector<model::Change>& changes) {
    const Status status = committer_.commit(changes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  void restart() {
    store_.reset();
    store_ = maker_->open();
    committer_ = Committer(*store_);
    ASSERT_TRUE(committer_.open().ok());
  }
  std::unique_ptr<Reader> reader() {
    auto r = store_->new_reader();
    EXPECT_TRUE(r.ok()) << r.error().message;
    return std::move(r).value();
  }
  std::vector<std::string> loaded() {
    auto all = load_all(*store_);
    EXPECT_TRUE(all.ok()) << all.error().message;
    return describe(all.value().changes);
  }

  std::unique_ptr<Maker> maker_;
  std::unique_ptr<Store> store_;
  Committer committer_;
};

inline const std::pair<const char*, MakeMaker> kStores[] = {
    {"Memory", [] { return std::unique_ptr<Maker>(std::make_unique<MemoryMaker>()); }},
    {"Sqlite", [] { return std::unique_ptr<Maker>(std::make_unique<SqliteMaker>()); }}};

}  // namespace gantry::store
