// What the machine itself can do, measured beside everything else so that figures of different
// days and machines can be compared. One JSON object on a line:
//
//   machine_bench sync FOLDER [COUNT]   append 4 KiB + fdatasync to a new file: p50, p99
//   machine_bench spawn [COUNT]         posix_spawn of /bin/true + wait, one after the other: p50,
//                                       mean, rate
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/fd.h"

extern char** environ;

namespace gantry {
namespace {

int fail(const char* what) {
  fmt::print(stderr, "machine_bench: {}: {}\n", what, std::strerror(errno));
  return 1;
}

struct Times {
  std::vector<std::int64_t> ns;

  std::int64_t at(double share) {
    std::sort(ns.begin(), ns.end());
    return ns[static_cast<std::size_t>(share * static_cast<double>(ns.size() - 1))];
  }
  double mean() const {
    double sum = 0;
    for (const std::int64_t one : ns) sum += static_cast<double>(one);
    return sum / static_cast<double>(ns.size());
  }
};

std::int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void print(const char* what, Times times) {
  fmt::print(R"({{"what":"{}","count":{},"p50_us":{:.1f},"p99_us":{:.1f},"mean_us":{:.1f},)"
             R"("per_second":{:.0f}}})"
             "\n",
             what, times.ns.size(), static_cast<double>(times.at(0.5)) / 1e3,
             static_cast<double>(times.at(0.99)) / 1e3, times.mean() / 1e3, 1e9 / times.mean());
}

int measure_sync(const std::string& folder, int count) {
  const std::string path = folder + "/machine_bench.tmp";
  const Fd file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  if (!file.valid()) return fail(path.c_str());
  ::unlink(path.c_str());
  const std::string block(4096, 'x');
  Times times;
  for (int i = 0; i < count; ++i) {
    const std::int64_t begin = monotonic_ns();
    if (::write(file.get(), block.data(), block.size()) != static_cast<ssize_t>(block.size()))
      return fail("write");
    if (::fdatasync(file.get()) != 0) return fail("fdatasync");
    times.ns.push_back(monotonic_ns() - begin);
  }
  print("fdatasync", std::move(times));
  return 0;
}

int measure_spawn(int count) {
  std::string program = "/bin/true";
  char* argv[] = {program.data(), nullptr};
  Times times;
  for (int i = 0; i < count; ++i) {
    const std::int64_t begin = monotonic_ns();
    pid_t child = 0;
    errno = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv, environ);
    if (errno != 0) return fail("posix_spawn");
    int status = 0;
    if (::waitpid(child, &status, 0) != child) return fail("waitpid");
    times.ns.push_back(monotonic_ns() - begin);
  }
  print("spawn", std::move(times));
  return 0;
}

int count_or(const std::vector<std::string>& words, std::size_t at, int fallback) {
  return words.size() > at ? std::clamp(std::atoi(words[at].c_str()), 1, 1'000'000) : fallback;
}

int run(const std::vector<std::string>& words) {
  if (words.size() >= 2 && words[0] == "sync")
    return measure_sync(words[1], count_or(words, 2, 500));
  if (!words.empty() && words[0] == "spawn") return measure_spawn(count_or(words, 1, 500));
  fmt::print(stderr, "usage: machine_bench sync FOLDER [COUNT] | spawn [COUNT]\n");
  return 2;
}

}  // namespace
}  // namespace gantry

int main(int argc, char** argv) { return gantry::run({argv + 1, argv + argc}); }
