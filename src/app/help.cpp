#include "app/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/exit_code.h"
#include "app/settings.h"
#include "app/topics.h"
#include "base/explain.h"

namespace gantry::app {

namespace {

std::string upper_name(std::string_view option) {
  const auto dashes = option.rfind("--");
  return dashes == std::string_view::npos ? "X" : std::string(option.substr(dashes + 2));
}

std::string placed(const Argument& argument) {
  std::string text = argument.names;
  if (std::holds_alternative<std::vector<std::string>*>(argument.into)) text += "...";
  if (argument.takes_rest) text = "-- " + text;
  return argument.required ? text : "[" + text + "]";
}

using Row = std::pair<std::string, std::string>;

std::string table(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.first.size());
  std::string out;
  for (const Row& row : rows) out += fmt::format("  {:<{}}  {}\n", row.first, width, row.second);
  return out;
}

std::string section(Text title, const std::vector<Row>& rows, Lang lang) {
  return rows.empty() ? "" : fmt::format("\n{}\n{}", title.in(lang), table(rows));
}

}  // namespace

bool is_option(const Argument& argument) { return argument.names.starts_with("-"); }

bool is_setting(const Argument& argument) {
  const auto& rows = settings();
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Setting& row) { return argument.names == flag_of(row); });
}

std::string shown(const Argument& argument) {
  std::string names = argument.names;
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  if (!is_option(argument) || std::holds_alternative<bool*>(argument.into)) return names;
  if (!argument.choices.empty()) return names + " " + join(argument.choices, "|");
  std::string value = upper_name(argument.names);
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return names + " " + value;
}

std::string usage(const Command& command) {
  std::string line = "gantry " + command.name;
  for (const Argument& argument : command.arguments)
    if (is_option(argument) && argument.required) line += " " + shown(argument);
  line += " [OPTIONS]";
  for (const Argument& argument : command.arguments)
    if (!is_option(argument)) line += " " + placed(argument);
  return line;
}

std::vector<Argument> common_arguments(Context& context) {
  return {{.names = "--home",
           .into = &context.home_option,
           .help = {"the home directory (GANTRY_HOME)", "主目录（GANTRY_HOME）"},
           .offers = Offers::Folders},
          {.names = "--json", .into = &context.json, .help = {"print JSON", "输出 JSON"}},
          {.names = "-q,--quiet",
           .into = &context.quiet,
           .help = {"only results and errors", "只输出结果和错误"}}};
}

std::string help_overview(const std::vector<Command>& commands, bool all, Lang lang) {
  std::string out =
      fmt::format("{}\n\n{} gantry COMMAND [OPTIONS]\n",
                  Text{"Gantry defines, schedules, runs, watches and undoes workflows.",
                       "Gantry：定义、调度、运行、监控并撤销工作流。"}
                      .in(lang),
                  Text{"Usage:", "用法："}.in(lang));
  for (const Group group : kGroups) {
    std::vector<Row> rows;
    for (const Command& command : commands)
      if (command.group == group && (all || command.everyday))
        rows.emplace_back(command.name, command.about.in(lang));
    out += section(title_of(group), rows, lang);
  }
  out += fmt::format("\n{}\n", all ? Text{"One command: gantry help COMMAND. "
                                          "Exit codes: gantry help exit-codes. "
                                          "Pages: gantry help topics.",
                                          "单个命令：gantry help COMMAND。退出码：gantry help "
                                          "exit-codes。文档：gantry help topics。"}
                                         .in(lang)
                                   : Text{"More commands: gantry help --all. "
                                          "One command: gantry help COMMAND.",
                                          "更多命令：gantry help --all。单个命令：gantry help "
                                          "COMMAND。"}
                                         .in(lang));
  return out;
}

std::string help_page(const Command& command, Lang lang) {
  std::vector<Row> places, options;
  for (const Argument& argument : command.arguments)
    (is_option(argument) ? options : places)
        .emplace_back(is_option(argument) ? shown(argument) : argument.names,
                      argument.help.in(lang));
  Context none;
  for (const Argument& argument : common_arguments(none))
    options.emplace_back(shown(argument), argument.help.in(lang));
  options.emplace_back("-h, --help", Text{"show this help", "显示帮助"}.in(lang));
  std::string out = fmt::format("{}\n\n{} {}\n", command.about.in(lang),
                                Text{"Usage:", "用法："}.in(lang), usage(command));
  out += section({"Arguments", "参数"}, places, lang);
  out += section({"Options", "选项"}, options, lang);
  return out + fmt::format("\n{}\n  {}\n", Text{"Example", "示例"}.in(lang), command.example);
}

std::string help_exit_codes(Lang lang) {
  std::vector<Row> rows;
  for (const ExitCode& code : kExitCodes)
    rows.emplace_back(std::to_string(code.value), code.about.in(lang));
  return table(rows);
}

Error no_command(const std::string& name, const std::vector<Command>& commands) {
  std::vector<std::string_view> names;
  for (const Command& command : commands) names.push_back(command.name);
  const std::string near = nearest(name, names);
  if (near.empty())
    return refuse({"no command '{}'; gantry help --all lists them",
                   "没有命令“{}”；gantry help --all 列出全部命令"},
                  name);
  return refuse({"no command '{}'; is it {}?", "没有命令“{}”；是不是 {}？"}, name, near);
}

int help(const Context& context, const std::vector<std::string>& words, bool all) {
  const Lang lang = context.terminal.lang;
  Context scratch = context;
  const auto commands = all_commands(scratch);
  const std::string name = join(words, " ");
  if (name.empty()) {
    fmt::print("{}", help_overview(commands, all, lang));
    return kSucceeded;
  }
  if (name == "topics") {
    fmt::print("{}", list_of_topics(lang));
    return kSucceeded;
  }
  if (name == "exit-codes") {
    fmt::print("{}", help_exit_codes(lang));
    return kSucceeded;
  }
  bool found = false;
  for (const Command& command : commands) {
    if (command.name != name && !command.name.starts_with(name + " ")) continue;
    fmt::print("{}{}", found ? "\n" : "", help_page(command, lang));
    found = true;
  }
  if (found || print_topic(context.terminal, name)) return kSucceeded;
  return complain(no_topic(name, commands));
}

}  // namespace gantry::app
