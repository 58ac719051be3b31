// The commands serve and up.
#include <fmt/format.h>

#include "app/examples.h"
#include "app/exit_code.h"
#include "app/server.h"
#include "app/settings.h"

namespace gantry::app {

namespace {

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
