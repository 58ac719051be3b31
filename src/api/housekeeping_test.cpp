// Backups and gc through the API: what is sent, what is recorded, what a failure looks like.
#include "api/api_fixture.h"

namespace gantry::api {
namespace {

class HousekeepingTest : public ApiFixture {
 protected:
  // "part 1;part 2;...", then a failure if one is asked for.
  void serve_backups(int parts, bool fails) {
    begin_backup = [parts, fails](bool with_logs) -> Result<NextBytes> {
      return NextBytes([=, sent = 0]() mutable -> Result<std::string> {
        if (sent == parts && fails) return error(Code::Unavailable, "the disk is gone");
        if (sent == parts) return std::string();
        return std::string(with_logs ? "part " : "thin ") + std::to_string(++sent) + ";";
      });
    };
    replace_api(all_routes());
  }
  std::vector<std::string> audited() {
    std::vector<std::string> out;
    const Value page = get("/api/v1/audit").json();
    for (const Value& record : page.find("items")->as_list())
      out.push_back(at(record, "action") + " " + at(record, "outcome") + " " +
                    at(record, "details.logs"));
    return out;
  }
};

TEST_F(HousekeepingTest, ABackupComesInPartsAndIsRecorded) {
  serve_backups(3, false);
  const Answer whole = post("/api/v1/backups");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.header("Content-Disposition"), "attachment; filename=\"gantry-backup.tar.zst\"");
  EXPECT_TRUE(whole.ended);
  EXPECT_EQ(whole.body, "part 1;part 2;part 3;");
  EXPECT_EQ(post("/api/v1/backups", R"({"logs":false})").body, "thin 1;thin 2;thin 3;");
  EXPECT_EQ(audited(), (std::vector<std::string>{"backup.take ok false", "backup.take ok true"}));
}

TEST_F(HousekeepingTest, NobodyTakesHalfABackupForAWhole) {
  serve_backups(2, true);
  const Answer half = post("/api/v1/backups");
  EXPECT_EQ(half.body, "part 1;part 2;");
  EXPECT_FALSE(half.ended);
}

TEST_F(HousekeepingTest, WhatCannotBeginIsAProblem) {
  begin_backup = [](bool) -> Result<NextBytes> {
    return error(Code::ResourceExhausted, "a backup needs room");
  };
  replace_api(all_routes());
  const Answer refused = post("/api/v1/backups");
  EXPECT_EQ(at(refused.json(), "detail"), "a backup needs room");
  EXPECT_EQ(post("/api/v1/server/pause").status, 200);  // committed after the refusal
  EXPECT_EQ(audited(),
            (std::vector<std::string>{"server.hold ok -", "backup.take resource_exhausted -"}));
}

TEST_F(HousekeepingTest, GcTellsWhatItTook) {
  collect = [](bool dry_run, const OnCollected& done) {
    Collected collected;
    collected.runs = dry_run ? 7 : 5;
    collected.workspaces = {2, 4'096};
    done(collected);
  };
  replace_api(all_routes());
  const Value dry = post("/api/v1/gc", R"({"dry_run":true})").json();
  EXPECT_EQ(at(dry, "runs") + " " + at(dry, "dry_run"), "7 true");
  const Value done = post("/api/v1/gc").json();
  EXPECT_EQ(at(done, "runs") + " " + at(done, "workspaces.bytes"), "5 4096");
}

TEST_F(HousekeepingTest, AServerThatStopsAnswersAllTheSame) {
  collect = [](bool, const OnCollected&) {};  // dropped
  replace_api(all_routes());
  EXPECT_EQ(post("/api/v1/gc").status, 503);
}

}  // namespace
}  // namespace gantry::api
