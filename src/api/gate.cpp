#include "api/gate.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>

#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"

namespace gantry::api {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLengthMin = 32;
constexpr std::size_t kTokenFileMax = 4096;

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "localhost:7400" -> "localhost", "[::1]:7400" -> "[::1]"; empty if it is no host.
std::string host_name(std::string_view host) {
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return to_lower(host);
  return is_port(host.substr(colon + 1)) ? to_lower(host.substr(0, colon)) : std::string();
}

// 127.0.0.0/8 in the usual notation only; "127.1" and "2130706433" are not taken.
bool is_loopback_address(std::string_view name) {
  const auto parts = split(name, '.');
  const auto is_byte = [](std::string_view part) {
    if (part.empty() || part.size() > 3 || (part.size() > 1 && part.front() == '0')) return false;
    int value = 0;
    for (const char c : part) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    return value <= 255;
  };
  return parts.size() == 4 && parts[0] == "127" && std::all_of(parts.begin(), parts.end(), is_byte);
}

Result<std::string> read_token(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return errno_error("cannot look at " + path);
  if ((info.st_mode & 077) != 0)
    return error(Code::FailedPrecondition,
                 fmt::format("{} can be read by others; run: chmod 600 {}", path, path));
  TRY(const std::string text, read_file(path, kTokenFileMax));
  const std::string token(trim(text));
  const bool plain =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (token.size() < kTokenLengthMin || !plain)
    return error(Code::FailedPrecondition,
                 fmt::format("{} holds no token of at least {} printable characters; delete it and "
                             "start again to get a new one",
                             path, kTokenLengthMin));
  return token;
}

std::optional<std::string_view> find_header(const net::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return std::nullopt;
}

// The first cookie of that name in any Cookie header; empty if there is none.
std::string_view cookie_of(const net::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key != "cookie") continue;
    for (const std::string_view part : split(value, ';')) {
      const std::string_view pair = trim(part);
      if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
        return pair.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace

Result<std::string> load_admin_token(const std::string& data_dir) {
  const std::string path = join_path(data_dir, "admin-token");
  if (exists(path)) return read_token(path);
  const std::string token = random_hex(kTokenBytes);
  TRY_STATUS(write_file_durably(path, token + "\n", 0600));
  return token;
}

void admit_site(GateOptions& options, const std::string& url) {
  const auto scheme = url.find("://");
  CHECK(scheme != std::string::npos);
  options.hosts.push_back(host_name(url.substr(scheme + 3)));
  options.origins.push_back(url);
}

Gate::Gate(GateOptions options, const Credentials& credentials)
    : options_(std::move(options)), credentials_(credentials) {
  CHECK(options_.token.size() >= kTokenLengthMin);
}

bool Gate::knows_host(const net::Request& request) const {
  const std::string name = host_name(request.header("host"));
  if (name.empty()) return false;
  if (name == "localhost" || name == "[::1]" || is_loopback_address(name)) return true;
  return std::any_of(options_.hosts.begin(), options_.hosts.end(),
                     [&](const std::string& host) { return to_lower(host) == name; });
}

bool Gate::is_own_origin(const net::Request& request, std::string_view given) const {
  const std::string origin = to_lower(given);
  const std::string host = to_lower(request.header("host"));
  if (origin == "http://" + host || origin == "https://" + host) return true;
  return std::any_of(options_.origins.begin(), options_.origins.end(),
                     [&](const std::string& own) { return to_lower(own) == origin; });
}

bool Gate::is_foreign(const net::Request& request, const Caller& caller) const {
  const auto site = find_header(request, "sec-fetch-site");
  if (site && *site != "same-origin") return true;
  const auto origin = find_header(request, "origin");
  if (!origin) return caller.via == Via::Session;
  return !is_own_origin(request, *origin);
}

std::optional<Caller> Gate::holder_of(std::string_view token, Instant now) const {
  if (equal_in_constant_time(token, options_.token))
    return Caller{Via::AdminToken, false, "admin", "admin", model::Role::Admin, std::nullopt};
  const auto row = credentials_.find(token, now);
  if (!row || row->kind != model::CredentialKind::Token) return std::nullopt;
  return Caller{Via::Token, false, row->id, row->name, row->role, row->expires_at};
}

std::optional<std::string_view> bearer_in(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (to_lower(authorization.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  return authorization.substr(kScheme.size());
}

Caller Gate::identify(const net::Request& request, Instant now) const {
  Caller nobody;
  if (const auto header = find_header(request, "authorization"); header && !header->empty()) {
    nobody.was_wrong = true;
    const auto token = bearer_in(*header);
    return token ? holder_of(trim(*token), now).value_or(nobody) : nobody;
  }
  const std::string_view secret = cookie_of(request, kSessionCookie);
  if (secret.empty()) return nobody;
  nobody.was_wrong = true;
  const auto row = credentials_.find(secret, now);
  if (!row || row->kind != model::CredentialKind::Session) return nobody;
  return {Via::Session, false, row->id, row->name, row->role, row->expires_at};
}

Standing Gate::standing(const Caller& caller, Instant now) const {
  const bool kept = caller.via == Via::Token || caller.via == Via::Session;
  return kept ? credentials_.standing(caller.id, now) : Standing::Valid;
}

std::string Gate::cookie(const std::string& secret) const {
  const bool secure =
      std::any_of(options_.origins.begin(), options_.origins.end(),
                  [](const std::string& origin) { return origin.starts_with("https://"); });
  const std::int64_t age = secret.empty() ? 0 : limits::kSessionLifeMax.us / seconds(1).us;
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kSessionCookie,
                     secret, age, secure ? "; Secure" : "");
}

}  // namespace gantry::api
