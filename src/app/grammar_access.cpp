// token create, list and revoke; audit.
#include "app/grammar.h"

namespace gantry::app {

namespace {
Command token_create_command(Context& context) {
  auto o = std::make_shared<TokenOptions>();
  return {.name = "token create",
          .group = Group::Administer,
          .about = {"make a token; it is shown once", "创建令牌（只显示一次）"},
          .example = "gantry token create ci --role operator --expires 30d",
          .arguments = {{.names = "NAME",
                         .into = &o->name,
                         .help = {"who or what acts with it", "使用者名称"},
                         .required = true},
                        {.names = "--role",
                         .into = &o->role,
                         .help = {"what it may do (operator)", "角色（默认 operator）"},
                         .choices = {"viewer", "operator", "admin"}},
                        {.names = "--expires",
                         .into = &o->expires,
                         .help = {"how long it is valid (30d)", "有效期（如 30d）"}}},
          .run = [&context, o] { return token_create(context, *o); }};
}

Command token_list_command(Context& context) {
  return {.name = "token list",
          .group = Group::Administer,
          .about = {"valid tokens and when they were last used", "有效令牌及最近使用时间"},
          .example = "gantry token list",
          .run = [&context] { return token_list(context); }};
}

Command token_revoke_command(Context& context) {
  auto token = std::make_shared<std::string>();
  return {.name = "token revoke",
          .group = Group::Administer,
          .about = {"end a token and its sessions", "吊销令牌及其会话"},
          .example = "gantry token revoke ci",
          .arguments = {{.names = "TOKEN",
                         .into = token.get(),
                         .help = {"its name or id", "名称或编号"},
                         .required = true}},
          .run = [&context, token] { return token_revoke(context, *token); }};
}

Command audit_command(Context& context) {
  auto o = std::make_shared<AuditOptions>();
  return {.name = "audit",
          .group = Group::Administer,
          .about = {"who did what, newest first", "操作审计，最新在前"},
          .example = "gantry audit --action run.start --since 2026-01-01T00:00:00Z",
          .arguments = {{.names = "--actor", .into = &o->actor, .help = {"by them", "操作者"}},
                        {.names = "--action",
                         .into = &o->action,
                         .help = {"such as run.start", "如 run.start"}},
                        {.names = "--since",
                         .into = &o->since,
                         .help = {"not before this time (RFC 3339)", "起始时间（RFC 3339）"}},
                        {.names = "-n,--limit",
                         .into = &o->limit,
                         .help = {"how many", "数量"},
                         .min = 1,
                         .max = 1000}},
          .run = [&context, o] { return audit(context, *o); }};
}
}  // namespace

void add_access_commands(Context& context, std::vector<Command>& out) {
  out.push_back(token_create_command(context));
  out.push_back(token_list_command(context));
  out.push_back(token_revoke_command(context));
  out.push_back(audit_command(context));
}

}  // namespace gantry::app
