#include "api/rate.h"

#include <algorithm>
#include <cmath>

namespace gantry::api {

const limits::Rate& RateLimits::of(RateClass rate) const {
  switch (rate) {
    case RateClass::Read: return read;
    case RateClass::Heavy: return heavy;
    case RateClass::Write: return write;
    case RateClass::Start: return start;
    case RateClass::Stream: return stream;
  }
  return read;
}

RateLimiter::Buckets::iterator RateLimiter::bucket_of(const std::string& key,
                                                      const limits::Rate& rate, Instant now) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return found->second;
  }
  if (buckets_.size() >= buckets_max_) {
    by_key_.erase(buckets_.back().key);
    buckets_.pop_back();
  }
  buckets_.push_front({key, rate.burst, now});
  by_key_[key] = buckets_.begin();
  return buckets_.begin();
}

std::optional<Duration> RateLimiter::take(const std::string& key, const limits::Rate& rate,
                                          Instant now) {
  const MutexLock lock(mutex_);
  Bucket& bucket = *bucket_of(key, rate, now);
  // A clock that was set back fills nothing.
  const double passed = std::max(0.0, static_cast<double>((now - bucket.at).us) / 1e6);
  bucket.left = std::min(rate.burst, bucket.left + passed * rate.per_second);
  bucket.at = now;
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return std::nullopt;
  }
  const double wait = (1 - bucket.left) / rate.per_second;
  return Duration{static_cast<std::int64_t>(std::ceil(wait * 1e6))};
}

std::size_t RateLimiter::buckets() const {
  const MutexLock lock(mutex_);
  return buckets_.size();
}

}  // namespace gantry::api
