#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/help.h"
#include "app/settings.h"
#include "reference/markdown.h"
#include "reference/pages.h"
#include "reference/surroundings.h"

namespace gantry::reference {

namespace {

using app::Argument;
using app::Command;

void add_argument(Markdown& page, const Argument& argument) {
  std::string about(argument.help.in(page.lang()));
  if (argument.min != 0 || argument.max != 0)
    about += fmt::format(fmt::runtime(Text{"; {} to {}", "；{} 到 {}"}.in(page.lang())),
                         argument.min, argument.max);
  page.item(shown(argument), both(about));
}

void add_command(Markdown& page, const Command& command) {
  page.heading(3, both(code("gantry " + command.name)));
  page.sentence(command.about);
  page.block(usage(command));
  bool takes_settings = false;
  for (const Argument& argument : command.arguments) {
    if (app::is_setting(argument))
      takes_settings = true;
    else
      add_argument(page, argument);
  }
  if (takes_settings)
    page.paragraph({"It takes a flag for each [setting](settings.md).",
                    "每项[设置](settings.md)都有对应的选项。"});
  page.paragraph({"Example:", "示例："});
  page.block(command.example);
}

void add_head(Markdown& page) {
  page.heading(1, {"Commands", "命令"});
  page.paragraph(
      {"Every command of `gantry` with its arguments and options. `gantry help COMMAND` shows the "
       "same in the terminal. Results go to standard output, messages to standard error.",
       "`gantry` 的全部命令及其参数和选项。`gantry help COMMAND` "
       "在终端中显示同样的内容。结果写到标准输出，消息写到标准错误。"});
  page.heading(2, {"Options of every command", "通用选项"});
  app::Context none;
  for (const Argument& argument : common_arguments(none)) add_argument(page, argument);
  page.item("-h, --help", {"show the help of the command", "显示命令的帮助"});
}

void add_exit_codes(Markdown& page) {
  page.heading(2, {"Exit codes", "退出码"});
  page.paragraph(
      {"Of every command. `gantry run`, `gantry up --once` and what waits with `--wait` answer "
       "with "
       "the result of the run. `gantry wrap` answers as the wrapped command did.",
       "适用于全部命令。`gantry run`、`gantry up --once` 以及带 `--wait` "
       "的命令以运行的结果退出。`gantry wrap` 的退出码与被包装的命令相同。"});
  for (const app::ExitCode& row : app::kExitCodes) page.item(std::to_string(row.value), row.about);
}

void add_variables(Markdown& page) {
  page.heading(2, {"Environment variables", "环境变量"});
  page.paragraph({"Beside those of the [settings](settings.md).",
                  "除[设置](settings.md)的环境变量之外，还有："});
  for (const Surrounding& row : kVariables) page.item(row.name, row.about);
}

}  // namespace

std::string commands_page(Lang lang) {
  Markdown page(lang);
  app::Context context;
  const auto commands = all_commands(context);
  add_head(page);
  for (const app::Group group : app::kGroups) {
    page.heading(2, title_of(group));
    for (const Command& command : commands)
      if (command.group == group) add_command(page, command);
  }
  add_exit_codes(page);
  add_variables(page);
  return page.take();
}

}  // namespace gantry::reference
