#include "app/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/explain.h"
#include "base/limits.h"
#include "net/proxies.h"

namespace gantry::app {

namespace {
constexpr int kReaderThreadsMax = 64;

Result<int> number(std::string_view text, int min, int max) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < min || value > max)
    return refuse({"'{}' is not a number from {} to {}", "“{}”不是 {} 到 {} 的数字"}, text, min,
                  max);
  return value;
}

template <std::string Config::*member>
Status set_text(Config& config, const std::string& text) {
  config.*member = text;
  return ok();
}

Status set_listen(Config& config, const std::string& text) {
  TRY(config.listen, parse_listen(text));
  return ok();
}
// "https://gantry.example.org" or with a port; no path, for every link begins at the root.
Status set_public_url(Config& config, const std::string& text) {
  std::string_view rest = text;
  for (const std::string_view scheme : {"https://", "http://"})
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  if (!text.empty() && (rest.empty() || rest.size() == text.size() ||
                        rest.find_first_of("/?# @") != std::string_view::npos))
    return refuse({"'{}' is no address of a site; write it as https://gantry.example.org",
                   "“{}”不是站点地址；请写成 https://gantry.example.org"},
                  text);
  config.public_url = text;
  return ok();
}

Status set_trusted_proxies(Config& config, const std::string& text) {
  std::vector<std::string> networks;
  for (const std::string_view part : split(text, ','))
    if (!trim(part).empty()) networks.emplace_back(trim(part));
  TRY(const auto known, net::TrustedProxies::parse(networks));
  config.trusted_proxies = std::move(networks);
  return ok();
}

Status set_slots(Config& config, const std::string& text) {
  TRY(config.limits.local_slots, number(text, 1, limits::kSlotsMax));
  return ok();
}

// "db=2,web=4"
Status set_pools(Config& config, const std::string& text) {
  std::map<std::string, int> pools;
  for (const std::string_view part : split(text, ',')) {
    if (part.empty()) continue;
    const auto equals = part.rfind('=');
    if (equals == std::string_view::npos || equals == 0)
      return refuse({"'{}' is no pool; write it as NAME=SLOTS", "“{}”不是资源池；请写成 名称=槽数"},
                    part);
    const std::string name(part.substr(0, equals));
    auto slots = number(part.substr(equals + 1), 0, limits::kSlotsMax);
    if (!slots.ok())
      return within({fmt::format("pool {}", name), fmt::format("资源池 {}", name)}, slots.error());
    if (!pools.emplace(name, *slots).second)
      return refuse({"pool {} is given twice", "资源池 {} 给出了两次"}, name);
  }
  config.limits.pools = std::move(pools);
  return ok();
}
std::string show_pools(const Config& config) {
  std::vector<std::string> parts;
  for (const auto& [name, slots] : config.limits.pools)
    parts.push_back(fmt::format("{}={}", name, slots));
  return join(parts, ",");
}

// "site=berlin,mail=ops@example.org". A piece without = goes on with the value before it, so that
// values may hold commas.
Status set_vars(Config& config, const std::string& text) {
  std::vector<std::pair<std::string, std::string>> vars;
  for (const std::string_view part : split(text, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos && !vars.empty()) {
      vars.back().second.append(",").append(part);
      continue;
    }
    if (part.empty()) continue;
    if (equals == std::string_view::npos || equals == 0)
      return refuse(
          {"'{}' is no variable; write it as NAME=TEXT", "“{}”不是变量；请写成 名称=文本"}, part);
    vars.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  config.vars = std::move(vars);
  return ok();
}
std::string show_vars(const Config& config) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : config.vars) parts.push_back(name + "=" + value);
  return join(parts, ",");
}

Status set_reader_threads(Config& config, const std::string& text) {
  TRY(config.reader_threads, number(text, 1, kReaderThreadsMax));
  return ok();
}

constexpr Duration kRunsKeptMin = days(7);  // as long as idempotency keys are promised

// One setter and getter per member: settings are plain functions.
template <Duration RetentionRules::*member>
Status set_kept(Config& config, const std::string& text) {
  TRY(config.retention.*member, parse_duration(text));
  return ok();
}
template <Duration RetentionRules::*member>
std::string show_kept(const Config& config) {
  return format_duration(config.retention.*member);
}

Status set_runs_kept(Config& config, const std::string& text) {
  TRY(const Duration kept, parse_duration(text));
  if (kept < kRunsKeptMin)
    return refuse({"'{}' is less than 7d: idempotency keys are kept that long",
                   "“{}”少于 7d：幂等键须保留这么久"},
                  text);
  config.retention.runs = kept;
  return ok();
}

Status set_log_bytes(Config& config, const std::string& text) {
  constexpr int kGibMax = 1'000'000;
  const std::string_view digits =
      text.ends_with("GiB") ? std::string_view(text).substr(0, text.size() - 3) : "";
  auto gib = number(digits, 1, kGibMax);
  if (!gib.ok())
    return refuse({"'{}' is no size; write it as 20GiB", "“{}”不是大小；请写成 20GiB"}, text);
  config.retention.log_bytes = std::int64_t{*gib} << 30;
  return ok();
}

