#include "api/reply.h"

#include "api/problem.h"

namespace gantry::api {

namespace {
// What is sent is data, never a page: no guessing of types, no caching, no scripts.
void add_common_headers(net::Response& response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
}
}  // namespace

Reply::~Reply() {
  if (responder_) fail(error(Code::Unavailable, "the server is busy or stopping; try again"));
}

void Reply::send(net::Response response) {
  CHECK(responder_);
  add_common_headers(response);
  std::exchange(responder_, nullptr)->respond(std::move(response));
}

void Reply::fail(const Error& error) { send(problem_response(error, lang_)); }

void Reply::fail(const Problem& problem, std::string_view detail) {
  send(problem_response(problem, detail, lang_));
}

void Reply::finish(Result<net::Response> result) {
  if (result.ok())
    send(std::move(result).value());
  else
    fail(result.error());
}

std::shared_ptr<net::Responder> Reply::stream(net::Response head) {
  CHECK(responder_);
  add_common_headers(head);
  auto responder = std::exchange(responder_, nullptr);
  responder->begin_stream(std::move(head));
  return responder;
}

net::Response json_response(std::string body, int status) {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace gantry::api
