#include "base/base64.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace gantry {
namespace {

TEST(Base64, VectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64_encode(plain), coded);
    const auto back = base64_decode(coded);
    ASSERT_TRUE(back.ok()) << coded;
    EXPECT_EQ(*back, plain);
  }
}

TEST(Base64, AnyBytesSurvive) {
  Rng rng(1);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    while (bytes.size() < size) bytes += static_cast<char>(rng.below(256));
    const auto back = base64_decode(base64_encode(bytes));
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(*back, bytes);
  }
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9v\n", " Zm9v", "Zm9v!", "Zm-_",
                           "=", "====", "Zg==Zg=="})
    EXPECT_FALSE(base64_decode(text).ok()) << text;
  EXPECT_FALSE(base64_decode(std::string_view("Zm9v\0", 5)).ok());
}

}  // namespace
}  // namespace gantry
