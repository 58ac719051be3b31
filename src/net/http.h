// HTTP/1.1 server over the loop (RFC 9110, RFC 9112). Knows nothing of workflows: it hands a
// complete request to the handler and sends what the responder is given, from any thread.
// Requests of one connection are handled one after the other, so pipelined answers keep their
// order. What breaks a rule or a limit is answered 4xx or 5xx and closed without the handler.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "net/loop.h"
#include "net/proxies.h"
#include "net/tls.h"

namespace gantry::net {

struct Request {
  std::string method;  // any token, "GET"
  std::string target;  // as sent, "/api/v1/runs?limit=5"; begins with '/', or is "*" of OPTIONS
  std::string path;    // before '?', not decoded
  std::string query;   // after '?', not decoded
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;  // of at most ServerOptions::body_bytes_max
  // Who asks: "127.0.0.1:41234", "[::1]:41234"; behind a trusted proxy, the client it names.
  std::string peer;
  bool secure = false;  // came by TLS, to us or to a trusted proxy

  std::string_view header(std::string_view lower_case_name) const;  // first of that name, or empty
};

// The server adds Date, Content-Length or Transfer-Encoding, and Connection. Control characters
// in headers are sent as spaces. HEAD sends the head that the body would have had.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Where the answer to one request goes. Exactly one of respond() and begin_stream(). All methods
// from any thread, while the Loop lives; they outlive the connection and the server without harm.
// Dropping it unanswered, or with its stream not ended, cuts the connection.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void respond(Response response) = 0;
  // A body of unknown length (chunked; head.body is its first part): then any number of write(),
  // then end(). write() returns false if the client is gone, or if more than 1 MiB waits to be
  // sent: the reader is too slow and is cut, for it would see a gap. After false only end() or
  // dropping makes sense. The end of what the client sends counts as gone.
  virtual void begin_stream(Response head) = 0;
  virtual bool write(std::string chunk) = 0;
  virtual void end() = 0;
  // Calls the task once, on the loop thread, when nothing waits to be sent or the client is gone:
  // the time for the next part of a body that is too large to be written at once. One at a time.
  virtual void when_sent(std::function<void()> task) = 0;
  virtual bool gone() const = 0;
};

// Called on the loop thread; must not block or throw.
using Handler = std::function<void(Request, std::shared_ptr<Responder>)>;

struct ServerOptions {
  // "127.0.0.1", "::1", "0.0.0.0": a number, not a name.
  std::string address = "127.0.0.1";
  int port = 7400;  // 0: any free one
  // More: 413.
  std::size_t body_bytes_max = limits::kBodyBytesMax;
  // More: 503 and closed.
  std::size_t connections_max = limits::kConnectionsMax;
  // Without a request, or without taking a byte of the answer: closed.
  Duration idle_max = limits::kConnectionIdleMax;
  // For the header of a request, and again for its body: 408 and closed.
  Duration request_read_max = limits::kRequestReadMax;
  std::shared_ptr<TlsIdentity> tls;  // null: plain text
  TrustedProxies proxies;
};

// Loop thread only, or while the loop does not run. Its end cuts what is still open.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  virtual int port() const = 0;
  virtual void renew(
      std::shared_ptr<TlsIdentity> tls) = 0;  // for connections that come from now on
  // Open requests are still answered, then their connections close; idle ones close at once.
  virtual void stop_accepting() = 0;
  virtual std::size_t connections() const = 0;  // after stop_accepting(), 0: all is answered
};

// Accepts as soon as the loop runs. Unavailable with a clear message if the address is taken.
Result<std::unique_ptr<HttpServer>> serve_http(Loop& loop, const ServerOptions& options,
                                               Handler handler);

// RFC 3986 percent-decoding, once; an error for bad escapes and for a NUL byte.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
// "a=1&b=x%20y" in order, '+' is a space, "a" is "a="; an error names the bad parameter.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace gantry::net
