#include "net/request_parser.h"

#include <fmt/format.h>
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <optional>

namespace gantry::net {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using BeastText = boost::beast::string_view;

namespace {

std::string_view text(BeastText value) { return {value.data(), value.size()}; }

std::string lower_case(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_digits(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The shortest rest of a chunked body, "0\r\n\r\n". Beast asserts that it has as much when it
// comes back to a last chunk, so it never gets less; no body can be complete with less.
constexpr std::size_t kChunkedRestMin = 5;

std::string too_large_header() {
  return fmt::format("The request line and headers exceed {} bytes.", limits::kHeaderBytesMax);
}

}  // namespace

class RequestParser::Grammar : public http::basic_parser<true> {
 public:
  explicit Grammar(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {
    header_limit(static_cast<std::uint32_t>(limits::kHeaderBytesMax));
    body_limit(body_bytes_max);
    eager(true);
  }

  Fed feed(std::string_view bytes);

  Request request;
  std::optional<Refusal> refusal;
  bool http10 = false;
  bool expects_continue = false;

 private:
  void refuse(int status, std::string message, ErrorCode& error) {
    refusal = Refusal{status, std::move(message)};
    error = http::error::bad_value;  // makes Beast stop; ours is the message
  }
  void refuse_by_grammar(const ErrorCode& error);
  void count_header(std::size_t bytes, ErrorCode& error) {
    header_bytes_ += bytes;
    if (header_bytes_ > limits::kHeaderBytesMax) refuse(431, too_large_header(), error);
  }
  void check_expect(std::string_view value, ErrorCode& error);

  void on_request_impl(http::verb verb, BeastText method, BeastText target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int, BeastText, int, ErrorCode&) override {}
  void on_field_impl(http::field field, BeastText name, BeastText value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(BeastText part, ErrorCode&) override {
    request.body.append(part.data(), part.size());
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, BeastText, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText part, ErrorCode& error) override {
    return on_body_impl(part, error);
  }
  void on_finish_impl(ErrorCode&) override {}

  std::size_t body_bytes_max_;
  std::size_t header_bytes_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  int codings_ = 0;
  bool header_seen_ = false;
};

void RequestParser::Grammar::on_request_impl(http::verb, BeastText method, BeastText target,
                                             int version, ErrorCode& error) {
  http10 = version == 10;
  request.method = text(method);
  request.target = text(target);
  count_header(method.size() + target.size(), error);
  if (error) return;
  if (request.target == "*" && request.method == "OPTIONS") return;
  if (!request.target.starts_with('/'))
    return refuse(400, "The request target must be a path that begins with '/'.", error);
  if (request.target.find('#') != std::string::npos)
    return refuse(400, "The request target must not have a fragment ('#').", error);
}

void RequestParser::Grammar::on_field_impl(http::field field, BeastText name, BeastText value,
                                           ErrorCode& error) {
  count_header(name.size() + value.size() + 4, error);
  if (error || header_seen_) return;  // trailers are counted and dropped
  switch (field) {
    case http::field::host: ++hosts_; break;
    case http::field::content_length:
      if (++lengths_ > 1 || !is_digits(text(value)))
        return refuse(400, "Content-Length must be one number.", error);
      break;
    case http::field::transfer_encoding:
      ++codings_;
      if (lower_case(text(value)) != "chunked")
        return refuse(501, "Only the transfer coding 'chunked' is supported.", error);
      if (http10) return refuse(400, "HTTP/1.0 has no Transfer-Encoding.", error);
      break;
    case http::field::expect: check_expect(text(value), error); break;
    default: break;
  }
  request.headers.emplace_back(lower_case(text(name)), std::string(text(value)));
}

void RequestParser::Grammar::check_expect(std::string_view value, ErrorCode& error) {
  if (lower_case(value) != "100-continue")
    return refuse(417, "Only the expectation '100-continue' is supported.", error);
  expects_continue = !http10;
}

void RequestParser::Grammar::on_header_impl(ErrorCode& error) {
  header_seen_ = true;
  if (lengths_ > 0 && codings_ > 0)
    return refuse(400, "Content-Length and Transfer-Encoding exclude each other.", error);
  if (hosts_ > 1 || (hosts_ == 0 && !http10))
    return refuse(400, "There must be one Host header.", error);
  const std::size_t question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = request.target.substr(question + 1);
  header_bytes_ = 0;  // from here on it counts trailers
}

void RequestParser::Grammar::refuse_by_grammar(const ErrorCode& error) {
  if (refusal) return;
  if (error == http::error::header_limit)
    refusal = Refusal{431, too_large_header()};
  else if (error == http::error::body_limit)
    refusal = Refusal{413, fmt::format("The body exceeds {} bytes.", body_bytes_max_)};
  else if (error == http::error::bad_version)
    refusal = Refusal{505, "Only HTTP/1.1 and HTTP/1.0 are supported."};
  else
    refusal = Refusal{400, fmt::format("Malformed request: {}.", error.message())};
}

RequestParser::Fed RequestParser::Grammar::feed(std::string_view bytes) {
  Fed fed;
  // RFC 9112 section 2.2: an empty line before the request is passed over.
  if (!got_some() && bytes.starts_with("\r\n")) fed.consumed = 2;
  if (!got_some() && bytes == "\r") return fed;
  bytes.remove_prefix(fed.consumed);
  if (bytes.empty()) return fed;
  if (is_header_done() && chunked() && bytes.size() < kChunkedRestMin) return fed;
  ErrorCode error;
  const std::size_t parsed = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  fed.consumed += parsed;
  if (error == http::error::need_more) {
    error = {};
    if (bytes.size() - parsed > limits::kHeaderBytesMax) error = http::error::header_limit;
  }
  if (error) {
    refuse_by_grammar(error);
    fed.progress = Progress::Refused;
  } else if (is_done()) {
    fed.progress = Progress::Complete;
  }
  return fed;
}

RequestParser::RequestParser(std::size_t body_bytes_max)
    : grammar_(std::make_unique<Grammar>(body_bytes_max)) {}
RequestParser::~RequestParser() = default;

RequestParser::Fed RequestParser::feed(std::string_view bytes) { return grammar_->feed(bytes); }
bool RequestParser::header_done() const { return grammar_->is_header_done(); }
bool RequestParser::expects_continue() const { return grammar_->expects_continue; }
bool RequestParser::keep_alive() const { return grammar_->keep_alive(); }
bool RequestParser::may_chunk() const { return !grammar_->http10; }
Request RequestParser::take() { return std::move(grammar_->request); }
const Refusal& RequestParser::refusal() const {
  CHECK(grammar_->refusal);
  return *grammar_->refusal;
}

}  // namespace gantry::net
