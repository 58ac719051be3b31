// Events, their keys and meetings, the same for every store.
#include "contract_fixture.h"

namespace gantry::store {
namespace {

using namespace model;

class EventContract : public StoreContract {};

EventRow event_row(std::int64_t id, const std::string& name, const std::string& key = "") {
  EventRow row;
  row.id = EventId{id};
  row.from = id % 2 == 0 ? EventFrom::Webhook : EventFrom::Emit;
  row.name = name;
  if (!key.empty()) row.keys = {key, key + "-too"};
  row.at = Instant{id * 10};
  row.actor = "ann";
  row.payload = ValueMap{{"amount", id}};
  TriggerFate fate{WorkflowId{1}, "sales", "t", Fate::Run, RunNo{id}, ""};
  if (id % 3 == 0) fate = {WorkflowId{1}, "sales", "t", Fate::Refused, {}, "why not"};
  row.fates = {fate};
  return row;
}

Change recorded(EventRow row) {
  return change(EventRecorded{std::make_shared<const EventRow>(std::move(row))});
}

std::vector<std::int64_t> listed(Reader& reader, const EventFilter& filter) {
  std::vector<std::int64_t> out;
  Page page{2, ""};
  do {
    const auto rows = reader.events(filter, page);
    if (!rows.ok()) ADD_FAILURE() << rows.error().message;
    for (const EventRow& row : rows.value().rows) out.push_back(row.id.value);
    page.cursor = rows.value().next_cursor;
  } while (!page.cursor.empty());
  return out;
}

TEST_P(EventContract, EventsComeBackWithTheirFates) {
  const EventRow one = event_row(1, "orders", "k");
  commit({recorded(one), recorded(event_row(2, "orders"))});
  restart();
  const auto r = reader();
  EXPECT_EQ(r->event(EventId{1}).value(), one);
  EXPECT_EQ(r->event(EventId{3}).error().code, Code::NotFound);
  EXPECT_EQ(r->event_by_keys(EventFrom::Emit, "orders", {"other", "k-too"}).value(), EventId{1});
  EXPECT_EQ(r->event_by_keys(EventFrom::Webhook, "orders", {"k"}).value(), std::nullopt);
  EXPECT_EQ(r->event_by_keys(EventFrom::Emit, "payments", {"k"}).value(), std::nullopt);
  EXPECT_TRUE(loaded().empty());
}

TEST_P(EventContract, ListsHaveEveryFilter) {
  using Numbers = std::vector<std::int64_t>;
  for (std::int64_t n = 1; n <= 6; ++n) commit({recorded(event_row(n, n < 4 ? "a" : "b"))});
  const auto r = reader();
  EXPECT_EQ(listed(*r, {}), (Numbers{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(listed(*r, {.name = "a"}), (Numbers{3, 2, 1}));
  EXPECT_EQ(listed(*r, {.from = EventFrom::Webhook}), (Numbers{6, 4, 2}));
  EXPECT_EQ(listed(*r, {.fate = Fate::Refused}), (Numbers{6, 3}));
  EXPECT_EQ(listed(*r, {.name = "a", .fate = Fate::Run}), (Numbers{2, 1}));
  EXPECT_EQ(listed(*r, {.since = Instant{20}, .before = Instant{50}}), (Numbers{4, 3, 2}));
  EXPECT_EQ(r->events({}, {0, ""}).error().code, Code::InvalidArgument);
  EXPECT_EQ(r->events({}, {5, "x"}).error().code, Code::InvalidArgument);
}

TEST_P(EventContract, OpenEventsAndMeetingsAreLoaded) {
  EventRow open = event_row(1, "up", "7/1");
  open.is_open = true;
  open.fates.clear();
  const MeetingRow met{WorkflowId{1}, "t", {2026, 11, 23}, {"a", "b"}, true, false};
  MeetingRow over = met;
  over.date.day = 24;
  commit({recorded(open), change(MeetingChanged{met}), change(MeetingChanged{over})});
  over.is_over = true;
  commit({change(MeetingChanged{over})});
  restart();
  EXPECT_EQ(describe(loaded()), describe({change(MeetingChanged{met}), recorded(open)}));
  open.is_open = false;
  commit({recorded(open)});
  restart();
  EXPECT_EQ(describe(loaded()), describe({change(MeetingChanged{met})}));
  EXPECT_EQ(reader()->event_by_keys(open.from, "up", {"7/1"}).value(), EventId{1});
}

INSTANTIATE_TEST_SUITE_P(Stores, EventContract, testing::ValuesIn(kStores),
                         [](const auto& instance) { return instance.param.first; });

}  // namespace
}  // namespace gantry::store
