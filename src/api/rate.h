// Rates: how much one caller may ask, as token buckets. Bounded: the bucket that was not used for
// longest goes first, and a caller without one has a full one. Any thread.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "api/route.h"
#include "base/limits.h"
#include "base/mutex.h"

namespace gantry::api {

struct RateLimits {
  limits::Rate read = limits::kReadRate;
  limits::Rate heavy = limits::kHeavyRate;
  limits::Rate write = limits::kWriteRate;
  limits::Rate start = limits::kStartRate;
  limits::Rate stream = limits::kStreamRate;
  limits::Rate failed_login = limits::kFailedLoginRate;

  const limits::Rate& of(RateClass rate) const;
};

class RateLimiter {
 public:
  explicit RateLimiter(std::size_t buckets_max = limits::kRateBucketsMax)
      : buckets_max_(buckets_max) {}

  // Takes one from the bucket of `key`; if it is empty, how long until there is one again.
  std::optional<Duration> take(const std::string& key, const limits::Rate& rate, Instant now);
  std::size_t buckets() const;

 private:
  struct Bucket {
    std::string key;
    double left;
    Instant at;
  };
  using Buckets = std::list<Bucket>;  // used last: in front
  Buckets::iterator bucket_of(const std::string& key, const limits::Rate& rate, Instant now)
      REQUIRES(mutex_);

  const std::size_t buckets_max_;
  mutable Mutex mutex_;
  Buckets buckets_ GUARDED_BY(mutex_);
  std::map<std::string, Buckets::iterator> by_key_ GUARDED_BY(mutex_);
};

}  // namespace gantry::api
