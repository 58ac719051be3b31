// logs: one task or all, to the end or following, or only what is searched for.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "app/log_follow.h"
#include "app/log_printer.h"
#include "base/clock.h"
#include "base/explain.h"
#include "base/json.h"

namespace gantry::app {

namespace {

std::string encoded(std::string_view name, const std::string& value) {
  return value.empty() ? "" : fmt::format("&{}={}", name, escape_segment(value));
}

// A time, or how long ago.
Result<std::string> since_text(const std::string& since) {
  if (since.empty()) return since;
  if (const auto ago = parse_duration(since); ago.ok())
    return format_instant(SystemClock().wall() - *ago);
  const auto at = parse_instant(since);
  if (!at.ok())
    return refuse({"--since '{}' is neither a time such as 2026-11-22T10:00:00Z nor "
                   "a length of time such as 10m",
                   "--since “{}”既不是 2026-11-22T10:00:00Z 这样的时刻，也不是 10m 这样的时长"},
                  since);
  return format_instant(*at);
}

// What selects lines, as query parameters.
Result<std::string> selection(const LogsOptions& options) {
  TRY(const std::string since, since_text(options.since));
  return encoded("since", since) + encoded("stream", options.stream) +
         encoded("search", options.search) + encoded("regex", options.regex) +
         (options.ignore_case ? "&ignore_case=true" : "");
}

// All pages of lines from the first one on.
Status print_pages(Client& client, const std::string& path, std::int64_t from,
                   const std::function<bool(std::string_view)>& take) {
  for (std::int64_t before = 0; from > before && !std::ferror(stdout);) {
    before = from;
    TRY(from, client.stream(path + fmt::format("&from={}", from), take));
  }
  return ok();
}

Status print_log(Client& client, const Context& context, const LogsOptions& options,
                 const std::string& task, bool prefix) {
  TRY(const std::string selected, selection(options));
  std::string path = run_path(options.run) + "/tasks/" + escape_segment(task) +
                     "/log?format=" + (options.text ? "text" : "json") + selected;
  if (options.attempt > 0) path += fmt::format("&attempt={}", options.attempt);
  if (options.stamps) path += "&stamps=true";
  const std::string tail = options.tail > 0 ? fmt::format("&tail={}", options.tail) : "";
  const auto stream = [&](const std::string& more, const auto& take) -> Result<std::int64_t> {
    return client.stream(path + more, take);
  };
  if (options.text) {
    const auto copy = [](std::string_view bytes) {
      return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
             std::fflush(stdout) == 0;
    };
    TRY([[maybe_unused]] auto end, stream(tail + (options.follow ? "&follow=true" : ""), copy));
    return ok();
  }
  LogPrinter printer(context, prefix ? printable(task) + " | " : "");
  const auto take = [&](std::string_view chunk) { return printer.take(chunk); };
  if (options.follow) {
    TRY([[maybe_unused]] auto end, stream(tail + "&follow=true", take));
    return ok();
  }
  path += "&limit=1000";
  std::int64_t from = 1;
  if (!tail.empty()) {
    TRY(from, stream(tail, take));
    if (options.tail <= 1000) return ok();
  }
  return print_pages(client, path, from, take);
}

Status print_all_logs(Client& client, const Context& context, const LogsOptions& options) {
  if (options.follow && !options.text) {
    TRY(const std::string selected, selection(options));
    return follow_all_logs(client, context, options, selected);
  }
  TRY(const RunPicture picture, read_picture(client, options.run));
  for (const TaskPicture& task : picture.tasks)
    if (task.attempts > 0)
      TRY_STATUS(print_log(client, context, options, task.name, picture.tasks.size() > 1));
  return ok();
}

// "load 17 | text": of which task, and which line of its log.
Status search_all_logs(Client& client, const Context& context, const LogsOptions& options) {
  TRY(const std::string selected, selection(options));
  const std::string path = run_path(options.run) + "/logs?limit=1000" + selected;
  for (std::string cursor; !std::ferror(stdout);) {
    TRY(const Value page, client.get(path + encoded("cursor", cursor)));
    for (const Value& line : items_of(page)) {
      const std::string prefix =
          fmt::format("{} {} | ", printable(task_name(line)), member(line, "line"));
      if (context.json)
        fmt::print("{}\n", to_json(line));
      else
        print_line(context, prefix, line);
    }
    cursor = member(page, "next_cursor");
    if (cursor.empty()) break;
  }
  return ok();
}

bool searches(const LogsOptions& options) {
  return !options.search.empty() || !options.regex.empty();
}

}  // namespace

int logs(const Context& context, const LogsOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    if (!options.task.empty()) return print_log(client, context, options, options.task, false);
    const bool plain = !options.follow && !options.text && options.tail == 0;
    if (plain && options.attempt == 0 && searches(options))
      return search_all_logs(client, context, options);
    return print_all_logs(client, context, options);
  });
}

}  // namespace gantry::app
