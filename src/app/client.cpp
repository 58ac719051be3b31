#include "app/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"

namespace gantry::app {

namespace {

constexpr long kConnectSeconds = 5;

struct Where {
  std::string url;
  std::string token;
  std::string pin;  // of the public key of this home's server, with TLS
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The libcurl that comes with the tarball knows Debian's place only. Empty: what libcurl knows.
std::string certificate_authorities() {
  for (const char* name : {"GANTRY_CA_FILE", "SSL_CERT_FILE"})
    if (std::string path = variable(name); !path.empty()) return path;
  for (const char* path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"})
    if (exists(path)) return path;
  return {};
}

Error no_server(const Home& home) {
  return about(
      "no-server",
      explain(Code::Unavailable,
              {"no server runs for {}; start it with `gantry up` or `gantry serve`, or set "
               "GANTRY_URL",
               "{} 没有运行中的服务器；请用 `gantry up` 或 `gantry serve` 启动，或设置 "
               "GANTRY_URL"},
              home.root));
}

Result<Where> find_server(const Home& home) {
  Where where{variable("GANTRY_URL"), variable("GANTRY_TOKEN"), {}};
  if (where.url.empty()) {
    auto address = read_file(home.address_file(), 1000);
    if (!address.ok()) return no_server(home);
    where.url = trim(*address);
    if (auto pin = read_file(home.pin_file(), 1000); pin.ok()) where.pin = trim(*pin);
  }
  if (where.token.empty()) {
    auto token = read_file(home.token_file(), 1000);
    if (token.ok()) where.token = trim(*token);
  }
  while (where.url.ends_with("/")) where.url.pop_back();
  return where;
}

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

struct Sink {
  const std::function<bool(std::string_view)>* take = nullptr;
  CURL* curl = nullptr;
  std::string problem;  // the body of an answer that is no success
};

std::size_t hand_over(char* data, std::size_t size, std::size_t count, void* into) {
  auto& sink = *static_cast<Sink*>(into);
  long status = 0;
  curl_easy_getinfo(sink.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 300)
    sink.problem.append(data, size * count);
  else if (!(*sink.take)({data, size * count}))
    return 0;
  return size * count;
}

std::size_t read_header(char* data, std::size_t size, std::size_t count, void* into) {
  constexpr std::string_view kNext = "gantry-next:";
  const std::string_view line(data, size * count);
  const bool is_next = line.size() > kNext.size() &&
                       std::equal(kNext.begin(), kNext.end(), line.begin(), [](char a, char b) {
                         return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
                       });
  if (is_next)
    *static_cast<std::int64_t*>(into) =
        std::strtoll(std::string(trim(line.substr(kNext.size()))).c_str(), nullptr, 10);
  return size * count;
}

Code code_of_status(long status) {
  switch (status) {
    case 400:
    case 422: return Code::InvalidArgument;
    case 401: return Code::Unauthenticated;
    case 403: return Code::PermissionDenied;
    case 404: return Code::NotFound;
    case 409: return Code::FailedPrecondition;
    case 429: return Code::ResourceExhausted;
    case 503:
    case 504: return Code::Unavailable;
    default: return Code::Internal;
  }
}

// The fragment of the problem's type: the page of this very error. That of a mere code tells a
// person at the terminal nothing new.
std::string topic_of(const Result<Value>& problem) {
  if (!problem.ok()) return {};
  const Value* type = problem->find("type");
  const Value* code = problem->find("code");
  if (type == nullptr || !type->is(Value::Kind::String)) return {};
  const std::size_t hash = type->as_string().find('#');
  if (hash == std::string::npos) return {};
  const std::string topic = type->as_string().substr(hash + 1);
  const bool is_code =
      code != nullptr && code->is(Value::Kind::String) && code->as_string() == topic;
  return is_code ? "" : topic;
}

Error problem_of(long status, const std::string& body) {
  const auto problem = parse_json(body);
  const Value* detail = problem.ok() ? problem->find("detail") : nullptr;
  if (detail == nullptr && problem.ok()) detail = problem->find("title");
  const std::string text = detail != nullptr && detail->is(Value::Kind::String)
                               ? detail->as_string()
                               : fmt::format("the server answered {}", status);
  return about(topic_of(problem), error(code_of_status(status), text));
}

class CurlClient : public Client {
 public:
  CurlClient(Where where, Lang lang, CURL* curl) : where_(std::move(where)), curl_(curl) {
    headers_ = curl_slist_append(headers_, ("Authorization: Bearer " + where_.token).c_str());
    headers_ = curl_slist_append(headers_, "Content-Type: application/json");
    headers_ = curl_slist_append(
        headers_, lang == Lang::Zh ? "Accept-Language: zh-CN" : "Accept-Language: en");
  }
  ~CurlClient() override {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  const std::string& url() const override { return where_.url; }
  void limit_time(Duration limit) override { limit_ = limit; }

  Result<Value> get(const std::string& path) override {
    prepare(path);
    return exchange();
  }

  Result<Value> post(const std::string& path, const Value& body, const std::string& key) override {
    prepare(path);
    set_body(body);
    if (key.empty()) return exchange();
    curl_slist* with_key = curl_slist_append(nullptr, ("Idempotency-Key: " + key).c_str());
    for (const curl_slist* at = headers_; at != nullptr; at = at->next)
      with_key = curl_slist_append(with_key, at->data);
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, with_key);
    auto answer = exchange();
    curl_slist_free_all(with_key);
    return answer;
  }

  Result<Value> put(const std::string& path, const Value& body) override {
    prepare(path);
    set_body(body);
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, "PUT");
    return exchange();
  }

  Result<Value> remove(const std::string& path) override {
    prepare(path);
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, "DELETE");
    return exchange();
  }

