#include "runner/command_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "base/files.h"
#include "base/limits.h"
#include "base/text.h"

namespace gantry::runner {

namespace {

// One argument may have 128 KiB; a script takes no more than this of it.
constexpr std::size_t kScriptArgumentBytesMax = 100u << 10;

std::string from_server(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);
  return std::string(value != nullptr && *value != '\0' ? std::string_view(value) : otherwise);
}

std::string find_program(const std::string& path, const std::string& name) {
  for (const std::string_view part : split(path, ':')) {
    std::string file = join_path(part, name);
    if (file.starts_with('/') && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

bool takes_script_as_argument(const std::string& program) {
  constexpr std::array<std::string_view, 6> kKnown = {"bash", "sh",      "dash",
                                                      "zsh",  "python3", "python"};
  return std::find(kKnown.begin(), kKnown.end(), base_name(program)) != kKnown.end();
}

std::vector<std::string> interpreter(const std::string& shell, const std::string& bash) {
  std::vector<std::string> argv;
  for (const std::string_view part : split(shell, ' '))
    if (!part.empty()) argv.emplace_back(part);
  if (!argv.empty()) return argv;
  if (bash.empty()) return {"sh", "-eu"};
  return {bash, "-euo", "pipefail"};
}

}  // namespace

BaseEnvironment base_environment() {
  BaseEnvironment base;
  const std::string path =
      from_server("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  base.entries = {
      {"PATH", path}, {"HOME", from_server("HOME", "/")}, {"LANG", from_server("LANG", "C.UTF-8")}};
  // Without TZ the C library uses the machine's zone, which is what the server does.
  if (std::string zone = from_server("TZ", ""); !zone.empty())
    base.entries.emplace_back("TZ", std::move(zone));
  base.bash = find_program(path, "bash");
  return base;
}

ScriptCall script_call(const std::string& script, const std::string& shell,
                       const std::string& bash) {
  ScriptCall call{interpreter(shell, bash), false};
  call.needs_file =
      script.size() > kScriptArgumentBytesMax || !takes_script_as_argument(call.argv[0]);
  if (call.needs_file) return call;
  call.argv.emplace_back("-c");
  call.argv.push_back(script);
  return call;
}

Status check_arguments(const std::vector<std::string>& argv) {
  if (argv.empty() || argv[0].empty()) return invalid("there is no command to execute");
  for (const std::string& argument : argv)
    if (argument.find('\0') != std::string::npos)
      return invalid("an argument holds a NUL byte, which no program can be given");
  return ok();
}

Result<std::vector<std::string>> environment(const std::vector<model::NamedText>& entries) {
  std::map<std::string_view, std::string_view> values;
  for (const auto& [name, value] : entries) {
    if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
      return invalid(fmt::format("'{}' can not be the name of an environment variable", name));
    if (value.find('\0') != std::string::npos)
      return invalid(fmt::format("the environment variable {} holds a NUL byte", name));
    values[name] = value;
  }
  std::vector<std::string> out;
  std::size_t total = 0;
  for (const auto& [name, value] : values) {
    out.push_back(fmt::format("{}={}", name, value));
    total += out.back().size() + 1;
  }
  if (total > limits::kEnvironmentBytesMax)
    return error(Code::ResourceExhausted,
                 fmt::format("the environment has {} bytes, over the limit of {}: hand on large "
                             "values as files",
                             total, limits::kEnvironmentBytesMax));
  return out;
}

}  // namespace gantry::runner
