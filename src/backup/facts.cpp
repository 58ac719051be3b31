#include "backup/facts.h"

#include <fmt/format.h>

#include "backup/damaged.h"
#include "base/json.h"

namespace gantry::backup {

namespace {
Error bad_facts(Text why) {
  return damaged(refuse({"{0} {1}", "{0} {2}"}, kFactsFile, why.en, why.zh));
}

std::int64_t number(const Value& json, std::string_view name) {
  const Value* value = json.find(name);
  return value != nullptr && value->is(Value::Kind::Int) ? value->as_int() : 0;
}

std::string text(const Value& json, std::string_view name) {
  const Value* value = json.find(name);
  return value != nullptr && value->is(Value::Kind::String) ? value->as_string() : std::string();
}
}  // namespace

std::string to_json(const Facts& f) {
  JsonWriter w;
  w.object().field("format", f.format).field("product", f.product).field("schema", f.schema);
  w.field("server", f.server).field("host", f.host).field("incarnation", f.incarnation);
  w.field("taken_at", f.taken_at).field("position", f.position);
  w.field("open_runs", f.open_runs).field("running_attempts", f.running_attempts);
  w.field("logs", f.logs).key("secrets").array();
  for (const std::string& name : f.secrets) w.value(name);
  return w.end().end().text() + "\n";
}

Result<Facts> parse_facts(std::string_view bytes) {
  const auto json = parse_json(bytes);
  if (!json.ok()) return bad_facts({"is no JSON", "不是 JSON"});
  Facts f;
  f.format = number(*json, "format");
  f.product = text(*json, "product");
  if (f.format < 1) return bad_facts({"names no format", "没有写明格式"});
  if (f.format > kFormat)
    return explain(Code::FailedPrecondition,
                   {"the backup has format {}, made by Gantry {}; this program knows up to {}: use "
                    "a newer Gantry",
                    "备份的格式为 {}，由 Gantry {} 生成；本程序最高支持 {}：请使用更新的 Gantry"},
                   f.format, f.product, kFormat);
  f.schema = number(*json, "schema");
  f.server = text(*json, "server");
  f.host = text(*json, "host");
  f.incarnation = number(*json, "incarnation");
  const auto taken_at = parse_instant(text(*json, "taken_at"));
  if (!taken_at.ok()) return bad_facts({"does not say when it was taken", "没有写明备份时间"});
  f.taken_at = *taken_at;
  f.position = number(*json, "position");
  f.open_runs = number(*json, "open_runs");
  f.running_attempts = number(*json, "running_attempts");
  const Value* logs = json->find("logs");
  f.logs = logs != nullptr && logs->is(Value::Kind::Bool) && logs->as_bool();
  const Value* secrets = json->find("secrets");
  if (secrets == nullptr || !secrets->is(Value::Kind::List)) return f;
  for (const Value& name : secrets->as_list())
    if (name.is(Value::Kind::String)) f.secrets.push_back(name.as_string());
  return f;
}

std::string manifest_line(std::string_view sha256, std::int64_t size, std::string_view path) {
  return fmt::format("{} {} {}\n", sha256, size, path);
}

}  // namespace gantry::backup
