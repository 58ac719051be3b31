#include "shim/link.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gantry::shim {

namespace {

// The packet socket at the number where shims have it; what was there comes back.
class ReportSocket {
 public:
  ReportSocket() : kept_(::fcntl(kReportFd, F_DUPFD_CLOEXEC, 100)) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    server_end_ = ::fcntl(ends[0], F_DUPFD_CLOEXEC, 100);
    ::dup2(ends[1], kReportFd);
    for (const int end : ends)
      if (end != kReportFd) ::close(end);
  }
  ~ReportSocket() {
    ::close(server_end_);
    ::close(kReportFd);
    if (kept_ >= 0) ::dup2(kept_, kReportFd);
    if (kept_ >= 0) ::close(kept_);
  }
  ReportSocket(const ReportSocket&) = delete;
  ReportSocket& operator=(const ReportSocket&) = delete;

  int server_end() const { return server_end_; }

 private:
  int kept_;
  int server_end_ = -1;
};

}  // namespace

// A zygote that waited here, while the server waits for it to take requests, would wait for ever.
TEST(Link, WithoutPatienceAServerThatDoesNotReadIsNotWaitedFor) {
  const ReportSocket reports;
  ExitRecord record;
  record.attempt = 7;
  record.ended = Ended::StartFailed;
  Link link(7, "/nowhere", 0);
  int delivered = 0;
  while (link.deliver(record, 0)) ++delivered;  // until the buffer is full
  EXPECT_GT(delivered, 0);
  char first[1024];
  const ssize_t n = ::recv(reports.server_end(), first, sizeof first, MSG_DONTWAIT);
  ASSERT_GT(n, 0);
  const auto message = decode_message({first, static_cast<std::size_t>(n)});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, MessageKind::Done);
  EXPECT_EQ(decode_exit(message->body), record);
}

}  // namespace gantry::shim
