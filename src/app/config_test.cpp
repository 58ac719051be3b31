#include "app/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "app/commands.h"
#include "app/settings.h"
#include "base/files.h"

namespace gantry::app {
namespace {

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-config-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    home_ = {name, std::string(name) + "/data"};
    ::unsetenv("GANTRY_LISTEN");
    ::unsetenv("GANTRY_SLOTS");
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(home_.root).ok()); }

  Result<Config> load(std::string_view text) {
    EXPECT_TRUE(write_file_durably(home_.config_file(), text).ok());
    return load_config(home_);
  }

  Home home_;
};

TEST_F(ConfigTest, WithoutAFileAllIsDefault) {
  const Config config = load_config(home_).value();
  EXPECT_EQ(config.listen.address, "127.0.0.1");
  EXPECT_EQ(config.listen.port, 7400);
  EXPECT_GE(config.limits.local_slots, 16);
  EXPECT_TRUE(config.limits.pools.empty());
}

TEST_F(ConfigTest, ReadsEveryKey) {
  const Config config =
      load("listen: \"[::1]:8000\"\nslots: 3\nreader_threads: 2\npools: {db: 4}\n").value();
  EXPECT_EQ(config.listen.address, "::1");
  EXPECT_EQ(config.listen.port, 8000);
  EXPECT_EQ(config.limits.local_slots, 3);
  EXPECT_EQ(config.limits.pools.at("db"), 4);
  EXPECT_EQ(config.reader_threads, 2);
}

TEST_F(ConfigTest, ErrorsNameThePlace) {
  const auto expect = [this](std::string_view text, const std::string& part) {
    const auto config = load(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_NE(config.error().message.find(part), std::string::npos) << config.error().message;
  };
  expect("slots: 0\n", "gantry.yaml:1:8: slots: '0' is not a number from 1");
  expect("# first\nslot: 4\n", "gantry.yaml:2:1: unknown setting 'slot'; is it slots?");
  expect("listen: 80\n", "is no address to listen on");
  expect("pools: [a]\n", "gantry.yaml:1:8: pools is a map");
  expect("pools: {a: b}\n", "pool a: 'b' is not a number");
  expect("slots: [\n", "gantry.yaml:");
}

TEST_F(ConfigTest, AFileThatSaysNothingIsDefault) {
  for (const char* text : {"", "\n", "# listen: 127.0.0.1:8000\n"}) {
    const auto config = load(text);
    ASSERT_TRUE(config.ok()) << text << config.error().message;
    EXPECT_EQ(config->listen.port, 7400);
  }
}

TEST_F(ConfigTest, FlagsWinAndSourcesAreKnown) {
  ASSERT_TRUE(write_file_durably(home_.config_file(), "pools: {db: 1}\nslots: 3\n").ok());
  const Config config = load_config(home_, {{"slots", "7"}}).value();
  EXPECT_EQ(config.limits.local_slots, 7);
  EXPECT_EQ(config.sources.at("slots"), "--slots");
  EXPECT_EQ(config.sources.at("pools"), "gantry.yaml:1");
  EXPECT_FALSE(config.sources.contains("listen"));
  const auto wrong = load_config(home_, {{"slots", "0"}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_TRUE(wrong.error().message.starts_with("--slots: '0'")) << wrong.error().message;
}

TEST(Settings, AreShownAsTheyAreWritten) {
  for (const Setting& setting : settings()) {
    Config config = default_config();
    const std::string text = setting.show(config);
    ASSERT_TRUE(setting.set(config, text).ok()) << setting.key;
    EXPECT_EQ(setting.show(config), text) << setting.key;
    EXPECT_FALSE(setting.about.en.empty() || setting.about.zh.empty()) << setting.key;
  }
}

TEST_F(ConfigTest, TheEnvironmentWinsOverTheFile) {
  ::setenv("GANTRY_LISTEN", "127.0.0.1:9000", 1);
  ::setenv("GANTRY_SLOTS", "5", 1);
  const Config config = load("listen: 127.0.0.1:8000\nslots: 3\n").value();
  EXPECT_EQ(config.listen.port, 9000);
  EXPECT_EQ(config.limits.local_slots, 5);
  ::setenv("GANTRY_SLOTS", "many", 1);
  EXPECT_FALSE(load_config(home_).ok());
  ::unsetenv("GANTRY_LISTEN");
  ::unsetenv("GANTRY_SLOTS");
}

TEST(Params, NameAndValue) {
  const ValueMap params = parse_params({"a=1", "b=x=y", "c="}).value();
  EXPECT_EQ(Value(params), Value(ValueMap{{"a", "1"}, {"b", "x=y"}, {"c", ""}}));
  EXPECT_FALSE(parse_params({"a"}).ok());
  EXPECT_FALSE(parse_params({"=1"}).ok());
  EXPECT_FALSE(parse_params({"a=1", "a=2"}).ok());
}

TEST_F(ConfigTest, RetentionIsNested) {
  const auto config = load("retention: {runs: 30d, log_bytes: 3GiB, workspaces: 12h}\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->retention.runs, days(30));
  EXPECT_EQ(config->retention.log_bytes, std::int64_t{3} << 30);
  EXPECT_EQ(config->retention.workspaces, hours(12));
  EXPECT_EQ(config->retention.logs, days(180));
}

TEST_F(ConfigTest, RunsAreKeptAsLongAsKeys) {
  for (const char* bad : {"retention: {runs: 6d}", "retention: {log_bytes: 20}",
                          "retention: {log_bytes: 20GB}", "retention: {logs: soon}"})
    EXPECT_EQ(load(bad).error().code, Code::InvalidArgument) << bad;
}

}  // namespace
}  // namespace gantry::app
