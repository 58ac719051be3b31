// wrap: one command, its log and its record. Whatever goes wrong with those, the command runs and
// its exit status is ours.
#include <fmt/format.h>
#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdlib>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/wrap_hand_in.h"
#include "app/wrap_process.h"
#include "app/wrap_spool.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/utf8.h"
#include "runner/secrets.h"
#include "shim/mask.h"

namespace gantry::app {

namespace {
constexpr Duration kHandInMax = seconds(10);  // for each request

template <typename... Args>
void warn(const Context& context, Text text, const Args&... args) {
  const std::string sentence =
      fmt::vformat(text.in(context.terminal.lang), fmt::make_format_args(args...));
  fmt::print(stderr, "gantry wrap: {}\n", printable(sentence));
}

bool is_remote() {
  const char* url = std::getenv("GANTRY_URL");
  return url != nullptr && url[0] != '\0';
}

std::string new_id() {
  unsigned char bytes[16];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return {};
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

std::string user_name() {
  const passwd* user = ::getpwuid(::geteuid());
  return user == nullptr ? fmt::format("{}", ::geteuid()) : user->pw_name;
}

std::string host_name() {
  char host[HOST_NAME_MAX + 1] = {};
  ::gethostname(host, HOST_NAME_MAX);
  return host;
}

std::string current_directory() {
  char path[PATH_MAX];
  return ::getcwd(path, sizeof path) == nullptr ? "" : path;
}

// The values of all secrets of the home that we may read.
std::vector<std::string> known_secrets(const Result<Home>& home) {
  std::vector<std::string> values;
  if (!home.ok()) return values;
  const auto names = list_directory(home->secrets());
  if (!names.ok()) return values;
  for (const std::string& name : *names)
    if (auto value = runner::read_secret(home->secrets(), name); value.ok())
      values.push_back(std::move(value).value());
  return values;
}

struct Wish {
  std::optional<Duration> timeout;
  Duration grace = limits::kGraceDefault;
  std::vector<model::NamedText> labels;
};

Result<Duration> positive_duration(const char* option, const std::string& text) {
  TRY(const Duration duration, parse_duration(text));
  if (duration.us <= 0) return refuse({"{} has to be longer than 0", "{} 须大于 0"}, option);
  return duration;
}

Result<Wish> read_wish(const WrapOptions& options) {
  if (options.name.empty())
    return refuse({"give the job a name: gantry wrap NAME -- COMMAND ARGUMENT...",
                   "请给出名称：gantry wrap 名称 -- 命令 参数……"});
  TRY_STATUS(check_wrap_name(options.name));
  if (options.command.empty())
    return refuse({"write the command behind --: gantry wrap NAME -- COMMAND ARGUMENT...",
                   "请在 -- 之后写命令：gantry wrap 名称 -- 命令 参数……"});
  if (options.title.size() > kWrapTextMax)
    return refuse({"--title has more than {} bytes", "--title 超过 {} 字节"}, kWrapTextMax);
  if (options.labels.size() > kWrapLabelsMax)
    return refuse({"more than {} labels", "标签多于 {} 个"}, kWrapLabelsMax);
  Wish wish;
  if (!options.timeout.empty()) {
    TRY(wish.timeout, positive_duration("--timeout", options.timeout));
  }
  if (!options.grace.empty()) {
    TRY(wish.grace, positive_duration("--grace", options.grace));
  }
  TRY(const ValueMap labels, parse_params(options.labels));
  for (const auto& [name, value] : labels)
    wish.labels.emplace_back(name.as_string(), value.as_string());
  return wish;
}

std::vector<std::string> shown_command(const std::vector<std::string>& command,
                                       const shim::MaskForms& secrets) {
  std::vector<std::string> words;
  std::size_t room = kWrapCommandBytesMax;
  for (const std::string& word : command) {
    std::string shown = repair_utf8(shim::mask_text(secrets, word));
    if (shown.size() > room) shown = repair_utf8(shown.substr(0, room)) + "…";
    room -= std::min(room, shown.size());
    words.push_back(std::move(shown));
    if (room == 0) break;
  }
  return words;
}

// One call of `gantry wrap`.
class Wrap {
 public:
  Wrap(const Context& context, const WrapOptions& options, Wish wish)
      : context_(context),
        options_(options),
        wish_(std::move(wish)),
        home_(find_home(context.home_option)),
        secrets_(known_secrets(home_)) {}

  int run() {
    const auto before = ::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is a full disk to us
    begin();
    WrapProcessOptions process;
    process.command = options_.command;
    if (file_) process.log_path = wrap_log_path(spool_, start_.id);
    process.secrets = secrets_;
    process.quiet = context_.quiet;
    process.timeout = wish_.timeout;
    process.grace = wish_.grace;
    process.mends_file_size_signal = before != SIG_IGN;
    const WrapOutcome outcome = run_wrapped(process, [this] {
      if (file_) file_->close();
    });
    if (file_) finish(outcome);
    return outcome.exit_code;
  }

 private:
  // The record that says that it runs, where it can be written.
  void begin() {
    const shim::MaskForms forms(secrets_);
    start_.id = new_id();
    start_.name = options_.name;
    start_.title = repair_utf8(shim::mask_text(forms, options_.title));
    start_.labels = wish_.labels;
    start_.command = shown_command(options_.command, forms);
    start_.directory = repair_utf8(current_directory());
    start_.host = repair_utf8(host_name());
    start_.user = repair_utf8(user_name());
    start_.pid = ::getpid();
    start_.started_at = SystemClock().wall();
    if (!is_remote() && home_.ok() && write_to(wrap_spool(*home_))) return;
    const auto own = own_wrap_spool();
    if (own.ok() && write_to(*own)) {
      if (is_remote()) return;
      return warn(
          context_,
          {"the record is kept in {}: {}; `gantry wrap --hand-in` hands it in, with GANTRY_URL "
           "and GANTRY_TOKEN if the server is another user's",
           "记录暂存于 {}：{}；可用 `gantry wrap --hand-in` 提交（服务器属于其他用户时需设置 "
           "GANTRY_URL 和 GANTRY_TOKEN）"},
          *own, why_);
    }
    if (!own.ok()) why_ = own.error().message;
    warn(context_,
         {"no record of this run can be written: {}; the command runs all the same",
          "无法写入本次运行的记录：{}；命令照常执行"},
         why_);
  }

  bool write_to(const std::string& spool) {
    auto file = WrapFile::create(spool, start_);
    if (!file.ok()) {
      why_ = file.error().message;
      return false;
    }
    spool_ = spool;
    file_ = std::move(file).value();
    return true;
  }

  void finish(const WrapOutcome& outcome) {
    const Status sealed = file_->seal(outcome.report);
    file_->close();
    if (!sealed.ok())
      return warn(context_,
                  {"how the command ended could not be written: {}", "无法写入命令的结束状态：{}"},
                  sealed.error().message);
    if (is_remote()) return hand_in_now();
    if (spool_ != wrap_spool(*home_)) return;
    hand_over_older();
    if (!context_.quiet && !exists(home_->address_file()))
      warn(context_,
           {"no server runs for {}: it takes the record in when it starts",
            "{} 没有运行中的服务器：启动后会收取该记录"},
           home_->root);
  }

  void hand_in_now() {
    auto client = Client::connect(home_.ok() ? *home_ : Home{}, context_.terminal.lang);
    if (client.ok()) (*client)->limit_time(kHandInMax);
    const auto sent = client.ok() ? hand_in(spool_, **client) : Result<int>(client.error());
    if (!sent.ok())
      warn(context_, {"the record waits in {}: {}", "记录等待于 {}：{}"}, spool_,
           sent.error().message);
  }

  // Of times when the home could not be written to.
  void hand_over_older() {
    const auto own = own_wrap_spool();
    if (own.ok() && *own != spool_) (void)hand_over(*own, spool_);
  }

  const Context& context_;
  const WrapOptions& options_;
  const Wish wish_;
  const Result<Home> home_;
  const std::vector<std::string> secrets_;
  WrapStart start_;
  std::string spool_;
  std::optional<WrapFile> file_;  // none: there is no record
  std::string why_;               // the last place could not be written
};

int hand_in_waiting(const Context& context) {
  const auto own = own_wrap_spool();
  if (!own.ok()) return complain(own.error());
  const auto home = find_home(context.home_option);
  Result<int> count = 0;
  if (is_remote()) {
    auto client = Client::connect(home.ok() ? *home : Home{}, context.terminal.lang);
    if (!client.ok()) return complain(client.error());
    count = hand_in(*own, **client);
  } else {
    if (!home.ok()) return complain(home.error());
    count = hand_over(*own, wrap_spool(*home));
  }
  if (!count.ok()) return complain(count.error());
  if (context.json)
    fmt::print("{{\"handed_in\":{}}}\n", *count);
  else if (!context.quiet)
    fmt::print("{}\n", fmt::format(fmt::runtime(Text{"{} records handed in", "已提交 {} 条记录"}.in(
                                       context.terminal.lang)),
                                   *count));
  return kSucceeded;
}
}  // namespace

int wrap(const Context& context, const WrapOptions& options) {
  if (options.hand_in) return hand_in_waiting(context);
  auto wish = read_wish(options);
  if (!wish.ok()) return complain(wish.error());
  return Wrap(context, options, std::move(wish).value()).run();
}

}  // namespace gantry::app
