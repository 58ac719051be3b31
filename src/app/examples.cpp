#include "app/examples.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/listing.h"
#include "base/files.h"

namespace gantry::app {

namespace {
Status copy_file(const std::string& from, const std::string& to) {
  TRY(const std::string content, read_file(from));
  struct stat st {};
  if (::stat(from.c_str(), &st) != 0) return errno_error("cannot look at " + from);
  return write_file_durably(to, content, st.st_mode & 0777);
}

Status copy_tree(const std::string& from, const std::string& to) {
  TRY_STATUS(make_directories(to, 0755));
  TRY(const auto names, list_directory(from));
  for (const std::string& name : names) {
    const std::string source = join_path(from, name);
    struct stat st {};
    if (::lstat(source.c_str(), &st) != 0) return errno_error("cannot look at " + source);
    if (S_ISDIR(st.st_mode)) TRY_STATUS(copy_tree(source, join_path(to, name)));
    if (S_ISREG(st.st_mode)) TRY_STATUS(copy_file(source, join_path(to, name)));
  }
  return ok();
}

Status copy_examples(const std::string& to, Lang lang) {
  TRY(const std::string examples, find_examples());
  TRY_STATUS(copy_tree(examples + "/workflows", to));
  if (lang != Lang::Zh) return ok();
  return copy_tree(examples + "/zh", to);  // over the English ones
}
}  // namespace

Status install_examples(const Home& home, Lang lang) {
  const std::string workflows = home.workflows();
  TRY(const auto present, list_directory(workflows));
  if (!present.empty()) return ok();
  const std::string staged = join_path(home.root, ".examples");
  TRY_STATUS(remove_tree(staged));  // of a copy that was cut short
  TRY_STATUS(copy_examples(staged, lang));
  if (::rename(staged.c_str(), workflows.c_str()) == 0) return sync_directory(home.root);
  // The folder is a mount or a link: it can not be replaced.
  TRY_STATUS(copy_tree(staged, workflows));
  return remove_tree(staged);
}

int run_main_example(const Context& context, const Home& home) {
  TriggerOptions options;
  options.workflow = kMainExample;
  options.wait = true;
  Context own = context;
  own.home_option = home.root;
  own.json = false;
  auto outcome = trigger_and_wait(own, home, options);
  if (!outcome.ok()) return complain(outcome.error());
  const auto say = [&](Text text, const auto&... args) {
    fmt::print("{}\n", fmt::format(fmt::runtime(text.in(context.terminal.lang)), args...));
  };
  const std::string workspace = fmt::format("{}/workspaces/{}", home.data, outcome->number);
  say({"The main example ended: {}", "主示例已结束：{}"},
      state_text(outcome->state, context.terminal.lang));
  say({"  report     {}/report.md", "  报告       {}/report.md"}, workspace);
  say({"  log        {}/{}/", "  日志       {}/{}/"}, home.logs(), outcome->number);
  say({"  API        {}/api/v1/runs/{}", "  接口       {}/api/v1/runs/{}"}, outcome->url,
      outcome->number);
  say({"  again      gantry trigger {} --wait{}", "  再来一次   gantry trigger {} --wait{}"},
      kMainExample, home_flag(home));
  std::fflush(stdout);
  return exit_code_of_run(outcome->state);
}

}  // namespace gantry::app
