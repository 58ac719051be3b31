#include "runner/strays.h"

#include <fmt/format.h>
#include <signal.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/fd.h"
#include "base/files.h"
#include "base/text.h"
#include "runner/pidfd.h"

namespace gantry::runner {

namespace {

constexpr std::size_t kEnvironmentBytesMax = 8u << 20;

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The marker's value in the environment of a process, empty if it has none.
std::string marker_of(const std::string& pid) {
  const auto text = read_file("/proc/" + pid + "/environ", kEnvironmentBytesMax);
  if (!text.ok()) return {};  // gone meanwhile, or another user's
  const std::string prefix = std::string(kMarkerName) + "=";
  for (const std::string_view entry : split(*text, '\0'))
    if (entry.starts_with(prefix)) return std::string(entry.substr(prefix.size()));
  return {};
}

}  // namespace

std::string data_identity(const std::string& data_dir) {
  struct stat st {};
  if (::stat(data_dir.c_str(), &st) != 0) return "none";
  return fmt::format("{:x}-{:x}", st.st_dev, st.st_ino);
}

std::string marker_value(AttemptId id, const std::string& identity) {
  return fmt::format("{}.{}", id.value, identity);
}

std::vector<bool> kill_strays(const std::vector<std::string>& values) {
  std::vector<bool> found(values.size(), false);
  const auto entries = list_directory("/proc");
  if (!entries.ok()) return found;
  for (const std::string& entry : *entries) {
    if (!is_number(entry)) continue;
    // The descriptor is taken before the environment is read: what is killed is what was read.
    const Fd process = open_process(std::atoi(entry.c_str()));
    if (!process.valid()) continue;
    const auto at = std::find(values.begin(), values.end(), marker_of(entry));
    if (at == values.end()) continue;
    found[static_cast<std::size_t>(at - values.begin())] = true;
    signal_process(process, SIGKILL);
  }
  return found;
}

}  // namespace gantry::runner
