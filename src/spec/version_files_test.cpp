#include "spec/version_files.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace gantry::spec {
namespace {

std::vector<std::string> paths(std::string_view script) {
  std::vector<std::string> out;
  for (const NamedPath& named : paths_in_script(script)) out.push_back(named.path);
  return out;
}

using Paths = std::vector<std::string>;

TEST(PathsInScript, AreWordsThatBeginWithDotSlash) {
  EXPECT_EQ(paths("./a.sh x ./b/c.py"), (Paths{"a.sh", "b/c.py"}));
  EXPECT_EQ(paths("X=./a.sh; (./b.sh) && \"./c.sh\"|./d.sh<./e"),
            (Paths{"a.sh", "b.sh", "c.sh", "d.sh", "e"}));
  EXPECT_EQ(paths("python3 ./././x.py"), Paths{"x.py"});
  EXPECT_EQ(paths("./../up.sh"), Paths{"../up.sh"}) << "refused later, with its place";
  EXPECT_EQ(paths_in_script("if true\nthen ./脚本.sh")[0], (NamedPath{"脚本.sh", 13}));
}

TEST(PathsInScript, LeaveOutWhatTheyCanNotKnow) {
  EXPECT_EQ(paths("a./b ../x /tmp/./y x./z"), Paths{});
  EXPECT_EQ(paths("cat ./$X ./a-${Y}.sh ./*.csv ./a?"), Paths{});
  EXPECT_EQ(paths("# ./a.sh\necho x # ./b.sh\necho y#./c.sh"), Paths{});
  EXPECT_EQ(paths("./a.sh > ./out.csv 2>> ./err.log"), Paths{"a.sh"});
  EXPECT_EQ(paths("ls ./ ; find . -name x"), Paths{});
}

TEST(VersionHash, DependsOnTextAndEachFile) {
  const std::vector<model::VersionFile> files{{"a.sh", sha256_hex("1"), true, "1"}};
  auto content = files;
  content[0].hash = sha256_hex("2");
  auto mode = files;
  mode[0].executable = false;
  auto path = files;
  path[0].path = "b.sh";
  const std::string hash = version_hash("text", files);
  EXPECT_NE(hash, version_hash("other", files));
  EXPECT_NE(hash, version_hash("text", {}));
  EXPECT_NE(hash, version_hash("text", content));
  EXPECT_NE(hash, version_hash("text", mode));
  EXPECT_NE(hash, version_hash("text", path));
}

// Stored versions are found by this hash, so it may never change.
TEST(VersionHash, IsTheOneThatIsDocumented) {
  const std::string list =
      "gantry-version 1\n" + sha256_hex("tasks: {}\n") + "\n" + sha256_hex("1") + " x a.sh\n";
  EXPECT_EQ(version_hash("tasks: {}\n", {{"a.sh", sha256_hex("1"), true, "1"}}), sha256_hex(list));
}

}  // namespace
}  // namespace gantry::spec
