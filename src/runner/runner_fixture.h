// What the runner's tests share: a data directory, a loop in a thread and real shims. Tests wait
// for conditions, never for a time.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/mutex.h"
#include "base/text.h"
#include "net/loop.h"
#include "runner/local_runner.h"
#include "runner/log_path.h"

namespace gantry::runner {

inline const std::string kShimPath = GANTRY_BINARY_DIR "/bin/gantry-shim";

// Collects reports from any thread.
class Reports {
 public:
  ReportSink sink() {
    return [this](model::AttemptReport report) {
      const MutexLock lock(mutex_);
      all_.push_back(std::move(report));
      arrived_.notify_all();
    };
  }
  // The first report of this attempt; the test fails if none comes.
  model::AttemptReport wait_for(std::int64_t id) {
    const MutexLock lock(mutex_);
    const auto find = [&] {
      return std::find_if(all_.begin(), all_.end(),
                          [&](const auto& report) { return report.id.value == id; });
    };
    const bool came =
        arrived_.wait_for(mutex_, std::chrono::seconds(60), [&] { return find() != all_.end(); });
    EXPECT_TRUE(came) << "no report of attempt " << id;
    return came ? *find() : model::AttemptReport{};
  }
  bool wait_count(std::size_t count) {
    const MutexLock lock(mutex_);
    return arrived_.wait_for(mutex_, std::chrono::seconds(120),
                             [&] { return all_.size() >= count; });
  }
  std::size_t count_of(std::int64_t id) {
    const MutexLock lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        all_.begin(), all_.end(), [&](const auto& report) { return report.id.value == id; }));
  }

 private:
  Mutex mutex_;
  Condition arrived_;
  std::vector<model::AttemptReport> all_;
};

// A server as far as the runner sees it. Destroying it leaves its tasks running.
class Server {
 public:
  explicit Server(LocalOptions options) {
    auto opened = LocalRunner::open(std::move(options), loop_, reports_.sink());
    if (!opened.ok()) {
      ADD_FAILURE() << opened.error().message;
      std::abort();
    }
    runner_ = *std::move(opened);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Server() {
    loop_.stop();
    thread_.join();
    runner_.reset();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  LocalRunner& runner() { return *runner_; }
  Reports& reports() { return reports_; }

 private:
  Reports reports_;
  net::Loop loop_;
  std::unique_ptr<LocalRunner> runner_;
  std::thread thread_;
};

// True as soon as `condition` is; false if it is not within a minute.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = SystemClock().since_boot() + seconds(60);
  while (SystemClock().since_boot() < deadline) {
    if (condition()) return true;
    ::poll(nullptr, 0, 2);  // looks again soon, without taking the processor from what it waits for
  }
  return condition();
}

class RunnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-runner-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    root_ = name;
    options_.data_dir = root_ + "/data";
    options_.secrets_dir = root_ + "/secrets";
    options_.shim_path = kShimPath;
    options_.use_cgroups = false;  // so that the walk over the tree is what is tested
    options_.closed_rest = Duration{};
    ASSERT_TRUE(make_directories(options_.data_dir).ok());
    ASSERT_TRUE(make_directories(options_.secrets_dir).ok());
  }
  void TearDown() override {
    server_.reset();
    EXPECT_TRUE(remove_tree(root_).ok());
  }

  Server& server() {
    if (!server_) server_ = std::make_unique<Server>(options_);
    return *server_;
  }
  void stop_server() { server_.reset(); }
  LocalRunner& runner() { return server().runner(); }

  model::StartAttempt exec_of(std::int64_t id, std::vector<std::string> argv) {
    model::StartAttempt command;
    command.id = {id};
    command.run = {1};
    command.task = "task";
    command.number = static_cast<std::int32_t>(id);
    command.argv = std::move(argv);
    command.grace = seconds(1);
    return command;
  }
  model::StartAttempt script_of(std::int64_t id, std::string script) {
    model::StartAttempt command = exec_of(id, {});
    command.script = std::move(script);
    return command;
  }
  model::AttemptReport report_of_start(const model::StartAttempt& command) {
    runner().start(command);
    return server().reports().wait_for(command.id.value);
  }
  static model::AttemptRow row_of(const model::StartAttempt& command) {
    model::AttemptRow row;
    row.id = command.id;
    row.run = command.run;
    return row;
  }

  std::string log_of(const model::StartAttempt& command) const {
    const std::string path = log_path(options_.data_dir, {command.run, command.task, command.item,
                                                          command.generation, command.number});
    return read_file(path, 256u << 20).value_or("");
  }
  // The texts of the log's lines, without stamps.
  std::string text_of(const model::StartAttempt& command) const {
    std::string out;
    std::string log = log_of(command);
    std::string_view rest = log;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      constexpr std::size_t kHeadBytes = 37;  // stamp, " stdout F "
      if (line.size() < kHeadBytes) {
        ADD_FAILURE() << "not a line of a log: " << line;
        continue;
      }
      out.append(line.substr(kHeadBytes));
      if (line[kHeadBytes - 2] == 'F') out.push_back('\n');
    }
    return out;
  }
  void put_secret(const std::string& name, const std::string& value, mode_t mode = 0600) const {
    ASSERT_TRUE(write_file_durably(options_.secrets_dir + "/" + name, value, mode).ok());
  }
  std::string attempt_file(std::int64_t id) const {
    return options_.data_dir + "/attempts/1/" + std::to_string(id);
  }

  std::string root_;
  LocalOptions options_;
  std::unique_ptr<Server> server_;
};

}  // namespace gantry::runner
