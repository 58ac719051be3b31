// The server of a home, with all its parts: made, served, drained.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/api.h"
#include "app/calendar_folder.h"
#include "app/catalog.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/file_triggers.h"
#include "app/folder_watch.h"
#include "app/people_file.h"
#include "app/retention.h"
#include "app/stack.h"
#include "app/wrap_intake.h"
#include "net/http.h"

namespace gantry::app {

// Made and served by one thread, which runs the loop; stop() may come from any.
class Server {
 public:
  Server(Home home, Config config, Context context);
  Status open();

  // Serves until SIGTERM, SIGINT or stop(); `ready` runs on a thread of its own once it serves.
  void serve(const std::function<void()>& ready);

  // No new connections; what is under way is answered, then the loop ends. Tasks run on.
  void drain();
  void stop();

  // How this machine reaches it; people may use public_url.
  std::string url() const;
  // Where people find it as far as that is known before it listens; empty: the port is not.
  std::string known_url() const;
  std::string public_url() const;

  // Where to sign in once, without a token; empty if it can not be made now. Blocks.
  std::string login_url();

  // A browser is elsewhere: no display here, and we listen on this machine only.
  std::string tunnel() const;

 private:
  static constexpr int kDrainPolls = 250;  // 5 s
  static constexpr int kBackupsMax = 4;    // at once; each takes room for a copy of the store

  // With the port that was taken, if any free one was asked for; an address that means all is none
  // that can be asked for.
  std::string listening_on() const;
  Result<std::shared_ptr<net::TlsIdentity>> load_tls() const;

  // From before the first connection: whoever finds the server may signal it.
  void take_signals();

  // A renewed certificate is taken without a restart; a bad one is told and the old one stays.
  void renew_tls();

  // The command line of this home knows the server by its key, whatever names the certificate has.
  Status tell_pin() const;
  void warn_of_plain_text() const;
  api::GateOptions gate_options() const;
  Status load_credentials();

  // Engine thread. A commit without an answer may have revoked something.
  void reload_credentials();
  Status listen();

  // Of all files of the home, by their keys.
  std::vector<api::FileProblem> problems() const;

  // On a worker. Ends when the server shuts down.
  Result<api::NextBytes> begin_backup(bool logs);

  // Loop thread. Changes that come while a scan waits for its turn are seen by it.
  void scan_soon();

  // The engine answers and the loop turns: only then are we alive.
  void keep_watchdog_quiet();

  // What a reload asks for is done when the folder was read.
  void scan();
  void read_folder();

  // Before the workflows, whose lint asks for calendars.
  void read_calendars();
  void read_people();
  model::SurroundingsLoaded surroundings() const;

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
  bool people_news_ = false;  // that the engine was not told yet
  std::optional<FolderWatch> folder_watch_, calendar_watch_, home_watch_;
  net::Handle stop_, reload_, poll_, retry_scan_, retry_credentials_;
  net::Handle watchdog_, forget_;
  std::atomic<bool> reloads_{false};  // until the folder was read
  std::atomic<bool> scan_waits_{false};
  bool draining_ = false;
  std::atomic<bool> stopping_{false};
  int polls_ = 0;
};

}  // namespace gantry::app
