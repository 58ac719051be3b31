// Bytes of a connection -> one Request, or the refusal to send. Pure: no sockets, no clock.
// Grammar by Boost.Beast; on top of it what RFC 9112 asks against request smuggling (one
// Content-Length of digits only, never beside Transfer-Encoding, whose only coding is chunked)
// and the limits, which also bound trailers and chunk extensions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"

namespace gantry::net {

struct Refusal {
  int status = 400;
  std::string message;  // for the client
};

class RequestParser {
 public:
  explicit RequestParser(std::size_t body_bytes_max = limits::kBodyBytesMax);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class Progress { NeedMore, Complete, Refused };
  struct Fed {
    std::size_t consumed = 0;  // the caller gives the rest again, with more behind it
    Progress progress = Progress::NeedMore;
  };
  // Not again after Complete or Refused.
  Fed feed(std::string_view bytes);

  bool header_done() const;
  bool expects_continue() const;  // once the header is done
  // Once Complete:
  bool keep_alive() const;
  bool may_chunk() const;  // HTTP/1.0 knows no chunks
  Request take();
  // Once Refused:
  const Refusal& refusal() const;

 private:
  class Grammar;
  std::unique_ptr<Grammar> grammar_;
};

}  // namespace gantry::net
