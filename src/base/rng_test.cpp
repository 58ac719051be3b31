#include "base/rng.h"

#include <gtest/gtest.h>

#include <set>

namespace gantry {
namespace {

// The first numbers of Vigna's splitmix64.c for this seed.
TEST(Rng, IsSplitMix64) {
  Rng rng(1234567);
  for (const std::uint64_t expected :
       {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u,
        16408922859458223821u})
    EXPECT_EQ(rng.next(), expected);
}

TEST(Rng, StaysInItsBounds) {
  Rng rng(9);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(rng.below(7));
    const double unit = rng.unit();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    ASSERT_FALSE(rng.chance(0, 10));
    ASSERT_TRUE(rng.chance(10, 10));
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(rng.below(0), 0u);
  EXPECT_EQ(rng.below(1), 0u);
}

TEST(Rng, MixDependsOnBothAndTheirOrder) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 100; ++a)
    for (std::uint64_t b = 0; b < 100; ++b) seen.insert(mix(a, b));
  EXPECT_EQ(seen.size(), 10000u);
  EXPECT_EQ(mix(3, 4), mix(3, 4));
}

}  // namespace
}  // namespace gantry
