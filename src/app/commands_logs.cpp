// logs: one task or all, to the end or following.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/json.h"

namespace gantry::app {

namespace {

// Prints the lines of an ndjson stream as they come; keeps the last ones for --tail.
class LogPrinter {
 public:
  LogPrinter(const Context& context, std::string prefix, int tail)
      : context_(context), prefix_(std::move(prefix)), tail_(tail) {}

  bool take(std::string_view chunk) {
    pending_ += chunk;
    for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
      const std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      keep(line);
      ++lines_;
    }
    std::fflush(stdout);
    return !std::ferror(stdout);
  }
  void flush_tail() {
    for (const std::string& line : kept_) print(line);
    kept_.clear();
  }
  std::int64_t lines() const { return lines_; }

 private:
  void keep(const std::string& line) {
    if (tail_ <= 0) return print(line);
    kept_.push_back(line);
    if (kept_.size() > static_cast<std::size_t>(tail_)) kept_.erase(kept_.begin());
  }
  void print(const std::string& json) const {
    if (context_.json) {
      fmt::print("{}\n", json);
      return;
    }
    const auto line = parse_json(json);
    if (!line.ok()) return;
    const std::string text = member(*line, "text");
    const std::string shown = context_.terminal.is_terminal ? printable_log(text) : text;
    fmt::print("{}{}\n", prefix_, shown);
  }
  // A log may colour itself, but not move the cursor or set titles.
  static std::string printable_log(const std::string& text) {
    std::string out;
    for (const char c : text)
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
    return out;
  }

  const Context& context_;
  const std::string prefix_;
  const int tail_;
  std::string pending_;
  std::vector<std::string> kept_;
  std::int64_t lines_ = 0;
};

Status print_log(Client& client, const Context& context, const LogsOptions& options,
                 const std::string& task, bool prefix) {
  LogPrinter printer(context, prefix ? printable(task) + " | " : "", options.tail);
  std::string path = run_path(options.run) + "/tasks/" + escape_segment(task) + "/log?limit=1000";
  if (options.attempt > 0) path += fmt::format("&attempt={}", options.attempt);
  const auto take = [&](std::string_view chunk) { return printer.take(chunk); };
  if (options.follow) {
    TRY([[maybe_unused]] const std::int64_t next, client.stream(path + "&follow=true", take));
    printer.flush_tail();
    return ok();
  }
  for (std::int64_t from = 1, before = 0; from > before && !std::ferror(stdout);) {
    before = from;
    TRY(from, client.stream(path + fmt::format("&from={}", from), take));
  }
  printer.flush_tail();
  return ok();
}

Status print_all_logs(Client& client, const Context& context, const LogsOptions& options) {
  TRY(const RunPicture picture, read_picture(client, options.run));
  for (const TaskPicture& task : picture.tasks)
    if (task.attempts > 0)
      TRY_STATUS(print_log(client, context, options, task.name, picture.tasks.size() > 1));
  return ok();
}

}  // namespace

int logs(const Context& context, const LogsOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    if (options.task.empty()) return print_all_logs(client, context, options);
    return print_log(client, context, options, options.task, false);
  });
}

}  // namespace gantry::app
