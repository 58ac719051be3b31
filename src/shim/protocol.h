// What runner and shim say to each other, and what stands in an attempt file: the one header that
// both include. Formats with examples: docs/format/attempt.md. Integers are little endian.
//
//   start request   runner -> zygote    magic u32, size u32, body
//   message         shim <-> runner     one SOCK_SEQPACKET datagram: kind u8, version u16,
//                                       attempt i64, body
//   attempt file    frames              size u32, crc32 u32, payload (kind u8, version u16, ...)
//
// Decoding is total: damaged input gives nullopt, never a crash or a wrong value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crc32.h"

namespace gantry::shim {

// Raised when a body changes. A runner decodes the records of this and the previous version, so
// that the shims of the previous release are adopted.
inline constexpr std::uint16_t kProtocolVersion = 1;
inline constexpr std::uint32_t kRequestMagic = 0x315A5447;  // "GTZ1"
inline constexpr std::size_t kRequestHeadBytes = 8;
inline constexpr std::size_t kRequestBytesMax = 16u << 20;
inline constexpr std::size_t kFrameHeadBytes = 8;
inline constexpr std::size_t kFrameBytesMax = 8u << 20;
// Longer records are not sent: the runner reads them in the attempt file.
inline constexpr std::size_t kMessageBytesMax = 64u << 10;
inline constexpr const char* kSocketName = "shim.sock";

// Descriptors that the zygote is started with.
inline constexpr int kRequestFd = 3;   // stream socket: start requests
inline constexpr int kReportFd = 4;    // packet socket shared by the shims of a zygote: Done
inline constexpr int kLifelineFd = 5;  // pipe at its end when the server is gone

class Encoder {
 public:
  Encoder& u8(std::uint8_t v) { return number(v, 1); }
  Encoder& u16(std::uint16_t v) { return number(v, 2); }
  Encoder& u32(std::uint32_t v) { return number(v, 4); }
  Encoder& i32(std::int32_t v) { return number(static_cast<std::uint32_t>(v), 4); }
  Encoder& i64(std::int64_t v) { return number(static_cast<std::uint64_t>(v), 8); }
  Encoder& text(std::string_view v) {
    u32(static_cast<std::uint32_t>(v.size()));
    out_.append(v);
    return *this;
  }
  Encoder& list(const std::vector<std::string>& v) {
    u32(static_cast<std::uint32_t>(v.size()));
    for (const auto& item : v) text(item);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  Encoder& number(std::uint64_t v, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<char>((v >> (8 * i)) & 0xFF));
    return *this;
  }
  std::string out_;
};

// After the first read beyond the end ok() is false and every value is empty.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::int32_t i32() { return static_cast<std::int32_t>(number(4)); }
  std::int64_t i64() { return static_cast<std::int64_t>(number(8)); }
  std::string text() {
    const std::uint32_t size = u32();
    if (size > in_.size()) ok_ = false;
    if (!ok_) return {};
    std::string out(in_.substr(0, size));
    in_.remove_prefix(size);
    return out;
  }
  std::vector<std::string> list() {
    std::vector<std::string> out;
    const std::uint32_t count = u32();
    if (count > in_.size() / 4) ok_ = false;  // each has a size of 4 bytes
    for (std::uint32_t i = 0; ok_ && i < count; ++i) out.push_back(text());
    return out;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && in_.empty(); }

 private:
  std::uint64_t number(std::size_t bytes) {
    if (bytes > in_.size()) ok_ = false;
    if (!ok_) return 0;
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      v |= std::uint64_t{static_cast<unsigned char>(in_[i])} << (8 * i);
    in_.remove_prefix(bytes);
    return v;
  }
  std::string_view in_;
  bool ok_ = true;
};

// ---- start request -------------------------------------------------------------------------

struct StartRequest {
  std::int64_t attempt = 0;
  std::string boot_id;
  std::string attempt_path;  // the file that is claim, lock and exit record
  std::string log_path;
  std::string outputs_path;  // $GANTRY_OUTPUT
  std::string socket_dir;    // where the server listens (kSocketName)
  std::string leaf;          // directory of a cgroup v2 for the task; empty = none
  std::string workdir;
  std::vector<std::string> argv;
  std::vector<std::string> env;      // "NAME=value", all of it
  std::vector<std::string> secrets;  // values to be masked
  std::int64_t timeout_us = 0;       // 0 = none
  std::int64_t grace_us = 0;
  std::int64_t log_head_bytes = 0;
  std::int64_t log_tail_bytes = 0;
  std::int64_t log_line_bytes = 0;
  std::int64_t outputs_bytes_max = 0;
  std::int64_t error_tail_bytes = 0;
  bool die_with_server = false;
  // Texts that the record is to hold: files by path, an empty path is standard output. They and
  // their limit stand in the body only if there are any.
  std::vector<std::string> captures;
  std::int64_t capture_bytes_max = 0;  // of all together
  bool operator==(const StartRequest&) const = default;
};

