#include "net/request_parser.h"

#include <gtest/gtest.h>

namespace gantry::net {
namespace {

using Progress = RequestParser::Progress;

struct Outcome {
  Progress progress = Progress::NeedMore;
  int status = 0;
  std::string message;
  Request request;
  std::string left;  // not consumed
};

// Feeds `step` bytes at a time, as a connection would.
Outcome parse(std::string_view bytes, std::size_t step, std::size_t body_bytes_max = 1'000) {
  RequestParser parser(body_bytes_max);
  Outcome out;
  std::size_t given = 0;
  while (out.progress == Progress::NeedMore && given < bytes.size()) {
    const std::size_t size = std::min(step, bytes.size() - given);
    out.left += bytes.substr(given, size);
    given += size;
    const auto fed = parser.feed(out.left);
    out.left.erase(0, fed.consumed);
    out.progress = fed.progress;
  }
  out.left += bytes.substr(given);
  if (out.progress == Progress::Refused) {
    out.status = parser.refusal().status;
    out.message = parser.refusal().message;
  }
  if (out.progress == Progress::Complete) out.request = parser.take();
  return out;
}

constexpr std::size_t kSteps[] = {1, 2, 3, 7, 64, 100'000};

TEST(RequestParser, GivesEveryPartHoweverTheBytesAreCut) {
  const std::string bytes =
      "POST /a%20b?x=1&y=?2 HTTP/1.1\r\nHost: here\r\nX-Many: 1\r\nx-MANY:  2 \r\n"
      "Content-Length: 5\r\n\r\nhelloGET /next";
  for (const std::size_t step : kSteps) {
    const Outcome out = parse(bytes, step);
    ASSERT_EQ(out.progress, Progress::Complete) << out.message;
    EXPECT_EQ(out.request.method, "POST");
    EXPECT_EQ(out.request.target, "/a%20b?x=1&y=?2");
    EXPECT_EQ(out.request.path, "/a%20b");
    EXPECT_EQ(out.request.query, "x=1&y=?2");
    EXPECT_EQ(out.request.body, "hello");
    EXPECT_EQ(out.request.header("x-many"), "1");
    EXPECT_EQ(out.request.headers[2].second, "2");
    EXPECT_EQ(out.left, "GET /next");
  }
}

TEST(RequestParser, ReadsChunkedBodiesAndDropsTrailers) {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nAuthorization: forged\r\n\r\nrest";
  for (const std::size_t step : kSteps) {
    const Outcome out = parse(bytes, step);
    ASSERT_EQ(out.progress, Progress::Complete) << out.message;
    EXPECT_EQ(out.request.body, "Wikipedia");
    EXPECT_EQ(out.request.header("authorization"), "");
    EXPECT_EQ(out.left, "rest");
  }
}

TEST(RequestParser, PassesOverAnEmptyLineBeforeTheRequest) {
  for (const std::size_t step : kSteps)
    EXPECT_EQ(parse("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", step).progress, Progress::Complete);
}

TEST(RequestParser, AcceptsWhatTheRulesAllow) {
  const std::string cases[] = {
      "GET / HTTP/1.0\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
      "PROPFIND / HTTP/1.1\r\nHost:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
  };
  for (const std::string& bytes : cases)
    EXPECT_EQ(parse(bytes, 100'000).progress, Progress::Complete) << bytes;
}

struct Bad {
  const char* what;
  std::string bytes;
  int status;
};

std::string request(const std::string& headers, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

const std::vector<Bad>& bad_requests() {
  static const std::vector<Bad> kBad = {
      {"no method", " / HTTP/1.1\r\n\r\n", 400},
      {"noise", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
      {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"control in target", "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"NUL in target", std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 29), 400},
      {"absolute target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"authority target", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"fragment", "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
      {"HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505},
      {"bare LF in headers", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
      {"no colon", request("Broken\r\n"), 400},
      {"space before colon", request("Content-Length : 1\r\n", "x"), 400},
      {"space in name", request("Bad Name: 1\r\n"), 400},
      {"empty name", request(": 1\r\n"), 400},
      {"NUL in value", request(std::string("A: b\0c\r\n", 8)), 400},
      {"CR in value", request("A: b\rc\r\n"), 400},
      {"length not a number", request("Content-Length: x\r\n"), 400},
      {"negative length", request("Content-Length: -1\r\n"), 400},
      {"signed length", request("Content-Length: +1\r\n", "x"), 400},
      {"hexadecimal length", request("Content-Length: 0x1\r\n", "x"), 400},
      {"empty length", request("Content-Length:\r\n"), 400},
      {"huge length", request("Content-Length: 99999999999999999999999\r\n"), 400},
      {"list of lengths", request("Content-Length: 1, 1\r\n", "x"), 400},
      {"two lengths", request("Content-Length: 1\r\nContent-Length: 1\r\n", "x"), 400},
      {"two different lengths", request("Content-Length: 1\r\nContent-Length: 2\r\n", "xy"), 400},
      {"length and coding", request("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"coding and length", request("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {"two codings", request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"unknown coding", request("Transfer-Encoding: gzip\r\n"), 501},
      {"two in one", request("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"chunked twice", request("Transfer-Encoding: chunked, chunked\r\n"), 501},
      {"identity", request("Transfer-Encoding: identity\r\n"), 501},
      {"vertical tab", request("Transfer-Encoding: \vchunked\r\n"), 400},
      {"quoted coding", request("Transfer-Encoding: \"chunked\"\r\n"), 501},
      {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"bad chunk size", request("Transfer-Encoding: chunked\r\n", "g\r\n\r\n"), 400},
      {"negative chunk", request("Transfer-Encoding: chunked\r\n", "-1\r\nx"), 400},
      {"prefixed chunk", request("Transfer-Encoding: chunked\r\n", "0x1\r\nx\r\n0\r\n\r\n"), 400},
      {"huge chunk", request("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"), 400},
      {"chunk without end", request("Transfer-Encoding: chunked\r\n", "1\r\nxy\r\n0\r\n\r\n"), 400},
      {"expectation", request("Expect: miracles\r\n"), 417},
      {"long body", request("Content-Length: 1001\r\n"), 413},
      {"long chunk", request("Transfer-Encoding: chunked\r\n", "3e9\r\nx"), 413},
      {"long chunks",
       request("Transfer-Encoding: chunked\r\n",
               "3e8\r\n" + std::string(1'000, 'x') + "\r\n1\r\nx"),
       413},
      {"long target", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      {"long header", request("A: " + std::string(20'000, 'a') + "\r\n"), 431},
      {"endless line", std::string(20'000, 'A'), 431},
  };
  return kBad;
}

TEST(RequestParser, RefusesBadRequestsHoweverTheBytesAreCut) {
  for (const Bad& bad : bad_requests())
    for (const std::size_t step : kSteps) {
      const Outcome out = parse(bad.bytes, step);
      EXPECT_EQ(out.progress, Progress::Refused) << bad.what << " in steps of " << step;
      EXPECT_EQ(out.status, bad.status) << bad.what << ": " << out.message;
      EXPECT_FALSE(out.message.empty()) << bad.what;
    }
}

// In small pieces it waits for the end that never comes, up to the limits of size and time.
TEST(RequestParser, ABareLineFeedEndsNoLine) {
  for (const std::size_t step : kSteps)
    EXPECT_NE(parse("GET / HTTP/1.1\nHost: x\n\n", step).progress, Progress::Complete);
}

TEST(RequestParser, CountsAllHeadersTogether) {
  std::string headers;
  for (int i = 0; i < 4'000; ++i) headers += "A: b\r\n";
  for (const std::size_t step : kSteps) EXPECT_EQ(parse(request(headers), step).status, 431);
}

TEST(RequestParser, BoundsTrailersAndChunkExtensions) {
  std::string trailers = "0\r\n";
  for (int i = 0; i < 4'000; ++i) trailers += "A: b\r\n";
  const std::string coding = "Transfer-Encoding: chunked\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{64}, std::size_t{1'000'000}}) {
    EXPECT_EQ(parse(request(coding, trailers + "\r\n"), step).status, 431);
    EXPECT_EQ(parse(request(coding, "1;a=" + std::string(40'000, 'b')), step).status, 431);
  }
}

TEST(RequestParser, KnowsWhetherTheConnectionStays) {
  const std::pair<std::string, bool> cases[] = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: te, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const auto& [bytes, stays] : cases) {
    RequestParser parser;
    ASSERT_EQ(parser.feed(bytes).progress, Progress::Complete);
    EXPECT_EQ(parser.keep_alive(), stays) << bytes;
  }
}

TEST(RequestParser, TellsAfterTheHeaderThatTheClientWaits) {
  RequestParser parser;
  const auto fed = parser.feed(request("Expect: 100-Continue\r\nContent-Length: 2\r\n"));
  EXPECT_EQ(fed.progress, Progress::NeedMore);
  EXPECT_TRUE(parser.header_done());
  EXPECT_TRUE(parser.expects_continue());
}

}  // namespace
}  // namespace gantry::net
