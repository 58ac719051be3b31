#include "model/workflow.h"

#include <gtest/gtest.h>

namespace gantry::model {
namespace {

TEST(ParamVariables, AreUpperCaseWithUnderscores) {
  EXPECT_EQ(param_variable("business-date"), "PARAM_BUSINESS_DATE");
  EXPECT_EQ(param_variable("n2_x"), "PARAM_N2_X");
  EXPECT_EQ(param_variable("日期"), "PARAM_日期");
}

TEST(Triggers, AreFoundById) {
  std::vector<Trigger> triggers(2);
  triggers[0].id = "a";
  triggers[1].id = "b";
  EXPECT_EQ(find_trigger(triggers, "b"), &triggers[1]);
  EXPECT_EQ(find_trigger(triggers, "c"), nullptr);
}

// A workflow of 100,000 tasks is held in memory with all its open runs.
TEST(Tasks, TakeLittleRoom) { EXPECT_LE(sizeof(Task), 368u); }

}  // namespace
}  // namespace gantry::model