// With the head, ready to be written.
inline std::string encode(const StartRequest& r) {
  Encoder body;
  body.u16(kProtocolVersion).i64(r.attempt).text(r.boot_id).text(r.attempt_path);
  body.text(r.log_path).text(r.outputs_path).text(r.socket_dir).text(r.leaf).text(r.workdir);
  body.list(r.argv).list(r.env).list(r.secrets).i64(r.timeout_us).i64(r.grace_us);
  body.i64(r.log_head_bytes).i64(r.log_tail_bytes).i64(r.log_line_bytes);
  body.i64(r.outputs_bytes_max).i64(r.error_tail_bytes).u8(r.die_with_server ? 1 : 0);
  if (!r.captures.empty()) body.list(r.captures).i64(r.capture_bytes_max);
  const std::string bytes = body.take();
  Encoder head;
  head.u32(kRequestMagic).u32(static_cast<std::uint32_t>(bytes.size()));
  return head.take() + bytes;
}

// The size of the body that follows the head; nullopt if this is no head.
inline std::optional<std::size_t> decode_request_head(std::string_view head) {
  Decoder in(head);
  const std::uint32_t magic = in.u32();
  const std::uint32_t size = in.u32();
  if (!in.done() || magic != kRequestMagic || size > kRequestBytesMax) return std::nullopt;
  return size;
}

inline std::optional<StartRequest> decode_request(std::string_view body) {
  Decoder in(body);
  if (in.u16() != kProtocolVersion) return std::nullopt;
  StartRequest r;
  r.attempt = in.i64();
  for (std::string* text : {&r.boot_id, &r.attempt_path, &r.log_path, &r.outputs_path,
                            &r.socket_dir, &r.leaf, &r.workdir})
    *text = in.text();
  for (std::vector<std::string>* list : {&r.argv, &r.env, &r.secrets}) *list = in.list();
  for (std::int64_t* number : {&r.timeout_us, &r.grace_us, &r.log_head_bytes, &r.log_tail_bytes,
                               &r.log_line_bytes, &r.outputs_bytes_max, &r.error_tail_bytes})
    *number = in.i64();
  r.die_with_server = in.u8() != 0;
  if (in.ok() && !in.done()) {
    r.captures = in.list();
    r.capture_bytes_max = in.i64();
    if (r.captures.empty()) return std::nullopt;
  }
  if (!in.done() || r.argv.empty()) return std::nullopt;
  return r;
}

// ---- attempt file --------------------------------------------------------------------------

enum class FrameKind : std::uint8_t { Header = 'H', Exit = 'E' };

struct AttemptHeader {
  std::int64_t attempt = 0;
  std::int32_t shim_pid = 0;
  std::int64_t claimed_us = 0;  // wall time
  std::string boot_id;
  std::string leaf;
  std::string log_path;
  bool operator==(const AttemptHeader&) const = default;
};

enum class Ended : std::uint8_t {
  Exited = 1,       // by itself, with exit_code
  Signaled = 2,     // by itself, by `signal`
  TimedOut = 3,     // ended by the shim: over its timeout
  Stopped = 4,      // ended by the shim: asked to, or the server it belonged to is gone
  Oom = 5,          // by the kernel: over the memory of its cgroup
  StartFailed = 6,  // never executed; error_tail says why
  Void = 7,         // written by recovery: it was not and will never be executed
  Lost = 8,         // written by recovery: nobody knows how it ended
};

struct ExitRecord {
  std::int64_t attempt = 0;
  Ended ended = Ended::Lost;
  std::int32_t exit_code = -1;
  std::int32_t signal = 0;
  std::int64_t started_us = 0;  // wall time; 0 = never
  std::int64_t ended_us = 0;
  std::int64_t cpu_us = 0;  // user + system of all processes that were waited for
  std::int64_t memory_bytes_max = 0;
  std::int64_t log_bytes = 0;
  std::int64_t log_dropped_bytes = 0;
  bool unkillable = false;
  std::string error_tail;
  std::string outputs;                // the text of $GANTRY_OUTPUT
  std::string outputs_error;          // why it could not be taken; empty = it was
  std::vector<std::string> captured;  // as asked for, or none; in the body only if there are any
  bool operator==(const ExitRecord&) const = default;
};

inline std::string encode(const AttemptHeader& h) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(FrameKind::Header)).u16(kProtocolVersion).i64(h.attempt);
  out.i32(h.shim_pid).i64(h.claimed_us).text(h.boot_id).text(h.leaf).text(h.log_path);
  return out.take();
}

inline std::optional<AttemptHeader> decode_header(std::string_view payload) {
  Decoder in(payload);
  if (in.u8() != static_cast<std::uint8_t>(FrameKind::Header)) return std::nullopt;
  if (in.u16() != kProtocolVersion) return std::nullopt;
  AttemptHeader h;
  h.attempt = in.i64();
  h.shim_pid = in.i32();
  h.claimed_us = in.i64();
  for (std::string* text : {&h.boot_id, &h.leaf, &h.log_path}) *text = in.text();
  if (!in.done()) return std::nullopt;
  return h;
}

