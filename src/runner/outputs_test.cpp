#include "runner/outputs.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace gantry::runner {

namespace {

std::string json_of(std::string_view text) {
  const auto parsed = parse_outputs(text);
  return parsed.ok() ? to_json(*parsed) : parsed.error().message;
}

}  // namespace

TEST(Outputs, PairsAreStrings) {
  EXPECT_EQ(json_of("a=1\nb = x=y \n\n"), R"({"a":"1","b":" x=y "})");
  EXPECT_EQ(json_of("a=\r\n"), R"({"a":""})");
  EXPECT_EQ(json_of("部门=销售"), R"({"部门":"销售"})");
  EXPECT_EQ(json_of(""), "{}");
}

TEST(Outputs, ObjectsGiveTypedMembers) {
  EXPECT_EQ(json_of("{\"n\": 1, \"l\": [true, null, 1.5]}\ns=t\n"),
            R"({"n":1,"l":[true,null,1.5],"s":"t"})");
}

TEST(Outputs, LaterLinesWinInTheFirstPlace) {
  EXPECT_EQ(json_of("a=1\nb=2\n{\"a\": 3}\n"), R"({"a":3,"b":"2"})");
}

TEST(Outputs, ErrorsNameTheLine) {
  EXPECT_EQ(json_of("a=1\n\nnonsense\n"),
            "$GANTRY_OUTPUT line 3: neither name=value nor a JSON object");
  EXPECT_EQ(json_of("=1").find("$GANTRY_OUTPUT line 1: the name has to have"), 0u);
  EXPECT_EQ(json_of(std::string(201, 'a').append("=1")).find("$GANTRY_OUTPUT line 1: "), 0u);
  EXPECT_EQ(json_of("a=1\n{\"a\": }").find("$GANTRY_OUTPUT line 2: "), 0u);
  EXPECT_EQ(json_of("a=\xff"), "$GANTRY_OUTPUT line 1: not UTF-8");
  EXPECT_EQ(json_of("{\"a\": 1} x").find("$GANTRY_OUTPUT line 1: "), 0u);
}

}  // namespace gantry::runner
