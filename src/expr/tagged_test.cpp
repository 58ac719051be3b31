#include "expr/tagged.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace gantry::expr {
namespace {

std::string again(const std::string& text) {
  const auto value = read_tagged(parse_json(text).value());
  return value.ok() ? to_tagged(*value) : "! " + value.error().message;
}

TEST(Tagged, EachKindIsWrittenAsItIsRead) {
  for (const char* text :
       {R"({"null":null})", R"({"bool":true})", R"({"int":"-9223372036854775808"})",
        R"({"uint":"18446744073709551615"})", R"({"double":"1.5"})", R"({"double":"-inf"})",
        R"({"double":"nan"})", R"({"double":"5"})", R"({"string":"\"x\"\n表"})",
        R"({"bytes":"00ff10"})", R"({"bytes":""})", R"({"timestamp":"2009-02-13T23:31:30Z"})",
        R"({"timestamp":"2009-02-13T23:31:30.00005Z"})", R"({"duration":"123s"})",
        R"({"duration":"-0.0005s"})", R"({"type":"google.protobuf.Timestamp"})",
        R"({"list":[{"int":"1"},{"list":[]}]})",
        R"({"map":[[{"int":"1"},{"string":"a"}],[{"bool":false},{"map":[]}]]})"})
    EXPECT_EQ(again(text), text);
  EXPECT_EQ(again(R"({"duration":"1.9999999s"})"), R"({"duration":"1.999999s"})");
}

TEST(Tagged, WhatIsNone) {
  for (const char* text : {"1",
                           "{}",
                           R"({"int":5})",
                           R"({"int":"5","uint":"5"})",
                           R"({"int":"5x"})",
                           R"({"int":""})",
                           R"({"uint":"-1"})",
                           R"({"float":"1"})",
                           R"({"bytes":"0"})",
                           R"({"bytes":"0g"})",
                           R"({"list":{}})",
                           R"({"map":[[{"int":"1"}]]})",
                           R"({"list":[5]})",
                           R"({"duration":"5"})",
                           R"({"duration":"--5s"})",
                           R"({"duration":"1.-5s"})",
                           R"({"duration":".s"})",
                           R"({"duration":"99999999999999999s"})",
                           R"({"timestamp":"yesterday"})",
                           R"({"bool":"true"})",
                           R"({"null":"null"})"})
    EXPECT_TRUE(again(text).starts_with("! ")) << text << " gives " << again(text);
}

}  // namespace
}  // namespace gantry::expr