inline std::string encode(const ExitRecord& r) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(FrameKind::Exit)).u16(kProtocolVersion).i64(r.attempt);
  out.u8(static_cast<std::uint8_t>(r.ended)).i32(r.exit_code).i32(r.signal);
  out.i64(r.started_us).i64(r.ended_us).i64(r.cpu_us).i64(r.memory_bytes_max);
  out.i64(r.log_bytes).i64(r.log_dropped_bytes).u8(r.unkillable ? 1 : 0);
  out.text(r.error_tail).text(r.outputs).text(r.outputs_error);
  if (!r.captured.empty()) out.list(r.captured);
  return out.take();
}

inline std::optional<ExitRecord> decode_exit(std::string_view payload) {
  Decoder in(payload);
  if (in.u8() != static_cast<std::uint8_t>(FrameKind::Exit)) return std::nullopt;
  if (in.u16() != kProtocolVersion) return std::nullopt;
  ExitRecord r;
  r.attempt = in.i64();
  const std::uint8_t ended = in.u8();
  r.ended = static_cast<Ended>(ended);
  r.exit_code = in.i32();
  r.signal = in.i32();
  for (std::int64_t* number : {&r.started_us, &r.ended_us, &r.cpu_us, &r.memory_bytes_max,
                               &r.log_bytes, &r.log_dropped_bytes})
    *number = in.i64();
  r.unkillable = in.u8() != 0;
  for (std::string* text : {&r.error_tail, &r.outputs, &r.outputs_error}) *text = in.text();
  if (in.ok() && !in.done()) {
    r.captured = in.list();
    if (r.captured.empty()) return std::nullopt;
  }
  if (!in.done() || ended < 1 || ended > static_cast<std::uint8_t>(Ended::Lost))
    return std::nullopt;
  return r;
}

inline std::string frame(std::string_view payload) {
  Encoder out;
  out.u32(static_cast<std::uint32_t>(payload.size())).u32(crc32(payload.data(), payload.size()));
  return out.take().append(payload);
}

// The payload of the first frame of `bytes`, which is advanced past it; nullopt if the frame is
// not complete or damaged.
inline std::optional<std::string_view> next_frame(std::string_view& bytes) {
  Decoder in(bytes.substr(0, kFrameHeadBytes));
  const std::uint32_t size = in.u32();
  const std::uint32_t crc = in.u32();
  if (!in.ok() || size > kFrameBytesMax || size > bytes.size() - kFrameHeadBytes)
    return std::nullopt;
  const std::string_view payload = bytes.substr(kFrameHeadBytes, size);
  if (crc32(payload.data(), payload.size()) != crc) return std::nullopt;
  bytes.remove_prefix(kFrameHeadBytes + size);
  return payload;
}

// What stands in an attempt file. A file that holds neither part was claimed and no more.
struct AttemptFile {
  std::optional<AttemptHeader> header;
  std::optional<ExitRecord> record;
};

inline AttemptFile decode_attempt_file(std::string_view bytes) {
  AttemptFile file;
  while (const auto payload = next_frame(bytes)) {
    if (auto header = decode_header(*payload)) file.header = std::move(header);
    // The first record counts: it was written under the lock.
    if (auto record = decode_exit(*payload); record && !file.record)
      file.record = std::move(record);
  }
  return file;
}

// ---- messages ------------------------------------------------------------------------------

enum class MessageKind : std::uint8_t {
  Hello = 1,  // shim: I hold this attempt and its task runs
  Done = 2,   // shim: it ended; body = the exit record's payload, or empty: see the file
  Stop = 3,   // runner: SIGTERM now, SIGKILL after the grace; body u8: 1 = no grace
  Ack = 4,    // runner: Done was received
};

struct Message {
  MessageKind kind = MessageKind::Hello;
  std::int64_t attempt = 0;
  std::string body;
  bool operator==(const Message&) const = default;
};

inline std::string encode(const Message& m) {
  Encoder out;
  out.u8(static_cast<std::uint8_t>(m.kind)).u16(kProtocolVersion).i64(m.attempt);
  return out.take().append(m.body);
}

inline std::optional<Message> decode_message(std::string_view bytes) {
  constexpr std::size_t kHeadBytes = 11;
  Decoder in(bytes);
  const std::uint8_t kind = in.u8();
  const std::uint16_t version = in.u16();
  const std::int64_t attempt = in.i64();
  if (!in.ok() || version != kProtocolVersion || kind < 1 || kind > 4) return std::nullopt;
  return Message{static_cast<MessageKind>(kind), attempt, std::string(bytes.substr(kHeadBytes))};
}

}  // namespace gantry::shim
