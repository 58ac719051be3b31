// Records of commands that ran under `gantry wrap`.
#include "api/routes.h"

namespace gantry::api {

namespace {
constexpr std::int64_t kDataMax = 3'000'000;  // base64, below the limit of a body
}  // namespace

void add_wrap_routes(std::vector<Route>& out) {
  out.push_back({.method = "POST",
                 .path = "/api/v1/wraps",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Start,
                 .audit = AuditKind::WrapTaken,
                 .summary = {"Hand in the record of a command under gantry wrap",
                             "提交 gantry wrap 包装的命令的记录"},
                 .body_kind = BodyKind::Json,
                 .body = {{.name = "start",
                           .kind = FieldKind::Object,
                           .help = {"what ran: id, name, command, started_at ...",
                                    "执行内容：id、name、command、started_at 等"},
                           .required = true},
                          {.name = "end",
                           .kind = FieldKind::Object,
                           .help = {"how it ended: state, exit_code ...; without it nobody knows",
                                    "结束情况：state、exit_code 等；缺省表示未知"}}},
                 .status = 201,
                 .answer = "Started",
                 .key = KeyUse::Always,
                 .handler = post_wrap});
  out.push_back({.method = "POST",
                 .path = "/api/v1/wraps/{id}/log",
                 .policy = Policy::Role,
                 .role = model::Role::Operator,
                 .rate = RateClass::Write,
                 .audit = AuditKind::WrapLogTaken,
                 .summary = {"Hand in a part of the log of such a command, before its record",
                             "提交该命令日志的一部分，须先于记录"},
                 .body_kind = BodyKind::Json,
                 .body = {{.name = "offset",
                           .kind = FieldKind::Integer,
                           .help = {"where it begins in the log, in bytes", "在日志中的起始字节"},
                           .required = true,
                           .min = 0,
                           .max = kNumberMax},
                          {.name = "data",
                           .kind = FieldKind::String,
                           .help = {"base64", "base64 编码"},
                           .required = true,
                           .min = 1,
                           .max = kDataMax}},
                 .answer = "WrapLog",
                 .handler = post_wrap_log});
}

}  // namespace gantry::api
