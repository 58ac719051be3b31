// Errors as RFC 9457 problem documents, and the one table from codes to HTTP statuses.
//
//   {"type":"/docs/errors#unknown-workflow","status":404,"code":"not_found","title":"Not found",
//    "detail":"..."}
//
// `type` is a page of this server, in the reader's language: of the very error, else of its code.
// `code` is stable and what programs look at, `title` is in the reader's language, `detail` says
// what failed, on what, and what to do next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "net/http.h"

namespace gantry::api {

struct Problem {
  int status = 500;
  std::string_view code;  // a constant
  Text title;
};

const Problem& problem_of(Code code);
std::vector<std::string_view> problem_codes();  // all, for the pages that explain them
int http_status(Code code);

// What has no canonical code, because only HTTP knows of it.
extern const Problem kMethodNotAllowed;  // 405
extern const Problem kUnsupportedMedia;  // 415
extern const Problem kContentTooLarge;   // 413
extern const Problem kForeignOrigin;     // 403: the request comes from another site
extern const Problem kForeignHost;       // 403: the Host header is not one of ours
extern const Problem kTooManyRequests;   // 429: more than the caller's rate

// 401 has WWW-Authenticate, 429 and 503 have Retry-After.
net::Response problem_response(const Problem& problem, std::string_view detail, Lang lang,
                               Duration retry_after = seconds(1), std::string_view topic = {});
net::Response problem_response(const Error& error, Lang lang);

// Accept-Language (RFC 9110 section 12.5.4): the first of `en` and `zh` by weight; else En.
Lang accepted_language(std::string_view header);

}  // namespace gantry::api
