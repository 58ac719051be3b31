// The grammar of the command line. Only this file knows CLI11.
#include <CLI/CLI.hpp>

#include "app/cli.h"
#include "app/commands.h"
#include "app/exit_code.h"

namespace gantry::app {

namespace {

// The options of all commands; a command is run after parsing, through `chosen`.
struct Parsed {
  Context context;
  ServeOptions serve;
  RunOptions run_file;
  TriggerOptions trigger;
  RunsOptions runs;
  LogsOptions logs;
  DoctorOptions doctor;
  std::vector<std::string> files;
  std::string run, task, as, prefix;
  std::function<int()> chosen;
};

class Grammar {
 public:
  Grammar(CLI::App& app, Parsed& parsed)
      : app_(app), p_(parsed), lang_(parsed.context.terminal.lang) {}

  void build() {
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", text({"show this help", "显示帮助"}));
    app_.set_version_flag("--version", std::string(GANTRY_VERSION));
    add_start();
    add_look();
    add_act();
    add_administer();
  }

 private:
  std::string text(Text t) const { return std::string(t.in(lang_)); }

  CLI::App& command(const std::string& name, Text about, Text group, std::function<int()> run) {
    CLI::App& sub = *app_.add_subcommand(name, text(about));
    sub.group(text(group));
    sub.add_option("--home", p_.context.home_option,
                   text({"the home directory (GANTRY_HOME)", "主目录（GANTRY_HOME）"}));
    sub.add_flag("--json", p_.context.json, text({"print JSON", "输出 JSON"}));
    sub.add_flag("-q,--quiet", p_.context.quiet,
                 text({"only results and errors", "只输出结果和错误"}));
    sub.callback([this, run] { p_.chosen = run; });
    return sub;
  }

  void add_start() {
    const Text group{"Start", "启动"};
    auto& up = command(
        "up", {"start the server, with the examples on first use", "启动服务（首次使用时带示例）"},
        group, [this] {
          p_.serve.with_examples = true;
          return serve(p_.context, p_.serve);
        });
    up.add_option("--listen", p_.serve.listen,
                  text({"address and port (127.0.0.1:7400)", "监听地址和端口（127.0.0.1:7400）"}));
    up.add_flag(
        "--once", p_.serve.once,
        text({"run the main example and exit with its result", "运行主示例并以其结果退出"}));
    auto& plain = command("serve", {"start the server", "启动服务"}, group,
                          [this] { return serve(p_.context, p_.serve); });
    plain.add_option(
        "--listen", p_.serve.listen,
        text({"address and port (127.0.0.1:7400)", "监听地址和端口（127.0.0.1:7400）"}));
    auto& run = command(
        "run", {"run one file here and now, without a server", "不经服务，就地运行一个文件"}, group,
        [this] { return run_file(p_.context, p_.run_file); });
    run.add_option("FILE", p_.run_file.file, text({"the workflow file", "工作流文件"}))->required();
    run.add_option("-p,--param", p_.run_file.params,
                   text({"name=value, repeatable", "名称=值，可重复"}))
        ->allow_extra_args(false);
  }

