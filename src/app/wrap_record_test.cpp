#include "app/wrap_record.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace gantry::app {
namespace {

WrapStart start() {
  WrapStart start;
  start.id = std::string(32, 'a');
  start.name = "team/backup";
  start.title = "nightly";
  start.labels = {{"team", "ops"}};
  start.command = {"pg_dump", "-Fc", "a \"b\" ${{ c }}", "换行\n"};
  start.directory = "/root";
  start.host = "db1";
  start.user = "ada";
  start.pid = 7;
  start.started_at = parse_instant("2026-11-22T02:30:00.5Z").value();
  return start;
}

std::string line(const Value& value) { return to_json(value) + "\n"; }

model::AttemptReport ended() {
  model::AttemptReport end;
  end.state = model::AttemptState::Failed;
  end.reason = model::Reason::Exit;
  end.exit_code = 3;
  end.ended_at = start().started_at + seconds(5);
  end.error_tail = "no space";
  return end;
}

TEST(WrapRecord, IsReadAsItWasWritten) {
  const auto record = parse_wrap_record(line(start_value(start())) + line(end_value(ended())));
  ASSERT_TRUE(record.ok()) << record.error().message;
  EXPECT_EQ(to_json(start_value(record->start)), to_json(start_value(start())));
  ASSERT_TRUE(record->end);
  EXPECT_EQ(to_json(end_value(*record->end)), to_json(end_value(ended())));
}

// Cut off anywhere in its second line it is one of which nobody knows, never a success.
TEST(WrapRecord, ATornEndIsNone) {
  const std::string whole = line(start_value(start())) + line(end_value(ended()));
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t size = first; size < whole.size(); ++size) {
    const auto record = parse_wrap_record(whole.substr(0, size));
    ASSERT_TRUE(record.ok());
    EXPECT_FALSE(record->end);
    EXPECT_EQ(wrap_event(*record)->report.state, model::AttemptState::Interrupted);
  }
  for (std::size_t size = 0; size + 1 < first; ++size)
    EXPECT_FALSE(parse_wrap_record(whole.substr(0, size)).ok());
}

TEST(WrapRecord, OnlyAnEndIsAnEnd) {
  for (const char* state : {"running", "not_started", "done", ""}) {
    const Value end(ValueMap{{"state", state}});
    EXPECT_FALSE(read_wrap_end(end).ok()) << state;
  }
  EXPECT_FALSE(read_wrap_end(Value(ValueMap())).ok());
  EXPECT_FALSE(read_wrap_end(Value("succeeded")).ok());
}

TEST(WrapRecord, BecomesAnEventOfOneVersion) {
  WrapRecord record{start(), ended()};
  const auto event = wrap_event(record);
  ASSERT_TRUE(event.ok()) << event.error().message;
  EXPECT_EQ(event->actor, "ada@db1");
  EXPECT_EQ(event->definition->workflow.name, "wrap/team/backup");
  EXPECT_FALSE(event->definition->workflow.enabled);
  record.start.command = {"other"};
  EXPECT_EQ(wrap_event(record)->definition->hash, event->definition->hash);
}

TEST(WrapRecord, NamesArePathsOfIds) {
  for (const char* good : {"backup", "team/backup", "备份", "a-b_c"})
    EXPECT_TRUE(check_wrap_name(good).ok()) << good;
  for (const char* bad : {"", "/", "a/", "/a", "..", "a/../b", "a b", "a\nb"})
    EXPECT_FALSE(check_wrap_name(bad).ok()) << bad;
  EXPECT_FALSE(check_wrap_name(std::string(300, 'a')).ok());
}

}  // namespace
}  // namespace gantry::app
