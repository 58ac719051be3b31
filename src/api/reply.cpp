#include "api/reply.h"

#include "api/problem.h"
#include "base/explain.h"

namespace gantry::api {

namespace {
// What is sent is data, never a page: no guessing of types, no caching, no scripts.
void add_common_headers(net::Response& response) {
  const auto add = [&response](const char* name, const char* value) {
    for (const auto& [given, ignored] : response.headers)
      if (given == name) return;  // a page has its own
    response.headers.emplace_back(name, value);
  };
  add("Cache-Control", "no-store");
  add("X-Content-Type-Options", "nosniff");
  add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  add("Referrer-Policy", "no-referrer");
}
}  // namespace

Reply::~Reply() {
  if (responder_)
    fail(explain(Code::Unavailable,
                 {"the server is busy or stopping; try again", "服务器繁忙或正在停止，请重试"}));
}

void Reply::send(net::Response response) {
  CHECK(responder_);
  add_common_headers(response);
  std::exchange(responder_, nullptr)->respond(std::move(response));
}

void Reply::fail(const Error& error) {
  if (when_failed_) std::exchange(when_failed_, nullptr)(problem_of(error.code).code);
  send(problem_response(error, lang_));
}

void Reply::fail(const Problem& problem, const Text& detail) {
  if (when_failed_) std::exchange(when_failed_, nullptr)(problem.code);
  send(problem_response(problem, detail.in(lang_), lang_));
}

void Reply::refuse_rate(Duration retry_after) {
  const Text detail{"more requests than this caller may make; wait as Retry-After says",
                    "请求超出该调用方的限额；请按 Retry-After 等待后重试"};
  send(problem_response(kTooManyRequests, detail.in(lang_), lang_, retry_after));
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
