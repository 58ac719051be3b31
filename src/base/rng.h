// Random numbers from a seed, the same on every machine (SplitMix64 by Sebastiano Vigna, public
// domain algorithm). Not for secrets: those come from libsodium.
#pragma once

#include <cstdint>

namespace gantry {

class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  bool chance(std::uint64_t numerator, std::uint64_t denominator) {
    return below(denominator) < numerator;
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // in [0, 1)

 private:
  std::uint64_t state_;
};

// A stable 64-bit hash of some numbers, for jitter that a restart repeats.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return Rng(a ^ (b * 0xff51afd7ed558ccdu)).next();
}

}  // namespace gantry
