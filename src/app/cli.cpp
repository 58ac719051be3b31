// Parses the command line by the rows of grammar.h. Only this file knows CLI11.
#include "app/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "app/exit_code.h"
#include "app/help.h"

namespace gantry::app {

namespace {

template <typename... Args>
std::string say(Lang lang, Text text, const Args&... args) {
  return fmt::format(fmt::runtime(text.in(lang)), args...);
}

std::string fault_of_number(const Argument& a, const std::string& text, Lang lang) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return say(lang, {"'{}' is no whole number", "“{}”不是整数"}, text);
  if ((a.min == 0 && a.max == 0) || (value >= a.min && value <= a.max)) return {};
  return say(lang, {"{} is not in {} to {}", "{} 不在 {} 到 {} 之内"}, value, a.min, a.max);
}

std::string fault_of_choice(const Argument& a, const std::string& text, Lang lang) {
  if (std::find(a.choices.begin(), a.choices.end(), text) != a.choices.end()) return {};
  return say(lang, {"'{}' is none of {}", "“{}”不是以下之一：{}"}, text, join(a.choices, ", "));
}

// In the reader's words what is wrong with a value; empty: nothing.
std::string fault_of(const Argument& a, const std::string& text, Lang lang) {
  if (std::holds_alternative<int*>(a.into)) return fault_of_number(a, text, lang);
  if (!a.choices.empty()) return fault_of_choice(a, text, lang);
  if (a.not_empty && text.empty()) return say(lang, {"it is empty", "为空"});
  return {};
}

void add_argument(CLI::App& sub, const Argument& a, Lang lang) {
  if (a.takes_rest) return;  // take_rest()
  CLI::Option* option = nullptr;
  if (auto* flag = std::get_if<bool*>(&a.into)) {
    option = sub.add_flag(a.names, **flag);
  } else if (auto* number = std::get_if<int*>(&a.into)) {
    option = sub.add_option(a.names, **number);
  } else if (auto* text = std::get_if<std::string*>(&a.into)) {
    option = sub.add_option(a.names, **text);
  } else {
    option = sub.add_option(a.names, *std::get<std::vector<std::string>*>(a.into));
    if (is_option(a)) option->allow_extra_args(false);
  }
  const bool is_checked = std::holds_alternative<int*>(a.into) || !a.choices.empty() || a.not_empty;
  if (is_checked)
    option->check([a, lang](const std::string& text) { return fault_of(a, text, lang); });
  option->required(a.required);
}

// The parsers of "token" and "token create", made where they are missing.
CLI::App& parser_of(CLI::App& app, const std::string& name) {
  const auto space = name.rfind(' ');
  CLI::App& parent = space == std::string::npos ? app : parser_of(app, name.substr(0, space));
  const std::string word = space == std::string::npos ? name : name.substr(space + 1);
  for (CLI::App* known : parent.get_subcommands([&](CLI::App* a) { return a->get_name() == word; }))
    return *known;
  return *parent.add_subcommand(word);
}

struct Parser {
  CLI::App app;
  const Command* chosen = nullptr;

