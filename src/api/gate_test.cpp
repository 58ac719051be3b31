#include "api/gate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/files.h"
#include "base/text.h"

namespace gantry::api {
namespace {

class AdminToken : public ::testing::Test {
 protected:
  AdminToken() {
    std::string pattern = ::testing::TempDir() + "gantry-token-XXXXXX";
    dir = ::mkdtemp(pattern.data());
  }
  ~AdminToken() override { (void)remove_tree(dir); }
  std::string path() const { return join_path(dir, "admin-token"); }

  std::string dir;
};

TEST_F(AdminToken, IsMadeOnceAndOnlyTheOwnerCanReadIt) {
  const std::string token = load_admin_token(dir).value();
  EXPECT_EQ(token.size(), 64u);
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(load_admin_token(dir).value(), token);
  EXPECT_EQ(trim(read_file(path()).value()), token);
}

TEST_F(AdminToken, OthersGetAnother) {
  const std::string token = load_admin_token(dir).value();
  ASSERT_TRUE(remove_tree(path()).ok());
  EXPECT_NE(load_admin_token(dir).value(), token);
}

TEST_F(AdminToken, AFileThatOthersCanReadIsRefused) {
  ASSERT_TRUE(load_admin_token(dir).ok());
  ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
  const auto loaded = load_admin_token(dir);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, Code::FailedPrecondition);
  EXPECT_NE(loaded.error().message.find("chmod 600"), std::string::npos);
}

TEST_F(AdminToken, AShortOrBrokenTokenIsRefused) {
  for (const char* text : {"", "\n", "short\n", "0123456789abcdef 0123456789abcdef0\n",
                           "0123456789abcdef\x01"
                           "0123456789abcdef\n"}) {
    ASSERT_TRUE(write_file_durably(path(), text, 0600).ok());
    EXPECT_FALSE(load_admin_token(dir).ok()) << text;
  }
}

TEST_F(AdminToken, ADirectoryThatIsNotThereIsAnError) {
  EXPECT_FALSE(load_admin_token(dir + "/none").ok());
}

}  // namespace
}  // namespace gantry::api
