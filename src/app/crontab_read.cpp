#include "app/crontab.h"
#include "base/explain.h"
#include "base/text.h"
#include "base/utf8.h"
#include "spec/names.h"
#include "spec/yaml_text.h"

namespace gantry::app {

namespace {
constexpr std::string_view kBlank = " \t";

std::string_view without_front(std::string_view text) {
  const auto at = text.find_first_not_of(kBlank);
  return at == text.npos ? std::string_view() : text.substr(at);
}

std::string_view without_blanks(std::string_view text) {
  text = without_front(text);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// The next word; it and the blanks behind it are taken off.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text = without_front(text.substr(word.size()));
  return word;
}

std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

struct Variable {
  std::string name;
  std::string value;
};

// NAME = value, either of them perhaps in quotes.
std::optional<Variable> variable_of(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == line.npos) return std::nullopt;
  const std::string_view left = without_blanks(line.substr(0, equals));
  const std::string_view name = without_quotes(left);
  const bool one_word = name.size() < left.size() || name.find_first_of(kBlank) == name.npos;
  if (name.empty() || !one_word) return std::nullopt;
  return Variable{std::string(name),
                  std::string(without_quotes(without_blanks(line.substr(equals + 1))))};
}

// Up to the first `%` that has no backslash before it; `\%` is `%`.
struct CommandAndInput {
  std::string command;
  std::optional<std::string> input;
};

CommandAndInput split_at_percent(std::string_view text) {
  CommandAndInput out;
  std::string* into = &out.command;
  bool escaped = false;
  for (const char c : text) {
    if (c == '%' && escaped) into->pop_back();
    if (c == '%' && !escaped) {
      if (out.input)
        *into += '\n';
      else
        into = &out.input.emplace();
    } else {
      *into += c;
    }
    escaped = !escaped && c == '\\';
  }
  if (out.input && !out.input->ends_with('\n')) *out.input += '\n';
  return out;
}

std::string without_marks(std::string_view comment) {
  const auto at = comment.find_first_not_of("# \t");
  return at == comment.npos ? "" : std::string(without_blanks(comment.substr(at)));
}

class Reader {
 public:
  explicit Reader(bool system) : system_(system) {}

  void read(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line = without_return(line);
    const std::string_view text = without_front(line);
    if (text.empty()) {
      comment_.clear();
    } else if (text.front() == '#') {
      const std::string words = without_marks(text);
      if (!comment_.empty() && !words.empty()) comment_ += '\n';
      comment_ += words;
    } else if (!is_utf8(text) || text.find('\0') != text.npos) {
      lose(refuse({"it is not UTF-8", "不是 UTF-8 文本"}));
    } else if (const auto variable = variable_of(text)) {
      set(*variable);
    } else {
      read_entry(text);
    }
  }

  void note_mark() {
    out_.notes.push_back({1, false,
                          refuse({"the byte order mark at the beginning is dropped",
                                  "开头的字节顺序标记（BOM）已去掉"})});
  }

  Crontab take() { return std::move(out_); }

 private:
  void set(const Variable& variable) {
    comment_.clear();
    if (!spec::is_variable_name(variable.name) || spec::is_own_variable(variable.name))
      return note(
          refuse({"'{}' can not be set for a task (letters, digits and _, no digit first; "
                  "not GANTRY_ or PARAM_): the variable is left out",
                  "无法为任务设置“{}”（字母、数字与 _，不以数字开头；不得以 GANTRY_ 或 PARAM_ "
                  "开头）：已略去该变量"},
                 variable.name));
    env_[variable.name] = variable.value;
    if (variable.name == "MAILTO" && !variable.value.empty())
      note(refuse({"MAILTO={}: no mail is sent; the address becomes the label 'mailto'",
                   "MAILTO={}：不会发送邮件；该地址记为标签 'mailto'"},
                  variable.value));
  }

  // Cron would hand it to the shell; nobody means that.
  std::string_view without_return(std::string_view line) {
    if (!std::exchange(returns_told_, true))
      note(refuse({"lines end with CR LF, as on Windows; the CR is dropped",
                   "行尾是 Windows 的 CR LF；其中的 CR 已去掉"}));
    line.remove_suffix(1);
    return line;
  }

  // "-*/5 * * * * job": do not log, of cronie and others.
  void drop_dash(std::string_view& text) {
    if (!text.starts_with('-')) return;
    note(
        refuse({"'-' before the minute keeps cron from logging; it is dropped, the run is "
                "recorded like any other",
                "分钟前的“-”让 cron 不记日志；已去掉，运行照常记录"}));
    text.remove_prefix(1);
  }

  void read_entry(std::string_view text) {
    drop_dash(text);
    CrontabLine line;
    line.number = number_;
    line.times = take_times(text);
    if (system_) line.user = take_word(text);
    auto [command, input] = split_at_percent(text);
    line.command = std::move(command);
    line.input = std::move(input);
    line.comment = std::exchange(comment_, "");
    line.env = env_;
    if (line.times == "@reboot")
      return lose(
          refuse({"@reboot names no time; there is no such trigger: let the machine's "
                  "services start it",
                  "@reboot 不是时间，没有这样的触发器：请用系统服务来启动"}));
    if (without_blanks(line.command).empty())
      return lose(refuse({"there is no command", "没有命令"}));
    out_.lines.push_back(std::move(line));
  }

  static std::string take_times(std::string_view& text) {
    if (text.starts_with('@')) return std::string(take_word(text));
    std::string times(take_word(text));
    for (int i = 1; i < 5 && !text.empty(); ++i) (times += ' ') += take_word(text);
    return times;
  }

  void note(Error what) { out_.notes.push_back({number_, false, std::move(what)}); }
  void lose(Error what) { out_.notes.push_back({number_, true, std::move(what)}); }

  bool system_;
  int number_ = 0;
  bool returns_told_ = false;
  std::string comment_;
  std::map<std::string, std::string> env_;
  Crontab out_;
};
}  // namespace

Crontab read_crontab(std::string_view text, bool system) {
  Reader reader(system);
  const std::string_view body = spec::without_mark(text);
  if (body.size() < text.size()) reader.note_mark();
  for (const std::string_view line : split(body, '\n')) reader.read(line);
  return reader.take();
}

}  // namespace gantry::app
