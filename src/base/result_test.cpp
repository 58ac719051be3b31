#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/explain.h"

namespace gantry {
namespace {

TEST(ErrnoError, SaysWhatAndWhyInBothLanguagesAndKeepsTheSystemsWords) {
  errno = EACCES;
  const Error denied = errno_error("cannot open /a/b");
  EXPECT_EQ(denied.code, Code::PermissionDenied);
  EXPECT_EQ(denied.message, "cannot open /a/b: Permission denied");
  EXPECT_EQ(denied.zh, "无法打开 /a/b：权限不够（Permission denied）");
  errno = ENODEV;
  EXPECT_EQ(errno_error("the disk is odd").zh,
            "操作失败：the disk is odd：系统错误（No such device）");
}

TEST(ErrnoError, LongerWordsComeFirst) {
  errno = ENOENT;
  EXPECT_EQ(errno_error("cannot look at the file system of /x").zh,
            "无法查看所在的文件系统：/x：没有那个文件或目录（No such file or directory）");
  EXPECT_EQ(errno_error("cannot look at /x").zh,
            "无法查看 /x：没有那个文件或目录（No such file or directory）");
}

}  // namespace
}  // namespace gantry