  void add_look() {
    const Text group{"Look", "查看"};
    auto& listing = command("runs", {"list runs, newest first", "列出运行，最新的在前"}, group,
                            [this] { return runs(p_.context, p_.runs); });
    listing.add_option("WORKFLOW", p_.runs.workflow,
                       text({"of this workflow, or folder/", "某个工作流，或 文件夹/"}));
    listing.add_option("--state", p_.runs.state,
                       text({"queued, running, succeeded, failed, cancelled", "按状态筛选"}));
    listing.add_option("--cause", p_.runs.cause, text({"request, timer, catch_up", "按起因筛选"}));
    listing.add_option("-n,--limit", p_.runs.limit, text({"how many", "数量"}))
        ->check(CLI::Range(1, 1000));
    add_run_argument(command("show", {"a run and its tasks", "显示一次运行及其任务"}, group,
                             [this] { return show(p_.context, p_.run); }));
    add_run_argument(command("tree", {"a run as a tree", "以树形显示一次运行"}, group,
                             [this] { return tree(p_.context, p_.run); }));
    add_run_argument(command("history", {"everything that happened to a run", "一次运行的全部历史"},
                             group, [this] { return history(p_.context, p_.run); }));
    auto& log = command("logs", {"the log of a task", "任务日志"}, group,
                        [this] { return logs(p_.context, p_.logs); });
    log.add_option("RUN", p_.logs.run, run_help())->required();
    log.add_option("TASK", p_.logs.task, text({"the task; none: all tasks", "任务；不写则为全部"}));
    log.add_flag("-f,--follow", p_.logs.follow,
                 text({"go on until the attempt ends", "持续输出直到结束"}));
    log.add_option("--attempt", p_.logs.attempt,
                   text({"number of the attempt (the last)", "第几次尝试（默认最后一次）"}));
    log.add_option("-n,--tail", p_.logs.tail, text({"only the last lines", "只看最后若干行"}));
    auto& reasons = command(
        "why", {"what a run or task waits for, or why it ended so", "在等什么，或为何如此结束"},
        group, [this] { return why(p_.context, p_.run, p_.task); });
    add_run_argument(reasons);
    reasons.add_option("TASK", p_.task, text({"one task", "某个任务"}));
    command("workflows", {"list workflows", "列出工作流"}, group, [this] {
      return workflows(p_.context, p_.prefix);
    }).add_option("PREFIX", p_.prefix, text({"names that begin so", "名称前缀"}));
  }

  void add_act() {
    const Text group{"Act", "操作"};
    auto& start = command("trigger", {"start a run", "启动一次运行"}, group,
                          [this] { return trigger(p_.context, p_.trigger); });
    start.add_option("WORKFLOW", p_.trigger.workflow, text({"its name", "工作流名称"}))->required();
    start
        .add_option("-p,--param", p_.trigger.params,
                    text({"name=value, repeatable", "名称=值，可重复"}))
        ->allow_extra_args(false);
    start.add_option(
        "--key", p_.trigger.key,
        text({"idempotency key: the same key starts one run", "幂等键：同一个键只启动一次"}));
    start.add_flag(
        "-w,--wait", p_.trigger.wait,
        text({"wait for the end; the exit code is the result", "等待结束；退出码即结果"}));
    add_run_argument(
        command("cancel", {"stop a run (twice: without grace)", "取消运行（再次执行则立即终止）"},
                group, [this] { return cancel(p_.context, p_.run); }));
    auto& decide =
        command("resolve", {"decide a task that waits for a person", "裁决等待人工处理的任务"},
                group, [this] { return resolve(p_.context, p_.run, p_.task, p_.as); });
    add_run_argument(decide);
    decide.add_option("TASK", p_.task, text({"the task", "任务"}))->required();
    decide.add_option("--as", p_.as, "succeeded | failed | skipped")->required();
  }

  void add_administer() {
    const Text group{"Check", "检查"};
    command("lint", {"check workflow files", "检查工作流文件"}, group,
            [this] { return lint(p_.context, p_.files); })
        .add_option("FILE", p_.files, text({"files or folders", "文件或文件夹"}))
        ->required();
    auto& check = command(
        "doctor", {"what this machine offers; --check the store", "检查本机环境；--check 校验存储"},
        group, [this] { return doctor(p_.context, p_.doctor); });
    check.add_flag("--check", p_.doctor.check,
                   text({"verify the invariants of the store", "校验存储的不变量"}));
    check.add_option(
        "--witness", p_.doctor.witness,
        text({"compare with what tasks wrote themselves", "与任务自己写下的记录对照"}));
    command("version", {"the version of this program", "程序版本"}, group,
            [this] { return version(p_.context); });
  }

  std::string run_help() const {
    return text({"its number, or a workflow for its last run", "编号，或工作流名称（取最近一次）"});
  }
  void add_run_argument(CLI::App& sub) { sub.add_option("RUN", p_.run, run_help())->required(); }

  CLI::App& app_;
  Parsed& p_;
  const Lang lang_;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  Parsed parsed;
  parsed.context.terminal = look_at_terminal();
  CLI::App app(std::string(Text{"Gantry defines, schedules, runs, watches and undoes workflows.",
                                "Gantry：定义、调度、运行、监控并撤销工作流。"}
                               .in(parsed.context.terminal.lang)));
  Grammar(app, parsed).build();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? kSucceeded : kInvalid;
  }
  return parsed.chosen();
}

}  // namespace gantry::app