  Parser(const std::vector<Command>& commands, Context& context) {
    app.set_version_flag("--version", std::string(GANTRY_VERSION));
    app.require_subcommand(1);
    for (const Command& command : commands) {
      CLI::App& sub = parser_of(app, command.name);
      const Lang lang = context.terminal.lang;
      for (const Argument& argument : command.arguments) add_argument(sub, argument, lang);
      for (const Argument& argument : common_arguments(context)) add_argument(sub, argument, lang);
      sub.callback([this, &command] { chosen = &command; });
    }
    for (CLI::App* sub : app.get_subcommands({}))
      if (!sub->get_subcommands({}).empty()) sub->require_subcommand(1);
  }
};

// What is wrong in the reader's language; the parser's own words follow.
Text sentence_of(const CLI::ParseError& problem) {
  if (dynamic_cast<const CLI::ExtrasError*>(&problem) != nullptr)
    return {"unknown argument", "未知参数"};
  if (dynamic_cast<const CLI::RequiredError*>(&problem) != nullptr)
    return {"something is missing", "缺少参数"};
  if (dynamic_cast<const CLI::ValidationError*>(&problem) != nullptr)
    return {"this value is not accepted", "取值不被接受"};
  return {"this can not be read", "无法解析"};
}

// The parser's own words, of which only what they are about is for readers of Chinese.
std::string detail_of(const CLI::ParseError& problem, Lang lang) {
  const std::string words = problem.what();
  const std::string subject = words.substr(0, words.find(": "));
  constexpr std::string_view kRequired = " is required";
  if (lang == Lang::En) return words;
  if (words == "A subcommand is required") return "需要子命令";
  if (words.ends_with(kRequired)) return words.substr(0, words.size() - kRequired.size());
  if (dynamic_cast<const CLI::ExtrasError*>(&problem) != nullptr)
    return words.substr(std::min(subject.size() + 2, words.size()));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&problem) != nullptr && subject != words)
    return subject + ": 取值的个数不对";
  return words;
}

// The words of the command line that name a command: "token create".
std::string command_words(const std::vector<Command>& commands, int argc, char** argv) {
  std::string best, words;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    words += (words.empty() ? "" : " ") + std::string(argv[i]);
    for (const Command& command : commands)
      if (command.name == words || command.name.starts_with(words + " ")) best = words;
  }
  return best;
}

int show_help(const Context& context, const std::vector<Command>& commands, int argc, char** argv) {
  const std::string words = command_words(commands, argc, argv);
  std::vector<std::string> name;
  if (!words.empty()) name.push_back(words);
  return help(context, name, false);
}

int refuse(const Context& context, const std::vector<Command>& commands, int argc, char** argv,
           const CLI::ParseError& problem) {
  const Lang lang = context.terminal.lang;
  const std::string words = command_words(commands, argc, argv);
  if (words.empty() && argc > 1 && argv[1][0] != '-')
    return complain(no_command(argv[1], commands));
  const std::string hint = words.empty() ? "gantry --help" : "gantry help " + words;
  fmt::print(stderr, "gantry: {}: {}\n{} {}\n", sentence_of(problem).in(lang),
             detail_of(problem, lang), Text{"try:", "试试："}.in(lang), hint);
  return kInvalid;
}

// The command line to run behind "--" is nobody's to parse. The number of words before it.
int take_rest(const std::vector<Command>& commands, int argc, char** argv) {
  const auto command = std::find_if(commands.begin(), commands.end(), [&](const Command& c) {
    return argc > 1 && c.name == argv[1];
  });
  if (command == commands.end()) return argc;
  for (const Argument& argument : command->arguments) {
    if (!argument.takes_rest) continue;
    const auto dashes = std::find_if(
        argv, argv + argc, [](const char* word) { return word == std::string_view("--"); });
    if (dashes == argv + argc) return argc;
    std::get<std::vector<std::string>*>(argument.into)->assign(dashes + 1, argv + argc);
    return static_cast<int>(dashes - argv);
  }
  return argc;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  Context context;
  context.terminal = look_at_terminal();
  if (argc > 2 && std::string_view(argv[1]) == "__complete")
    return complete_words(context, {argv + 3, argv + argc});
  if (argc == 1) return help(context, {}, false);
  const auto commands = all_commands(context);
  argc = take_rest(commands, argc, argv);
  Parser parser(commands, context);
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return show_help(context, commands, argc, argv);
  } catch (const CLI::CallForVersion&) {
    fmt::print("gantry {}\n", GANTRY_VERSION);
    return kSucceeded;
  } catch (const CLI::ParseError& problem) {
    return refuse(context, commands, argc, argv, problem);
  }
  return parser.chosen->run();
}

}  // namespace gantry::app
