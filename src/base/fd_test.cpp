#include "base/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace gantry {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

int new_fd() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

TEST(Fd, ClosesWhatItOwns) {
  int number = -1;
  {
    const Fd fd(new_fd());
    number = fd.get();
    EXPECT_TRUE(fd.valid());
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(Fd().valid());
  EXPECT_FALSE(Fd(-1).valid());
}

TEST(Fd, MovesOwnership) {
  Fd a(new_fd());
  const int number = a.get();
  Fd b(std::move(a));
  EXPECT_EQ(b.get(), number);
  EXPECT_FALSE(a.valid());  // NOLINT: the moved-from state is part of the contract
  Fd c(new_fd());
  const int replaced = c.get();
  c = std::move(b);
  EXPECT_EQ(c.get(), number);
  EXPECT_FALSE(is_open(replaced));
  Fd& same = c;
  c = std::move(same);
  EXPECT_TRUE(is_open(number));
  EXPECT_EQ(c.release(), number);
  EXPECT_FALSE(c.valid());
  EXPECT_TRUE(is_open(number));
  Fd(number).reset();
  EXPECT_FALSE(is_open(number));
}

}  // namespace
}  // namespace gantry
