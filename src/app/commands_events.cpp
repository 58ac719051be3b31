// The commands about events: emit, events.
#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"

namespace gantry::app {

namespace {

const std::string kEvents = "/api/v1/events";

Result<std::string> text_of(const std::string& data) {
  if (data == "-")
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  if (data.starts_with('@')) return read_file(data.substr(1), limits::kBodyBytesMax);
  return data;
}

Result<Value> data_of(const std::string& data) {
  TRY(const std::string text, text_of(data));
  auto value = parse_json(text);
  if (!value.ok()) return within({"--data is no JSON", "--data 不是 JSON"}, value.error());
  if (!value->is(Value::Kind::Map))
    return refuse({"--data is a JSON object such as '{{\"amount\": 5}}'",
                   "--data 须为 JSON 对象，例如 '{{\"amount\": 5}}'"});
  return value;
}

std::string fate_text(const Context& context, const std::string& fate) {
  if (fate == "run") return in_language(context, {"run", "运行"});
  if (fate == "filtered") return in_language(context, {"filtered", "已过滤"});
  if (fate == "skipped") return in_language(context, {"skipped", "已跳过"});
  if (fate == "refused") return in_language(context, {"refused", "已拒绝"});
  if (fate == "waiting") return in_language(context, {"waiting", "等待其余"});
  if (fate == "woke") return in_language(context, {"woke", "唤醒"});
  return in_language(context, {"nobody listens", "无人关注"});
}

// "shop/orders received: run 12", one line per trigger.
std::string fate_line(const Context& context, const Value& fate) {
  std::string line = member(fate, "workflow");
  if (!line.empty())
    line = fmt::format("{} {}: ", printable(line), printable(member(fate, "trigger")));
  line += fate_text(context, member(fate, "fate"));
  if (const std::string run = member(fate, "run"); !run.empty()) return line + " " + run;
  const std::string reason = member(fate, "reason");
  return reason.empty() || member(fate, "workflow").empty() ? line
                                                            : line + ", " + printable(reason);
}

std::vector<Value> fates_of(const Value& event) {
  const Value* fates = event.find(std::string_view("fates"));
  if (fates == nullptr || !fates->is(Value::Kind::List)) return {};
  return {fates->as_list().begin(), fates->as_list().end()};
}

void print_event(const Context& context, const Value& event) {
  if (context.json) return print_json(event);
  if (context.quiet) return;
  fmt::print("{}\n", fmt::format(fmt::runtime(in_language(context, {"event {}", "事件 {}"})),
                                 member(event, "event")));
  for (const Value& fate : fates_of(event)) fmt::print("  {}\n", fate_line(context, fate));
}
}  // namespace

int emit_event(const Context& context, const EmitOptions& options) {
  ValueMap body{{"name", options.name}};
  if (!options.data.empty()) {
    auto data = data_of(options.data);
    if (!data.ok()) return complain(data.error());
    body.emplace_back("data", std::move(data).value());
  }
  return with_server(context, [&](Client& client) -> Status {
    TRY(const Value event, client.post(kEvents, Value(std::move(body)), options.key));
    print_event(context, event);
    return ok();
  });
}

int events(const Context& context, const EventsOptions& options) {
  return with_server(context, [&](Client& client) -> Status {
    if (!options.event.empty()) {
      TRY(const Value event, client.get(kEvents + "/" + escape_segment(options.event)));
      print_event(context, event);
      if (const Value* data = event.find(std::string_view("data"));
          data != nullptr && !context.json)
        fmt::print("{}\n", to_json(*data));
      return ok();
    }
    std::string path = fmt::format("{}?limit={}", kEvents, options.limit);
    add_query(path, "name", options.name);
    add_query(path, "source", options.source);
    add_query(path, "fate", options.fate);
    TRY(const Value page, client.get(path));
    print_items(context, page,
                {{"EVENT", "事件"},
                 {"AT (UTC)", "时间 (UTC)"},
                 {"SOURCE", "来源"},
                 {"NAME", "名称"},
                 {"FATES", "处理结果"}},
                [&](const Value& event) -> std::vector<std::string> {
                  std::string fates;
                  for (const Value& fate : fates_of(event))
                    fates += (fates.empty() ? "" : "; ") + fate_line(context, fate);
                  return {member(event, "event"), shown_time(event, "at"), member(event, "source"),
                          printable(member(event, "name")), fates};
                });
    return ok();
  });
}

}  // namespace gantry::app
