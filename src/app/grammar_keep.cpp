// backup, restore, gc.
#include "app/grammar.h"

namespace gantry::app {

namespace {
Command backup_command(Context& context) {
  auto o = std::make_shared<BackupOptions>();
  return {
      .name = "backup",
      .group = Group::Administer,
      .about = {"back up the home, also while its server runs", "备份主目录（服务器运行时也可以）"},
      .example = "gantry backup nightly.tar.zst",
      .arguments = {{.names = "FILE",
                     .into = &o->file,
                     .help = {"a new file; by default named after the time, here",
                              "新文件名；默认以时间命名并放在当前目录"},
                     .offers = Offers::Files},
                    {.names = "--without-logs",
                     .into = &o->without_logs,
                     .help = {"leave out the logs of tasks", "不包含任务日志"}},
                    {.names = "--with-secrets",
                     .into = &o->with_secrets,
                     .help = {"put the secrets in, readable by whoever has the file",
                              "包含机密（持有文件者即可读取）"}}},
      .run = [&context, o] { return backup(context, *o); }};
}

Command restore_command(Context& context) {
  auto o = std::make_shared<RestoreCommandOptions>();
  return {.name = "restore",
          .group = Group::Administer,
          .about = {"make a home from a backup; its server starts paused",
                    "从备份恢复主目录；服务器以暂停状态启动"},
          .example = "gantry restore nightly.tar.zst --home /srv/gantry",
          .arguments = {{.names = "FILE",
                         .into = &o->file,
                         .help = {"a backup", "备份文件"},
                         .required = true,
                         .offers = Offers::Files},
                        {.names = "--force",
                         .into = &o->force,
                         .help = {"move aside what the home holds", "将主目录现有内容移到一旁"}}},
          .run = [&context, o] { return restore(context, *o); }};
}

Command gc_command(Context& context) {
  auto dry_run = std::make_shared<bool>(false);
  return {.name = "gc",
          .group = Group::Administer,
          .about = {"take away now what is past its time", "立即清理超出保留期限的内容"},
          .example = "gantry gc --dry-run",
          .arguments = {{.names = "--dry-run",
                         .into = dry_run.get(),
                         .help = {"only tell what would go", "只报告，不清理"}}},
          .run = [&context, dry_run] { return gc(context, *dry_run); }};
}
}  // namespace

void add_keep_commands(Context& context, std::vector<Command>& out) {
  out.push_back(backup_command(context));
  out.push_back(restore_command(context));
  out.push_back(gc_command(context));
}

}  // namespace gantry::app
