#include <fmt/format.h>

#include <algorithm>

#include "app/exit_code.h"
#include "app/help.h"
#include "app/settings.h"
#include "reference/pages.h"
#include "reference/surroundings.h"

namespace gantry::reference {

namespace {

using app::Argument;
using app::Command;

// Text as roff shows it: no request, no escape, and `-` as what can be copied and typed.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with(".") || text.starts_with("'")) out += "\\&";
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

// Chinese has no blanks: a line may end behind its punctuation.
std::string breakable(std::string text) {
  for (const std::string_view mark : {"，", "。", "；", "：", "、"})
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) {
      at += mark.size();
      if (at < text.size()) text.insert(at, "\\:");
    }
  return text;
}

// The words of a text in lines of 80 bytes at the most.
std::string prose(std::string_view text) {
  constexpr std::size_t kBytes = 80;
  std::string out, line;
  for (const std::string_view part : split(text, ' ')) {
    const std::string word = breakable(roff(part));
    if (!line.empty() && line.size() + 1 + word.size() > kBytes) {
      out += line + '\n';
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  return out + line + '\n';
}

class Man {
 public:
  explicit Man(Lang lang) : lang_(lang) {}

  void section(Text title) { out_ += fmt::format(".SH {}\n", title.in(lang_)); }
  void part(std::string_view title) { out_ += fmt::format(".SS {}\n", roff(title)); }
  void begin(Text text) { out_ += prose(text.in(lang_)); }  // of a section or a part
  void paragraph(Text text) { out_ += fmt::format(".PP\n{}", prose(text.in(lang_))); }
  void raw(std::string_view text) { out_ += text; }
  void item(std::string_view name, Text about) {
    out_ += fmt::format(".TP\n.B {}\n{}", roff(name), prose(about.in(lang_)));
  }
  void example(std::string_view text) {
    out_ += fmt::format(".PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(text));
  }
  Lang lang() const { return lang_; }
  std::string take() { return std::move(out_); }

 private:
  Lang lang_;
  std::string out_;
};

void add_command(Man& man, const Command& command) {
  man.part(usage(command));
  man.begin(command.about);
  for (const Argument& argument : command.arguments)
    if (!app::is_setting(argument)) man.item(shown(argument), argument.help);
  if (std::any_of(command.arguments.begin(), command.arguments.end(), app::is_setting))
    man.paragraph(
        {"Takes a flag for each setting, see SETTINGS.", "每项设置都有对应的选项，见“设置”一节。"});
  man.example(command.example);
}

void add_commands(Man& man, const std::vector<Command>& commands) {
  for (const app::Group group : app::kGroups) {
    const Text title = title_of(group);
    const std::string en = fmt::format("COMMANDS: {}", title.en);
    const std::string zh = fmt::format("命令：{}", title.zh);
    man.section({en, zh});
    for (const Command& command : commands)
      if (command.group == group) add_command(man, command);
  }
}

void add_common_options(Man& man) {
  app::Context none;
  man.section({"COMMON OPTIONS", "通用选项"});
  man.begin({"Every command takes these.", "每个命令都接受这些选项。"});
  for (const Argument& argument : common_arguments(none)) man.item(shown(argument), argument.help);
  man.item("-h, --help", {"show the help of the command", "显示命令的帮助"});
}

void add_settings(Man& man) {
  man.section({"SETTINGS", "设置"});
  man.begin(
      {"Each is a key of gantry.yaml, an environment variable, and a flag of gantry up "
       "and gantry serve; a flag wins over a variable, a variable over the file.",
       "每项设置是 gantry.yaml 的键、环境变量，也是 gantry up 和 gantry serve 的选项；"
       "选项优先于变量，变量优先于文件。"});
  for (const app::Setting& row : app::settings())
    man.item(fmt::format("{}, {}, {} {}", row.key, variable_of(row), flag_of(row), row.form),
             row.about);
}

void add_surroundings(Man& man) {
  man.section({"ENVIRONMENT", "环境变量"});
  for (const Surrounding& row : kVariables) man.item(row.name, row.about);
  man.section({"FILES", "文件"});
  for (const Surrounding& row : kFiles) man.item(row.name, row.about);
}

void add_exit_codes(Man& man) {
  man.section({"EXIT STATUS", "退出码"});
  for (const app::ExitCode& row : app::kExitCodes) man.item(std::to_string(row.value), row.about);
}

void add_head(Man& man, Instant date) {
  man.raw(fmt::format(".TH GANTRY 1 {} \"Gantry {}\"\n", format_instant(date).substr(0, 10),
                      GANTRY_VERSION));
  if (man.lang() == Lang::Zh) man.raw(".ad l\n");  // there are no blanks that could be widened
  man.section({"NAME", "名称"});
  man.raw(fmt::format("gantry \\- {}\n", Text{"a workflow engine", "工作流引擎"}.in(man.lang())));
  man.section({"SYNOPSIS", "概要"});
  man.raw(".B gantry\n.I COMMAND\n[\\fIOPTIONS\\fR]\n");
  man.section({"DESCRIPTION", "描述"});
  man.begin(
      {"Gantry runs workflows: tasks with dependencies, started by timers and requests. A "
       "workflow is one YAML file; a task is a process. The server keeps what happens in "
       "an embedded database and loses nothing when it is killed.",
       "Gantry 运行工作流：带有依赖关系的任务，由定时器和请求启动。一个工作流就是一个 "
       "YAML 文件，一个任务就是一个进程。服务器把发生的一切记在内嵌数据库里，"
       "被强行终止也不丢失。"});
}

}  // namespace

std::string man_page(Lang lang, Instant date) {
  Man man(lang);
  app::Context context;
  add_head(man, date);
  add_commands(man, all_commands(context));
  add_common_options(man);
  add_settings(man);
  add_surroundings(man);
  add_exit_codes(man);
  return man.take();
}

}  // namespace gantry::reference
