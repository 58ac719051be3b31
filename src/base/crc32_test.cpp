#include "base/crc32.h"

#include <gtest/gtest.h>

#include <string>

namespace gantry {
namespace {

TEST(Crc32, CheckValue) {
  EXPECT_EQ(crc32("123456789", 9), 0xCBF43926u);
  EXPECT_EQ(crc32("", 0), 0u);
}

// The definition itself, bit by bit.
std::uint32_t by_definition(std::string_view bytes) {
  std::uint32_t remainder = 0xFFFFFFFFu;
  for (const char c : bytes) {
    remainder ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      const bool low = remainder % 2 == 1;
      remainder /= 2;
      if (low) remainder ^= 0xEDB88320u;
    }
  }
  return ~remainder;
}

TEST(Crc32, IsItsDefinitionForAllBytes) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    bytes += static_cast<char>(i * 7);
    ASSERT_EQ(crc32(bytes.data(), bytes.size()), by_definition(bytes));
  }
}

}  // namespace
}  // namespace gantry