std::string cased(std::string_view key, char separator, int (*to_case)(int)) {
  std::string out(key);
  for (char& c : out)
    c = c == '.' || c == '_' ? separator
                             : static_cast<char>(to_case(static_cast<unsigned char>(c)));
  return out;
}

std::vector<Setting> retention_settings() {
  return {
      {"retention.runs",
       "DURATION",
       {"how long runs, their history and other records are kept",
        "运行、历史及其他记录的保留时间"},
       set_runs_kept,
       show_kept<&RetentionRules::runs>},
      {"retention.audit",
       "DURATION",
       {"how long the records of who did what are kept", "操作审计记录的保留时间"},
       set_kept<&RetentionRules::audit>,
       show_kept<&RetentionRules::audit>},
      {"retention.logs",
       "DURATION",
       {"how long logs are kept", "日志的保留时间"},
       set_kept<&RetentionRules::logs>,
       show_kept<&RetentionRules::logs>},
      {"retention.log_bytes",
       "SIZE",
       {"the size of all logs; the oldest go first", "日志总大小上限；超出时先删最旧的"},
       set_log_bytes,
       [](const Config& c) { return fmt::format("{}GiB", c.retention.log_bytes >> 30); }},
      {"retention.workspaces",
       "DURATION",
       {"how long workspaces of succeeded runs are kept", "成功运行的工作目录保留时间"},
       set_kept<&RetentionRules::workspaces>,
       show_kept<&RetentionRules::workspaces>},
      {"retention.failed_workspaces",
       "DURATION",
       {"how long workspaces of other ended runs are kept", "其他已结束运行的工作目录保留时间"},
       set_kept<&RetentionRules::failed_workspaces>,
       show_kept<&RetentionRules::failed_workspaces>},
  };
}

std::vector<Setting> all_settings() {
  std::vector<Setting> all{
      {"listen",
       "ADDRESS:PORT",
       {"where the server listens; port 0 takes a free one", "服务监听的地址；端口 0 表示任选"},
       set_listen,
       [](const Config& c) { return to_text(c.listen); }},
      {"public_url",
       "https://HOST",
       {"how people reach the server, for links and for the check of where requests come from",
        "用户访问服务器的地址，用于链接和请求来源检查"},
       set_public_url,
       [](const Config& c) { return c.public_url; }},
      {"tls.certificate",
       "FILE",
       {"the certificate chain in PEM; with tls.key the server speaks TLS",
        "PEM 证书链；与 tls.key 一起启用 TLS"},
       set_text<&Config::tls_certificate>,
       [](const Config& c) { return c.tls_certificate; }},
      {"tls.key",
       "FILE",
       {"its private key in PEM, readable by nobody else (0600)", "PEM 私钥，仅本人可读（0600）"},
       set_text<&Config::tls_key>,
       [](const Config& c) { return c.tls_key; }},
      {"trusted_proxies",
       "ADDRESS,NETWORK,...",
       {"reverse proxies whose X-Forwarded headers are believed",
        "可信反向代理（其 X-Forwarded 头）"},
       set_trusted_proxies,
       [](const Config& c) { return join(c.trusted_proxies, ","); }},
      {"slots",
       "1..100000",
       {"tasks that run at once on this machine", "本机同时运行的任务数"},
       set_slots,
       [](const Config& c) { return std::to_string(c.limits.local_slots); },
       false,
       {"4 per core, at least 16", "每核 4 个，至少 16 个"}},
      {"pools",
       "NAME=SLOTS,...",
       {"pools that tasks share, with their slots", "任务共享的资源池及其槽位"},
       set_pools,
       show_pools,
       true},
      {"vars",
       "NAME=TEXT,...",
       {"texts that expressions see as `vars.NAME`", "表达式中以 `vars.名称` 使用的文本"},
       set_vars,
       show_vars,
       true},
      {"reader_threads",
       "1..64",
       {"threads that answer requests", "应答请求的线程数"},
       set_reader_threads,
       [](const Config& c) { return std::to_string(c.reader_threads); }},
  };
  for (Setting& row : retention_settings()) all.push_back(std::move(row));
  return all;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> rows = all_settings();
  return rows;
}

namespace {
std::string source_of(const Config& config, const Setting& setting) {
  const auto found = config.sources.find(setting.key);
  return found == config.sources.end() ? "default" : found->second;
}
}  // namespace

std::vector<api::SettingView> views_of(const Config& config) {
  const Config usual = default_config();
  std::vector<api::SettingView> views;
  for (const Setting& setting : settings())
    views.push_back({std::string(setting.key), setting.show(config), source_of(config, setting),
                     setting.show(usual), std::string(setting.form), flag_of(setting),
                     variable_of(setting), setting.about});
  return views;
}

std::string flag_of(const Setting& setting) {
  return "--" + cased(setting.key, '-', [](int c) { return std::tolower(c); });
}

std::string variable_of(const Setting& setting) {
  return "GANTRY_" + cased(setting.key, '_', [](int c) { return std::toupper(c); });
}

}  // namespace gantry::app
