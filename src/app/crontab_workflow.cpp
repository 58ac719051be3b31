#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/crontab.h"
#include "base/json.h"
#include "base/text.h"

namespace gantry::app {

namespace {
// YAML reads JSON's strings; `${{` would begin an expression.
std::string quoted(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${{")) plain += '$';
    plain += text[i];
  }
  std::string out;
  append_json_string(out, plain);
  return out;
}

// Of keys that take no expressions and refuse what looks like one.
std::string quoted_words(std::string_view text) {
  std::string out(text);
  for (auto at = out.find("${{"); at != out.npos; at = out.find("${{", at)) out.insert(at + 1, " ");
  return quoted(out);
}

std::string value_of(const CrontabLine& line, const std::string& name,
                     const std::string& otherwise) {
  const auto at = line.env.find(name);
  return at == line.env.end() || at->second.empty() ? otherwise : at->second;
}

// What cron itself reads; it is said in another way here.
bool is_crons_own(std::string_view name) {
  constexpr std::array<std::string_view, 5> kOwn{"MAILTO", "MAILFROM", "CRON_TZ", "CONTENT_TYPE",
                                                 "CONTENT_TRANSFER_ENCODING"};
  return std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end();
}

// Cron's own shell and PATH are set for its commands as well.
std::string env_of(const CrontabLine& line) {
  std::map<std::string, std::string> env = line.env;
  env.try_emplace("SHELL", "/bin/sh");
  env.try_emplace("PATH", "/usr/bin:/bin");
  if (!line.user.empty()) env["LOGNAME"] = env["USER"] = line.user;
  std::string out = "env:\n";
  for (const auto& [name, value] : env)
    if (!is_crons_own(name)) out += fmt::format("  {}: {}\n", quoted(name), quoted(value));
  return out;
}

// The command starts in the home directory; its input comes through a pipe.
std::string exec_of(const CrontabLine& line) {
  const std::string shell = value_of(line, "SHELL", "/bin/sh");
  const std::string start =
      line.input ? R"(cd && printf %s "$2" | "$0" -c "$1")" : R"(cd && exec "$0" -c "$1")";
  // An argument that begins so is taken for a file beside the workflow; to a shell it is the same.
  const std::string command = line.command.starts_with("./") ? " " + line.command : line.command;
  std::string out = "    exec:\n";
  for (const std::string& word : {std::string("/bin/sh"), std::string("-c"), start, shell, command})
    out += fmt::format("      - {}\n", quoted(word));
  if (line.input) out += fmt::format("      - {}\n", quoted(*line.input));
  return out;
}

// Words that come before what a command is about.
bool says_little(std::string_view word) {
  constexpr std::array<std::string_view, 24> kLittle{
      "[",     "[[",      "test", "if",    "then",    "sudo", "nice",    "ionice",
      "flock", "timeout", "env",  "sh",    "bash",    "dash", "python",  "python3",
      "perl",  "php",     "exec", "nohup", "command", "time", "chronic", "su"};
  return std::find(kLittle.begin(), kLittle.end(), word) != kLittle.end();
}

std::string_view program_of(std::string_view word) {
  word = word.substr(word.rfind('/') + 1);
  const auto dot = word.find('.');
  return dot == 0 ? word : word.substr(0, dot);
}

std::string only_name_characters(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
    if (fits)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}
}  // namespace

std::string name_after(const CrontabLine& line) {
  bool is_folder = false;  // the word after cd
  for (const std::string_view word : split(line.command, ' ')) {
    const bool skip = std::exchange(is_folder, word == "cd") || word == "cd" || word.empty() ||
                      word.front() == '-' || word.find('=') != word.npos;
    const std::string name = only_name_characters(program_of(word));
    if (skip || says_little(name) || name.size() < 2 || (name[0] >= '0' && name[0] <= '9') ||
        name[0] == '-')
      continue;
    return name;
  }
  return fmt::format("line-{}", line.number);
}

std::string workflow_of(const CrontabLine& line, const std::string& task,
                        const std::string& timezone) {
  std::string out = fmt::format("# Line {} of a crontab: {}\n", line.number, line.times);
  if (!line.comment.empty()) out += fmt::format("description: {}\n", quoted_words(line.comment));
  if (const std::string mail = value_of(line, "MAILTO", ""); !mail.empty())
    out += fmt::format("labels: {{mailto: {}}}\n", quoted_words(mail));
  out += fmt::format("timezone: {}\n", quoted(value_of(line, "CRON_TZ", timezone)));
  out += env_of(line);
  out += fmt::format("triggers:\n  - {{id: cron, cron: {}, catchup: none}}\n", quoted(line.times));
  return out + fmt::format("tasks:\n  {}:\n", task) + exec_of(line);
}

}  // namespace gantry::app
