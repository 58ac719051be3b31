// serve and up: the server of a home.
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "api/api.h"
#include "api/log_source.h"
#include "app/calendar_folder.h"
#include "app/catalog.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/examples.h"
#include "app/exit_code.h"
#include "app/file_triggers.h"
#include "app/folder_watch.h"
#include "app/people_file.h"
#include "app/retention.h"
#include "app/service_notice.h"
#include "app/settings.h"
#include "app/stack.h"
#include "app/tunnel.h"
#include "app/workflow_files.h"
#include "app/wrap_intake.h"
#include "backup/take.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/log.h"
#include "net/http.h"

namespace gantry::app {

namespace {

class Server {
 public:
  Server(Home home, Config config, Context context)
      : home_(std::move(home)),
        config_(std::move(config)),
        context_(std::move(context)),
        people_(home_.people_file()) {}

  Status open() {
    TRY(tls_, load_tls());
    TRY(token_, api::load_admin_token(home_.data));
    StackOptions options;
    options.data = home_.data;
    options.secrets = home_.secrets();
    options.limits = config_.limits;
    calendars_.scan();
    options.calendars = [this] { return calendars_.calendars(); };
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
    people_.read();
    TRY_STATUS(load_credentials());
    TRY_STATUS(listen());
    return stack_->start();
  }

