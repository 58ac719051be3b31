#include "api/log_ask.h"
#include "base/explain.h"

#include <fmt/format.h>

#include "runner/log_limits.h"

namespace gantry::api {

namespace {

bool given(const Call& call, std::string_view name) {
  return value_in(call.query, name) != nullptr;
}

Status check_together(const Call& call) {
  for (const auto& [one, other] :
       {std::pair("search", "regex"), std::pair("tail", "from"), std::pair("tail", "before"),
        std::pair("from", "before"), std::pair("follow", "before")})
    if (given(call, one) && given(call, other))
      return refuse(
          {"'{}' and '{}' do not go together; leave one out", "“{}”与“{}”不能同时使用；请去掉一个"},
          one, other);
  if (given(call, "ignore_case") && !given(call, "search") && !given(call, "regex"))
    return refuse(
        {"'ignore_case' needs 'search' or 'regex'", "“ignore_case”须与“search”或“regex”一起使用"});
  return ok();
}

}  // namespace

Result<runner::LogFilter> log_filter(const Call& call) {
  runner::LogFilter filter;
  filter.since = call.instant("since");
  filter.stream = runner::log_stream_named(call.text("stream"));
  if (!given(call, "search") && !given(call, "regex")) return filter;
  const bool ignore_case = call.flag("ignore_case");
  TRY(auto pattern, given(call, "search")
                        ? runner::LogPattern::text(call.text("search"), ignore_case)
                        : runner::LogPattern::regex(call.text("regex"), ignore_case));
  filter.pattern = std::make_shared<const runner::LogPattern>(std::move(pattern));
  return filter;
}

std::function<bool()> stop_after_scan_time(const Backend& backend) {
  const Clock& clock = backend.services.clock;
  return [&clock, end = clock.since_boot() + limits::kLogScanTime] {
    return clock.since_boot() > end;
  };
}

Result<LogAsk> log_ask(const Backend& backend, const Call& call) {
  TRY_STATUS(check_together(call));
  LogAsk ask;
  TRY(ask.query.filter, log_filter(call));
  ask.query.from = call.integer("from", 1);
  ask.query.before = call.integer("before", runner::LogQuery::kNoLine);
  ask.query.lines_max = static_cast<std::size_t>(call.integer("limit", limits::kPageMax));
  ask.query.stop = stop_after_scan_time(backend);
  ask.tail = call.integer("tail", 0);
  ask.back = given(call, "before");
  ask.as_text = call.text("format") == "text";
  ask.with_stamps = call.flag("stamps");
  ask.follow = call.flag("follow");
  if (ask.tail > limits::kPageMax && !ask.query.filter.takes_all())
    return refuse({"'tail' of lines that are selected is at most {}", "筛选行时“tail”最多为 {}"},
                  limits::kPageMax);
  if (ask.with_stamps && !ask.as_text)
    return refuse({"'stamps' needs 'format=text'", "“stamps”须与“format=text”一起使用"});
  return ask;
}

}  // namespace gantry::api
