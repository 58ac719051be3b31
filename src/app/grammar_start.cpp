// up, serve, run, wrap, import crontab.
#include "app/grammar.h"
#include "app/settings.h"

namespace gantry::app {

namespace {
// A flag for every setting, beside what the command itself takes.
std::vector<Argument> with_settings(std::vector<Argument> arguments, ServeOptions& o) {
  o.settings.resize(settings().size());
  for (std::size_t i = 0; i < settings().size(); ++i)
    arguments.push_back(
        {.names = flag_of(settings()[i]), .into = &o.settings[i], .help = settings()[i].about});
  return arguments;
}

Command up_command(Context& context) {
  auto o = std::make_shared<ServeOptions>();
  o->with_examples = true;
  return {
      .name = "up",
      .group = Group::Start,
      .about = {"start the server, with the examples on first use", "启动服务（首次使用时带示例）"},
      .example = "gantry up",
      .everyday = true,
      .arguments = with_settings(
          {{.names = "--once",
            .into = &o->once,
            .help = {"run the main example and exit with its result", "运行主示例并以其结果退出"}}},
          *o),
      .run = [&context, o] { return serve(context, *o); }};
}

Command serve_command(Context& context) {
  auto o = std::make_shared<ServeOptions>();
  return {.name = "serve",
          .group = Group::Start,
          .about = {"start the server", "启动服务"},
          .example = "gantry serve --home /srv/gantry --listen 127.0.0.1:7400",
          .arguments = with_settings({}, *o),
          .run = [&context, o] { return serve(context, *o); }};
}

Command run_command(Context& context) {
  auto o = std::make_shared<RunOptions>();
  return {.name = "run",
          .group = Group::Start,
          .about = {"run one file here and now, without a server", "不经服务，就地运行一个文件"},
          .example = "gantry run backup.yaml --param site=shop",
          .arguments = {{.names = "FILE",
                         .into = &o->file,
                         .help = {"the workflow file", "工作流文件"},
                         .required = true,
                         .offers = Offers::Files},
                        {.names = "-p,--param",
                         .into = &o->params,
                         .help = {"name=value, repeatable", "名称=值，可重复"}}},
          .run = [&context, o] { return run_file(context, *o); }};
}

Command wrap_command(Context& context) {
  auto o = std::make_shared<WrapOptions>();
  return {
      .name = "wrap",
      .group = Group::Start,
      .about = {"run one command or crontab line and keep its log and history",
                "包装一条命令或 crontab 行：保留日志和历史"},
      .example = "gantry wrap nightly-backup --quiet -- pg_dump -Fc -f /backup/erp.dump erp",
      .arguments =
          {{.names = "NAME",
            .into = &o->name,
            .help = {"of the job; its runs are those of wrap/NAME",
                     "任务名称；其运行记在 wrap/名称 下"}},
           {.names = "COMMAND",
            .into = &o->command,
            .help = {"the command and its arguments, no shell", "命令及其参数，不经过 shell"},
            .takes_rest = true},
           {.names = "--timeout",
            .into = &o->timeout,
            .help = {"stop it after so long (2h)", "超过此时长则停止（如 2h）"}},
           {.names = "--grace",
            .into = &o->grace,
            .help = {"between SIGTERM and SIGKILL (10s)", "SIGTERM 与 SIGKILL 之间的间隔（10s）"}},
           {.names = "--title", .into = &o->title, .help = {"of the run", "运行的标题"}},
           {.names = "--label",
            .into = &o->labels,
            .help = {"name=value, repeatable", "名称=值，可重复"}},
           {.names = "--hand-in",
            .into = &o->hand_in,
            .help = {"run nothing; hand in the records that wait",
                     "不运行命令；提交等待中的记录"}}},
      .run = [&context, o] { return wrap(context, *o); }};
}

Command import_crontab_command(Context& context) {
  auto o = std::make_shared<ImportOptions>();
  return {
      .name = "import crontab",
      .group = Group::Start,
      .about = {"make a workflow file of each line of a crontab", "把 crontab 每行变成工作流文件"},
      .example = "crontab -l | gantry import crontab - --dry-run",
      .arguments =
          {{.names = "FILE",
            .into = &o->file,
            .help = {"the crontab; -: standard input", "crontab 文件；- 表示标准输入"},
            .offers = Offers::Files},
           {.names = "--system",
            .into = &o->system,
            .help = {"with a user in each line (/etc/crontab)",
                     "每行带用户名的形式（/etc/crontab）"}},
           {.names = "--user",
            .into = &o->user,
            .help = {"whose lines: the user of the server (you)",
                     "属于谁：服务器的用户（默认为您）"}},
           {.names = "--out",
            .into = &o->out,
            .help = {"the folder (workflows/ of the home)", "目标文件夹（默认 workflows/）"},
            .offers = Offers::Folders},
           {.names = "--timezone",
            .into = &o->timezone,
            .help = {"where no CRON_TZ is (the machine's)", "没有 CRON_TZ 时的时区（默认本机）"}},
           {.names = "--dry-run",
            .into = &o->dry_run,
            .help = {"write nothing, show the difference", "不写入，只显示差异"}},
           {.names = "--force",
            .into = &o->force,
            .help = {"replace files that differ", "替换内容不同的文件"}}},
      .run = [&context, o] { return import_crontab(context, *o); }};
}
}  // namespace

void add_start_commands(Context& context, std::vector<Command>& out) {
  out.push_back(up_command(context));
  out.push_back(serve_command(context));
  out.push_back(run_command(context));
  out.push_back(wrap_command(context));
  out.push_back(import_crontab_command(context));
}

}  // namespace gantry::app