  Result<std::int64_t> stream(const std::string& path,
                              const std::function<bool(std::string_view)>& take) override {
    prepare(path);
    std::int64_t next = -1;
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, read_header);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &next);
    TRY_STATUS(hand_over_to(take));
    return next;
  }

  Status download(const std::string& path, const Value& body,
                  const std::function<bool(std::string_view)>& take) override {
    prepare(path);
    set_body(body);
    return hand_over_to(take);
  }

 private:
  void set_body(const Value& body) {
    const std::string text = to_json(body);
    curl_easy_setopt(curl_, CURLOPT_POST, 1L);
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    curl_easy_setopt(curl_, CURLOPT_COPYPOSTFIELDS, text.c_str());
  }

  Status hand_over_to(const std::function<bool(std::string_view)>& take) {
    Sink sink{&take, curl_, {}};
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, hand_over);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &sink);
    const CURLcode code = curl_easy_perform(curl_);
    if (code == CURLE_WRITE_ERROR) return ok();  // `take` has seen enough
    if (code != CURLE_OK) return unreachable(code);
    const long status = status_of_answer();
    if (status >= 300) return problem_of(status, sink.problem);
    return ok();
  }

  void prepare(const std::string& path) {
    curl_easy_reset(curl_);
    curl_easy_setopt(curl_, CURLOPT_URL, (where_.url + path).c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(limit_.us / 1'000));
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!where_.pin.empty()) {
      // The names in the certificate are those that others use; its key is what we know.
      curl_easy_setopt(curl_, CURLOPT_PINNEDPUBLICKEY, where_.pin.c_str());
      curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (const std::string authorities = certificate_authorities(); !authorities.empty()) {
      curl_easy_setopt(curl_, CURLOPT_CAINFO, authorities.c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  }

  Result<Value> exchange() {
    std::string body;
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body);
    if (const CURLcode code = curl_easy_perform(curl_); code != CURLE_OK) return unreachable(code);
    const long status = status_of_answer();
    if (status >= 300) return problem_of(status, body);
    if (body.empty()) return Value();
    JsonLimits limits;
    limits.size_bytes_max = 256u << 20;
    return parse_json(body, limits);
  }

  long status_of_answer() const {
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  Error unreachable(CURLcode code) const {
    return about("unreachable", explain(Code::Unavailable,
                                        {"the server at {} can not be reached: {}",
                                         "无法连接位于 {} 的服务器：{}"},
                                        where_.url, std::string_view(curl_easy_strerror(code))));
  }

  const Where where_;
  CURL* const curl_;
  curl_slist* headers_ = nullptr;
  Duration limit_;  // 0: none
};

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(const Home& home, Lang lang) {
  TRY(Where where, find_server(home));
  CURL* curl = curl_easy_init();
  if (curl == nullptr) return error(Code::Internal, "libcurl can not be initialised");
  return std::unique_ptr<Client>(std::make_unique<CurlClient>(std::move(where), lang, curl));
}

std::string escape_segment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace gantry::app
