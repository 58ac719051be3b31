#include "api/problem.h"

#include <array>
#include <charconv>

#include "base/explain.h"
#include "base/json.h"

namespace gantry::api {

namespace {

struct Row {
  Code code;
  Problem problem;
};
constexpr std::array<Row, 14> kTable{{
    {Code::InvalidArgument, {400, "invalid_argument", {"Invalid request", "请求无效"}}},
    {Code::NotFound, {404, "not_found", {"Not found", "未找到"}}},
    {Code::AlreadyExists, {409, "already_exists", {"It exists already", "已存在"}}},
    {Code::FailedPrecondition,
     {409, "failed_precondition", {"Not possible in this state", "当前状态不允许此操作"}}},
    {Code::Aborted, {409, "aborted", {"Another request came first", "与另一请求冲突"}}},
    {Code::PermissionDenied, {403, "permission_denied", {"Not permitted", "没有权限"}}},
    {Code::Unauthenticated, {401, "unauthenticated", {"Sign in first", "需要身份验证"}}},
    {Code::ResourceExhausted, {429, "resource_exhausted", {"A limit is reached", "已达上限"}}},
    {Code::OutOfRange, {400, "out_of_range", {"Out of range", "超出范围"}}},
    {Code::Unavailable, {503, "unavailable", {"Not available now", "暂时不可用"}}},
    {Code::DeadlineExceeded, {504, "deadline_exceeded", {"It took too long", "超时"}}},
    {Code::DataLoss, {500, "data_loss", {"Stored data is damaged", "存储的数据已损坏"}}},
    {Code::Unimplemented, {501, "unimplemented", {"Not implemented", "尚未实现"}}},
    {Code::Internal, {500, "internal", {"Internal error", "内部错误"}}},
}};

}  // namespace

const Problem kMethodNotAllowed{
    405, "method_not_allowed", {"Method not allowed here", "不允许的请求方法"}};
const Problem kUnsupportedMedia{
    415, "unsupported_media_type", {"Unsupported content type", "不支持的内容类型"}};
const Problem kContentTooLarge{413, "content_too_large", {"Content too large", "内容过大"}};
const Problem kForeignOrigin{
    403, "foreign_origin", {"The request comes from another site", "请求来自其他站点"}};
const Problem kForeignHost{
    403, "foreign_host", {"The server does not go by this name", "主机名不属于本服务"}};

const Problem kTooManyRequests{429, "too_many_requests", {"Too many requests", "请求过于频繁"}};

const Problem& problem_of(Code code) {
  for (const Row& row : kTable)
    if (row.code == code) return row.problem;
  return problem_of(Code::Internal);
}

int http_status(Code code) { return problem_of(code).status; }

std::vector<std::string_view> problem_codes() {
  std::vector<std::string_view> out;
  for (const Row& row : kTable) out.push_back(row.problem.code);
  for (const Problem* problem : {&kMethodNotAllowed, &kUnsupportedMedia, &kContentTooLarge,
                                 &kForeignOrigin, &kForeignHost, &kTooManyRequests})
    out.push_back(problem->code);
  return out;
}

namespace {
// A reference relative to the server, which holds whatever name it was asked by. Without a
// language: the type of a problem is the same for every reader, the page is in theirs.
std::string type_of(std::string_view topic) { return "/docs/errors#" + std::string(topic); }
}  // namespace

net::Response problem_response(const Problem& problem, std::string_view detail, Lang lang,
                               Duration retry_after, std::string_view topic) {
  JsonWriter w;
  w.object()
      .field("type", type_of(topic.empty() ? problem.code : topic))
      .field("status", problem.status);
  w.field("code", problem.code).field("title", problem.title.in(lang)).field("detail", detail);
  w.end();
  net::Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.headers.emplace_back("Content-Language", lang == Lang::Zh ? "zh" : "en");
  if (problem.status == 401)
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"gantry\"");
  if (problem.status == 503 || problem.status == 429)
    response.headers.emplace_back(
        "Retry-After", std::to_string((retry_after.us + seconds(1).us - 1) / seconds(1).us));
  response.body = std::move(w).text();
  return response;
}

net::Response problem_response(const Error& error, Lang lang) {
  return problem_response(problem_of(error.code), message_in(error, lang), lang, seconds(1),
                          error.topic);
}

namespace {
// "zh-CN;q=0.8" -> 0.8; a weight that is no number counts as 0.
double weight_of(std::string_view range) {
  const std::size_t at = range.find(";q=");
  if (at == std::string_view::npos) return 1;
  const std::string_view digits = trim(range.substr(at + 3));
  double weight = 0;
  const auto [end, failure] = std::from_chars(digits.begin(), digits.end(), weight);
  return failure == std::errc() ? weight : 0;
}
// "zh", "zh-CN", "zh;q=0.5", but not "zha".
bool is_language(std::string_view range, std::string_view tag) {
  return range.starts_with(tag) &&
         (range.size() == tag.size() || range[tag.size()] == '-' || range[tag.size()] == ';');
}
}  // namespace

Lang accepted_language(std::string_view header) {
  Lang best = Lang::En;
  double best_weight = 0;
  for (const std::string_view part : split(header, ',')) {
    const std::string_view range = trim(part);
    const bool zh = is_language(range, "zh");
    if (!zh && !is_language(range, "en")) continue;
    const double weight = weight_of(range);
    if (weight <= best_weight) continue;
    best = zh ? Lang::Zh : Lang::En;
    best_weight = weight;
  }
  return best;
}

}  // namespace gantry::api
