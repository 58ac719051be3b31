// Readers of the store, kept open and lent: never more than there are threads that read at once.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "store/reader.h"

namespace gantry::api {

class Readers {
 public:
  using Open = std::function<Result<std::unique_ptr<store::Reader>>()>;  // any thread
  explicit Readers(Open open) : open_(std::move(open)) {}

  // Goes back by itself; must not outlive the pool.
  class Lease {
   public:
    Lease(Readers& pool, std::unique_ptr<store::Reader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (reader_) pool_->take_back(std::move(reader_));
    }
    store::Reader& operator*() const { return *reader_; }
    store::Reader* operator->() const { return reader_.get(); }

   private:
    Readers* pool_;
    std::unique_ptr<store::Reader> reader_;
  };

  Result<Lease> lease() {
    {
      const MutexLock lock(mutex_);
      if (!idle_.empty()) {
        Lease found(*this, std::move(idle_.back()));
        idle_.pop_back();
        return found;
      }
    }
    TRY(auto reader, open_());
    return Lease(*this, std::move(reader));
  }

 private:
  void take_back(std::unique_ptr<store::Reader> reader) {
    const MutexLock lock(mutex_);
    idle_.push_back(std::move(reader));
  }

  const Open open_;
  Mutex mutex_;
  std::vector<std::unique_ptr<store::Reader>> idle_ GUARDED_BY(mutex_);
};

}  // namespace gantry::api
