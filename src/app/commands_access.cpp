// The commands about who may do what: token create, list and revoke; audit.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"

namespace gantry::app {

namespace {

const std::string kTokens = "/api/v1/tokens";

std::string audit_path(const AuditOptions& options) {
  std::string path = fmt::format("/api/v1/audit?limit={}", options.limit);
  add_query(path, "actor", options.actor);
  add_query(path, "action", options.action);
  add_query(path, "from", options.since);
  return path;
}

}  // namespace

int token_create(const Context& context, const TokenOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    ValueMap body{{"name", options.name}};
    if (!options.role.empty()) body.emplace_back("role", options.role);
    if (!options.expires.empty()) body.emplace_back("expires", options.expires);
    TRY(const Value made, client.post(kTokens, Value(std::move(body))));
    if (context.json) {
      print_json(made);
      return ok();
    }
    fmt::print("{}\n", member(made, "token"));
    if (!context.quiet)
      fmt::print(stderr, "{}\n",
                 in_language(context, {"this is shown once: keep it, for the server does not",
                                       "令牌只显示这一次，服务器不保存明文，请妥善保管"}));
    return ok();
  });
}

int token_list(const Context& context) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get(kTokens));
    print_items(context, page,
                {{"ID", "编号"},
                 {"NAME", "名称"},
                 {"ROLE", "角色"},
                 {"CREATED (UTC)", "创建时间 (UTC)"},
                 {"EXPIRES", "过期时间"},
                 {"LAST USED", "最近使用"}},
                [&](const Value& token) -> std::vector<std::string> {
                  return {member(token, "id"),
                          printable(member(token, "name")),
                          member(token, "role"),
                          shown_time(token, "created_at"),
                          shown_time(token, "expires_at"),
                          shown_time(token, "last_used_at")};
                });
    return ok();
  });
}

int token_revoke(const Context& context, const std::string& token) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value gone, client.remove(kTokens + "/" + escape_segment(token)));
    if (context.json)
      print_json(gone);
    else if (!context.quiet)
      fmt::print("{} {}\n", in_language(context, {"revoked", "已吊销"}),
                 printable(member(gone, "name")));
    return ok();
  });
}

int audit(const Context& context, const AuditOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value page, client.get(audit_path(options)));
    print_items(context, page,
                {{"AT (UTC)", "时间 (UTC)"},
                 {"ACTOR", "操作者"},
                 {"FROM", "来源"},
                 {"ACTION", "操作"},
                 {"OUTCOME", "结果"},
                 {"TARGET", "对象"}},
                [&](const Value& record) -> std::vector<std::string> {
                  return {shown_time(record, "at"),  printable(member(record, "actor")),
                          member(record, "address"), member(record, "action"),
                          member(record, "outcome"), printable(member(record, "target"))};
                });
    return ok();
  });
}

}  // namespace gantry::app
