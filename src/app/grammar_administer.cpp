// lint, schema, doctor, config, help, completion, version.
#include "app/grammar.h"

namespace gantry::app {

namespace {
Command lint_command(Context& context) {
  auto files = std::make_shared<std::vector<std::string>>();
  return {.name = "lint",
          .group = Group::Administer,
          .about = {"check workflow files", "检查工作流文件"},
          .example = "gantry lint workflows/",
          .everyday = true,
          .arguments = {{.names = "FILE",
                         .into = files.get(),
                         .help = {"files or folders", "文件或文件夹"},
                         .required = true,
                         .offers = Offers::Files}},
          .run = [&context, files] { return lint(context, *files); }};
}

Command doctor_command(Context& context) {
  auto o = std::make_shared<DoctorOptions>();
  return {
      .name = "doctor",
      .group = Group::Administer,
      .about = {"what this machine offers; --check the store", "检查本机环境；--check 校验存储"},
      .example = "gantry doctor --check",
      .everyday = true,
      .arguments = {{.names = "--check",
                     .into = &o->check,
                     .help = {"verify the invariants of the store", "校验存储的不变量"}},
                    {.names = "--witness",
                     .into = &o->witness,
                     .help = {"compare with what tasks wrote themselves",
                              "与任务自己写下的记录对照"},
                     .offers = Offers::Files}},
      .run = [&context, o] { return doctor(context, *o); }};
}

Command schema_command(Context& context) {
  return {.name = "schema",
          .group = Group::Administer,
          .about = {"the JSON Schema of workflow files, for editors",
                    "工作流文件的 JSON Schema，供编辑器使用"},
          .example = "gantry schema > workflow.schema.json",
          .run = [&context] { return schema(context); }};
}

Command version_command(Context& context) {
  return {.name = "version",
          .group = Group::Administer,
          .about = {"the version of this program", "程序版本"},
          .example = "gantry version --json",
          .run = [&context] { return version(context); }};
}

Command config_command(Context& context) {
  auto key = std::make_shared<std::string>();
  return {.name = "config",
          .group = Group::Administer,
          .about = {"every setting, its value and where it comes from", "全部设置、取值及其来源"},
          .example = "gantry config",
          .arguments = {{.names = "KEY", .into = key.get(), .help = {"one setting", "某项设置"}}},
          .run = [&context, key] { return config(context, *key); }};
}

Command help_command(Context& context) {
  struct Options {
    std::vector<std::string> command;
    bool all = false;
  };
  auto o = std::make_shared<Options>();
  return {.name = "help",
          .group = Group::Administer,
          .about = {"help on a command, an error or a topic; --all lists every command",
                    "查看命令、错误或主题的帮助；--all 列出全部命令"},
          .example = "gantry help --all",
          .arguments = {{.names = "TOPIC",
                         .into = &o->command,
                         .help = {"a command, a page or an error (unknown-key); topics lists them",
                                  "命令、页面或错误（如 unknown-key）；topics 列出它们"},
                         .offers = Offers::Topics},
                        {.names = "--all", .into = &o->all, .help = {"every command", "全部命令"}}},
          .run = [&context, o] { return help(context, o->command, o->all); }};
}

Command completion_command() {
  auto shell = std::make_shared<std::string>();
  return {.name = "completion",
          .group = Group::Administer,
          .about = {"a completion script for a shell", "输出 shell 补全脚本"},
          .example = "source <(gantry completion bash)",
          .arguments = {{.names = "SHELL",
                         .into = shell.get(),
                         .help = {"bash, zsh or fish", "bash、zsh 或 fish"},
                         .required = true,
                         .choices = {"bash", "zsh", "fish"}}},
          .run = [shell] { return completion(*shell); }};
}
}  // namespace

void add_administer_commands(Context& context, std::vector<Command>& out) {
  out.push_back(lint_command(context));
  out.push_back(schema_command(context));
  out.push_back(doctor_command(context));
  out.push_back(config_command(context));
  out.push_back(help_command(context));
  out.push_back(completion_command());
  out.push_back(version_command(context));
}

}  // namespace gantry::app
