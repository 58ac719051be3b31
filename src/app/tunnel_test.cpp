#include "app/tunnel.h"

#include <gtest/gtest.h>

namespace gantry::app {
namespace {

TEST(Tunnel, NamesUserHostAndPort) {
  EXPECT_EQ(tunnel_command({"127.0.0.1", 7400, "li", "db7", ""}),
            "ssh -L 7400:127.0.0.1:7400 li@db7");
  EXPECT_EQ(tunnel_command({"::1", 7400, "", "db7", ""}), "ssh -L 7400:[::1]:7400 db7");
}

TEST(Tunnel, TakesTheHostFromTheConnection) {
  EXPECT_EQ(tunnel_command({"127.0.0.1", 80, "li", "db7", "10.0.0.9 5022 10.0.0.7 22"}),
            "ssh -L 80:127.0.0.1:80 li@10.0.0.7");
  EXPECT_EQ(tunnel_command({"127.0.0.1", 80, "li", "db7", "10.0.0.9 5022 10.0.0.7 2222"}),
            "ssh -p 2222 -L 80:127.0.0.1:80 li@10.0.0.7");
  EXPECT_EQ(tunnel_command({"127.0.0.1", 80, "li", "db7", "nonsense"}),
            "ssh -L 80:127.0.0.1:80 li@db7");
}

TEST(Tunnel, IsNotNeededWhereOthersReachTheServer) {
  EXPECT_EQ(tunnel_command({"0.0.0.0", 7400, "li", "db7", ""}), "");
  EXPECT_EQ(tunnel_command({"10.0.0.7", 7400, "li", "db7", ""}), "");
}

}  // namespace
}  // namespace gantry::app