  // Serves until SIGTERM, SIGINT or stop(); `ready` runs on a thread of its own once it serves.
  void serve(const std::function<void()>& ready) {
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
    forget_ = stack_->loop().every(hours(1),
                                   [this] { credentials_.drop_expired(stack_->clock().wall()); });
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

  // No new connections; what is under way is answered, then the loop ends. Tasks run on.
  void drain() {
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
  void stop() {
    stack_->loop().post([this] { drain(); });
  }

  // How this machine reaches it; people may use public_url.
  std::string url() const {
    return fmt::format("{}://{}", tls_ ? "https" : "http", listening_on());
  }
  // Where people find it as far as that is known before it listens; empty: the port is not.
  std::string known_url() const {
    if (!config_.public_url.empty() || config_.listen.port == 0) return config_.public_url;
    return fmt::format("{}://{}", tls_ ? "https" : "http", to_text(config_.listen));
  }
  std::string public_url() const { return config_.public_url.empty() ? url() : config_.public_url; }

  // Where to sign in once, without a token; empty if it can not be made now. Blocks.
  std::string login_url() {
    auto secret = api::make_login_link(stack_->engine(), stack_->clock().wall());
    return secret.ok() ? public_url() + "/login?link=" + *secret : std::string();
  }

  // A browser is elsewhere: no display here, and we listen on this machine only.
  std::string tunnel() const {
    if (has_display() || !config_.public_url.empty()) return {};
    return tunnel_command(tunnel_from_here(config_.listen.address, http_->port()));
  }

 private:
  static constexpr int kDrainPolls = 250;  // 5 s
  static constexpr int kBackupsMax = 4;    // at once; each takes room for a copy of the store

  // With the port that was taken, if any free one was asked for; an address that means all is none
  // that can be asked for.
  std::string listening_on() const {
    std::string address = config_.listen.address;
    if (address == "0.0.0.0") address = "127.0.0.1";
    if (address == "::") address = "::1";
    return to_text({address, http_->port()});
  }

  Result<std::shared_ptr<net::TlsIdentity>> load_tls() const {
    if (config_.tls_certificate.empty()) return std::shared_ptr<net::TlsIdentity>();
    return net::TlsIdentity::load(config_.tls_certificate, config_.tls_key);
  }

  // From before the first connection: whoever finds the server may signal it.
  void take_signals() {
    stop_ = stack_->loop().on_signals({SIGTERM, SIGINT}, [this](int) { drain(); });
    reload_ = stack_->loop().on_signals({SIGHUP}, [this](int) {
      reloads_ = true;
      notify_service(reloading_notice());
      scan_soon();
      renew_tls();
    });
  }

  // A renewed certificate is taken without a restart; a bad one is told and the old one stays.
  void renew_tls() {
    auto renewed = load_tls();
    if (!renewed.ok()) return log_error("server", "TLS: {}", renewed.error().message);
    if (!*renewed) return;
    tls_ = *renewed;
    http_->renew(tls_);
    if (const Status told = tell_pin(); !told.ok())
      log_error("server", "TLS: {}", told.error().message);
  }

  // The command line of this home knows the server by its key, whatever names the certificate has.
  Status tell_pin() const {
    if (tls_) return write_file_durably(home_.pin_file(), tls_->pin() + "\n", 0600);
    ::unlink(home_.pin_file().c_str());
    return ok();
  }

  void warn_of_plain_text() const {
    const std::string& address = config_.listen.address;
    const bool is_local = address.starts_with("127.") || address == "::1";
    if (!is_local && !tls_ && config_.trusted_proxies.empty())
      log_warning("server",
                  "listening on {} without TLS: tokens can be read on the way; set tls.certificate "
                  "and tls.key, or listen on 127.0.0.1 behind a proxy",
                  to_text(config_.listen));
  }

  api::GateOptions gate_options() const {
    api::GateOptions gate;
    gate.token = token_;
    if (!config_.public_url.empty()) api::admit_site(gate, config_.public_url);
    return gate;
  }

  Status load_credentials() {
    TRY(const auto reader, stack_->new_reader());
    TRY_STATUS(credentials_.load(*reader));
    return hooks_.load(*reader);
  }

  // Engine thread. A commit without an answer may have revoked something.
  void reload_credentials() {
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

  Status listen() {
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
                           [this] { return calendars_.list(); }};
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

  // Of all files of the home, by their keys.
  std::vector<api::FileProblem> problems() const {
    std::vector<api::FileProblem> all = catalog_->problems();
    files_->add_problems(all);
    people_.add_problem(all);
    return all;
  }

  // On a worker. Ends when the server shuts down.
  Result<api::NextBytes> begin_backup(bool logs) {
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
    return api::NextBytes([held, part = std::shared_ptr<backup::PartWriter>(
                                     std::move(taken.part))] { return part->next(); });
  }

  // Loop thread. Changes that come while a scan waits for its turn are seen by it.
  void scan_soon() {
    if (scan_waits_.exchange(true)) return;
    const bool taken = stack_->workers().post([this] {
      scan_waits_ = false;
      scan();
    });
    if (taken) return;
    scan_waits_ = false;
    retry_scan_ = stack_->loop().after(seconds(1), [this] { scan_soon(); });
  }

  // The engine answers and the loop turns: only then are we alive.
  void keep_watchdog_quiet() {
    const auto period = watchdog_period();
    if (!period) return;
    watchdog_ = stack_->loop().every(*period, [this] {
      (void)stack_->engine().ask([](const core::Core&, Now) { notify_service("WATCHDOG=1"); });
    });
  }

  // What a reload asks for is done when the folder was read.
  void scan() {
    people_.read();
    read_folder();
    if (reloads_.exchange(false)) notify_service("READY=1");
  }

  void read_folder() {
    read_calendars();
    auto summary = catalog_->scan();
    if (!summary.ok()) return log_error("workflows", "{}", summary.error().message);
    if (summary->changed > 0 || summary->failed > 0)
      log_info("workflows", "{} new or changed, {} with errors", summary->changed, summary->failed);
  }

  // Before the workflows, whose lint asks for calendars.
  void read_calendars() {
    if (calendars_.scan()) calendars_news_ = true;
    if (!calendars_news_) return;
    if (stack_->engine().submit(model::CalendarsLoaded{calendars_.calendars()})) {
      calendars_news_ = false;
      return log_info("calendars", "{} calendars", calendars_.calendars().size());
    }
    stack_->loop().post(
        [this] { retry_scan_ = stack_->loop().after(seconds(1), [this] { scan_soon(); }); });
  }

  const Home home_;
  const Config config_;
  const Context context_;
  CalendarFolder calendars_{home_.calendars()};
  std::atomic<bool> calendars_news_{false};  // of the scan: not told to the engine
  std::string token_;
  std::shared_ptr<net::TlsIdentity> tls_;  // null: plain text
  api::RunWatch run_watch_;
  api::ChangeFeed feed_;
  api::Hooks hooks_;
  api::Credentials credentials_;
  std::unique_ptr<Stack> stack_;
  std::optional<Retention> retention_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<Catalog> catalog_;
  std::optional<WrapIntake> wraps_;
  std::optional<FileTriggers> files_;
  PeopleFile people_;
  std::optional<FolderWatch> folder_watch_, calendar_watch_, home_watch_;
  net::Handle stop_, reload_, poll_, retry_scan_, retry_credentials_;
  net::Handle watchdog_, forget_;
  std::atomic<bool> reloads_{false};  // until the folder was read
  std::atomic<bool> scan_waits_{false};
  bool draining_ = false;
  std::atomic<bool> stopping_{false};
  int polls_ = 0;
};

Result<Home> open_home(const Context& context, const ServeOptions& options) {
  TRY(Home home, find_home(context.home_option));
  TRY_STATUS(become_owner(home));
  TRY_STATUS(prepare_home(home));
  if (options.with_examples) TRY_STATUS(install_examples(home, context.terminal.lang));
  return home;
}

Result<Config> open_config(const Home& home, const ServeOptions& options) {
  SettingFlags flags;
  for (std::size_t i = 0; i < options.settings.size(); ++i)
    if (!options.settings[i].empty()) flags.emplace_back(settings()[i].key, options.settings[i]);
  return load_config(home, flags);
}

void greet(const Context& context, const Home& home, Server& server) {
  const std::string url = server.public_url();
  const auto say = [&](Text text, const auto&... args) {
    fmt::print("{}\n", fmt::format(fmt::runtime(text.in(context.terminal.lang)), args...));
  };
  say({"Gantry {} serves {}", "Gantry {} 正在服务 {}"}, GANTRY_VERSION, home.root);
  say({"  API        {}/api/v1/openapi.json", "  接口       {}/api/v1/openapi.json"}, url);
  say({"  token      {}", "  令牌       {}"}, home.token_file());
  if (const std::string login = server.login_url(); !login.empty())
    say({"  sign in    {}  (once, within 15 minutes)", "  登录       {}  （一次有效，15 分钟内）"},
        login);
  if (const std::string tunnel = server.tunnel(); !tunnel.empty())
    say({"  from afar  {}", "  远程访问   {}"}, tunnel);
  say({"  workflows  {}", "  工作流     {}"}, home.workflows());
  say({"  look       gantry --help; gantry workflows{}; gantry runs{}",
       "  查看       gantry --help; gantry workflows{}; gantry runs{}"},
      home_flag(home), home_flag(home));
  std::fflush(stdout);
}

}  // namespace

int serve(const Context& context, const ServeOptions& options) {
  auto home = open_home(context, options);
  if (!home.ok()) return complain(home.error());
  auto config = open_config(*home, options);
  if (!config.ok()) return complain(config.error());
  Server server(*home, *config, context);
  if (auto opened = server.open(); !opened.ok()) return complain(opened.error());
  std::atomic<int> code{kSucceeded};
  server.serve([&] {
    greet(context, *home, server);
    if (!options.with_examples) return;
    code = run_main_example(context, *home);
    if (options.once) server.stop();
  });
  return options.once ? code.load() : kSucceeded;
}

}  // namespace gantry::app
