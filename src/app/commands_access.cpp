// The commands about who may do what: token create, list and revoke; audit.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"

namespace gantry::app {

namespace {

const std::string kTokens = "/api/v1/tokens";

std::string audit_query(const AuditOptions& options) {
  std::string query = fmt::format("?limit={}", options.limit);
  const auto add = [&query](const char* name, const std::string& value) {
    if (!value.empty()) query += fmt::format("&{}={}", name, escape_segment(value));
  };
  add("actor", options.actor);
  add("action", options.action);
  add("from", options.since);
  return query;
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
    if (context.json) {
      print_json(items_of(page));
      return ok();
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& token : items_of(page))
      rows.push_back({member(token, "id"), printable(member(token, "name")), member(token, "role"),
                      shown_time(token, "created_at"), shown_time(token, "expires_at"),
                      shown_time(token, "last_used_at")});
    print_table(context.terminal,
                {in_language(context, {"ID", "编号"}), in_language(context, {"NAME", "名称"}),
                 in_language(context, {"ROLE", "角色"}),
                 in_language(context, {"CREATED (UTC)", "创建时间 (UTC)"}),
                 in_language(context, {"EXPIRES", "过期时间"}),
                 in_language(context, {"LAST USED", "最近使用"})},
                rows);
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
    TRY(const Value page, client.get("/api/v1/audit" + audit_query(options)));
    if (context.json) {
      print_json(items_of(page));
      return ok();
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& record : items_of(page))
      rows.push_back({shown_time(record, "at"), printable(member(record, "actor")),
                      member(record, "address"), member(record, "action"),
                      member(record, "outcome"), printable(member(record, "target"))});
    print_table(
        context.terminal,
        {in_language(context, {"AT (UTC)", "时间 (UTC)"}),
         in_language(context, {"ACTOR", "操作者"}), in_language(context, {"FROM", "来源"}),
         in_language(context, {"ACTION", "操作"}), in_language(context, {"OUTCOME", "结果"}),
         in_language(context, {"TARGET", "对象"})},
        rows);
    return ok();
  });
}

}  // namespace gantry::app
