#include "net/response_head.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"

namespace gantry::net {

namespace {

struct Reason {
  int status;
  std::string_view text;
};
constexpr Reason kReasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

std::string_view reason(int status) {
  for (const Reason& r : kReasons)
    if (r.status == status) return r.text;
  return "";  // the grammar allows none
}

// "Content Too Large" -> "content_too_large": stable, as the reasons are.
std::string code_of(std::string_view title) {
  std::string out;
  for (const char c : title)
    out += c == ' ' ? '_' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

// A line break in a value that came from outside would let it write headers of its own.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto clean = [&out](std::string_view text) {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      out += (byte < 0x20 && c != '\t') || byte == 0x7f ? ' ' : c;
    }
  };
  clean(name);
  out += ": ";
  clean(value);
  out += "\r\n";
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string http_date(Instant now) {
  constexpr std::array kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t second = now.us / 1'000'000;
  const std::int64_t day = second / 86'400;
  const std::int64_t in_day = second % 86'400;
  const CivilDate date = civil_from_days(day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(day % 7)], date.day,
                     kMonths[static_cast<std::size_t>(date.month - 1)], date.year, in_day / 3600,
                     in_day / 60 % 60, in_day % 60);
}

std::string response_head(const Response& response, const Framing& framing, Instant now) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                                reason(response.status), http_date(now));
  if (may_have_body(response.status)) {
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    if (framing.length)
      out += fmt::format("Content-Length: {}\r\n", *framing.length);
    else if (framing.chunked)
      out += "Transfer-Encoding: chunked\r\n";
  }
  out += framing.keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  out += "\r\n";
  return out;
}

std::string refusal_text(const Refusal& refusal, Instant now) {
  Response response;
  response.status = refusal.status;
  response.content_type = "application/problem+json";
  const std::string_view title = reason(refusal.status);
  response.body = fmt::format(R"({{"type":"about:blank","status":{},"code":"{}","title":)",
                              refusal.status, code_of(title));
  append_json_string(response.body, title);
  response.body += R"(,"detail":)";
  append_json_string(response.body, refusal.message);
  response.body += "}\n";
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response_head(response, {.length = response.body.size(), .keep_alive = false}, now) +
         response.body;
}

}  // namespace gantry::net
