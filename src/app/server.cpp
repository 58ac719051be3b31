#include "app/server.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "api/log_source.h"
#include "app/live_problems.h"
#include "app/service_notice.h"
#include "app/settings.h"
#include "app/tunnel.h"
#include "app/workflow_files.h"
#include "backup/take.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/log.h"

namespace gantry::app {

Server::Server(Home home, Config config, Context context)
    : home_(std::move(home)),
      config_(std::move(config)),
      context_(std::move(context)),
      people_(home_.people_file()) {}

Status Server::open() {
  TRY(tls_, load_tls());
  TRY(token_, api::load_admin_token(home_.data));
  StackOptions options;
  options.data = home_.data;
  options.secrets = home_.secrets();
  options.limits = config_.limits;
  calendars_.scan();
  options.calendars = [this] { return calendars_.calendars(); };
  people_.read();
  options.surroundings = [this] { return surroundings(); };
  options.reader_threads = config_.reader_threads;
  options.public_url = known_url();
  options.on_commit = [this](std::span<const model::Change> changes, Position first) {
    run_watch_.on_commit(changes);
    feed_.on_commit(changes, first);
    credentials_.on_commit(changes);
    hooks_.on_commit(changes);
    files_->on_commit(changes);
  };
  options.on_recovered = [this](Position last) {
    feed_.on_recovered(last);
    files_->on_recovered();
    reload_credentials();
  };
  TRY(stack_, Stack::open(std::move(options)));
  catalog_ = std::make_unique<Catalog>(home_, stack_->engine(), calendars_);
  wraps_.emplace(*stack_, home_);
  files_.emplace(*stack_, std::max(config_.retention.runs, limits::kEventsKeptMin));
  take_signals();
  TRY_STATUS(load_credentials());
  TRY_STATUS(listen());
  return stack_->start();
}

void Server::serve(const std::function<void()>& ready) {
  const auto changed = [this] { scan_soon(); };
  folder_watch_.emplace(stack_->loop(), home_.workflows(), kFolderDepthMax, changed);
  home_watch_.emplace(stack_->loop(), home_.root, 0, changed);
  calendar_watch_.emplace(stack_->loop(), home_.calendars(), kFolderDepthMax, changed);
  retention_.emplace(*stack_, home_.data, config_.retention);
  retention_->begin();
  wraps_->begin();
  files_->begin();
  std::thread after([this, &ready] {
    scan();
    ready();
    notify_service("READY=1\nSTATUS=serving " + url());
  });
  keep_watchdog_quiet();
  forget_ =
      stack_->loop().every(hours(1), [this] { credentials_.drop_expired(stack_->clock().wall()); });
  stack_->loop().run();
  after.join();
  folder_watch_.reset();
  home_watch_.reset();
  calendar_watch_.reset();
  wraps_->end();
  files_->end();
  stack_->stop();
  retention_.reset();
  ::unlink(home_.address_file().c_str());
}

void Server::drain() {
  if (draining_) return stack_->loop().stop();  // asked twice: at once
  draining_ = stopping_ = true;
  notify_service("STOPPING=1\nSTATUS=stopping; running tasks go on");
  log_info("server", "stopping; running tasks go on and are found again at the next start");
  http_->stop_accepting();
  api_->end_streams();
  poll_ = stack_->loop().every(milliseconds(20), [this] {
    if (http_->connections() == 0 || ++polls_ > kDrainPolls) stack_->loop().stop();
  });
}

void Server::stop() {
  stack_->loop().post([this] { drain(); });
}

std::string Server::url() const {
  return fmt::format("{}://{}", tls_ ? "https" : "http", listening_on());
}

std::string Server::known_url() const {
  if (!config_.public_url.empty() || config_.listen.port == 0) return config_.public_url;
  return fmt::format("{}://{}", tls_ ? "https" : "http", to_text(config_.listen));
}

std::string Server::public_url() const {
  return config_.public_url.empty() ? url() : config_.public_url;
}

std::string Server::login_url() {
  auto secret = api::make_login_link(stack_->engine(), stack_->clock().wall());
  return secret.ok() ? public_url() + "/login?link=" + *secret : std::string();
}

std::string Server::tunnel() const {
  if (has_display() || !config_.public_url.empty()) return {};
  return tunnel_command(tunnel_from_here(config_.listen.address, http_->port()));
}

std::string Server::listening_on() const {
  std::string address = config_.listen.address;
  if (address == "0.0.0.0") address = "127.0.0.1";
  if (address == "::") address = "::1";
  return to_text({address, http_->port()});
}

Result<std::shared_ptr<net::TlsIdentity>> Server::load_tls() const {
  if (config_.tls_certificate.empty()) return std::shared_ptr<net::TlsIdentity>();
  return net::TlsIdentity::load(config_.tls_certificate, config_.tls_key);
}

void Server::take_signals() {
  stop_ = stack_->loop().on_signals({SIGTERM, SIGINT}, [this](int) { drain(); });
  reload_ = stack_->loop().on_signals({SIGHUP}, [this](int) {
    reloads_ = true;
    notify_service(reloading_notice());
    scan_soon();
    renew_tls();
  });
}

void Server::renew_tls() {
  auto renewed = load_tls();
  if (!renewed.ok()) return log_error("server", "TLS: {}", renewed.error().message);
  if (!*renewed) return;
  tls_ = *renewed;
  http_->renew(tls_);
  if (const Status told = tell_pin(); !told.ok())
    log_error("server", "TLS: {}", told.error().message);
}

Status Server::tell_pin() const {
  if (tls_) return write_file_durably(home_.pin_file(), tls_->pin() + "\n", 0600);
  ::unlink(home_.pin_file().c_str());
  return ok();
}

void Server::warn_of_plain_text() const {
  const std::string& address = config_.listen.address;
  const bool is_local = address.starts_with("127.") || address == "::1";
  if (!is_local && !tls_ && config_.trusted_proxies.empty())
    log_warning("server",
                "listening on {} without TLS: tokens can be read on the way; set tls.certificate "
                "and tls.key, or listen on 127.0.0.1 behind a proxy",
                to_text(config_.listen));
}

api::GateOptions Server::gate_options() const {
  api::GateOptions gate;
  gate.token = token_;
  if (!config_.public_url.empty()) api::admit_site(gate, config_.public_url);
  return gate;
}

Status Server::load_credentials() {
  TRY(const auto reader, stack_->new_reader());
  TRY_STATUS(credentials_.load(*reader));
  return hooks_.load(*reader);
}

void Server::reload_credentials() {
  const Status loaded = load_credentials();
  if (loaded.ok()) return;
  log_error("access", "tokens can not be read, none is valid until they are: {}",
            loaded.error().message);
  stack_->loop().post([this] {
    retry_credentials_ = stack_->loop().after(seconds(1), [this] {
      (void)stack_->engine().ask([this](const core::Core&, Now) { reload_credentials(); });
    });
  });
}

Status Server::listen() {
  warn_of_plain_text();
  api::GateOptions gate = gate_options();
  api::Services services{stack_->engine(),
                         run_watch_,
                         feed_,
                         [this] { return stack_->new_reader(); },
                         api::log_paths(home_.data),
                         stack_->workers(),
                         stack_->loop(),
                         stack_->clock(),
                         home_.data,
                         GANTRY_VERSION,
                         stack_->clock().wall(),
                         credentials_,
                         std::move(gate),
                         [this] { return problems(); },
                         [this](bool logs) { return begin_backup(logs); },
                         [this](bool dry_run, api::OnCollected done) {
                           retention_->collect(dry_run, std::move(done));
                         },
                         {},
                         wraps_->door(),
                         views_of(config_),
                         [this] { return people_.people(); },
                         &hooks_,
                         home_.secrets(),
                         [this] { return calendars_.list(); },
                         vars_of(config_)};
  api_ = std::make_unique<api::Api>(std::move(services));
  net::ServerOptions http;
  http.address = config_.listen.address;
  http.port = config_.listen.port;
  http.tls = tls_;
  TRY(http.proxies, net::TrustedProxies::parse(config_.trusted_proxies));
  TRY(http_, net::serve_http(stack_->loop(), http, api_->handler()));
  TRY_STATUS(tell_pin());
  return write_file_durably(home_.address_file(), url() + "\n", 0600);
}

std::vector<api::FileProblem> Server::problems() const {
  std::vector<api::FileProblem> all = catalog_->problems();
  files_->add_problems(all);
  add_hook_problems(all, hooks_, home_.secrets());
  people_.add_problem(all);
  return all;
}

Result<api::NextBytes> Server::begin_backup(bool logs) {
  backup::TakeOptions take;
  take.product = GANTRY_VERSION;
  take.now = stack_->clock().wall();
  take.logs = logs;
  take.go_on = [this] {
    return stopping_
               ? Status(explain(Code::Unavailable, {"the server is stopping", "服务器正在停止"}))
               : ok();
  };
  const auto held = retention_->hold();
  if (retention_->holds() > kBackupsMax)
    return explain(
        Code::ResourceExhausted,
        {"{} backups are under way: try again later", "已有 {} 个备份在进行，请稍后再试"},
        kBackupsMax);
  TRY(backup::Taken taken, backup::take_backup({home_.root, home_.data}, take));
  log_info("backup", "taken at position {}", taken.facts.position);
  return api::NextBytes([held, part = std::shared_ptr<backup::PartWriter>(std::move(taken.part))] {
    return part->next();
  });
}

void Server::scan_soon() {
  if (scan_waits_.exchange(true)) return;
  const bool taken = stack_->workers().post([this] {
    scan_waits_ = false;
    scan();
  });
  if (taken) return;
  scan_waits_ = false;
  retry_scan_ = stack_->loop().after(seconds(1), [this] { scan_soon(); });
}

void Server::keep_watchdog_quiet() {
  const auto period = watchdog_period();
  if (!period) return;
  watchdog_ = stack_->loop().every(*period, [this] {
    (void)stack_->engine().ask([](const core::Core&, Now) { notify_service("WATCHDOG=1"); });
  });
}

void Server::scan() {
  read_people();
  read_folder();
  if (reloads_.exchange(false)) notify_service("READY=1");
}

void Server::read_folder() {
  read_calendars();
  auto summary = catalog_->scan();
  if (!summary.ok()) return log_error("workflows", "{}", summary.error().message);
  if (summary->changed > 0 || summary->failed > 0)
    log_info("workflows", "{} new or changed, {} with errors", summary->changed, summary->failed);
}

model::SurroundingsLoaded Server::surroundings() const {
  return {people_.people(), vars_of(config_)};
}

// Told at each scan: it costs nothing, and an engine that was too busy once is told later.
void Server::read_people() {
  const model::PeoplePtr before = people_.people();
  people_.read();
  if (*people_.people() != *before) people_news_ = true;
  if (people_news_ && stack_->engine().submit(surroundings())) people_news_ = false;
}

void Server::read_calendars() {
  if (calendars_.scan()) calendars_news_ = true;
  if (!calendars_news_) return;
  if (stack_->engine().submit(model::CalendarsLoaded{calendars_.calendars()})) {
    calendars_news_ = false;
    return log_info("calendars", "{} calendars", calendars_.calendars().size());
  }
  stack_->loop().post(
      [this] { retry_scan_ = stack_->loop().after(seconds(1), [this] { scan_soon(); }); });
}

}  // namespace gantry::app
