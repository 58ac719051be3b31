#include "app/crontab.h"

#include <gtest/gtest.h>

#include "spec/load.h"

namespace gantry::app {
namespace {

CrontabLine only(std::string_view text, bool system = false) {
  const Crontab crontab = read_crontab(text, system);
  EXPECT_EQ(crontab.lines.size(), 1u) << text;
  return crontab.lines.empty() ? CrontabLine{} : crontab.lines.front();
}

TEST(Crontab, FieldsUserAndCommand) {
  const CrontabLine line = only(" \t5  0\t* * mon-fri   /bin/job  a  b ");
  EXPECT_EQ(line.times, "5 0 * * mon-fri");
  EXPECT_EQ(line.command, "/bin/job  a  b ");
  const CrontabLine of_root = only("17 * * * *\troot  cd / && run-parts /etc/cron.hourly", true);
  EXPECT_EQ(of_root.user, "root");
  EXPECT_EQ(of_root.command, "cd / && run-parts /etc/cron.hourly");
  EXPECT_EQ(only("@daily root job", true).times, "@daily");
  EXPECT_EQ(only("@hourly job x").command, "job x");
}

TEST(Crontab, VariablesHoldBelow) {
  const Crontab crontab =
      read_crontab("A = one two  \n* * * * * x\n\"B\"=' quoted '\nA=\n* * * * * y\n", false);
  ASSERT_EQ(crontab.lines.size(), 2u);
  EXPECT_EQ(crontab.lines[0].env, (std::map<std::string, std::string>{{"A", "one two"}}));
  EXPECT_EQ(crontab.lines[1].env,
            (std::map<std::string, std::string>{{"A", ""}, {"B", " quoted "}}));
  EXPECT_EQ(only("0 2 * * * FOO=bar job").command, "FOO=bar job");
}

TEST(Crontab, AVariableThatNoTaskCanHaveIsToldAndLeftOut) {
  const Crontab crontab = read_crontab("1X=2\n\"B b\"=x\nGANTRY_RUN=7\n* * * * * x\n", false);
  ASSERT_EQ(crontab.lines.size(), 1u);
  EXPECT_TRUE(crontab.lines[0].env.empty());
  ASSERT_EQ(crontab.notes.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(crontab.notes[static_cast<std::size_t>(i)].line, i + 1);
  EXPECT_NE(crontab.notes[2].what.message.find("'GANTRY_RUN' can not be set"), std::string::npos);
}

TEST(Crontab, PercentBeginsTheInput) {
  EXPECT_EQ(only("* * * * * date +\\%F").command, "date +%F");
  EXPECT_FALSE(only("* * * * * date +\\%F").input);
  const CrontabLine mail = only("* * * * * mail -s x%Hello,%%100\\% sure");
  EXPECT_EQ(mail.command, "mail -s x");
  EXPECT_EQ(mail.input, "Hello,\n\n100% sure\n");
  EXPECT_EQ(only("* * * * * cat%").input, "\n");
  // A backslash before a backslash is no escape of what follows.
  EXPECT_EQ(only("* * * * * printf a\\\\%b").command, "printf a\\\\");
  EXPECT_EQ(only("* * * * * a\\b").command, "a\\b");
}

TEST(Crontab, TheCommentRightAboveBelongsToTheLine) {
  const Crontab crontab = read_crontab(
      "# far away\n\n#  Backup\n## of the shop\n0 1 * * * a\n0 2 * * * b\n# c\nX=1\n0 3 * * * c\n",
      false);
  ASSERT_EQ(crontab.lines.size(), 3u);
  EXPECT_EQ(crontab.lines[0].comment, "Backup\nof the shop");
  EXPECT_EQ(crontab.lines[1].comment, "");
  EXPECT_EQ(crontab.lines[2].comment, "");
  EXPECT_EQ(crontab.lines[2].number, 9);
}

TEST(Crontab, WhatCanNotBeTakenOverIsTold) {
  const Crontab crontab =
      read_crontab("MAILTO=ops\n@reboot start\n0 1 * * *\n* * * * * a\xff\nMAILTO=\"\"\n", false);
  EXPECT_TRUE(crontab.lines.empty());
  ASSERT_EQ(crontab.notes.size(), 4u);
  EXPECT_FALSE(crontab.notes[0].lost);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(crontab.notes[i].line, static_cast<int>(i) + 1);
    EXPECT_TRUE(crontab.notes[i].lost);
    EXPECT_FALSE(crontab.notes[i].what.zh.empty());
  }
}

TEST(Crontab, AMarkAndReturnsOfWindowsAreDroppedWithANote) {
  const Crontab crontab = read_crontab(
      "\xef\xbb\xbf"
      "0 1 * * * /bin/a\r\nX=y\r\n\r\n0 2 * * * cat%in\r\n",
      false);
  ASSERT_EQ(crontab.lines.size(), 2u);
  EXPECT_EQ(crontab.lines[0].command, "/bin/a");
  EXPECT_EQ(crontab.lines[0].number, 1);
  EXPECT_EQ(crontab.lines[1].input, "in\n");
  EXPECT_EQ(crontab.lines[1].env.at("X"), "y");
  ASSERT_EQ(crontab.notes.size(), 2u);
  for (const CrontabNote& note : crontab.notes) EXPECT_FALSE(note.lost) << note.what.message;
}

TEST(Crontab, TheDashThatKeepsCronFromLoggingIsDroppedWithANote) {
  const Crontab crontab = read_crontab("-*/5 * * * * root /bin/a -b\n-\n", true);
  ASSERT_EQ(crontab.lines.size(), 1u);
  EXPECT_EQ(crontab.lines[0].times, "*/5 * * * *");
  EXPECT_EQ(crontab.lines[0].command, "/bin/a -b");
  ASSERT_EQ(crontab.notes.size(), 3u);
  EXPECT_FALSE(crontab.notes[0].lost);
  EXPECT_NE(crontab.notes[0].what.message.find("logging"), std::string::npos);
  EXPECT_TRUE(crontab.notes[2].lost);  // nothing behind it
}

TEST(Crontab, NamesComeFromTheProgram) {
  const auto name = [](std::string command) {
    CrontabLine line;
    line.number = 7;
    line.command = std::move(command);
    return name_after(line);
  };
  EXPECT_EQ(name("/opt/erp/backup.sh --full"), "backup");
  EXPECT_EQ(name("cd /srv/app && ./report.py > x"), "report");
  EXPECT_EQ(name("[ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean"), "sessionclean");
  EXPECT_EQ(name("FOO=1 nice -n 10 flock -n /tmp/l sync_all"), "sync_all");
  EXPECT_EQ(name(": ; :"), "line-7");
}

TEST(Crontab, TheWorkflowLoads) {
  CrontabLine line = only(
      "MAILTO=ops@example.org\nSHELL=/bin/bash\nPATH=/opt/bin:/bin\nCRON_TZ=Asia/Shanghai\n"
      "# Says \"${{ hello }}\"\n30 2 * * 1-5 echo '${{ run.number }} $${{' \\% \\\\ 中文%in\n");
  line.user = "ops";
  const std::string text = workflow_of(line, "echo", "UTC");
  const auto loaded = spec::load_stored(text, "echo");
  ASSERT_TRUE(loaded.definition) << text << spec::to_line(loaded.diagnostics.front());
  const model::Workflow& workflow = loaded.definition->workflow;
  EXPECT_EQ(workflow.timezone, "Asia/Shanghai");
  EXPECT_EQ(workflow.triggers.at(0).cron, "30 2 * * 1-5");
  EXPECT_EQ(workflow.description, "Says \"$ {{ hello }}\"");
}

}  // namespace
}  // namespace gantry::app
