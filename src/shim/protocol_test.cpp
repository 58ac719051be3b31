#include "shim/protocol.h"

#include <gtest/gtest.h>

namespace gantry::shim {

namespace {

StartRequest example_request() {
  StartRequest r;
  r.attempt = 4711;
  r.boot_id = "b00t";
  r.attempt_path = "/data/attempts/1/4711";
  r.log_path = "/data/logs/1/load.1.1.log";
  r.outputs_path = "/data/attempts/1/4711.out";
  r.socket_dir = "/data/run";
  r.leaf = "/sys/fs/cgroup/g/1";
  r.workdir = "/data/workspaces/1";
  r.argv = {"echo", "", "你好"};
  r.env = {"PATH=/bin", "EMPTY="};
  r.secrets = {"hunter2!"};
  r.timeout_us = 1;
  r.grace_us = 2;
  r.log_head_bytes = 3;
  r.log_tail_bytes = 4;
  r.log_line_bytes = 5;
  r.outputs_bytes_max = 6;
  r.error_tail_bytes = 7;
  r.die_with_server = true;
  return r;
}

ExitRecord example_record() {
  ExitRecord r;
  r.attempt = -1;
  r.ended = Ended::TimedOut;
  r.exit_code = 143;
  r.signal = 15;
  r.started_us = 1795341600'000000;
  r.ended_us = 1795341601'000000;
  r.cpu_us = 12;
  r.memory_bytes_max = 1 << 20;
  r.log_bytes = 13;
  r.log_dropped_bytes = 14;
  r.unkillable = true;
  r.error_tail = std::string("a\0b", 3);
  r.outputs = "k=v\n";
  r.outputs_error = "why";
  return r;
}

AttemptHeader example_header() { return {4711, 42, 1795341600'000000, "b00t", "/leaf", "/log"}; }

}  // namespace

TEST(Protocol, RequestsComeBackAsTheyWere) {
  const std::string bytes = encode(example_request());
  const auto size = decode_request_head(std::string_view(bytes).substr(0, kRequestHeadBytes));
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, bytes.size() - kRequestHeadBytes);
  EXPECT_EQ(decode_request(std::string_view(bytes).substr(kRequestHeadBytes)), example_request());
}

TEST(Protocol, EveryPrefixOfARequestIsRefused) {
  const std::string body = encode(example_request()).substr(kRequestHeadBytes);
  for (std::size_t size = 0; size < body.size(); ++size)
    ASSERT_FALSE(decode_request(std::string_view(body).substr(0, size))) << size;
  EXPECT_FALSE(decode_request(body + "x"));
}

TEST(Protocol, CapturesTravelOnlyIfThereAreAny) {
  StartRequest request = example_request();
  const std::string plain = encode(request).substr(kRequestHeadBytes);
  request.captures = {"", "/data/workspaces/1/out.json"};
  request.capture_bytes_max = 8;
  const std::string body = encode(request).substr(kRequestHeadBytes);
  EXPECT_EQ(decode_request(body), request);
  for (std::size_t size = plain.size() + 1; size < body.size(); ++size)
    ASSERT_FALSE(decode_request(std::string_view(body).substr(0, size))) << size;
  ExitRecord record = example_record();
  const std::string bare = encode(record);
  record.captured = {"", "{}"};
  const std::string full = encode(record);
  EXPECT_EQ(decode_exit(full), record);
  EXPECT_EQ(decode_exit(std::string_view(full).substr(0, bare.size())), example_record());
  for (std::size_t size = bare.size() + 1; size < full.size(); ++size)
    ASSERT_FALSE(decode_exit(std::string_view(full).substr(0, size))) << size;
}

TEST(Protocol, ARequestWithoutCommandOrOfAnotherVersionIsRefused) {
  StartRequest empty = example_request();
  empty.argv.clear();
  EXPECT_FALSE(decode_request(encode(empty).substr(kRequestHeadBytes)));
  std::string newer = encode(example_request()).substr(kRequestHeadBytes);
  newer[0] = 2;
  EXPECT_FALSE(decode_request(newer));
  EXPECT_FALSE(decode_request_head("GTZ2abcd"));
}

TEST(Protocol, AttemptFilesHoldHeaderAndRecord) {
  const std::string header = frame(encode(example_header()));
  const std::string record = frame(encode(example_record()));
  EXPECT_FALSE(decode_attempt_file("").header);
  EXPECT_EQ(decode_attempt_file(header).header, example_header());
  EXPECT_FALSE(decode_attempt_file(header).record);
  EXPECT_EQ(decode_attempt_file(header + record).record, example_record());
  EXPECT_EQ(decode_attempt_file(record).record, example_record());
}

TEST(Protocol, TheFirstRecordCounts) {
  ExitRecord second = example_record();
  second.exit_code = 0;
  const std::string bytes = frame(encode(example_record())) + frame(encode(second));
  EXPECT_EQ(decode_attempt_file(bytes).record, example_record());
}

TEST(Protocol, ATornOrDamagedRecordIsNone) {
  const std::string header = frame(encode(example_header()));
  const std::string record = frame(encode(example_record()));
  for (std::size_t size = 0; size < record.size(); ++size)
    ASSERT_FALSE(decode_attempt_file(header + record.substr(0, size)).record) << size;
  for (std::size_t at = 0; at < record.size(); ++at) {
    std::string damaged = record;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_FALSE(decode_attempt_file(header + damaged).record) << at;
  }
}

TEST(Protocol, MessagesComeBackAsTheyWere) {
  const Message stop{MessageKind::Stop, 4711, std::string(1, '\1')};
  EXPECT_EQ(decode_message(encode(stop)), stop);
  const std::string bytes = encode(stop);
  for (std::size_t size = 0; size < 11; ++size)
    EXPECT_FALSE(decode_message(std::string_view(bytes).substr(0, size)));
  EXPECT_FALSE(decode_message(std::string(11, '\0')));
}

}  // namespace gantry::shim
