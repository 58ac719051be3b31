#include "app/home.h"

#include <fmt/format.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/explain.h"
#include "base/files.h"

namespace gantry::app {

namespace {
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<std::string> absolute(const std::string& path) {
  if (path.starts_with("/")) return path;
  char here[PATH_MAX];
  if (::getcwd(here, sizeof here) == nullptr)
    return errno_error("cannot find the current directory");
  return join_path(here, path);
}

Result<Home> rooted(const std::string& path) {
  TRY(const std::string root, absolute(path));
  return Home{root, root + "/data"};
}

Status make_private(const std::string& path) {
  TRY_STATUS(make_directories(path, 0700));
  if (::chmod(path.c_str(), 0700) != 0) return errno_error("cannot make " + path + " private");
  return ok();
}

Result<Home> usual_home() {
  if (exists("/etc/gantry/gantry.yaml") && ::access("/var/lib/gantry", W_OK) == 0)
    return Home{"/etc/gantry", "/var/lib/gantry"};
  if (const std::string xdg = variable("XDG_CONFIG_HOME"); !xdg.empty())
    return rooted(xdg + "/gantry");
  if (const std::string home = variable("HOME"); !home.empty())
    return rooted(home + "/.config/gantry");
  return about("no-home", refuse({"no home directory: give --home DIR or set GANTRY_HOME",
                                  "没有主目录：请给出 --home 目录，或设置 GANTRY_HOME"}));
}
}  // namespace

Result<Home> find_home(const std::string& option) {
  if (!option.empty()) return rooted(option);
  if (const std::string home = variable("GANTRY_HOME"); !home.empty()) return rooted(home);
  return usual_home();
}

std::string home_flag(const Home& home) {
  const auto usual = usual_home();
  return usual.ok() && usual->root == home.root ? "" : " --home " + home.root;
}

namespace {
Status make_folders(const Home& home) {
  TRY_STATUS(make_directories(home.root, 0755));
  TRY_STATUS(make_directories(home.workflows(), 0755));
  TRY_STATUS(make_directories(home.calendars(), 0755));
  TRY_STATUS(make_private(home.secrets()));
  return make_private(home.data);
}
}  // namespace

Status prepare_home(const Home& home) {
  const Status made = make_folders(home);
  if (made.ok()) return made;
  return about("home-not-usable",
               within({"this home can not be used", "此主目录无法使用"}, made.error()));
}

Status become_owner(const Home& home) {
  struct stat st {};
  if (::geteuid() != 0 || ::stat(home.data.c_str(), &st) != 0 || st.st_uid == 0) return ok();
  const passwd* who = ::getpwuid(st.st_uid);
  if (who == nullptr) return ok();
  if (::initgroups(who->pw_name, who->pw_gid) != 0 || ::setgid(who->pw_gid) != 0 ||
      ::setuid(who->pw_uid) != 0)
    return errno_error(fmt::format("cannot become {}, the owner of {}", who->pw_name, home.data));
  ::setenv("HOME", who->pw_dir, 1);
  ::setenv("USER", who->pw_name, 1);
  return ok();
}

std::string program_folder() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path - 1);
  if (size <= 0) return ".";
  return parent_path(std::string_view(path, static_cast<std::size_t>(size)));
}

Result<std::string> find_shim() {
  const std::string folder = program_folder();
  for (const std::string& path : {folder + "/gantry-shim", folder + "/../lib/gantry/gantry-shim"})
    if (::access(path.c_str(), X_OK) == 0) return path;
  return error(Code::NotFound,
               fmt::format("gantry-shim is missing: it belongs beside the gantry program in {}, or "
                           "into {}/../lib/gantry",
                           folder, folder));
}

Result<std::string> find_examples() {
  const std::string folder = program_folder();
  for (const std::string& path : {folder + "/../examples", folder + "/../../../examples",
                                  folder + "/../share/gantry/examples"}) {
    if (exists(path + "/README.md")) return path;
  }
  return error(Code::NotFound, "no examples beside " + folder +
                                   " (looked for ../examples and ../share/gantry/examples)");
}

}  // namespace gantry::app
