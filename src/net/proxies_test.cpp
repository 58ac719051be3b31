#include "net/proxies.h"

#include <gtest/gtest.h>

#include "net/http.h"

namespace gantry::net {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Request applied(const std::vector<std::string>& trusted, const std::string& peer,
                const Headers& headers) {
  Request request;
  request.peer = peer;
  request.headers = headers;
  TrustedProxies::parse(trusted).value().apply(request);
  return request;
}

TEST(TrustedProxies, NobodyIsBelievedByDefault) {
  const Request r =
      applied({}, "127.0.0.1:5", {{"x-forwarded-for", "9.9.9.9"}, {"x-forwarded-proto", "https"}});
  EXPECT_EQ(r.peer, "127.0.0.1:5");
  EXPECT_FALSE(r.secure);
}

TEST(TrustedProxies, AStrangerIsNotBelieved) {
  EXPECT_EQ(applied({"10.0.0.0/8"}, "11.0.0.1:5", {{"x-forwarded-for", "9.9.9.9"}}).peer,
            "11.0.0.1:5");
  EXPECT_EQ(applied({"10.0.0.0/8"}, "10.1.2.3:5", {{"x-forwarded-for", "9.9.9.9"}}).peer,
            "9.9.9.9:0");
}

TEST(TrustedProxies, TheLastAddressThatIsNotAProxyCounts) {
  // What the client wrote itself stands first and is not believed.
  EXPECT_EQ(applied({"10.0.0.0/8"}, "10.0.0.1:5",
                    {{"x-forwarded-for", "1.1.1.1, 9.9.9.9"}, {"x-forwarded-for", "10.0.0.2"}})
                .peer,
            "9.9.9.9:0");
  EXPECT_EQ(applied({"::1"}, "[::1]:5", {{"x-forwarded-for", "[2001:db8::7]:443"}}).peer,
            "[2001:db8::7]:0");
}

TEST(TrustedProxies, WhatCanNotBeReadIsLeft) {
  EXPECT_EQ(applied({"10.0.0.1"}, "10.0.0.1:5", {{"x-forwarded-for", "unknown"}}).peer,
            "10.0.0.1:5");
  EXPECT_EQ(applied({"10.0.0.1"}, "10.0.0.1:5", {}).peer, "10.0.0.1:5");
}

TEST(TrustedProxies, ProtocolAndHost) {
  const Request r = applied({"10.0.0.1"}, "10.0.0.1:5",
                            {{"host", "127.0.0.1:7400"},
                             {"x-forwarded-proto", "https"},
                             {"x-forwarded-host", "gantry.example.org"}});
  EXPECT_TRUE(r.secure);
  EXPECT_EQ(r.header("host"), "gantry.example.org");
}

TEST(TrustedProxies, NetworksOfOddSize) {
  EXPECT_EQ(applied({"10.0.0.128/25"}, "10.0.0.127:5", {{"x-forwarded-for", "9.9.9.9"}}).peer,
            "10.0.0.127:5");
  EXPECT_EQ(applied({"10.0.0.128/25"}, "10.0.0.200:5", {{"x-forwarded-for", "9.9.9.9"}}).peer,
            "9.9.9.9:0");
}

TEST(TrustedProxies, BadNetworksAreNamed) {
  for (const char* text : {"10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "proxy", "1.2.3.4/-1"}) {
    const auto parsed = TrustedProxies::parse({"127.0.0.1", text});
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find(text), std::string::npos);
  }
}

}  // namespace
}  // namespace gantry::net
