#include "app/event_stream.h"

#include <gtest/gtest.h>

namespace gantry::app {
namespace {

std::vector<StreamEvent> parsed(std::string_view text, std::size_t piece) {
  std::vector<StreamEvent> events;
  EventParser parser;
  for (std::size_t at = 0; at < text.size(); at += piece)
    EXPECT_TRUE(parser.feed(text.substr(at, piece), [&](const StreamEvent& event) {
      events.push_back(event);
      return true;
    }));
  return events;
}

TEST(EventParser, PutsEventsTogetherFromPieces) {
  constexpr std::string_view kText =
      "event: ready\ndata: {\"position\":7}\n\n: 8\n\nid: 9\nevent: run\ndata: {\"number\":1}\n\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, kText.size()}) {
    const auto events = parsed(kText, piece);
    ASSERT_EQ(events.size(), 2u) << piece;
    EXPECT_EQ(events[0].name, "ready");
    EXPECT_EQ(to_text(*events[0].data.find("position")), "7");
    EXPECT_EQ(events[1].id, "9");
    EXPECT_EQ(to_text(*events[1].data.find("number")), "1");
  }
}

TEST(EventParser, StopsWhenThereIsEnough) {
  EventParser parser;
  EXPECT_FALSE(parser.feed("event: run\ndata: {}\n\nevent: run\ndata: {}\n\n",
                           [](const StreamEvent&) { return false; }));
}

}  // namespace
}  // namespace gantry::app
